"""Finding many tokens with numpy gives what finding them one by one gives."""

from __future__ import annotations

import base64
import random

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")

from antkey_scanner import bulktokens
from antkey_scanner.decode.regions import regions
from antkey_scanner.digests import is_digest, without_lone_digests
from antkey_scanner.prefilter import Prefilter
from antkey_scanner.tokens import RUN, token_mask

_BESIDE = (
    *(b'": "', b'",\n  "', b'"\n    },\n', b'" + "', b"\n", b"\r\n  ", b" ", b", ", b"'"),
    *(b'="', b'"}', b'["', b"\0", b".", b"(", b'" \n "', b"> ", b"  "),
)


def _plain(text: bytes) -> list[tuple[int, int]]:
    """The runs, found byte by byte."""
    found, start = [], 0
    mask = token_mask(text)
    for at in range(len(mask) + 1):
        if at == len(mask) or not mask[at]:
            if at - start >= RUN:
                found.append((start, at))
            start = at + 1
    return found


def _text(dice: random.Random) -> bytes:
    """Digests, names and encoded text between everything that may stand beside them."""
    pieces: list[bytes] = []
    for _ in range(dice.randint(40, 160)):
        size = dice.choice([1, 5, 20, RUN - 1, RUN, RUN + 1, 64, 88, 95, 96, 300])
        value = base64.b64encode(dice.randbytes(size))[:size]
        if not dice.randint(0, 9):
            value = value[: size // 2] + dice.choice([b"%2F", b"\\n", b"&", b"c2stYW50L", b"=2D"])
        if not dice.randint(0, 9):
            value = dice.randbytes(size).hex().encode()[:size]
        pieces.append(value)
        pieces.append(dice.choice(_BESIDE))
    return b"".join(pieces)


@pytest.mark.parametrize("seed", range(60))
def test_all_runs_are_found(seed: int) -> None:
    text = _text(random.Random(seed))[seed % 9 :]
    mask = token_mask(text)
    first = mask.find(b"\1" * RUN)
    expected = _plain(text)
    starts, ends = bulktokens.runs(mask, max(first, 0), RUN)
    assert list(bulktokens.pairs(starts, ends)) == expected


@pytest.mark.parametrize("seed", range(60))
def test_only_what_holds_nothing_is_called_a_lone_digest(seed: int) -> None:
    text = _text(random.Random(seed))
    tokens = _plain(text)
    view = memoryview(text)
    starts, ends = bulktokens.runs(token_mask(text), 0, RUN)
    flags = bulktokens.are_lone_digests(text, starts, ends)
    others = without_lone_digests(view, tokens)
    for token, lone in zip(tokens, flags.tolist(), strict=True):
        if lone and token in others:  # sees more of what follows: what it drops is dropped later
            ((start, end),) = regions(text, [token])
            grown_over = any(start <= first and last <= end for first, last in others)
            assert grown_over or is_digest(text[start:end])
        assert lone or token in others


@pytest.mark.parametrize("seed", range(20))
def test_the_prefilter_gives_the_same_beyond_what_it_looks_at_one_by_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"\n".join(_text(random.Random(100 * seed + part)) for part in range(5))
    many = Prefilter([b"sk-ant-"]).seeds(text, source=True).tokens
    monkeypatch.setattr("antkey_scanner.tokens._MANY", 1 << 30)
    single = Prefilter([b"sk-ant-"]).seeds(text, source=True).tokens
    assert set(many) <= set(single)
    view = memoryview(text)
    for token in set(without_lone_digests(view, single)) - set(many):
        ((start, end),) = regions(text, [token])
        grown_over = any(start <= first and last <= end for first, last in many)
        assert grown_over or is_digest(text[start:end])


@pytest.mark.parametrize("tail", range(10))
def test_runs_are_found_wherever_they_begin_and_end(tail: int) -> None:
    for start in range(18):
        for size in (0, RUN - 1, RUN, RUN + 1, RUN + 5, RUN + 7, RUN + 8, RUN + 9, 130):
            text = b"." * start + b"a" * size + b"." * tail
            mask = token_mask(text)
            starts, ends = bulktokens.runs(mask, max(0, mask.find(b"\1" * RUN)), RUN)
            assert list(bulktokens.pairs(starts, ends)) == _plain(text)


@pytest.mark.parametrize("seed", range(10))
def test_what_was_searched_before_changes_nothing(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antkey_scanner.tokens._NAMES", 20)
    monkeypatch.setattr("antkey_scanner.tokens.LONG", 1 << 10)
    dice = random.Random(seed)
    used = Prefilter([b"sk-ant-"])
    for _ in range(12):
        text = b"\n".join(_text(dice) for _ in range(dice.choice([1, 1, 8])))
        text += b"path/to/some/folder/with-a-name-that-is-long/and/number/1" * dice.randint(0, 2)
        again = used.seeds(text, source=True).tokens
        alone = Prefilter([b"sk-ant-"]).seeds(text, source=True).tokens
        # One by one it is not seen as far behind a token as with numpy; what that drops is dropped later.
        for token in set(again) ^ set(alone):
            ((start, end),) = regions(text, [token])
            both = set(again) & set(alone)
            grown_over = any(start <= first and last <= end for first, last in both)
            assert grown_over or is_digest(text[start:end])
