"""The prefilter never misses a token or an anchor, with and without its native libraries."""

from __future__ import annotations

import base64
import builtins
import importlib
import random
import re
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner import digests
from antkey_scanner import prefilter as native
from antkey_scanner.prefilter import BLOCK
from antkey_scanner.tokens import RUN, TOKEN_CLASS, is_name

MAXIMAL_RUN = re.compile(TOKEN_CLASS + b"{%d,}" % RUN)


def _tokens(text: bytes) -> list[tuple[int, int]]:
    runs = MAXIMAL_RUN.finditer(text)
    return [run.span() for run in runs if not is_name(run.group())]


@pytest.fixture(params=["native", "pure Python"])
def prefilter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as it is, and as it is where stringzilla and hyperscan are not installed."""
    if request.param == "native":
        return native
    real_import = builtins.__import__

    def without(name: str, *rest: object, **named: object) -> object:
        if name in ("stringzilla", "hyperscan"):
            raise ImportError(name)
        return real_import(name, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    for part in ("buffers", "tokens"):
        monkeypatch.delitem(sys.modules, f"antkey_scanner.{part}")
    spec = importlib.util.find_spec("antkey_scanner.prefilter")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "antkey_scanner.prefilter", module)
    spec.loader.exec_module(module)
    return module


def _text(dice: random.Random, size: int) -> bytes:
    text = bytearray()
    while len(text) < size:
        length = dice.choice([1, 5, 20, RUN - 1, RUN, RUN + 1, 300])
        text += bytes(dice.choices(b"abcXYZ019+/=_-%\\&#;", k=length))
        text += dice.choice([b" ", b"\n", b"\0", b'"', b". "])
    return bytes(text)


@pytest.mark.parametrize("bulk", [False, True])
def test_tokens_are_the_maximal_runs(prefilter: ModuleType, bulk: bool) -> None:
    for seed in range(3):
        text = _text(random.Random(seed), 3 * BLOCK)
        both = [b"sk-ant-", b"sk-or-"]  # for one of them digests would be left out
        seeds = prefilter.Prefilter(both).seeds(text, bulk=bulk)
        assert seeds.tokens == _tokens(text)


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize("shift", range(-RUN - 1, RUN + 2, 7))
def test_a_token_over_a_block_edge_is_seen_once(
    prefilter: ModuleType, bulk: bool, shift: int
) -> None:
    start = BLOCK + shift
    text = b" " * start + b"7" * RUN + b" " * (2 * BLOCK)
    seeds = prefilter.Prefilter([b"sk-ant-"]).seeds(text, bulk=bulk)
    assert seeds.tokens == [(start, start + RUN)]


@pytest.mark.parametrize("words", [b"word ", b"x" * (RUN - 1) + b" ", b"a,b." * RUN + b" "])
def test_a_token_of_a_big_input_is_seen_whatever_stands_between_blanks(
    prefilter: ModuleType, words: bytes
) -> None:
    made = prefilter.Prefilter([b"sk-ant-"])
    lines = words * (BLOCK // len(words))
    token = b"7" * (2 * RUN)  # longer than a digest
    for _ in range(70):  # in as many blocks as are not asked for blanks any more, and beyond
        text = lines + b"," + token + b"," + lines
        seeds = made.seeds(text, bulk=True)
        assert seeds.tokens == [(len(lines) + 1, len(lines) + 1 + len(token))]
        assert not made.seeds(lines, bulk=True)


def test_each_block_that_was_passed_over_is_told(prefilter: ModuleType) -> None:
    ends: list[int] = []
    prefilter.Prefilter([b"sk-ant-"]).seeds(b"a " * BLOCK, bulk=True, passed=ends.append)
    assert ends == [BLOCK, 2 * BLOCK]


@pytest.mark.parametrize("shift", range(-8, 2))
def test_an_anchor_over_a_block_edge_is_seen_once(prefilter: ModuleType, shift: int) -> None:
    text = b" " * (BLOCK + shift) + b"sk-ant-" + b" " * BLOCK
    for source in (False, True):
        seeds = prefilter.Prefilter([b"sk-ant-"]).seeds(text, source=source)
        assert seeds.anchors == [BLOCK + shift]


@pytest.mark.parametrize("words", [0, 1, 39, 40, 41, 500])
@pytest.mark.parametrize("literal", [b"sk-ant-", *native.SPLIT_ANCHORS])
def test_an_anchor_is_seen_behind_words_that_start_as_it_does(
    prefilter: ModuleType, words: int, literal: bytes
) -> None:
    text = b"task-list, disk-" * words + literal
    made = prefilter.Prefilter([b"sk-ant-"])
    seeds = made.seeds(text, source=True)
    places = [*seeds.anchors, *(start for start, _ in seeds.tokens)]
    assert len(text) - len(literal) in places
    assert not made.quiet(text)


def test_a_run_longer_than_many_blocks_is_one_token(prefilter: ModuleType) -> None:
    text = b"  " + b"7" * (3 * BLOCK) + b" "
    assert prefilter.Prefilter([b"sk-ant-"]).seeds(text).tokens == [(2, 2 + 3 * BLOCK)]


def test_nul_bytes_are_noticed(prefilter: ModuleType) -> None:
    assert prefilter.Prefilter([b"sk-ant-"]).seeds(b"a\0b").wide
    assert not prefilter.Prefilter([b"sk-ant-"]).seeds(b"ab").wide


@given(st.binary(max_size=400))
def test_native_and_pure_searches_agree(text: bytes) -> None:
    seeds = native.Prefilter([b"sk-ant-"]).seeds(text)
    assert seeds.tokens == _tokens(text)


@pytest.mark.parametrize(
    "name",
    [
        b"-" * 60,
        b"hyper_parameter_tuning_job_name=hyper_parameter_tuning_job_name",
        b"TestDisallowLongAbbreviationAllowsShortGroupingPrefix",
        b"org/Public/MAPPINGS/OBSOLETE/EASTASIA/OTHER/BIG",
        b"MAXIMUM_NUMBER_OF_SOMETHING_THAT_NEEDS_A_VERY_LONG_NAME",
    ],
)
def test_names_are_no_tokens(name: bytes) -> None:
    assert is_name(name)


def test_base64_of_escapes_without_a_digit_is_a_token() -> None:
    """`%00%6B%00…` in base64: found by the test of combined encodings."""
    escaped = "".join(f"%{byte:02X}%00" for byte in b"sk-ant-api").encode()
    encoded = base64.b64encode(b": Y :%78" + escaped)
    assert not set(encoded) & set(b"0123456789")
    assert not is_name(encoded)


def test_no_base64_of_a_key_is_a_name(make_key: Callable[..., str]) -> None:
    for number in range(20_000):
        key = make_key()
        text = base64.b64encode(b"x" * (number % 3) + key.encode())
        assert not is_name(text)
        assert not is_name(base64.b64encode(text)[8:])


@given(
    st.lists(
        st.binary(min_size=RUN, max_size=RUN + 20).map(
            lambda data: bytes(
                b"0123456789abcdefABCDEFghxyzXYZ%\\&=2dD"[byte % 37] for byte in data
            )
        ),
        max_size=12,
    ),
    st.sampled_from(digests.STARTS + digests.STARTS_IN_ANY_CASE),
    st.integers(0, 11),
)
def test_one_look_at_many_tokens_tells_what_a_look_at_each_does(
    tokens: list[bytes], start: bytes, number: int
) -> None:
    if number < len(tokens):
        tokens[number] = tokens[number][:5] + start + tokens[number][20:]
    text = b'", "'.join((b"", *tokens, b""))
    places = [(at, at + len(token)) for token in tokens if (at := text.find(token)) >= 0]
    view = memoryview(text)
    telling = [place for place in places if digests._may_hide(text[slice(*place)])]
    assert digests.hiding(view, places) == telling


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("before", [0, 1, 2, 3, 70_000])
@pytest.mark.parametrize("text", ["sk-ant-", 'sk-"', "sk-ant'", "aB3" * (RUN // 3)])
def test_wide_text_is_seen_in_files_that_hold_nothing_else(
    prefilter: ModuleType, encoding: str, before: int, text: str
) -> None:
    data = b"\xff\0 " * before + text.encode(encoding) + b"\0\0 "
    assert prefilter.Prefilter([b"sk-ant-"]).seeds(data, source=True).wide
    catalogue = b"a message\0another one\0" * before + b"\0"
    assert not prefilter.Prefilter([b"sk-ant-"]).seeds(catalogue, source=True)
