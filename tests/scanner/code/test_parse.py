"""Parsing turns any text into a module, or says that it will not."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import LANGUAGES, Language
from antkey_scanner.code.parse import parse

BY_NAME = {language.name: language for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)
@pytest.mark.parametrize("text", ["", "\n", "\0", "}{", "é" * 100, "'''"])
def test_any_text_has_a_module(language: Language, text: str) -> None:
    assert parse("a", text, language).text == text


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        _ = parse("a.js", "f(" * 3000 + ")" * 3000, BY_NAME["JavaScript"]).calls


def test_what_people_nest_is_not() -> None:
    text = "f(" * 30 + "x" + ")" * 30
    assert len(parse("a.js", text * 100, BY_NAME["JavaScript"]).calls) == 3000
