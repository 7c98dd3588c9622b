"""Reads what is done on a condition, and what is done about errors."""

from __future__ import annotations

from typing import Any

from antkey_scanner.code.module import Caught, Span, Test
from antkey_scanner.code.syntax.nodes import named
from antkey_scanner.code.syntax.places import Places, span_of


def test(into: Places, node: Any, span: Span) -> None:
    """An `if`, and what is done when its condition holds."""
    children = named(node)
    if len(children) < 2:
        return
    condition = node.field("condition") or children[0]
    then = node.field("consequence") or node.field("body") or children[1]
    if "modifier" in node.kind():
        then, condition = children[0], children[-1]
    asked = condition.text()
    if node.kind().startswith("unless"):
        asked = f"!({asked})"
    into.tests.append(Test(span, asked, then.text(), span_of(then)))


def caught(into: Places, node: Any, span: Span) -> None:
    """What is done about errors."""
    handlers = [one for one in node.children() if one.kind() in into.language.catches]
    if not handlers:
        return
    tried = span._replace(end=span_of(handlers[0]).start)
    for handler in handlers:
        into.catches.append(Caught(span_of(handler), into.slice(tried), handler.text(), tried))
