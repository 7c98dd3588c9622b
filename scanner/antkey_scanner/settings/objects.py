"""Reads what an object of JavaScript holds, in settings that are written as code: names with what they stand
in. Knows strings, comments and brackets, and nothing else of the language; linear, and ends on any text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.late import late

MOST_CHARACTERS = 20_000
"""Of an object, so many are read."""

_MOST_PARENTS = 8
_TOKEN = late(
    r"""(?xs)
      (?P<comment> //[^\n]* | /\*.{0,2000}?\*/ )
    | (?P<string> "(?:[^"\\\n]|\\.){0,1000}" | '(?:[^'\\\n]|\\.){0,1000}' | `(?:[^`\\]|\\.){0,1000}` )
    | (?P<name> [A-Za-z_$][\w$]{0,100} )
    | (?P<open> [{\[(] ) | (?P<close> [}\])] ) | (?P<mark> [:,] )
    """
)


class Member(NamedTuple):
    """A name in an object, or a string in a list. parents: the innermost of what it stands in, outermost
    first; offset: in the text."""

    name: str
    parents: tuple[str, ...]
    offset: int


def members(text: str, start: int) -> Iterator[Member]:
    """The members of what opens at an offset or right after it, and of all objects and lists in it, until
    that closes."""
    inside: list[tuple[str, str]] = []  # brackets, and the name of what each belongs to
    name, at = "", start  # the last name or string
    follows = True  # whether that may be a member's name: it follows a bracket or a comma
    label = ""
    for found in _TOKEN.finditer(text, start, start + MOST_CHARACTERS):
        kind, token = found.lastgroup, found.group()
        if kind in ("string", "name"):
            is_first = follows
            name, at = (token.strip("\"'`"), found.start()) if is_first else ("", at)
            follows = False
        elif kind == "open":
            inside.append((token, label))
            name, label, follows = "", "", token != "("
        elif kind == "close":
            if name and inside:
                yield Member(name, _parents(inside), at)
            if inside:
                inside.pop()
            if not inside:
                return
            name, label, follows = "", "", False
        elif kind == "mark":
            if name and inside and inside[-1][0] != "(":
                yield Member(name, _parents(inside), at)
            label = name if token == ":" else ""
            name, follows = "", token == ","


def _parents(inside: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(label for _, label in inside[-_MOST_PARENTS:] if label)
