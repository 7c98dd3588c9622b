"""Reads functions, what they give back, and classes."""

from __future__ import annotations

from typing import Any

from antkey_scanner.code.module import Class, Function, Returned, Span
from antkey_scanner.code.syntax.nodes import last, named
from antkey_scanner.code.syntax.places import Places, span_of
from antkey_scanner.late import late

_BEFORE = late(r"([A-Za-z_$][\w$]*)\s*(?::[^=\n]{0,60})?[=:]\s*(?:async\s+)?\Z")

_ARMS = ("match_expression", "when_expression", "case")
_BODIES = ("control_structure_body",)
_IFS = ("if", "unless", "elsif", "if_expression")


def function(into: Places, node: Any, span: Span) -> None:
    """A function, and what it gives back without saying so."""
    body = node.field("body") or last(node, into.language.bodies)
    inner = span if body is None else span_of(body)
    name = node.field("name")
    into.functions.append(
        Function(
            span,
            _name(into, node, span) if name is None else name.text(),
            into.text[span.start : inner.start][:2000] or into.slice(span)[:200],
            into.slice(inner),
        )
    )
    if body is not None:
        _given_back(into, body, inner)


def _name(into: Places, node: Any, span: Span) -> str:
    """The name of a function that is given to a variable, or that the grammar has no field for."""
    before = into.text[max(0, span.start - 80) : span.start]
    if before.rstrip().removesuffix("async").rstrip().endswith(("=", ":")):
        found = _BEFORE.search(before)
        if found is not None:
            return found.group(1)
    for child in node.children():
        if child.kind() == "simple_identifier":
            return str(child.text())
    return ""


def _given_back(into: Places, body: Any, span: Span) -> None:
    kind = body.kind()
    if "block" not in kind and kind not in ("statements", "body_statement", "function_body"):
        if kind == "arrow_expression_clause":
            body = (named(body) or [body])[-1]
        into.returns.append(Returned(span_of(body), body.text()))
        return
    if kind == "function_body" and into.text[span.start : span.start + 1] == "=":
        for one in named(body)[-1:]:
            into.returns += [Returned(span_of(end), end.text()) for end in _ends(one)]
    elif into.language.is_expression:
        said = [
            one
            for one in named(body)
            if one.kind() not in ("rescue", "ensure", *into.language.comments)
        ]
        for one in said[-1:]:
            into.returns += [Returned(span_of(end), end.text()) for end in _ends(one)]


def _ends(node: Any) -> list[Any]:
    """What an expression has for its value: the ends of its branches, where these are more than values."""
    if node.kind() == "expression_statement" and len(named(node)) == 1:
        return _ends(named(node)[0])
    branches = _branches(node)
    if not any(_is_block(one) and len(named(one)) > 1 for one in branches):
        return [node]
    lasts = [last_one for one in branches for last_one in _last(one)]
    return [end for last_one in lasts for end in _ends(last_one)]


def _is_block(node: Any) -> bool:
    return "block" in node.kind() or node.kind() in ("then", "else", "statements")


def _last(node: Any) -> list[Any]:
    return named(node)[-1:] if _is_block(node) else [node]


def _branches(node: Any) -> list[Any]:
    """The branches of an `if`, a `match`, a `when` or a `case` that is an expression, and of those that
    follow it."""
    kind = node.kind()
    if kind in _ARMS:
        arms = named(node.field("body") or node)
        found = [arm.field("value") or arm.field("body") for arm in arms]
        found += [last(arm, _BODIES) for arm in arms if arm.kind() == "when_entry"]
        found += [arm for arm in arms if arm.kind() == "else"]
        return [_inside(one) for one in found if one is not None]
    bodies = [child for child in named(node) if child.kind() in _BODIES]
    if kind == "if_expression" and bodies:
        inner = [_inside(body) for body in bodies]
        return [end for one in inner for end in (_branches(one) or [one])]
    if node.kind() not in _IFS:
        return []
    found = []
    for child in (node.field("consequence"), node.field("alternative")):
        if child is None:
            continue
        inner = named(child)[-1:]
        if child.kind() in _IFS:
            found += [one for one in (child.field("consequence"),) if one is not None]
            found += _rest(child)
        elif inner and inner[0].kind() in _IFS and len(named(child)) == 1:
            found += _branches(inner[0])
        elif inner and child.kind() == "else_clause":
            found += inner
        else:
            found.append(child)
    return found


def _inside(body: Any) -> Any:
    """What stands in a branch's braces, where a grammar has a node for these."""
    inner = named(body)
    return inner[0] if body.kind() in _BODIES and len(inner) == 1 else body


def _rest(node: Any) -> list[Any]:
    """The branches after one that follows an `if`."""
    rest = node.field("alternative")
    if rest is None:
        return []
    if rest.kind() in _IFS:
        return [one for one in (rest.field("consequence"),) if one is not None] + _rest(rest)
    return [rest]


def returned(into: Places, node: Any, span: Span) -> None:
    """A value that a function gives back."""
    values = named(node)
    if not values or (node.kind() == "jump_expression" and "return" not in into.slice(span)[:7]):
        return
    ends = _ends(values[-1])
    if len(ends) > 1:
        into.returns += [Returned(span_of(end), end.text()) for end in ends]
        return
    into.returns.append(Returned(span, values[-1].text()))


def class_(into: Places, node: Any, span: Span) -> None:
    """A class, or what a language has in place of it."""
    name = node.field("name") or node.field("type")
    into.classes.append(Class(span, into.slice(span)[:80] if name is None else name.text()))
