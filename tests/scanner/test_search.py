"""Keys in plain sight: any byte on either side, any place, each exactly once."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from antkey_rules.load import load_builtin, load_files
from antkey_scanner.search import OVERLAP, Searcher

Maker = Callable[..., str]
FAMILIES = {
    "api03": (93, "AA", "anthropic-api-key"),
    "admin01": (93, "AA", "anthropic-admin-key"),
    "oat01": (95, "", "anthropic-oauth-token"),
    "ort01": (95, "", "anthropic-refresh-token"),
    "sid01": (95, "", "anthropic-session-key"),
    "sid02": (120, "", "anthropic-session-key"),
    "usr": (93, "AA", "anthropic-personal-key"),
    "svc01": (60, "", "anthropic-unknown-key"),
    "ccsr": (40, "", "anthropic-unknown-key"),
}


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    """All built-in rules."""
    return Searcher(load_builtin(), visible=7)


def _places(searcher: Searcher, text: bytes) -> list[tuple[int, str]]:
    found = searcher.search(text, source=True)
    best: dict[str, tuple[int, str]] = {}
    for match in sorted(found.matches, key=lambda match: (len(match.encodings), match.start)):
        best.setdefault(match.secret.sha256, (match.start, match.rule.rule.id))
    return sorted(best.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kind_is_found_by_its_rule(searcher: Searcher, make_key: Maker, family: str) -> None:
    length, ending, rule = FAMILIES[family]
    key = make_key(family, length, ending).encode()
    assert _places(searcher, b'{"key": "' + key + b'"}') == [(9, rule)]


@pytest.mark.parametrize("family", ["api03", "admin01", "oat01"])
def test_any_byte_may_stand_on_either_side(
    searcher: Searcher, make_key: Maker, family: str
) -> None:
    length, ending, rule = FAMILIES[family]
    for byte in range(256):
        key = make_key(family, length, ending).encode()
        text = bytes([byte]) + key + bytes([byte])
        assert _places(searcher, text) == [(1, rule)], byte


def test_keys_that_touch_are_all_found(searcher: Searcher, make_key: Maker) -> None:
    keys = [make_key().encode() for _ in range(5)]
    expected = [(108 * number, "anthropic-api-key") for number in range(5)]
    assert _places(searcher, b"".join(keys)) == expected
    assert len(_places(searcher, b",".join(keys))) == len(keys)


def test_a_key_may_be_the_whole_input(searcher: Searcher, make_key: Maker) -> None:
    assert _places(searcher, make_key().encode()) == [(0, "anthropic-api-key")]


@pytest.mark.parametrize(
    "text",
    [
        "sk-ant-...",
        "sk-ant-" + "api03-YOUR-ACTUAL-KEY-HERE",
        "sk-ant-api03-" + "x" * 95,
        "sk-ant-api03-" + "A" * 95,
        "sk-ant-api03-R2D...igAA",
        "sk-ant-api03-R2D…igAA",
        "sk-ant-api03-****************",
        r"\b(sk-ant-api03-[a-zA-Z0-9_\-]{93}AA)(?:[\x60'\"\s;]|\\[nr]|$)",
        r"sk-ant-[a-z]{3}\d{2}-[A-Za-z0-9\-_]{86}-[A-Za-z0-9\-_]{8}",
        "sk-ant-api[0-9]{2}-[a-zA-Z0-9_-]{95}",
        "sk-ant-dummy",
        "sk-ant-" + "api03-your_api_key_here_please",
        "sk-ant-" + "coloque_sua_chave_aqui",
    ],
)
def test_documentation_is_no_finding(searcher: Searcher, text: str) -> None:
    assert searcher.search(text.encode(), source=True).matches == []


def test_no_random_key_is_lost(searcher: Searcher, make_key: Maker) -> None:
    keys = [make_key().encode() for _ in range(5_000)]
    assert len(_places(searcher, b"\n".join(keys))) == len(keys)


@pytest.mark.parametrize("shift", [-120, -108, -107, -54, -8, -7, -6, -1, 0, 1])
def test_a_key_over_a_windows_edge_is_left_to_the_next(
    searcher: Searcher, make_key: Maker, shift: int
) -> None:
    """What starts in the part of a window that is searched again is reported from the next one."""
    size = 4 * OVERLAP
    edge = size - OVERLAP + shift
    key = make_key().encode()
    text = b" " * edge + key + b" " * size
    first = searcher.search(text[:size], final=False)
    second = searcher.search(text[first.settled :])
    places = {match.start for match in first.matches}
    places |= {match.start + first.settled for match in second.matches}
    assert places == {edge}


def test_random_bytes_hold_no_key(searcher: Searcher) -> None:
    noise = random.Random(3).randbytes(1 << 20)
    assert searcher.search(noise, source=True).matches == []


def test_a_secret_of_a_users_rule_is_found_in_short_encoded_text(tmp_path: Path) -> None:
    """What is a digest to the built-in rules may be a short secret of another kind."""
    path = tmp_path / "acme_token.yaml"
    path.write_text(
        "id: acme-token\ntitle: Acme\nseverity: high\nconfidence: high\nkind: acme\n"
        "anchor: acme_\npattern: acme_[a-z0-9]{40}\nwhy: It opens Acme.\nremedy: Revoke it.\n"
        'examples:\n  match: ["acme_{40*a}"]\n  no_match: ["acme_"]\n'
    )
    searcher = Searcher([*load_builtin(), *load_files([str(path)])], visible=7)
    token = b"acme_" + bytes(random.Random(1).choices(b"abcdef0123456789", k=40))
    for encoded in (base64.b64encode(token), token.hex().encode()):
        assert len(encoded) < 96
        matches = searcher.search(b"x = " + encoded + b" y", source=True).matches
        assert {match.rule.rule.id for match in matches} == {"acme-token"}
