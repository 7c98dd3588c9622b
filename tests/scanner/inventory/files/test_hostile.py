"""Inventories that are made to hurt: each is a clear error or a plain value, and quickly so."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from antkey_scanner.inventory.records import Sheet

DEEP = 100_000
FORMS = ("toml", "yaml", "json", "csv")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("json", "[" * DEEP),
        ("json", '{"keys": ' + "[" * DEEP + "]" * DEEP + "}"),
        ("json", '{"keys": [' + '{"a":' * DEEP + "1" + "}" * DEEP + "]}"),
        ("toml", "keys = " + "[" * DEEP + "]" * DEEP),
        ("toml", "[[keys]]\na = " + "{a = " * DEEP + "1" + "}" * DEEP),
        ("yaml", "keys: " + "[" * DEEP),
        ("yaml", "keys:\n- " + "{a: " * 500 + "1" + "}" * 500),
        ("yaml", "keys:\n" + "- " * DEEP + "a"),
        ("yaml", "[" * DEEP + "]" * DEEP),
    ],
)
def test_deep_nesting_is_refused(refusal: Callable[..., list[str]], form: str, text: str) -> None:
    [told] = refusal(text, form)
    assert "is nested too deep; that is no inventory" in told or "broken" in told


@pytest.mark.parametrize("form", FORMS)
def test_a_line_of_ten_megabytes_is_refused(refusal: Callable[..., list[str]], form: str) -> None:
    long = "a" * 10_000_000
    texts = {
        "toml": f'[[keys]]\nname = "{long}"\n',
        "yaml": f"keys:\n- name: {long}\n",
        "json": json.dumps({"keys": [{"name": long}]}),
        "csv": f"name\n{long}\n",
    }
    [told] = refusal(texts[form], form)
    assert "name is longer than 4,096 characters; shorten it" in told or (
        told == "keys.csv:2: broken CSV (field larger than field limit (131072)); mend the row"
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_long_field_name_is_refused_and_cut(refusal: Callable[..., list[str]], form: str) -> None:
    long = "Aa1" * 300
    texts = {
        "toml": f"[[keys]]\n{long} = 1\n",
        "yaml": f"keys:\n- {long}: 1\n",
        "json": json.dumps({"keys": [{long: 1}]}),
        "csv": f"{long}\n1\n",
    }
    [told] = refusal(texts[form], form)
    assert "unknown field " in told
    assert long[:8] in told
    assert long[:12] not in told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"name\n\0", ":2: holds a NUL byte; save it as a UTF-8 text"),
        ("name\na\n".encode("utf-16"), ": is UTF-16; save it as UTF-8"),
        ("name\na\n".encode("utf-16-be"), ":1: holds a NUL byte; save it as a UTF-8 text"),
        ("\ufeffname".encode("utf-16-be"), ": is UTF-16; save it as UTF-8"),
        ("name\na\n".encode("utf-32"), ": is UTF-16; save it as UTF-8"),
        (b"name\n\xff\n", ":2: is not UTF-8; save it as UTF-8"),
        (b"\n\n\n\xe9", ":4: is not UTF-8; save it as UTF-8"),
    ],
)
def test_another_encoding_is_refused_by_name(
    refusal: Callable[..., list[str]], form: str, data: bytes, problem: str
) -> None:
    assert refusal(data, form) == [f"keys.{form}{problem}"]


NASTY = "<b>&\"'\n\r\t\x1b[31m\u202e\u2028|`=1+1{{7*7}}%0A"


@pytest.mark.parametrize("form", ["toml", "yaml", "json"])
def test_a_name_full_of_markup_and_escapes_is_only_a_name(
    read: Callable[..., Sheet], form: str
) -> None:
    written = json.dumps(NASTY)
    texts = {
        "toml": f"[[keys]]\nname = {written}\n",
        "yaml": f"keys:\n- name: {written}\n",
        "json": f'{{"keys": [{{"name": {written}}}]}}',
    }
    assert read(texts[form], form).keys[0].name == NASTY


@pytest.mark.parametrize("form", ["toml", "yaml", "json"])
def test_a_field_name_full_of_markup_and_escapes_is_not_printed(
    refusal: Callable[..., list[str]], form: str
) -> None:
    written = json.dumps(NASTY)
    texts = {
        "toml": f"[[keys]]\n{written} = 1\n",
        "yaml": f"keys:\n- {written}: 1\n",
        "json": f'{{"keys": [{{{written}: 1}}]}}',
    }
    [told] = refusal(texts[form], form)
    assert "unknown field " in told
    assert told.isprintable()
    assert not set("<&\x1b\u202e") & set(told)


def test_an_alias_bomb_is_refused(refusal: Callable[..., list[str]]) -> None:
    lines = ["a: &a [x]"] + [
        f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)}, ' * 9}]" for n in range(9)
    ]
    assert refusal("\n".join(lines), "yaml") == [
        "keys.yaml:1: has an anchor or an alias; write the value out"
    ]


def test_many_escapes_do_not_hide_a_mistakes_line(refusal: Callable[..., list[str]]) -> None:
    text = '{"keys": [{"name": "' + "\\u0061" * 4000 + '",\n"status": 1}]}'
    assert refusal(text, "json") == [
        "keys.json:2: status is a number; write it as a string, in quotes"
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"' * 99_999,
        "[[keys]]\n" * 50_000,
        "{" * 5_000,
        "- " * 500,
        "a: " * 5_000,
        "keys:\n" * 2_000,
        "name\n" + '"\n' * 99_999,
        "," * 100_000,
        "\\" * 100_000,
        "sk-ant-" * 50_000,
        "[[" * 50_000,
        "= " * 50_000,
        "%YAML 9.9\n---\n",
        "--- " * 3_000,
        "\r" * 10_000 + "a",
    ],
)
@pytest.mark.parametrize("form", [*FORMS, None])
def test_nonsense_is_told_or_read_and_nothing_else(
    read: Callable[..., Sheet], refusal: Callable[..., list[str]], text: str, form: str | None
) -> None:
    try:
        told = refusal(text, form)
    except pytest.fail.Exception:
        assert read(text, form).keys
    else:
        assert all(message.startswith(f"keys.{form}:") for message in told)
        assert sum(map(len, told)) < 30_000
