"""Texts made inert all at once are what each would be alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_reports.cells import all_left, left, widest
from antkey_reports.inert import Once, all_inert, inert

KEY = "sk-ant-api03-" + "Ab3-" * 23 + "xAA"
"""Made here, and no key: its random part repeats."""

TEXTS = st.lists(
    st.text(max_size=12)
    | st.sampled_from(
        ["", "::error::x", "a ::b", "##[x]", "\n", "\x1b[1m", "\u202e", "ㅤ", KEY, KEY[:13]]
    )
)


@given(TEXTS)
def test_all_together_are_as_each_alone(texts: list[str]) -> None:
    assert list(all_inert(texts)) == [inert(text) for text in texts]


@pytest.mark.parametrize("split", [5, 13, 40])
def test_a_key_in_two_texts_is_in_neither(split: int) -> None:
    texts = [KEY[:split], KEY[split:]]

    assert list(all_inert(texts)) == [inert(text) for text in texts]


def test_plain_texts_are_given_back_as_they_are() -> None:
    texts = ["prod-api-gateway-2026-04-25", "sk-ant-api03-R2D…igAA", ""]

    assert all_inert(texts) is texts


@given(st.lists(st.text(alphabet="aé…世\u0301", max_size=6)), st.integers(0, 9))
def test_filling_up_together_is_filling_up_each(texts: list[str], width: int) -> None:
    assert all_left(texts, width) == [left(text, width) for text in texts]
    assert widest(texts) == max([widest([text]) for text in texts], default=0)


def test_what_comes_again_is_made_once() -> None:
    made: list[str] = []
    once = Once(lambda text: made.append(text) or text.upper())  # type: ignore[func-returns-value]

    assert [once["a"], once["b"], once["a"]] == ["A", "B", "A"]
    assert made == ["a", "b"]
