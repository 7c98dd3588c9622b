"""Columns of a terminal: wide characters count twice, combining ones not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_reports.cells import columns, cut, cut_in_the_middle, left, right, widest
from antkey_reports.escape import terminal

SHOWN = st.text(max_size=40).map(terminal)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("sk-ant-api03-R2D…igAA", 21),
        ("钥匙", 4),
        ("\uff4b\uff45\uff59", 6),
        ("cle\u0301", 3),
        ("\u1100\u1161\u11a8", 2),
        ("한글", 4),
        ("é…ß", 3),
    ],
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("prod-api", 8, "prod-api"),
        ("prod-api", 7, "prod-a…"),
        ("生产钥匙", 6, "生产…"),
        ("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…"),
        ("abc", 1, "…"),
    ],
)
def test_cut(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("prod-api-gateway-2026-04-25", 20, "prod-api-…2026-04-25"),
        ("prod-api", 8, "prod-api"),
        ("生产网关钥匙", 7, "生产…匙"),
        ("aaaae\u0301bbbbe\u0301", 4, "a…be\u0301"),
    ],
)
def test_both_ends_of_a_name_stay(text: str, most: int, shown: str) -> None:
    assert cut_in_the_middle(text, most) == shown


@given(SHOWN, st.integers(1, 50))
def test_what_is_cut_fits(text: str, most: int) -> None:
    assert columns(cut(text, most)) <= most
    assert columns(cut_in_the_middle(text, most)) <= most


@given(SHOWN, st.integers(0, 50))
def test_what_is_filled_up_is_as_wide_as_asked_for(text: str, width: int) -> None:
    assert columns(left(text, width)) == columns(right(text, width)) == max(columns(text), width)


def test_the_widest_of_none_has_no_columns() -> None:
    assert widest([]) == 0
