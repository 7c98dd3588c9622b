"""Which functions and classes a place stands in."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import LANGUAGES
from antkey_scanner.code.module import Span
from antkey_scanner.code.parse import parse
from antkey_scanner.code.scopes import Scopes

TEXT = """class OpenaiClient:
    def ask(self, tenant):
        key = lambda: HERE
        return key

def other():
    THERE
"""


def scopes(text: str = TEXT) -> Scopes:
    return Scopes(parse("a.py", text, LANGUAGES[0]))


def place(word: str, text: str = TEXT) -> Span:
    at = text.index(word)
    return Span(at, at + len(word), 1, 1)


def test_functions_come_from_the_inside_out() -> None:
    assert [one.name for one in scopes().around(place("HERE"))] == ["key", "ask"]


def test_the_function_around_a_place_is_the_innermost() -> None:
    function = scopes().function(place("THERE"))
    assert function is not None
    assert function.name == "other"


def test_heads_are_those_of_classes_too() -> None:
    assert list(scopes().heads(place("return")))[-1] == "OpenaiClient"
    assert scopes().is_in_class(place("HERE"))
    assert not scopes().is_in_class(place("THERE"))


def test_what_is_named_after_another_provider_is_told() -> None:
    assert scopes().is_of_others(place("HERE"))
    assert not scopes().is_of_others(place("THERE"))


def test_a_program_for_one_person_is_told() -> None:
    assert scopes("import argparse\n").is_single
    assert not scopes().is_single


@pytest.mark.parametrize(
    "said", ["BYOK", "bring your own key", "own Anthropic keys", "multi-tenant"]
)
def test_keys_that_people_bring_are_told_before_a_function_and_in_it(said: str) -> None:
    for text in (f"# {said}\ndef f():\n    HERE\n", f"def f():\n    HERE  # {said}\n"):
        assert scopes(text).speaks_of_own(place("HERE", text))
    assert not scopes().speaks_of_own(place("HERE"))


def test_a_place_has_its_line_and_column() -> None:
    at = TEXT.index("return")
    assert scopes().span(at, at + 6)[2:] == (4, 9)


def test_functions_nested_beyond_all_measure_end() -> None:
    text = "".join(f"{' ' * n}def f{n}():\n" for n in range(90)) + " " * 90 + "HERE\n"
    assert len(list(scopes(text).around(place("HERE", text)))) == 90
