"""No encoded key is lost: a random key, encoded up to five times over, in the middle of anything."""

from __future__ import annotations

import base64
import gzip
import os
import random
import string
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Hunt = Callable[[bytes, bytes], tuple[str, ...] | None]
Draw = Callable[[st.SearchStrategy], object]

ALPHANUMERIC = (string.ascii_letters + string.digits).encode()
BASE64URL = ALPHANUMERIC + b"-_"
TOKEN = BASE64URL + b"+/=%\\&#;"
# What may be glued to an encoded value: names, paths, the ends of other escapes, anything at all.
PREFIXES = [b"", b"key=", b"path/", b"n", b"u003d", b"A", b"x1", b"Bearer-", b"0"]
SUFFIXES = [b"", b"=", b"==", b";", b"/x", b"&y=1"]
CONTEXTS = [
    (b"", b""),
    (b'{"a": "', b'"}'),
    (b"the value is ", b" and more"),
    (b"x\ny: ", b"\nz: 1"),
    (b"a,", b",b"),
]
INNER_BREAKS = [b"\n", b"\r\n"]
OUTER_BREAKS = [*INNER_BREAKS, b"\n    ", b"\n\t", b"\n> ", b"\n>", b"\n# ", b"\n * ", b"\n// "]
JOINTS = [
    *(b'" + "', b'" "', b'"\n    "', b'" . "', b'" .. "', b'" & "', b'" & _\r\n  "', b'" \\\n  "'),
    *(b'" +\n\t\t"', b'"\n  + "', b'") + ("', b'" || "', b'""', b'" <> "', b'").append("'),
]


def random_key(seed: int) -> bytes:
    """Really random: what hypothesis itself would draw, such as a hundred times `a`, is no key."""
    return b"sk-ant-api03-" + bytes(random.Random(seed).choices(BASE64URL, k=93)) + b"AA"


keys = st.integers(0, 2**32).map(random_key)


def wrapped(draw: Draw, text: bytes, *, last: bool) -> bytes:
    width = draw(st.sampled_from([0, 0, 64, 76, 50, 81, 120]))
    if not width:
        return text
    line_break = draw(st.sampled_from(OUTER_BREAKS if last else INNER_BREAKS))
    return line_break.join(text[at : at + width] for at in range(0, len(text), width))


def glued(draw: Draw, text: bytes) -> bytes:
    anything = st.lists(st.sampled_from(BASE64URL), max_size=5).map(bytes)
    prefix = draw(st.one_of(st.sampled_from(PREFIXES), anything))
    return prefix + text + draw(st.sampled_from(SUFFIXES))


def in_base64(draw: Draw, text: bytes, *, last: bool) -> bytes:
    encode = draw(st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))
    encoded = encode(text)
    if draw(st.booleans()):
        encoded = encoded.rstrip(b"=")
    return wrapped(draw, glued(draw, encoded), last=last)


def in_hex(draw: Draw, text: bytes, *, last: bool) -> bytes:
    case = draw(
        st.sampled_from([bytes.lower, bytes.upper, lambda digits: digits[:9] + digits[9:].upper()])
    )
    return wrapped(draw, glued(draw, case(text.hex().encode())), last=last)


def chosen(draw: Draw) -> Callable[[int], bool]:
    """What an encoder escapes beside what it must."""
    return draw(
        st.sampled_from(
            [
                lambda byte: byte == ord("-"),
                lambda byte: byte not in ALPHANUMERIC + b" \t",
                lambda byte: byte >= 0,
            ]
        )
    )


def escaped(
    draw: Draw, text: bytes, *, last: bool, must: bytes, forms: list[Callable[[int], bytes]]
) -> bytes:
    escape, also = draw(st.sampled_from(forms)), chosen(draw)
    return b"".join(escape(byte) if byte in must or also(byte) else bytes([byte]) for byte in text)


def form(template: bytes, plain: dict[int, bytes] | None = None) -> Callable[[int], bytes]:
    return lambda byte: (plain or {}).get(byte) or template % byte


_JSON = {10: rb"\n", 13: rb"\r", 9: rb"\t", 34: rb"\"", 92: rb"\\", 47: rb"\/"}
_HTML = {38: b"&amp;", 60: b"&lt;", 62: b"&gt;", 34: b"&quot;"}

in_percent = partial(
    escaped, must=b"% \n\r\t\"'<>&+=#.,:|(){}[]^~`*!", forms=[form(b"%%%02X"), form(b"%%%02x")]
)
in_json = partial(
    escaped,
    must=b'"\\\n\r\t',
    forms=[form(rb"\u%04x", _JSON), form(rb"\u%04X", _JSON), form(rb"\x%02x", _JSON)],
)
in_html = partial(
    escaped,
    must=b"&<>\"'",
    forms=[form(b"&#%d;"), form(b"&#x%x;"), form(b"&#%04d;"), form(b"&#%d;", _HTML)],
)


def in_quoted_printable(draw: Draw, text: bytes, *, last: bool) -> bytes:
    """As `quopri` does it, but with a choice of what is escaped."""
    also, lines, line = chosen(draw), [], b""
    for byte in text:
        escape = byte == ord("=") or byte > 126 or byte == 13 or (byte != 10 and also(byte))
        piece = b"=%02X" % byte if escape else bytes([byte])
        if byte == 10 or len(line + piece) > 75:
            lines.append(line + (b"" if byte == 10 else b"="))
            line = b"" if byte == 10 else piece
        else:
            line += piece
    return draw(st.sampled_from(INNER_BREAKS)).join([*lines, line])


def in_pieces(draw: Draw, text: bytes, *, last: bool) -> bytes:
    """Concatenation. Source code is mostly the outermost layer, and holds no loose backslashes."""
    if not last or set(text) - set(TOKEN) or b"\\" in text:
        return text
    size = max(50, len(text) // draw(st.integers(2, 4)))
    quote = draw(st.sampled_from([b'"', b"'", b"`"]))
    joint = draw(st.sampled_from(JOINTS)).replace(b'"', quote)
    return quote + joint.join(text[at : at + size] for at in range(0, len(text), size)) + quote


BINARY: list[Callable[[bytes], bytes]] = [
    gzip.compress,
    zlib.compress,
    partial(zlib.compress, level=0),
    partial(zlib.compress, level=1),
    *(
        lambda text, mark=mark, codec=codec: mark + text.decode("latin-1").encode(codec)
        for codec, mark in (
            ("utf-16-le", b""),
            ("utf-16-le", b"\xff\xfe"),
            ("utf-16-be", b""),
            ("utf-16-be", b"\xfe\xff"),
            ("utf-32-le", b""),
            ("utf-32-be", b"\0\0\xfe\xff"),
        )
    ),
]
TEXTUAL = [in_base64, in_hex, in_percent, in_json, in_html, in_quoted_printable, in_pieces]


@st.composite
def compositions(draw: Draw) -> tuple[bytes, bytes]:
    """A key and a text that holds it below one to five encodings."""
    key = draw(keys)
    before, after = draw(st.sampled_from(CONTEXTS))
    text = before + key + after
    left = draw(st.integers(1, 5))
    while left:
        if left >= 2 and draw(st.integers(0, 3)) == 0:
            left -= 1
            text = draw(st.sampled_from(BINARY))(text)
            encode = draw(st.sampled_from([in_base64, in_hex]))
        else:
            encode = draw(st.sampled_from(TEXTUAL))
        left -= 1
        before, after = draw(st.sampled_from(CONTEXTS))
        text = before + encode(draw, text, last=left == 0) + after
    return key, text


@settings(max_examples=1500)
@given(composition=compositions())
def test_no_key_is_lost_below_five_encodings(hunt: Hunt, composition: tuple[bytes, bytes]) -> None:
    key, text = composition
    assert hunt(text, key) is not None


@pytest.mark.parametrize("width", [50, 64, 75, 76, 81])
@pytest.mark.parametrize("line_break", OUTER_BREAKS)
def test_every_way_to_wrap_base64_is_undone(
    hunt: Hunt, make_key: Callable[[], str], width: int, line_break: bytes
) -> None:
    key = make_key().encode()
    encoded = base64.b64encode(b'{"pad": "' + os.urandom(100) + b'", "key": "' + key + b'"}')
    lines = [encoded[at : at + width] for at in range(0, len(encoded), width)]
    assert hunt(b"data: " + line_break.join(lines) + b"\nnext: 1", key) == ("base64",)


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize("quote", [b'"', b"'", b"`"])
def test_every_way_to_concatenate_is_undone(
    hunt: Hunt, make_key: Callable[[], str], joint: bytes, quote: bytes
) -> None:
    key = make_key().encode()
    pieces = joint.replace(b'"', quote).join([key[:10], key[10:70], key[70:]])
    assert hunt(b"x = " + quote + pieces + quote + b";\n", key) == ("concatenation",)


def test_all_is_found_without_native_libraries(
    make_key: Callable[[], str], checkout: os.PathLike[str]
) -> None:
    key = make_key()
    layers = base64.b64encode(gzip.compress(base64.b64encode(key.encode()).hex().encode())).decode()
    program = """
import sys
for name in ("stringzilla", "isal", "hyperscan"):
    sys.modules[name] = None
from antkey_scanner.decode import decodings
from antkey_scanner.decode.native import find
from antkey_scanner.decode.wide import narrow
assert find is bytes.find
data = sys.stdin.buffer.read()
for _ in range(4):
    data = next(iter(decodings(data))).data
assert [text.data for _, _, text in narrow(data.decode().encode("utf-16-le"))] == [data]
sys.stdout.buffer.write(data)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=layers.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.path.join(checkout, "scanner")},
    )
    assert done.stderr == b""
    assert done.stdout == key.encode()
