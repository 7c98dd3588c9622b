"""Reads source code statement by statement where no parser can: a file that is cut off, generated, of another
version of its language, or built to exhaust one. Sees what stands in one statement and no more; takes time
linear in the size of the text, or of what stands near to some places of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from antkey_scanner.code import conditions
from antkey_scanner.code.languages import Language
from antkey_scanner.code.module import (
    Assign,
    Call,
    Either,
    Module,
    Returned,
    Span,
    line_at,
    line_starts,
)

_LONGEST = 1000
_MOST = 20
"""Of each sort, in one statement."""
_NEAR = 400
"""Characters between a place and a statement that is near to it."""

_STATEMENT = re.compile(r"[^;\n]{1,1000}")
_ASSIGN = re.compile(
    r"\s*(?:(?:const|let|var|val|mut|final|static|public|private|readonly|export)\s+){0,4}"
    r"(?P<target>[$@]{0,2}[A-Za-z_][\w.$\[\]\"'>-]{0,100})\s{0,9}(?::[^=\n]{0,60})?:?=(?![=>~])\s*"
)
_RETURN = re.compile(r"\s*return\b\s*(?=\S)")
_CALL = re.compile(r"(?P<callee>[$@]{0,2}[A-Za-z_][\w.$:>?-]{0,200}!?)\(")
_PAIR = re.compile(r"\s*[\"']?(?P<name>[A-Za-z_][\w-]{0,60})[\"']?\s{0,9}(?:=>|[:=])(?![=>:])\s*")
_OPEN = {"(": ")", "[": "]", "{": "}"}


def read_text(
    path: str, text: str, language: Language, near: Sequence[int] | None = None
) -> Module:
    """A module of a text that is not parsed. near: offsets in order, where nothing that is far from all of
    them matters."""
    return Module(path, language, text, _Reader(text, language, near).read)


class _Reader:
    """Finds what stands in statements."""

    def __init__(self, text: str, language: Language, near: Sequence[int] | None) -> None:
        self._text = text
        self._near = near
        self._starts = line_starts(text)
        how = sorted({*language.either, "||", "??", "?:", "or"}, key=len, reverse=True)
        plain = (rf"\b{one}\b" if one.isalpha() else re.escape(one) for one in how)
        self._either = re.compile(f"(?:{'|'.join(plain)})(?!=)")
        self._lists: dict[str, list[Any]] | None = None

    def read(self, name: str, _: int) -> tuple[Any, ...]:
        """One of a module's lists. The text is all one section."""
        if self._lists is None:
            self._lists = {"eithers": [], "assigns": [], "calls": [], "returns": []}
            for found in self._statements():
                self._statement(found.start(), found.group(), self._lists)
        return tuple(self._lists.get(name, ()))

    def _statements(self) -> Iterator[re.Match[str]]:
        near = self._near
        for found in _STATEMENT.finditer(self._text):
            if near is not None:
                at = bisect_left(near, found.start() - _NEAR)
                if at == len(near) or near[at] >= found.end() + _NEAR:
                    continue
            yield found

    def _statement(self, at: int, text: str, lists: dict[str, list[Any]]) -> None:
        lists["eithers"] += self._eithers(at, text)
        lists["calls"] += self._calls(at, text)
        assign = _ASSIGN.match(text)
        if assign is not None:
            value = text[assign.end() :].rstrip()
            if value:
                span = self._span(at, at + len(text))
                lists["assigns"].append(Assign(span, assign["target"], value))
        returned = _RETURN.match(text)
        if returned is not None:
            span = self._span(at, at + len(text))
            lists["returns"].append(Returned(span, text[returned.end() :].rstrip()))

    def _eithers(self, at: int, text: str) -> Iterator[Either]:
        for number, found in enumerate(self._either.finditer(text)):
            if number == _MOST:
                return
            start = _begin(text, found.start())
            left = text[start : found.start()].lstrip()
            start = found.start() - len(left)
            left = left.rstrip()
            end = _end(text, found.end())
            right = text[found.end() : end].strip()
            if left and right:
                span = self._span(at + start, at + end)
                yield Either(span, left, right, found.group())
        yield from self._ternaries(at, text)

    def _ternaries(self, at: int, text: str) -> Iterator[Either]:
        asked = re.search(r"\s\?\s", text)
        if asked is None:
            return
        end = _end(text, asked.end())
        then, colon, otherwise = text[asked.end() : end].partition(" : ")
        condition = text[_begin(text, asked.start()) : asked.start()].strip()
        if not colon:
            return
        if conditions.is_absence(condition):
            then, otherwise = otherwise, then
        yield Either(self._span(at, at + end), then.strip(), otherwise.strip(), "? :", condition)

    def _calls(self, at: int, text: str) -> Iterator[Call]:
        for number, found in enumerate(_CALL.finditer(text)):
            if number == _MOST:
                return
            end = _end(text, found.end(), stop="")
            inner = text[found.end() : end]
            span = self._span(at + found.start(), at + min(end + 1, len(text)))
            yield Call(span, found["callee"], partial(_given, inner))

    def _span(self, start: int, end: int) -> Span:
        line = line_at(self._starts, start)
        return Span(start, end, line, start - self._starts[line - 1] + 1)


def _given(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The arguments in a text, and those with names, also of objects among them."""
    arguments: list[str] = []
    named: dict[str, str] = {}
    for part in _parts(text):
        pair = _PAIR.match(part)
        if pair is not None:
            named[pair["name"]] = part[pair.end() :].strip()
            continue
        arguments.append(part.strip())
        if part.strip().startswith("{"):
            for member in _parts(part.strip()[1:].removesuffix("}")):
                inner = _PAIR.match(member)
                if inner is not None:
                    named[inner["name"]] = member[inner.end() :].strip()
    return tuple(arguments), named


def _parts(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = _end(text, at)
        if text[at:end].strip():
            yield text[at:end]
        at = end + 1


def _begin(text: str, end: int) -> int:
    """Where what ends at an offset begins: behind what gives it to a name, a comma, or a bracket around it."""
    depth = 0
    for at in range(end - 1, -1, -1):
        character = text[at]
        if character in ")]}":
            depth += 1
        elif character in _OPEN:
            depth -= 1
            if depth < 0:
                return at + 1
        elif depth:
            continue
        elif _ends_before(text, at):
            return at + 1
    return 0


def _ends_before(text: str, at: int) -> bool:
    """Whether what stands at an offset is in front of an expression: `=`, a comma, `return`."""
    if text[at] in "=:":
        return _is_alone(text, at)
    return text[at] == "," or text[max(0, at - 5) : at + 1] == "return"


def _is_alone(text: str, at: int) -> bool:
    """Whether a mark is no part of a longer one: `==`, `=>`, `::`, `?:`."""
    return text[at - 1 : at] not in tuple("=!<>:?") and text[at + 1 : at + 2] not in tuple("=:")


def _end(text: str, start: int, stop: str = ",") -> int:
    """Where what begins at an offset ends: at a comma, or a bracket that was open before."""
    depth = 0
    quote = ""
    for at in range(start, len(text)):
        character = text[at]
        if quote:
            quote = "" if character == quote and text[at - 1] != "\\" else quote
        elif character in "\"'`":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth < 0:
                return at
        elif character == stop and not depth:
            return at
    return len(text)
