"""An inventory that holds a key is refused by the key's place, and the key is never shown."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from antkey_scanner.inventory.records import KeyRecord

FORMS = ("toml", "yaml", "json", "csv")


def escaped(key: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in key)


def hexed(key: str) -> str:
    return "".join(f"\\x{ord(character):02X}" for character in key)


def shows(messages: list[str], key: str) -> bool:
    """Whether any message holds twelve characters of the key's random part in a row."""
    random_part = key.split("-", 3)[3]
    text = "\n".join(messages)
    return any(random_part[at : at + 12] in text for at in range(len(random_part) - 11))


@pytest.mark.parametrize(
    "shape",
    [
        *("{rest}", "SK-ANT-API03-{rest}", "key {rest} of ann"),
        *("sk%2Dant%2Dapi03%2D{rest}", "sk-ant\u200b-api03\u200b-{rest}"),
    ],
)
def test_a_key_with_another_prefix_is_refused(
    refusal: Callable[..., list[str]], make_key: Callable[..., str], shape: str
) -> None:
    key = make_key()
    text = shape.format(rest=key.removeprefix("sk-ant-api03-"))
    messages = refusal(json.dumps({"keys": [{"name": text}]}, ensure_ascii=False), "json")
    assert "holds a raw API key" in messages[0]
    assert not shows(messages, key)


def test_a_long_text_is_no_key(only_key: Callable[..., KeyRecord]) -> None:
    name = "an/ordinary/name/of/a/folder/" * 10 + "AA"
    assert only_key(f'[[keys]]\nname = "{name}"\n').name == name


PLACES = [
    ("toml", '[[keys]]\nname = "{key}"\n', 2),
    ("toml", '[[keys]]\nname = "a"\n# {key}\n', 3),
    ("toml", '[[keys]]\n"{key}" = 1\n', 2),
    ("toml", "[[keys]]\n{key} = 1\n", 2),
    ("toml", '[[keys]]\nname = "{escaped}"\n', 2),
    ("toml", '[[keys]]\nname = "{hexed}"\n', 2),
    ("toml", '[[keys]]\nname = """\n{half}\\\n   {rest}"""\n', 3),
    ("toml", "= broken, and {key}\n", 1),
    ("toml", "[{key}]\n", 1),
    ("yaml", "keys:\n- name: {key}\n", 2),
    ("yaml", "keys:\n- name: a # {key}\n", 2),
    ("yaml", "keys:\n- {key}: a\n", 2),
    ("yaml", "keys:\n- &{key} a\n", 2),
    ("yaml", "keys:\n- !{key} a\n", 2),
    ("yaml", 'keys:\n- name: "{escaped}"\n', 2),
    ("yaml", 'keys:\n- name: "{hexed}"\n', 2),
    ("yaml", 'keys:\n- name: "{half}\\\n   {rest}"\n', 2),
    ("yaml", "keys: [\n{key}\n", 2),
    ("json", '{{"keys": [\n{{"name": "{key}"}}]}}', 2),
    ("json", '{{"keys": [\n{{"{key}": 1}}]}}', 2),
    ("json", '{{"keys": [\n{{"name": "{escaped}"}}]}}', 2),
    ("json", '{{"keys": [], "other": \n[["{key}"]]}}', 2),
    ("json", '{{"keys": []}}\n{key}', 2),
    ("csv", "name\n{key}\n", 2),
    ("csv", "name,{key}\n", 1),
    ("csv", 'name\n"a\n{key}"\n', 3),
    # Whole only once line breaks are taken out: told by the value, not by the search of the text.
    ("toml", '[[keys]]\nname = """{half}\n{rest}"""\n', 2),
    ("yaml", "keys:\n- name: {half}\n    {rest}\n", 2),
    ("yaml", "keys:\n- name: '{half}\n\n    {rest}'\n", 2),
    ("yaml", "keys:\n- name: >\n    {half}\n    {rest}\n", 2),
    ("yaml", "keys:\n- name: |\n    {half}\n    {rest}\n", 2),
    ("yaml", "keys:\n- ? {half}\n    {rest}\n  : 3\n", 2),
    ("json", '{{"keys": [\n{{"name": "{half}\\n{rest}"}}]}}', 2),
    ("csv", 'name\n"{half}\n{rest}"\n', 2),
]


@pytest.mark.parametrize(("form", "shape", "line"), PLACES)
@pytest.mark.parametrize("cut", [21, 60])
def test_a_raw_key_is_refused_by_its_place_and_never_shown(
    refusal: Callable[..., list[str]],
    make_key: Callable[..., str],
    form: str,
    shape: str,
    line: int,
    cut: int,
) -> None:
    key = make_key()
    values = {"key": key, "escaped": escaped(key), "hexed": hexed(key)}
    text = shape.format(**values, half=key[:cut], rest=key[cut:])
    told = refusal(text, form)
    assert not shows(told, key)
    # A half of more than twenty characters is found in its own line.
    lines = (line, line + 1) if "{half}" in shape and cut == 60 else (line,)
    assert any(f"keys.{form}:{line}: " in told[0] for line in lines)
    assert "holds a raw API key; take it out, revoke the key" in told[0]


@pytest.mark.parametrize("seed", range(200))
def test_no_message_holds_twelve_characters_of_a_key_wherever_it_stands(
    refusal: Callable[..., list[str]], make_key: Callable[..., str], seed: int
) -> None:
    dice = random.Random(seed)
    key = make_key()
    form = dice.choice(FORMS)
    shape = dice.choice([shape for other, shape, _ in PLACES if other == form])
    values = {"key": key, "escaped": escaped(key), "hexed": hexed(key)}
    text = shape.format(**values, half=key[:40], rest=key[40:])
    at = dice.randrange(len(text))
    # Damage anywhere: within the key too, which then is none, and whose rest must not be shown either.
    damage = dice.choice(["", "\n", '"', "\\", " ", "[", ":", "=", ",", "é", "\u2026", "'", "#"])
    broken = text[:at] + damage + text[at + dice.randrange(3) :]
    if form == "csv":
        broken += "a,b,c\n"
    try:
        told = refusal(broken, form)
    except pytest.fail.Exception:
        return  # what is left is a fine inventory
    assert not shows(told, key)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("length", [12, 15, 19])
def test_a_piece_of_a_key_is_refused_as_a_value(
    refusal: Callable[..., list[str]], make_key: Callable[..., str], form: str, length: int
) -> None:
    key = make_key()
    piece = key[: len("sk-ant-api03-") + length]
    shapes = {
        "toml": f'[[keys]]\nservice = "{piece}"\n',
        "yaml": f"keys:\n- service: {piece}\n",
        "json": json.dumps({"keys": [{"service": piece}]}),
        "csv": f"service\n{piece}\n",
    }
    [told] = refusal(shapes[form], form)
    # From twenty characters on, the family's counted, it is as good as a whole one.
    problem = (
        "service shows 12 or more characters of a key; " if length < 14 else "holds a raw API key; "
    )
    assert problem in told
    assert not shows([told], key)


def test_every_raw_key_is_told_up_to_twenty(
    refusal: Callable[..., list[str]], make_key: Callable[..., str]
) -> None:
    told = refusal("".join(f"# {make_key()}\n" for _ in range(25)))
    assert len(told) == 21
    assert told[20] == "keys.toml: 5 more problems"


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ("sk-ant-api03-R2D...igAA", "sk-ant-api03-R2D…igAA"),
        ("sk-ant-api03-R2D…igAA", "sk-ant-api03-R2D…igAA"),
        ("sk-ant-admin01-R2D...igAA", "sk-ant-admin01-R2D…igAA"),
        ("sk-ant-api03-R2D" + "*" * 90 + "igAA", "sk-ant-api03-R2D" + "*" * 90 + "igAA"),
        ("sk-ant-api03-R2D" + "x" * 90 + "igAA", None),
        ("…igAA", "…igAA"),
        ("igAA", "igAA"),
        ("sk-proj-abcd…wxyz", "sk-proj-abcd…wxyz"),
    ],
)
def test_a_hint_is_what_the_console_shows(
    only_key: Callable[..., KeyRecord],
    refusal: Callable[..., list[str]],
    hint: str,
    kept: str | None,
) -> None:
    text = f'[[keys]]\nhint = "{hint}"\n'
    if kept is None:
        assert refusal(text)
    else:
        assert only_key(text).hint == kept


@pytest.mark.parametrize(
    ("start", "middle", "end"),
    [(8, "…", 4), (4, "...", 8), (6, "*" * 20, 6), (0, "…", 12), (12, "", 0), (5, "…", 7)],
)
def test_a_hint_with_twelve_characters_of_the_key_is_refused(
    refusal: Callable[..., list[str]],
    make_key: Callable[..., str],
    start: int,
    middle: str,
    end: int,
) -> None:
    random_part = make_key(ending="").split("-", 3)[3]
    hint = f"sk-ant-api03-{random_part[:start]}{middle}{random_part[len(random_part) - end :]}"
    assert refusal(f'[[keys]]\nhint = "{hint}"\n') == [
        "keys.toml:2: hint shows 12 or more characters of a key; write only what the Console shows,"
        " such as sk-ant-api03-R2D…igAA"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "the sk-ant-api03- key",
        "sk-ant-api03-…",
        "sk-ant-api03-R2D...igAA",
        "all keys begin with sk-ant-api03- and then come ninety-five more characters, as everybody knows",
    ],
)
def test_what_speaks_of_keys_is_no_key(only_key: Callable[..., KeyRecord], name: str) -> None:
    assert only_key(f'[[keys]]\nname = "{name}"\n').name == name


def test_an_unknown_field_that_may_be_a_piece_of_a_key_is_cut(
    refusal: Callable[..., list[str]], make_key: Callable[..., str]
) -> None:
    key = make_key()
    piece = key[-40:]
    [told] = refusal(json.dumps({"keys": [{piece: 1}]}), "json")
    assert told.startswith(f"keys.json:1: unknown field keys[1].{piece[:8]}…; known here: ")
    assert not shows([told], key)
