"""Reads expressions that take their value from one of several places: operators, ternaries, branches."""

from __future__ import annotations

import re
from typing import Any

from antkey_scanner.code import conditions
from antkey_scanner.code.module import Choice, Either, Span
from antkey_scanner.code.syntax.nodes import arms, named, unbraced
from antkey_scanner.code.syntax.places import Places, span_of
from antkey_scanner.late import late

_MOST_LINKS = 20
_BOUND = late(r"[A-Za-z_]\w*\Z")
_LET = late(r"let\s+(?:Some|Ok)\((?:ref\s+|mut\s+)*(\w+)\)\s*=\s*(.+)\Z", re.DOTALL)


def binary(into: Places, node: Any, span: Span) -> None:
    """`a || b`."""
    children = node.children()
    if len(children) < 3:
        return
    how = children[-2].text()
    if how in into.language.either:
        into.eithers.append(Either(span, children[0].text(), children[-1].text(), how))


def ternary(into: Places, node: Any, span: Span) -> None:
    """`a ? a : b`, `a ?: b`, `a if a else b`, and the other way round when it asks for absence."""
    parts = [one.text() for one in named(node)]
    if len(parts) == 2 and "?:" in into.slice(span):
        into.eithers.append(Either(span, parts[0], parts[1], "?:"))
    if len(parts) != 3:
        return
    if "if" in node.kind() or node.kind() == "unless":
        parts = [parts[0], *map(unbraced, parts[1:])]
        if not (conditions.is_value(parts[1]) and conditions.is_value(parts[2])):
            _chained(into, node, span)
            return
    condition, then, otherwise = parts
    if into.language.grammar == "python":
        then, condition, otherwise = parts
    bound = _LET.match(condition)
    if bound is not None and bound.group(1) == then:
        then = bound.group(2)
    if conditions.is_absence(condition) != (node.kind() == "unless"):
        then, otherwise = otherwise, then
    into.eithers.append(Either(span, then, otherwise, "? :", condition))


def _chained(into: Places, node: Any, span: Span) -> None:
    """`if let Some(a) = b { a } else if c { d } else { e }`, as a choice."""
    branches: list[str] = []
    subject = ""
    link = node
    for _ in range(_MOST_LINKS):
        parts = named(link)
        if len(parts) < 2:
            break
        subject = subject or parts[0].text()
        branches.append(unbraced(parts[1].text()))
        rest = parts[2] if len(parts) > 2 else None
        inner = named(rest)[-1:] if rest is not None and "else" in rest.kind() else [rest]
        link = inner[0] if inner else None
        if link is None or link.kind() not in into.language.ternaries:
            if link is not None:
                branches.append(unbraced(link.text()))
            break
    values = tuple(branch for branch in branches if conditions.is_value(branch))
    if len(values) > 1 and len(values) == len(branches):
        into.choices.append(Choice(span, "", values))


def choice(into: Places, node: Any, span: Span) -> None:
    """An expression that takes its value from one of several branches."""
    children = named(node)
    if len(children) < 2:
        return
    subject = children[0].text()
    branches = []
    for arm in arms(node):
        parts = named(arm)
        if not parts:
            continue
        value = unbraced(parts[-1].text())
        pattern = into.text[span_of(arm).start : span_of(parts[-1]).start]
        if _BOUND.match(value) and re.search(rf"\b{re.escape(value)}\b", pattern):
            value = subject
        if conditions.is_value(value):
            branches.append(value)
    into.choices.append(Choice(span, subject, tuple(branches)))
