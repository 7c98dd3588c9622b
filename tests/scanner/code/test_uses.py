"""What a place in code is used for, by what stands around it."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import LANGUAGES
from antkey_scanner.code.module import Span
from antkey_scanner.code.parse import parse
from antkey_scanner.code.uses import asks, headers, is_development, is_question, requests

PLACE = "tenant.key or KEY"


def asked(text: str) -> bool:
    start = text.index(PLACE)
    module = parse("a.py", text, LANGUAGES[0])
    return asks(module, Span(start, start + len(PLACE), 1, start + 1))


@pytest.mark.parametrize(
    "text",
    [
        f"x = bool({PLACE})",
        f"if {PLACE}:\n    pass",
        f"has_key = {PLACE}",
        f"x = mask_key({PLACE})",
        f"configured: bool = ({PLACE}) is not None",
        f"while ({PLACE}):\n    pass",
    ],
)
def test_what_only_asks_is_told(text: str) -> None:
    assert asked(text)


@pytest.mark.parametrize("text", [f"key = {PLACE}", f"f({PLACE})", f"return {PLACE}"])
def test_what_hands_over_a_value_is_told(text: str) -> None:
    assert not asked(text)


@pytest.mark.parametrize(
    ("name", "is_one"), [("hasKey", True), ("key_valid", True), ("key", False)]
)
def test_names_of_questions_are_told(name: str, is_one: bool) -> None:
    assert is_question(name) is is_one


@pytest.mark.parametrize(
    ("text", "expected"),
    [('NODE_ENV !== "production"', True), ("settings.DEBUG", True), ("tenant.is_paying", False)],
)
def test_conditions_of_developers_are_told(text: str, expected: bool) -> None:
    assert is_development(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("client.messages.create(x)", True), ("fetch(url)", True), ("tenant.key", False)],
)
def test_requests_are_told(text: str, expected: bool) -> None:
    assert requests(text) is expected


def test_headers_with_credentials_are_found_with_their_values() -> None:
    text = '{"x-api-key": f(tenant, 1), Authorization: `Bearer ${KEY}`, "accept": "a"}'
    assert [(one.name, one.value) for one in headers(text)] == [
        ("x-api-key", "f(tenant, 1)"),
        ("authorization", "`Bearer ${KEY}`"),
    ]
    assert all(text[one.start : one.end].endswith(one.value) for one in headers(text))
