"""No part of a key that could be used, or told apart, is in what a command's output becomes."""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import BASE64URL

from antkey_hooks.egress.masking import Masker

MakeKey = Callable[..., str]
PREFIX = "sk-ant-api03-"
LONGEST_SHOWN = 11  # twelve consecutive characters of a key's random part may never be printed


def key_of(seed: int) -> str:
    return PREFIX + "".join(random.Random(seed).choices(BASE64URL, k=93)) + "AA"


def longest_shared(text: str, key: str) -> int:
    """The longest run of the key's random part that stands in a text."""
    secret = key.removeprefix(PREFIX)
    for size in range(len(secret), 0, -1):
        if any(secret[at : at + size] in text for at in range(len(secret) - size + 1)):
            return size
    return 0


def hint_of(key: str) -> str:
    return f"{key[: len(PREFIX) + 3]}…{key[-4:]}"


def cut(text: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


def test_whole_key_becomes_its_hint() -> None:
    key = key_of(1)
    shown = Masker([key]).mask(f"using {key} now\n".encode()).decode()
    assert shown == f"using {hint_of(key)} now\n"


def test_two_keys_side_by_side_are_both_masked() -> None:
    first, second = key_of(1), key_of(2)
    shown = Masker([first, second]).mask((first + second).encode()).decode()
    assert longest_shared(shown, first) <= LONGEST_SHOWN
    assert longest_shared(shown, second) <= LONGEST_SHOWN


@pytest.mark.parametrize(("start", "end"), [(0, 40), (5, 30), (60, 108), (20, 32)])
def test_part_of_a_key_is_masked(start: int, end: int) -> None:
    key = key_of(3)
    shown = Masker([key]).mask(f"[{key[start:end]}]".encode()).decode()
    assert longest_shared(shown, key) <= LONGEST_SHOWN


def test_key_that_is_wrapped_is_masked_on_each_line() -> None:
    key = key_of(4)
    text = "\n".join(key[at : at + 20] for at in range(0, len(key), 20))
    assert longest_shared(Masker([key]).mask(text.encode()).decode(), key) <= LONGEST_SHOWN


@pytest.mark.parametrize("escaped", [json.dumps, quote, repr, lambda key: f"%s={key!a}"])
def test_key_is_masked_however_its_text_is_escaped(escaped: Callable[[str], str]) -> None:
    key = key_of(5)
    assert longest_shared(Masker([key]).mask(escaped(key).encode()).decode(), key) <= LONGEST_SHOWN


@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from([b"\n", b" ", b"sk-ant-", b"sk-ant-api03-", b'"']),
            st.integers(0, 3).map(lambda seed: key_of(seed).encode()),
            st.tuples(st.integers(0, 3), st.integers(0, 108), st.integers(0, 108)).map(
                lambda cut: key_of(cut[0])[min(cut[1:]) : max(cut[1:])].encode()
            ),
        ),
        max_size=12,
    ),
    places=st.lists(st.integers(0, 2000), max_size=12),
)
def test_how_output_is_cut_into_reads_makes_no_difference(
    pieces: list[bytes], places: list[int]
) -> None:
    keys = [key_of(seed) for seed in range(4)]
    masker = Masker(keys)
    text = b"".join(pieces)
    stream = masker.stream()
    shown = b"".join(stream.feed(part) for part in cut(text, places)) + stream.close()
    assert shown == masker.mask(text)
    for key in keys:
        assert longest_shared(shown.decode(errors="replace"), key) <= LONGEST_SHOWN


@given(places=st.lists(st.integers(0, 200), max_size=30), before=st.text(max_size=20))
def test_key_stays_masked_when_it_is_written_with_pauses(places: list[int], before: str) -> None:
    key = key_of(7)
    stream = Masker([key]).stream()
    shown = bytearray()
    for part in cut(f"{before} {key} after".encode(), places):
        shown += stream.feed(part) + stream.pause()
    shown += stream.close()
    assert longest_shared(shown.decode(errors="replace"), key) <= LONGEST_SHOWN
    assert shown.endswith(b" after")


@given(st.binary(max_size=300))
def test_output_without_keys_is_passed_on_as_it_is(text: bytes) -> None:
    assert Masker([key_of(8)]).mask(text) == text


def test_prompt_is_shown_at_once() -> None:
    stream = Masker([key_of(9)]).stream()
    assert stream.feed(b"Password: ") == b"Password: "
    assert not stream.holds


def test_word_that_might_begin_a_key_is_shown_after_a_pause() -> None:
    stream = Masker([PREFIX + "Password" * 12]).stream()
    assert stream.feed(b"ask Pass") == b"ask "
    assert stream.holds
    assert stream.pause() == b"Pass"


def test_little_is_ever_held_back() -> None:
    key = key_of(10)
    stream = Masker([key]).stream()
    shown = 0
    for given_so_far, character in enumerate(string.ascii_letters * 20, start=1):
        shown += len(stream.feed(character.encode()))
        assert given_so_far - shown < 8


def test_key_that_is_added_later_is_masked_from_then_on(make_key: MakeKey) -> None:
    masker = Masker()
    stream = masker.stream()
    key = key_of(11)
    masker.add(key)
    assert stream.feed(f"{key}\n".encode()).decode() == f"{hint_of(key)}\n"


def test_access_token_is_masked_too() -> None:
    token = key_of(12).replace("api03", "oat01")
    shown = Masker([token]).mask(token.encode()).decode()
    assert re.fullmatch(r"sk-ant-oat01-...….{4}", shown)


@pytest.mark.parametrize("text", ["", "short", "sk-ant-api03-abc", "with blanks in it, many"])
def test_what_is_no_key_cannot_be_masked(text: str) -> None:
    with pytest.raises(ValueError, match="not shaped like a key"):
        Masker([text])


def test_long_runs_without_a_key_pass() -> None:
    blob = base64.urlsafe_b64encode(random.Random(1).randbytes(60_000))
    assert Masker([key_of(13)]).mask(blob) == blob
