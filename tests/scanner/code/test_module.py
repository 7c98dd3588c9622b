"""A file as rules see it, whatever its language."""

from __future__ import annotations

import pytest

from antkey_scanner.code.languages import language_of
from antkey_scanner.code.module import Module, line_at, line_starts
from antkey_scanner.code.parse import parse


def module(path: str, text: str) -> Module:
    language = language_of(path)
    assert language is not None
    return parse(path, text, language)


SAME = {
    "a.py": 'def f(tenant):\n    key = tenant.key or ENV\n    return g(key, x="y")\n',
    "a.js": "function f(tenant) { const key = tenant.key || ENV; return g(key, {x: 'y'}); }",
    "a.ts": "function f(tenant: T) { const key = tenant.key ?? ENV; return g(key, {x: 'y'}); }",
    "a.rb": "def f(tenant)\n  key = tenant.key || ENV\n  return g(key, x: 'y')\nend\n",
    "a.php": "<?php function f($tenant) { $key = $tenant->key ?? ENV; return g($key, x: 'y'); }",
    "A.cs": 'class A { S f(T tenant) { var key = tenant.key ?? ENV; return g(key, x: "y"); } }',
    "a.kt": 'fun f(tenant: T): S { val key = tenant.key ?: ENV; return g(key, x = "y") }',
}


@pytest.mark.parametrize("path", SAME)
def test_one_idea_looks_alike_in_all_languages(path: str) -> None:
    found = module(path, SAME[path])
    (either,) = found.eithers
    assert (either.left.lstrip("$").replace("->", "."), either.right) == ("tenant.key", "ENV")
    assert [one.target.lstrip("$") for one in found.assigns] == ["key"]
    assert [one.name for one in found.functions] == ["f"]
    (call,) = (one for one in found.calls if one.callee == "g")
    assert call.arguments[0].lstrip("$") == "key"
    assert call.named["x"].strip("\"'") == "y"
    assert [one.value for one in found.returns][-1].startswith("g(")


def test_what_stands_where_is_told_by_lines_and_columns() -> None:
    (either,) = module("a.py", "\n  \nx = é or b\n").eithers
    assert (either.span.line, either.span.column) == (3, 5)


def test_conditions_around_a_place_come_from_the_inside_out() -> None:
    found = module("a.py", "if a:\n    if b:\n        f()\n")
    (call,) = found.calls
    assert [one.condition for one in found.tests_around(call.span)] == ["b", "a"]


def test_lines_are_counted_from_one() -> None:
    starts = line_starts("a\nb\n")
    assert [line_at(starts, at) for at in (0, 1, 2, 4)] == [1, 1, 2, 3]
