"""The value that begins at a place of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.settings.literals import value_at


@pytest.mark.parametrize(
    ("line", "value", "is_quoted"),
    [
        ('"a b", c', "a b", True),
        ("'a # b' # c", "a # b", True),
        ("`a`;", "a", True),
        ('\\"a\\"', "a", True),
        ("abc, d", "abc", False),
        ("${{ secrets.A }} x", "${{ secrets.A }}", False),
        ("$(get key) x", "$(get key)", False),
        ("!vault |", "!vault |", False),
        ("http://[::1]:9000/v1 x", "http://[::1]:9000/v1", False),
        ("['only']", "only", False),
    ],
)
def test_a_value_ends_where_its_kind_ends(line: str, value: str, is_quoted: bool) -> None:
    found, _, quoted = value_at(line, 0, ":")
    assert (found, quoted) == (value, is_quoted)


@given(st.text(alphabet="\"'`\\${}[]()!a:/, ", max_size=80), st.sampled_from(":="))
def test_any_line_has_a_reading(line: str, sep: str) -> None:
    _, end, _ = value_at(line, 0, sep)
    assert 0 <= end <= len(line)
