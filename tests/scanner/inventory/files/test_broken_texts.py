"""A text that is not of its format is refused with the line and what is wrong, and never quoted."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("form", "text", "problem"),
    [
        ("toml", "[[keys]]\nname 'a'\n", "2: broken TOML (expected '=' after a key in a key/value"),
        ("toml", "[[keys]]\nname = 'a'\nname = 'b'\n", "3: broken TOML (cannot overwrite a value"),
        ("toml", '[[keys]]\nname = "a"\nname = "b"\n', "3: broken TOML (cannot overwrite a value"),
        ("toml", "[[keys]]\nname = 'a\n", "2: broken TOML ("),
        ("toml", "[[keys]]\nname = 'a'\n[[keys]]\nid = [1\n[[keys]]\n", "4: broken TOML ("),
        (
            "toml",
            "[[keys]]\nid = 2026-02-30T00:00:00Z\n",
            "2: broken TOML (invalid date or datetime",
        ),
        ("toml", "keys = []\n[[keys]]\nname = 'a'\n", "2: broken TOML (a table that stands in two"),
        ("toml", "[a]\n[[keys]]\nname = 'a'\n[a]\n", "4: broken TOML (a table that stands in two"),
        (
            "toml",
            "[[keys]]\nversion = " + "1" * 5000,
            " broken TOML (a value that cannot be read); ",
        ),
        ("json", '{"keys": [\n{"name": "a",}]}', "2: broken JSON ("),
        (
            "json",
            '{"keys": [\n{"name": "a"}\n{"name": "b"}]}',
            "3: broken JSON (expecting ',' delim",
        ),
        (
            "json",
            '{"keys": [{"name": "a", "name":\n"b"}]}',
            "1: broken JSON (two fields of one name",
        ),
        (
            "json",
            '{"keys": [],\n"keys": []}',
            "2: broken JSON (two fields of one name); take one out",
        ),
        (
            "json",
            '{"keys": [],\n"schema": NaN}',
            "2: broken JSON (NaN or Infinity, which are no JSON",
        ),
        ("json", '{"keys": []}\n\n{}', "3: broken JSON (more text behind the end); take it out"),
        ("json", '{"keys": []\n', "2: broken JSON (expecting ',' delimiter"),
        ("json", '{"keys" []}', "1: broken JSON (expecting ':' delimiter"),
        ("json", '{"keys": [],\n}', "2: broken JSON (expecting a field's name in double quotes"),
        ("json", "{'keys': []}", "1: broken JSON (expecting a field's name in double quotes"),
        ("json", '{"keys": [{"name": "a\nb"}]}', "1: broken JSON (invalid control character, colu"),
        (
            "json",
            '{"keys": [{"version": ' + "1" * 5000 + "}]}",
            "1: broken JSON (a number that is too",
        ),
        ("json", '{"keys": [{"name": "\\q"}]}', "1: broken JSON (invalid \\escape"),
        ("json", "[", "1: broken JSON ("),
        ("yaml", "keys:\n- name: a\n  name: b\n", "3: broken YAML (two fields of one name); take "),
        ("yaml", "keys: []\nkeys: []\n", "2: broken YAML (two fields of one name); take one out"),
        ("yaml", "keys:\n- name: 'a\n", "3: broken YAML ("),
        ("yaml", "keys:\n- name: a\n - b\n", "3: broken YAML ("),
        ("yaml", "keys:\n- &a {name: a}\n", "2: has an anchor or an alias; write the value out"),
        (
            "yaml",
            "keys:\n- {name: &a a, id: *a}\n",
            "2: has an anchor or an alias; write the value ",
        ),
        ("yaml", "keys: &a []\n", "1: has an anchor or an alias; write the value out"),
        ("yaml", "*a\n", "1: has an anchor or an alias; write the value out"),
        (
            "yaml",
            "keys:\n- !!python/object:os.system {name: a}\n",
            "2: has a tag; write the value wi",
        ),
        ("yaml", "keys:\n- name: !secret a\n", "2: has a tag; write the value without it"),
        ("yaml", "keys:\n- [a]: b\n", "2: broken YAML (a field's name that is no text); mend "),
        ("yaml", "keys:\n- name: a\n\tid: b\n", "3: broken YAML ("),
        ("csv", 'name\n"a', "2: broken CSV (unexpected end of data); mend the row"),
        ("csv", 'name\n"a"b\n', "2: broken CSV ("),
        ("csv", "name\na\rb\n", "2: broken CSV (new-line character seen in unquoted field); mend "),
        ("csv", "name,id\na\n", "2: has 1 cells where the header has 2; mend the row"),
        ("csv", "name,id\n\na,b,c\n", "3: has 3 cells where the header has 2; mend the row"),
        (
            "csv",
            "name;status\na;active\n",
            "1: has semicolons between its cells; save it with commas",
        ),
        ("csv", "sep=;\nname;status\n", "1: has semicolons between its cells; save it with commas"),
        ("csv", "name\tstatus\na\tactive\n", "1: has tabs between its cells; save it with commas"),
        ("csv", "name,nmae\na,b\n", '1: unknown field nmae; did you mean "name"?'),
        ("csv", "name,name\na,b\n", "1: two columns have the same name; take one out"),
        ("csv", "name,\na,b\n", "1: has a column without a name"),
        ("csv", "name,encryption\na,b\n", "1: unknown field encryption; "),
        (
            "csv",
            "name,created_at\na,2026-01-01 00:00\n",
            "2: created_at is no RFC 3339 time; write ",
        ),
        (
            "csv",
            "name,spend_limit.daily_usd\na,$5\n",
            "2: spend_limit.daily_usd is no number; writ",
        ),
        (
            "csv",
            "name,spend_limit.alerts_percent\na,50;\n",
            "2: spend_limit.alerts_percent[2] is no n",
        ),
        ("csv", "name,unknown\na,b\n", "2: unknown field unknown[1]; known here: "),
        (
            "json",
            '{"keys": [{"name": "\\ud800"}]}',
            "1: keys[1].name holds half a character (a lone ",
        ),
        (
            "toml",
            "a = 1\n",
            " has no keys; list them under keys, or name the export of a secret store",
        ),
        ("json", "[]", " has no keys; list them under keys, or name the export of a secret store"),
        ("json", "3", " has no keys; list them under keys, or name the export of a secret store"),
        (
            "yaml",
            "# nothing\n",
            " has no keys; list them under keys, or name the export of a secret ",
        ),
        (
            "yaml",
            "just words\n",
            " has no keys; list them under keys, or name the export of a secret ",
        ),
        ("toml", " \n\n", " is empty; list keys under keys"),
        ("csv", "", " is empty; list keys under keys"),
    ],
)
def test_a_text_that_is_not_of_its_format_is_told(
    refusal: Callable[..., list[str]], form: str, text: str, problem: str
) -> None:
    [told] = refusal(text, form)
    assert told.startswith(f"keys.{form}:{problem}")


def test_the_format_has_to_be_known(refusal: Callable[..., list[str]]) -> None:
    assert refusal("<keys/>", None) == [
        "keys.None: its format cannot be told; name the file .toml, .yaml, .json or .csv"
    ]
