"""The places of one file that are found, sort by sort, while its nodes are read."""

from __future__ import annotations

from typing import Any

from antkey_scanner.code.languages import Language
from antkey_scanner.code.module import (
    Assign,
    Call,
    Caught,
    Choice,
    Class,
    Either,
    Function,
    Returned,
    Span,
    Test,
)


class Places:
    """What readers of nodes add to. text: of the file, where offsets are in."""

    __slots__ = (
        *("assigns", "calls", "catches", "choices", "classes", "eithers", "functions"),
        *("language", "returns", "tests", "text"),
    )

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.functions: list[Function] = []
        self.eithers: list[Either] = []
        self.assigns: list[Assign] = []
        self.tests: list[Test] = []
        self.calls: list[Call] = []
        self.returns: list[Returned] = []
        self.catches: list[Caught] = []
        self.choices: list[Choice] = []
        self.classes: list[Class] = []

    def slice(self, span: Span) -> str:
        """What stands in a place."""
        return self.text[span.start : span.end]


def span_of(node: Any) -> Span:
    """Where a node stands."""
    place = node.range()
    start = place.start
    return Span(start.index, place.end.index, start.line + 1, start.column + 1)
