"""What is seen of source code that no parser can read."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import LANGUAGES, Language
from antkey_scanner.code.module import Module
from antkey_scanner.code.textual import read_text

BY_NAME = {language.name: language for language in LANGUAGES}


def read(text: str, language: str = "Python") -> Module:
    return read_text("a", text, BY_NAME[language])


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("key = tenant.key or ENV['K']", "tenant.key", "ENV['K']"),
        ("const k = t.key ?? process.env.K;", "t.key", "process.env.K"),
        ("f(ENV['A'] || b, c)", "ENV['A']", "b"),
        ("return $t->key ?: $k", "$t->key", "$k"),
        ("x = { apiKey: a.b || c }", "a.b", "c"),
        ("k = t.key ? t.key : K", "t.key", "K"),
    ],
)
def test_what_stands_in_for_what_is_seen(text: str, left: str, right: str) -> None:
    found = read(text, "JavaScript").eithers if "or" not in text.split() else read(text).eithers
    assert [(one.left, one.right) for one in found] == [(left, right)]


def test_what_names_are_given_is_seen_with_its_place() -> None:
    assign = read("a = 1\n  self.key = f(x, y)\n").assigns[1]
    assert (assign.target, assign.value, assign.span.line) == ("self.key", "f(x, y)", 2)


def test_arguments_are_told_from_names_of_arguments() -> None:
    call = read('client.make(a, key=b, {"x": c})').calls[0]
    assert call.callee == "client.make"
    assert call.arguments == ("a", '{"x": c}')
    assert call.named == {"key": "b", "x": "c"}


def test_what_is_given_back_is_seen() -> None:
    assert [one.value for one in read("def f():\n    return g(1, 2)").returns] == ["g(1, 2)"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "text", ["", "\0", "(" * 50_000, "a || " * 20_000, "f(" * 20_000, "=:?," * 9_000, "\n;" * 9_000]
)
def test_any_text_is_read_to_its_end(language: Language, text: str) -> None:
    module = read_text("a", text, language)
    assert all(one.span.end <= len(text) for one in (*module.eithers, *module.calls))
    assert all(one.arguments is not None for one in module.calls)
