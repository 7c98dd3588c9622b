"""How settings are read: names, values, what they stand in; and that any text has a reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.settings.read import Entry, read

KEY = "ANTHROPIC_API_KEY"


def entry(path: str, text: str, name: str = KEY) -> Entry:
    """The only entry of a name."""
    (found,) = [one for one in read(path, text).entries if one.name == name]
    return found


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        (".env", f"{KEY}=abc", "abc"),
        (".env", f"export {KEY}='a b'", "a b"),
        (".env", f'{KEY}="a#b" # note', "a#b"),
        ("a.yaml", f"{KEY}: abc # note", "abc"),
        ("a.yaml", f"- {KEY}=abc", "abc"),
        ("a.yaml", f'"{KEY}": "abc"', "abc"),
        ("a.yaml", f"{KEY}: ${{{{ secrets.A }}}}", "${{ secrets.A }}"),
        ("a.yaml", f"{KEY}: !vault |", "!vault |"),
        ("a.yaml", f"{KEY}:", ""),
        ("a.yaml", f"{KEY}:\n- abcdefgh\nb: c", "abcdefgh"),
        ("a.json", f'{{"env": {{"{KEY}": "abc"}}}}', "abc"),
        ("a.tf", f'{KEY} = "abc"', "abc"),
        ("a.mk", f"{KEY} ?= abc", "abc"),
        ("a.ps1", f'$env:{KEY} = "abc"', "abc"),
        ("a.bat", f"set {KEY}=abc", "abc"),
        ("a.fish", f"set -gx {KEY} abc", "abc"),
        ("Dockerfile", f"ENV {KEY} abc", "abc"),
        ("Dockerfile", f"ARG {KEY}", ""),
        ("a.sh", f"docker run -e {KEY}=abc image", "abc"),
        ("a.yaml", f'run: "{KEY}=abc make"', "abc"),
        ("a.yaml", f"- name: {KEY}\n  value: abc", "abc"),
        ("a.yaml", f"- value: abc\n  name: {KEY}", "abc"),
        ("a.json", f'[{{"name": "{KEY}", "value": "abc"}}]', "abc"),
        ("a.xml", f'<add key="{KEY}" value="abc" />', "abc"),
        ("a.xml", f'<string name="{KEY}">abc</string>', "abc"),
        ("a.plist", f"<key>{KEY}</key>\n  <string>abc</string>", "abc"),
        ("a.ipynb", f'"os.environ[\\"{KEY}\\"] = \\"abc\\"\\n"', "abc"),
    ],
)
def test_a_value_is_read(path: str, text: str, value: str) -> None:
    assert [one.value for one in read(path, text).entries if one.name == KEY] == [value]


@pytest.mark.parametrize(
    "text", [f"# {KEY}=abc", f"// {KEY}: abc", f"<!-- {KEY}=abc -->", f"; {KEY}=abc"]
)
def test_comments_are_left_out(text: str) -> None:
    assert read("a", text).entries == ()


def test_what_an_entry_stands_in_is_told() -> None:
    text = "claude:\n  prod:\n    api_key: a\n  dev: {}\nother:\n  api_key: b\n"
    found = [
        (one.parents, one.value) for one in read("a.yaml", text).entries if one.name == "api_key"
    ]
    assert found == [(("claude", "prod"), "a"), (("other",), "b")]


def test_a_heading_is_what_all_below_stands_in() -> None:
    found = entry("a.toml", '[anthropic]\napi_key = "a"\n', "api_key")
    assert found.parents == ("anthropic",)


def test_pairs_of_two_things_are_not_mixed() -> None:
    text = f"- name: {KEY}\n  valueFrom: x\n- name: OTHER\n  value: abc\n"
    assert [one for one in read("a.yaml", text).entries if one.name == KEY] == []


def test_a_place_is_told_by_line_and_column() -> None:
    found = entry("a.yaml", f"a: b\n  {KEY}: abc\n")
    assert (found.span.line, found.span.column) == (2, 3)


def test_the_instruction_of_a_continued_line_is_kept() -> None:
    assert entry("Dockerfile", f"ENV A=b \\\n  {KEY}=c").verb == "ENV"


@given(st.text(st.sampled_from("aA:='\"\\{}[]<>-#$ \n\tkeyanthropic_/."), max_size=400))
def test_any_text_has_a_reading_with_places_in_it(text: str) -> None:
    for one in read("a", "anthropic\n" + text).entries:
        assert 0 <= one.span.start <= one.span.end <= len(text) + 10
        assert one.span.line >= 1
        assert one.span.column >= 1


@pytest.mark.parametrize(
    "piece",
    [
        "a=",
        "a: ",
        'a:"',
        "a: '",
        "{",
        "<key>",
        "name: ",
        "ENV A ",
        "[a",
        '\\\\"',
        "${",
        "- a:\n",
        " a:\n",
    ],
)
def test_long_lines_of_one_thing_end(piece: str) -> None:
    from antkey_scanner.settings.search import MOST_BYTES

    text = "anthropic\n" + piece * (min(MOST_BYTES, 400_000) // len(piece))
    assert len(read("a", text).entries) >= 0
