"""Expressions of any language are taken apart into names, with what they are called with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.code.terms import MOST_CHARACTERS, Term, terms


def named(text: str) -> list[str]:
    return [".".join(one.names) for one in terms(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tenant.api_key or PLATFORM_KEY", ["tenant.api_key", "PLATFORM_KEY"]),
        ("org?.settings?.key ?? env.KEY", ["org.settings.key", "env.KEY"]),
        ("$team->key ?: $default", ["$team.key", "$default"]),
        ("std::env::var(x)", ["std.env.var"]),
        ("a if b else c", ["a", "c"]),
        ("a == b", []),
        ("!key", []),
        ("// nothing", []),
        ("f'{tenant.key} x'", ["tenant.key"]),
    ],
)
def test_values_are_told_and_conditions_are_not(text: str, expected: list[str]) -> None:
    assert named(text) == expected


def test_what_a_name_is_called_with_goes_with_it() -> None:
    (term,) = terms('client(api_key=tenant.key, **x)["a"]')
    assert term.called
    assert term.strings == ("a",)
    assert term.args[0] == Term(("tenant", "key"), label="api_key")


def test_members_of_an_object_are_labelled() -> None:
    (term,) = terms("new Anthropic({ apiKey, baseURL: url })")
    assert [(one.last, one.label) for one in term.args] == [
        ("apiKey", "apiKey"),
        ("url", "baseURL"),
    ]


@given(st.text(alphabet="ab.(){}[]'\"`$#:=,?|&!<>\\/* \n0", max_size=200))
def test_any_text_has_terms(text: str) -> None:
    assert all(one.names for one in terms(text))


@pytest.mark.parametrize("piece", ["(", "a(", "a.b ? ", "'", "${", "a<b<", "a, ", "/*", "#{a"])
def test_long_texts_are_read_as_far_as_it_matters(piece: str) -> None:
    text = piece * MOST_CHARACTERS
    assert terms(text) == terms(text[:MOST_CHARACTERS])
