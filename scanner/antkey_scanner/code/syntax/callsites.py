# ruff: noqa: SIM905 - lists of words are read as words
"""Reads calls: what is called with what, and which calls give another value where one is missing."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from antkey_scanner.code.languages import Language
from antkey_scanner.code.module import Call, Either, Span
from antkey_scanner.code.syntax.nodes import QUOTES, flat, members, named, pair
from antkey_scanner.code.syntax.places import Places
from antkey_scanner.late import late

FIRST_OF = frozenset(
    "Or Coalesce CoalesceString FirstNonEmpty firstNonEmpty first_non_empty coalesce COALESCE firstNonNull"
    " requireNonNullElse requireNonNullElseGet defaultIfBlank defaultIfEmpty defaultString defaultTo"
    " firstNonBlank ifnull nvl firstDefined first_of value_or firstNotNull first_non_null firstTruthy"
    " first_present FirstNonEmptyString firstNonEmptyString".split()
)
"""Functions that give the first of their arguments that has a value."""

_FIRST_ENDS = tuple(FIRST_OF)
_METHOD = late(
    r"(?:(?P<join>\?\.|!!\.|!\.|\.|->|::|&\.)\s*|\A|(?<=\W))(?P<method>[A-Za-z_]\w{0,40})\s*\Z"
)
_RESOLVES = late(r"(?i)(?:resolve|pick|choose|select|effective|first|prefer)\w*key\w*\Z")
_ASKED_FOR = tuple(
    "etting etOption etConfig etValue etAttribute etSecret etCredential etPreference".split()
)
_NAMED = late(r"""["'][\w.-]{0,40}[kK](?:ey|EY)[\w.-]{0,10}["']""")
_OBJECTS = ("dictionary", "hash", "array_creation_expression")


def call(into: Places, node: Any, span: Span) -> None:
    """A call, and what it gives where something is missing."""
    listed = node.field("arguments")
    children: list[Any] = []
    if listed is None:
        children = named(node)
        if not children:
            return
        last = children[-1].kind()
        listed = children[-1] if "argument" in last or "suffix" in last else None
    end = span.end if listed is None else listed.range().start.index
    made = _made(node) if into.language.name == "C#" else None
    if made is not None:
        end = min(end, made.range().start.index)
    callee = into.text[span.start : end].strip().removeprefix("new ").strip()
    made_call = Call(span, callee, partial(_given, into.language, listed, made))
    into.calls.append(made_call)
    tail = callee[-60:]
    if not (
        tail.endswith(_FIRST_ENDS)
        or tail.endswith(into.language.coalescing)
        or tail.endswith(_ASKED_FOR)
        or "ey" in tail.lower()
    ):
        return
    found = _METHOD.search(tail)
    if found is not None:
        method = found["method"]
        if method.endswith(_ASKED_FOR):
            _defaulted(into, span, callee, found, made_call.arguments)
        elif method in into.language.coalescing or method in FIRST_OF or _RESOLVES.match(method):
            block = node.field("block")
            more = () if block is None else (block.text(),)
            _coalesced(into, span, callee, found, (*made_call.arguments, *more))


def _defaulted(
    into: Places, span: Span, callee: str, found: re.Match[str], arguments: tuple[str, ...]
) -> None:
    """`tenant.getSetting("anthropic_key", DEFAULT)`: a key that is asked for by name, with a default."""
    if found["join"] and len(arguments) == 2 and _NAMED.fullmatch(arguments[0].strip()):
        head = callee[: len(callee) - len(callee[-60:]) + found.start()]
        left = f"{head}.{arguments[0].strip().strip(QUOTES)}"
        into.eithers.append(Either(span, left, arguments[1], found["method"]))


def _made(node: Any) -> Any:
    """`{ ApiKey = key }`, after a type."""
    last = node.children()[-1:]
    return last[0] if last and last[0].kind() == "initializer_expression" else None


def _given(language: Language, listed: Any, made: Any) -> tuple[tuple[str, ...], dict[str, str]]:
    arguments, by_name = _arguments(language, listed)
    if made is not None:
        by_name.update(members(made))
    return arguments, by_name


def _coalesced(
    into: Places, span: Span, callee: str, found: re.Match[str], arguments: tuple[str, ...]
) -> None:
    """A call that gives another value where the first one is missing."""
    if not arguments:
        return
    method = found["method"]
    cut = len(callee) - len(callee[-60:]) + found.start()
    head = callee[:cut] if found["join"] else ""
    if method not in into.language.coalescing or method in FIRST_OF:  # firstNonEmpty(a, b)
        if len(arguments) > 1:
            rest = ", ".join(arguments[1:])
            into.eithers.append(Either(span, arguments[0], rest, method))
    elif method in ("getattr", "data_get"):  # getattr(tenant, "api_key", DEFAULT)
        if len(arguments) == 3:
            left = f"{arguments[0]}.{arguments[1].strip(QUOTES)}"
            into.eithers.append(Either(span, left, arguments[2], method))
    elif head and len(arguments) > 1:  # tenant.get("api_key", DEFAULT)
        left = f"{head}.{arguments[0].strip(QUOTES)}"
        into.eithers.append(Either(span, left, arguments[-1], method))
    elif head and method not in ("get", "fetch", "dig"):
        into.eithers.append(Either(span, head, arguments[0], method))


def _arguments(language: Language, listed: Any) -> tuple[tuple[str, ...], dict[str, str]]:
    arguments: list[str] = []
    by_name: dict[str, str] = {}
    if listed is None:
        return (), by_name
    for child in flat(listed):
        given = pair(child, language)
        if given is not None:
            by_name[given[0]] = given[1]
            continue
        arguments.append(child.text())
        kind = child.kind()
        if "object" in kind or kind in _OBJECTS:
            for member in child.children():
                inner = pair(member, language)
                if inner is not None:
                    by_name[inner[0]] = inner[1]
                elif member.kind() == "shorthand_property_identifier":
                    by_name[member.text()] = member.text()
    return tuple(arguments), by_name
