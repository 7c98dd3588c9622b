"""Reads what names are given: assignments, what is taken apart into names, defaults of parameters."""

from __future__ import annotations

from typing import Any

from antkey_scanner.code.module import Assign, Either, Span
from antkey_scanner.code.syntax.nodes import QUOTES, named, operator
from antkey_scanner.code.syntax.places import Places, span_of

_MODIFIERS = frozenset(
    (
        *("binding_pattern_kind", "modifiers", "accessibility_modifier", "mutable_specifier"),
        "modifier",
    )
)
_SEVERAL = ("expression_list", "pattern_list", "tuple_pattern", "left_assignment_list")


def assign(into: Places, node: Any, span: Span) -> None:
    """A name, or several, that get a value."""
    children = [one for one in node.children() if one.is_named() and one.kind() not in _MODIFIERS]
    if len(children) < 2:
        return
    target, value = children[0].text(), children[-1].text()
    if target == into.slice(span):
        return
    if children[0].kind() == "object_pattern":
        _taken_apart(into, children[0], value)
        return
    how = operator(node)
    if how in ("||=", "??=", "//="):
        into.eithers.append(Either(span, target, value, how))
    if children[0].kind() in _SEVERAL:
        for one in named(children[0]):
            into.assigns.append(Assign(span, one.text(), value))
        return
    into.assigns.append(Assign(span, target, value))


def _taken_apart(into: Places, pattern: Any, value: str) -> None:
    """`const { apiKey = DEFAULT, url: base } = settings`."""
    whole = f"({value})" if " " in value.strip() else value
    for member in named(pattern):
        parts = named(member)
        span = span_of(member)
        if member.kind() == "shorthand_property_identifier_pattern":
            into.assigns.append(Assign(span, member.text(), f"{whole}.{member.text()}"))
        elif member.kind() == "pair_pattern" and len(parts) == 2:
            name = parts[0].text().strip(QUOTES)
            if parts[1].kind() == "object_pattern":
                _taken_apart(into, parts[1], f"{whole}.{name}")
                continue
            inner = named(parts[1])
            local = (
                inner[0].text()
                if parts[1].kind() == "assignment_pattern" and inner
                else parts[1].text()
            )
            into.assigns.append(Assign(span, local, f"{whole}.{name}"))
            if parts[1].kind() == "assignment_pattern" and len(inner) == 2:
                into.eithers.append(Either(span, f"{whole}.{name}", inner[1].text(), "="))
        elif member.kind() == "object_assignment_pattern" and len(parts) == 2:
            name = parts[0].text()
            into.assigns.append(Assign(span, name, f"{whole}.{name}"))
            into.eithers.append(Either(span, f"{whole}.{name}", parts[1].text(), "="))


def default(into: Places, node: Any, span: Span) -> None:
    """A parameter that has a value where none is given."""
    text = into.slice(span)
    if "=" not in text and ":" not in text:
        return
    children = node.children()
    parts = [one for one in children if one.is_named()]
    if len(parts) < 2 or not any(
        one.text() in ("=", ":") for one in children if not one.is_named()
    ):
        return
    name = node.field("name") or node.field("pattern") or parts[0]
    value = node.field("value") or node.field("default_value") or parts[-1]
    if name.text() != value.text() and "type" not in value.kind():
        into.assigns.append(Assign(span, name.text(), value.text()))
