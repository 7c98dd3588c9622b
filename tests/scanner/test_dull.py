"""What is remembered of encoded regions changes no answer: searched once or twice, alone or after others."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable

import pytest

from antkey_rules.load import load_builtin
from antkey_scanner import hunt
from antkey_scanner.dull import Dull
from antkey_scanner.search import Found, Searcher

Maker = Callable[..., str]


def _searcher(*, remembers: bool) -> Searcher:
    searcher = Searcher(load_builtin(), visible=7)
    if remembers:
        searcher.remember()
    return searcher


def _seen(found: Found) -> object:
    return (
        [(m.start, m.rule.rule.id, m.encodings, m.secret.sha256) for m in found.matches],
        [(e.start, e.encodings, e.data) for e in found.embedded],
        found.settled,
        found.exhausted,
    )


def _region(source: random.Random, key: str) -> bytes:
    """Something that looks encoded; in some a key, in some what has to be decoded twice."""
    inner = source.randbytes(source.randint(40, 4000))
    if source.random() < 0.2:
        at = source.randrange(len(inner))
        inner = inner[:at] + key.encode() + inner[at:]
    for _ in range(source.randint(1, 2)):
        inner = source.choice((base64.b64encode, bytes.hex, _escaped))(inner)  # type: ignore[operator]
        inner = inner.encode() if isinstance(inner, str) else inner
    return inner


def _escaped(text: bytes) -> bytes:
    return json.dumps(text.decode("latin-1")).strip('"').encode()


@pytest.mark.parametrize("seed", range(12))
def test_versions_of_a_file_give_what_they_give_alone(seed: int, make_key: Maker) -> None:
    source = random.Random(seed)
    remembering = _searcher(remembers=True)
    fresh = _searcher(remembers=False)
    regions = [_region(source, make_key("api03", 93, "AA")) for _ in range(12)]
    for _ in range(6):
        chosen = source.choices(regions, k=source.randint(1, 12))
        text = b"\n".join(b'{"n": "%s"}' % region for region in chosen)
        expected = _seen(fresh.search(text, source=True))
        assert _seen(remembering.search(text, source=True)) == expected


def test_a_region_with_a_key_is_never_remembered(make_key: Maker) -> None:
    key = make_key("api03", 93, "AA")
    text = b'{"n": "%s"}' % base64.b64encode(b"x" * 50 + key.encode())
    remembering = _searcher(remembers=True)
    for _ in range(3):
        assert len(remembering.search(text, source=True).matches) == 1


def test_a_remembered_region_costs_what_it_has_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the order in which files are searched would tell whether decoding is given up."""
    monkeypatch.setattr(hunt, "DECODED_RATIO", 0)
    twice = base64.b64encode(base64.b64encode(random.Random(1).randbytes(30_000)))
    line = b'{"n": "%s"}\n' % twice
    remembering, fresh = _searcher(remembers=True), _searcher(remembers=False)
    assert not remembering.search(line).exhausted
    for copies in range(1, 40):
        expected = fresh.search(line * copies).exhausted
        assert remembering.search(line * copies).exhausted == expected
    assert expected


def test_what_is_kept_is_bounded() -> None:
    dull = Dull()
    for number in range(70_000):
        dull.add(b"%d" % number, number)
    assert dull.cost(b"69999") == 69_999
    assert dull.cost(b"0") is None
