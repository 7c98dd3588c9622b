"""Keys in any encoding, alone and combined, are found with what was undone and where they begin."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import quopri
import random
import textwrap
import urllib.parse
import zlib
from collections.abc import Callable

import pytest

from antkey_rules.load import load_builtin
from antkey_scanner.blob import BlobSearch, Place
from antkey_scanner.containers.budget import Budget, Limits
from antkey_scanner.search import Searcher
from antkey_scanner.tally import Row, Tally

Maker = Callable[..., str]
Encoder = Callable[[bytes, random.Random], bytes]


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    """All built-in rules."""
    return Searcher(load_builtin(), visible=7)


def _noise(dice: random.Random, most: int = 5) -> bytes:
    """Something that does not look like a part of a key, next to one."""
    text = bytes(dice.choices(b"abcXYZ 019=:,{}\n", k=dice.randrange(most)))
    return b": " + text + b" :" if text else b""


def _base64(data: bytes, dice: random.Random) -> bytes:
    return base64.b64encode(_noise(dice) + data + _noise(dice))


def _base64url(data: bytes, dice: random.Random) -> bytes:
    return base64.urlsafe_b64encode(_noise(dice) + data).rstrip(b"=")


def _mime(data: bytes, dice: random.Random) -> bytes:
    return base64.encodebytes(_noise(dice, 60) + data + _noise(dice, 200))


def _pem(data: bytes, dice: random.Random) -> bytes:
    text = base64.b64encode(_noise(dice, 60) + data + _noise(dice, 200)).decode()
    return "\r\n".join(textwrap.wrap(text, 64)).encode()


def _hex(data: bytes, dice: random.Random) -> bytes:
    return dice.choice([data.hex(), data.hex().upper()]).encode()


def _percent(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.5:
        return urllib.parse.quote(data, safe="").replace("-", "%2D").encode()
    return "".join(f"%{byte:02X}" for byte in data).encode()


def _json(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.5:
        return json.dumps(data.decode("latin-1")).replace("-", "\\u002d").encode()
    return "".join(f"\\u{byte:04x}" for byte in data).encode()


def _javascript(data: bytes, _: random.Random) -> bytes:
    return "".join(f"\\x{byte:02x}" for byte in data).encode()


def _html(data: bytes, dice: random.Random) -> bytes:
    form = dice.choice(["&#{};", "&#x{:x};"])
    return "".join(form.format(byte) for byte in data).encode()


def _quoted_printable(data: bytes, dice: random.Random) -> bytes:
    return quopri.encodestring(b"x" * dice.randrange(76) + data, quotetabs=True)


def _wide(data: bytes, dice: random.Random) -> bytes:
    codec = dice.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
    return (b"x" * dice.randrange(2)) + data.decode("latin-1").encode(codec)


def _gzip64(data: bytes, _: random.Random) -> bytes:
    return base64.b64encode(gzip.compress(data))


def _zlib64(data: bytes, dice: random.Random) -> bytes:
    return base64.b64encode(zlib.compress(data, dice.choice([0, 1, 6, 9])))


def _concatenation(data: bytes, dice: random.Random, shortest: int = 48) -> bytes:
    text, pieces = data.decode("latin-1"), []
    while text:
        size = dice.randrange(shortest, 90)
        pieces.append(json.dumps(text[:size]))
        text = text[size:]
    return dice.choice([" + ", " ", " . ", " +\n    ", "\n    "]).join(pieces).encode()


def _short_pieces(data: bytes, dice: random.Random) -> bytes:
    """Only where the key's own anchor is seen: short pieces of encoded text look like anything."""
    return _concatenation(data, dice, 12)


ENCODERS: dict[str, Encoder] = {
    "base64": _base64,
    "base64url": _base64url,
    "mime": _mime,
    "pem": _pem,
    "hex": _hex,
    "percent": _percent,
    "json": _json,
    "javascript": _javascript,
    "html": _html,
    "quoted-printable": _quoted_printable,
    "wide": _wide,
    "gzip in base64": _gzip64,
    "zlib in base64": _zlib64,
    "concatenation": _concatenation,
}


def _sensible(name: str, text: bytes, inner: list[str]) -> bool:
    """Leaves out what nobody writes: wide text of wide text, quotes around quotes, and lines that a
    mail or a second concatenation breaks between the pieces of a first one (1 in 200 of those is
    lost: see docs/adr/005-engine.md)."""
    if name == "wide":
        return b"\0" not in text
    if name in ("quoted-printable", "concatenation") and {name, "concatenation"} & set(inner):
        return False
    return name != "concatenation" or not set(text) & set(b'"\\\0\r\n')


def _find(searcher: Searcher, text: bytes, key: bytes) -> Row | None:
    tally = Tally()
    BlobSearch(searcher, tally).bytes(Place("x"), text, Budget(Limits(), len(text)))
    digest = hashlib.sha256(key).hexdigest()
    return next((row for row in tally.rows.values() if row.sha256 == digest), None)


@pytest.mark.parametrize("name", [*ENCODERS, "short pieces"])
@pytest.mark.parametrize("family", ["api03", "svc01"])
def test_each_encoding_alone(searcher: Searcher, make_key: Maker, name: str, family: str) -> None:
    dice = random.Random(f"{name} {family}")
    encoder = ENCODERS.get(name, _short_pieces)
    lost = []
    for _ in range(150):
        key = make_key(family).encode()
        text = _noise(dice, 30) + b" " + encoder(key, dice) + b" " + _noise(dice, 30)
        if _find(searcher, text, key) is None:
            lost.append(text)
    assert not lost, (len(lost), lost[0])


@pytest.mark.slow
@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_encodings_combined(searcher: Searcher, make_key: Maker, depth: int) -> None:
    dice = random.Random(depth)
    lost = []
    for _ in range(400):
        key = text = make_key().encode()
        names = []
        layers = 0
        while layers < depth:
            name = dice.choice(list(ENCODERS))
            cost = 2 if " in " in name else 1
            if layers + cost > depth or not _sensible(name, text, names):
                continue
            text = ENCODERS[name](text, dice)
            names.append(name)
            layers += cost
        if _find(searcher, b"value: " + text + b"\n", key) is None:
            lost.append((" < ".join(reversed(names)), key, text))
    assert not lost, f"{len(lost)} of 400: {sorted(lost, key=lambda each: len(each[2]))[0]}"


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        (base64.b64encode, ("base64",)),
        (lambda key: base64.b64encode(base64.b64encode(key)), ("base64", "base64")),
        (lambda key: key.hex().encode(), ("hex",)),
        (lambda key: key.replace(b"-", b"%2D"), ("percent",)),
        (lambda key: key.replace(b"-", b"\\u002d"), ("json",)),
        (lambda key: key.replace(b"-", b"&#45;"), ("html",)),
        (lambda key: key.decode().encode("utf-16-le"), ("utf-16",)),
        (lambda key: key.decode().encode("utf-32-be"), ("utf-32",)),
        (lambda key: b'"' + key[:50] + b'" + "' + key[50:] + b'"', ("concatenation",)),
        (lambda key: base64.b64encode(gzip.compress(key)), ("base64", "gzip")),
    ],
)
def test_what_was_undone_is_named_outermost_first(
    searcher: Searcher, make_key: Maker, text: Callable[[bytes], bytes], chain: tuple[str, ...]
) -> None:
    key = make_key().encode()
    row = _find(searcher, b"# one\n  two: " + text(key), key)
    assert row is not None
    assert row.encodings == chain
    assert row.line == 2


def test_an_escaped_key_is_one_finding(searcher: Searcher, make_key: Maker) -> None:
    """In plain sight it looks like a shorter key of an unknown kind; that is not a second finding."""
    key = make_key().encode()
    for text in (
        key[:60] + b"%2D" + key[61:] if key[60:61] == b"-" else key.replace(b"-", b"%2D"),
        b'"' + key[:60] + b'" + "' + key[60:] + b'"',
        key[:60] + b"\\\n" + key[60:],
    ):
        rules = {match.rule.rule.id for match in searcher.search(text, source=True).matches}
        assert rules == {"anthropic-api-key"}


def test_the_place_is_where_the_encoded_key_begins(searcher: Searcher, make_key: Maker) -> None:
    key = make_key().encode()
    for filler in range(3):
        encoded = base64.b64encode(b"x" * (30 + filler) + key)
        (match,) = {
            match.secret.sha256: match for match in searcher.search(b"  " + encoded).matches
        }.values()
        assert match.start == 2 + (30 + filler) * 4 // 3
