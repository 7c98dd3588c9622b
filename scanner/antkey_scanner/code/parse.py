"""Parses one file into a `Module`. The only place that calls the parser: what its nodes are, `code.syntax` knows."""

from __future__ import annotations

import re
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

_BROKEN = "ERROR"
"""What the parser calls a part that it cannot parse."""
_MOST_BROKEN = 4
"""A file of which one part in so many cannot be parsed has not been."""

_COMMENTS = late(r"(?:^[ \t]{0,200}#[^\n]*\n){40,}", re.MULTILINE)
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
    return Module(path, language, text, reader.read)


def _shortened(text: str, language: Language) -> str:
    """A text without long runs of comments in Python, each of which the parser reads to its end for each
    of its lines. What is left stands where it stood."""
    if language.grammar != "python":
        return text
    return _COMMENTS.sub(lambda found: _NO_BREAK.sub(" ", found.group()), text)


class _Reader:
    """Reads a group of nodes when one of the lists that it adds to is asked for."""

    def __init__(self, text: str, language: Language, root: Any) -> None:
        self._text = text
        self._language = language
        self._places = Places(text, language)
        self._nodes = self._find(root.root())

    def read(self, name: str) -> tuple[Any, ...]:
        """One of a module's lists."""
        for group in _MADE_OF[name]:
            for node, span in self._nodes.pop(group, ()):
                _READERS[group](self._places, node, span)
        return _sorted(getattr(self._places, name))

    def _find(self, root: Any) -> dict[str, list[tuple[Any, Span]]]:
        """The nodes of each group. Raises ValueError where they are nested too deeply, or where most of the
        text has none."""
        nodes: dict[str, list[tuple[Any, Span]]] = {}
        by_kind: dict[str, list[list[tuple[Any, Span]]]] = {_BROKEN: []}
        for group in _READERS:
            nodes[group] = []
            for kind in getattr(self._language, group):
                by_kind.setdefault(kind, []).append(nodes[group])
        left = _DEEPEST * len(self._text) + _FREE
        broken = 0
        for node in root.find_all({"rule": {"any": [{"kind": kind} for kind in by_kind]}}):
            span = span_of(node)
            left -= span.end - span.start
            if left < 0:
                raise ValueError("it is nested too deeply")
            found = by_kind[node.kind()]
            if not found:
                broken += span.end - span.start
            for group_nodes in found:
                group_nodes.append((node, span))
        if broken * _MOST_BROKEN > len(self._text):
            raise ValueError(f"it is no {self._language.name} that the parser knows")
        return nodes


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=lambda one: (one.span.start, -one.span.end)))
