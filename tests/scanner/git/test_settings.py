"""Promises that git's configuration means what git takes it for, and that malformed lines are named."""

from __future__ import annotations

import pytest
from tests.scanner.git.conftest import Git

from antkey_scanner.git.settings import is_true, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[a]\nb = c", "c"),
        ("[a] b = c", "c"),
        ("[A]\nB = c", "c"),
        ("[a]\n\tb=c d  \t", "c d"),
        ('[a]\nb = " c " # note', " c "),
        ("[a]\nb = c ; note", "c"),
        ('[a]\nb = "c;d" e', "c;d e"),
        ("[a]\nb = c\\\n d", "c d"),
        ('[a]\nb = c\\td\\\\e\\"f', 'c\td\\e"f'),
        ("[a]\nb =", ""),
        ("[a]\nb", "true"),
        ("\ufeff[a]\r\nb = c\r\n", "c"),
        ("# note\n; note\n[a]\nb = 1\nb = 2", "2"),
        ("[a]b=c", "c"),
    ],
)
def test_a_value_is_what_git_takes_it_for(git: Git, text: str, value: str) -> None:
    git.write("settings", text)
    asked = git("config", "--file", "settings", "--null", "--get-regexp", "a.b").split(b"\0")
    assert asked[-2].partition(b"\n")[::2] == (b"a.b", b"" if value == "true" else value.encode())
    found = parse(text.encode())
    assert (found.last("a", "b"), found.problem) == (value, None)


@pytest.mark.parametrize(
    ("text", "subsection"),
    [
        ('[a "X y"]\nb = c', "X y"),
        ('[a "x\\"\\y"]\nb = c', 'x"y'),
        ("[a.X]\nb = c", "x"),
        ('[a "]"]\nb = c', "]"),
    ],
)
def test_subsections_keep_their_case_when_quoted(text: str, subsection: str) -> None:
    assert parse(text.encode()).last("a", "b", subsection) == "c"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[a\nb = c", 1),
        ("[a]\n1b = c", 2),
        ('[a]\n\nb = "c', 3),
        ("[a]\nb = \\x", 2),
        ("[a]\nb c", 2),
        ("[a]\nb # note", 2),
        ("b = c", 1),
        ("\0\1\2", 1),
    ],
)
def test_what_git_would_refuse_is_named_by_its_line(text: str, line: int) -> None:
    assert parse(text.encode()).problem == f"line {line} is no git configuration"


def test_settings_behind_a_malformed_line_are_read() -> None:
    assert parse(b"[a]\nb c\n[d]\ne = f").last("d", "e") == "f"


@pytest.mark.parametrize("word", ["true", "Yes", "ON", "1", "-3"])
def test_true_in_all_of_its_spellings(word: str) -> None:
    assert is_true(word)


@pytest.mark.parametrize("word", ["false", "no", "off", "0", "", "00", "maybe", None])
def test_everything_else_is_not_true(word: str | None) -> None:
    assert not is_true(word)
