"""Parsing turns a text into a module, or says why it does not."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import LANGUAGES, Language
from antkey_scanner.code.parse import parse

BY_NAME = {language.name: language for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)
@pytest.mark.parametrize("text", ["", "\n"])
def test_a_text_of_nothing_has_a_module(language: Language, text: str) -> None:
    assert parse("a", text, language).calls == ()


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse("a.js", "f(" * 3000 + ")" * 3000, BY_NAME["JavaScript"])


def test_what_people_nest_is_not() -> None:
    text = "f(" * 30 + "x" + ")" * 30
    assert len(parse("a.js", f"{text};" * 100, BY_NAME["JavaScript"]).calls) == 3000


def test_what_is_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="it is no Go"):
        parse("a.go", "]] <?php { ) ( " * 20, BY_NAME["Go"])


def test_a_typing_error_costs_no_more_than_its_place() -> None:
    text = "def f(:\n    pass\n\n\n" + "key = one or other\n" * 20
    assert len(parse("a.py", text, BY_NAME["Python"]).eithers) == 20


def test_lists_are_in_the_order_of_the_text_whichever_is_asked_for_first() -> None:
    text = "x = a or f(b or c)\ny = (d if d else e) or g()\n"
    first, second = (parse("a.py", text, BY_NAME["Python"]) for _ in range(2))
    assert second.calls
    assert [one.span.start for one in first.eithers] == [one.span.start for one in second.eithers]
    assert first.eithers == second.eithers
