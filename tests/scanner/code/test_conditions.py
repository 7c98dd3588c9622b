"""Conditions in any language: whether they hold when a thing is missing."""

from __future__ import annotations

import pytest

from antkey_scanner.code.conditions import ends, is_absence, is_value


@pytest.mark.parametrize(
    "condition",
    [
        *("not key", "!key", "key is None", "key == nil", 'key == ""', "key === undefined"),
        *(
            "key.isEmpty()",
            "string.IsNullOrEmpty(key)",
            "key.blank?",
            "empty($key)",
            "len(key) == 0",
        ),
        *("!key.isPresent()", "!isset($key)", "key.is_none()", "null == key", "key.length === 0"),
    ],
)
def test_what_asks_whether_something_is_missing(condition: str) -> None:
    assert is_absence(condition)


@pytest.mark.parametrize(
    "condition",
    [
        *("key", "key is not None", "key != nil", 'key != ""', "!key.isEmpty()", "key.present?"),
        *("isset($key)", "key.is_some()", "not key.blank?", "!string.IsNullOrEmpty(key)"),
    ],
)
def test_what_asks_whether_something_is_there(condition: str) -> None:
    assert not is_absence(condition)


@pytest.mark.parametrize("text", ["tenant.key", "f(a, b)", '"x"', "a ?? b", "a\n  .b()"])
def test_an_expression_is_a_value(text: str) -> None:
    assert is_value(text)


@pytest.mark.parametrize("text", ["", "a = b", "return a", "a; b", "a\nb"])
def test_statements_are_none(text: str) -> None:
    assert not is_value(text)


@pytest.mark.parametrize(
    "text", ["raise X()", "throw new X();", "return err", "panic!()", "continue"]
)
def test_what_leaves_is_told(text: str) -> None:
    assert ends(text)


def test_what_goes_on_is_told() -> None:
    assert not ends("key = other")
