"""Parses one file into a `Module`. The only place that calls the parser: what its nodes are, `code.syntax` knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from antkey_scanner.code.languages import Language
from antkey_scanner.code.module import Module, Span
from antkey_scanner.code.syntax.alternatives import binary, choice, ternary
from antkey_scanner.code.syntax.assignments import assign, default
from antkey_scanner.code.syntax.branches import caught, test
from antkey_scanner.code.syntax.callsites import call
from antkey_scanner.code.syntax.definitions import class_, function, returned
from antkey_scanner.code.syntax.places import Places, span_of
from antkey_scanner.late import late

_DEEPEST = 48
_FREE = 1 << 18
"""What is looked at in a file: its length so many times, and this beside. Code is nested, and what is nested is
looked at again in what is around it; people nest a tenth of this."""

_SMALLEST = 400
"""Characters of a section. What stands at the top of a file and is shorter is read together with what follows."""

_BROKEN = "ERROR"
"""What the parser calls a part that it cannot parse."""
_MOST_BROKEN = 4
"""A file of which one part in so many cannot be parsed has not been."""

_MANY = 40
_COMMENTS = late(rf"(?:^[ \t]{{0,200}}#[^\n]*\n){{{_MANY},}}", re.MULTILINE)
_NO_BREAK = late(r"[^\n]")

_MADE_OF = {
    "functions": ("functions",),
    "eithers": ("binaries", "ternaries", "assigns", "calls"),
    "assigns": ("assigns", "defaults"),
    "tests": ("ifs",),
    "calls": ("calls",),
    "returns": ("functions", "returns"),
    "catches": ("tries",),
    "choices": ("ternaries", "choices"),
    "classes": ("classes",),
}
"""A module's lists, and the groups of nodes that something in them comes from."""

_READERS: dict[str, Callable[[Places, Any, Span], None]] = {
    "functions": function,
    "binaries": binary,
    "ternaries": ternary,
    "assigns": assign,
    "defaults": default,
    "ifs": test,
    "calls": call,
    "returns": returned,
    "tries": caught,
    "choices": choice,
    "classes": class_,
}
"""What reads each group of nodes: those of the kinds that a language has under this name."""


def parse(path: str, text: str, language: Language) -> Module:
    """Parse a file. Raises ValueError where what comes of it would be wrong, or too much."""
    from ast_grep_py import SgRoot

    try:
        reader = _Reader(text, language, SgRoot(_shortened(text, language), language.grammar))
    except BaseException as error:  # what its native part fails with is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("the parser failed on it") from None
    return Module(path, language, text, reader.read, reader.starts, is_broken=reader.is_broken)


def _shortened(text: str, language: Language) -> str:
    """A text without long runs of comments in Python, each of which the parser reads to its end for each
    of its lines. What is left stands where it stood."""
    if language.grammar != "python" or text.count("#") < _MANY:
        return text
    return _COMMENTS.sub(lambda found: _NO_BREAK.sub(" ", found.group()), text)


class _Reader:
    """Reads a group of a section's nodes when one of the lists that it adds to is asked for. starts: offsets at
    which sections begin; is_broken: whether the parser could not parse some of it."""

    def __init__(self, text: str, language: Language, root: Any) -> None:
        self._text = text
        self._language = language
        self._groups = _groups(language)
        self._offsets: list[int] = []
        self.is_broken = False
        self._nodes = self._find(root.root())
        self.starts = _starts(root.root())
        self._open: dict[int, tuple[Places, dict[str, list[Any]]]] = {}

    def read(self, name: str, section: int) -> tuple[Any, ...]:
        """One of a module's lists, of a section."""
        if section not in self._open:
            self._open[section] = (Places(self._text, self._language), self._by_group(section))
        places, nodes = self._open[section]
        for group in _MADE_OF[name]:
            for node in nodes.pop(group, ()):
                _READERS[group](places, node, span_of(node))
        return _sorted(getattr(places, name))

    def _by_group(self, section: int) -> dict[str, list[Any]]:
        first = bisect_left(self._offsets, self.starts[section])
        rest = self.starts[section + 1 : section + 2]
        end = bisect_left(self._offsets, rest[0]) if rest else len(self._nodes)
        found: dict[str, list[Any]] = {group: [] for group in _READERS}
        for node in self._nodes[first:end]:
            for group in self._groups[node.kind()]:
                found[group].append(node)
        return found

    def _find(self, root: Any) -> list[Any]:
        """The nodes of all groups, in the order of the text. Raises ValueError where they are nested too deeply,
        or where most of the text has none."""
        nodes: list[Any] = root.find_all(
            {"rule": {"any": [{"kind": kind} for kind in self._groups]}}
        )
        places = [node.range() for node in nodes]
        self._offsets = [place.start.index for place in places]
        work = sum(place.end.index for place in places) - sum(self._offsets)
        broken = sum(
            place.end.index - place.start.index
            for node, place in zip(nodes, places, strict=True)
            if node.kind() == _BROKEN
        )
        if work > _DEEPEST * len(self._text) + _FREE:
            raise ValueError("it is nested too deeply")
        self.is_broken = broken > 0
        if broken * _MOST_BROKEN > len(self._text):
            raise ValueError(f"it is no {self._language.name} that the parser knows")
        return nodes


def _groups(language: Language) -> dict[str, list[str]]:
    """The groups that nodes of a kind are read in."""
    found: dict[str, list[str]] = {_BROKEN: []}
    for group in _READERS:
        for kind in getattr(language, group):
            found.setdefault(kind, []).append(group)
    return found


def _starts(root: Any) -> list[int]:
    """Where sections begin: each is one node at the top of a file, or several small ones."""
    found = [0]
    for node in root.children():
        start = node.range().start.index
        if start - found[-1] >= _SMALLEST:
            found.append(start)
    return found


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=lambda one: (one.span.start, -one.span.end)))
