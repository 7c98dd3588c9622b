# ruff: noqa: SIM905 - lists of words are read as words
"""Parses one file into a `Module`. The only place that knows the parser; nodes stay inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from antkey_scanner.code import conditions
from antkey_scanner.code.languages import Language
from antkey_scanner.code.module import (
    Assign,
    Call,
    Caught,
    Choice,
    Class,
    Either,
    Function,
    Module,
    Returned,
    Span,
    Test,
)

_DEEPEST = 48
_FREE = 1 << 18
"""What is looked at in a file: its length so many times, and this beside. Code is nested, and what is nested is
looked at again in what is around it; people nest a tenth of this."""

_BROKEN = "ERROR"
"""What the parser calls a part that it cannot parse."""
_MOST_BROKEN = 4
"""A file of which one part in so many cannot be parsed has not been."""

_QUOTES = "'\"`: "
_MODIFIERS = (
    "binding_pattern_kind",
    "modifiers",
    "accessibility_modifier",
    "mutable_specifier",
    "modifier",
)
_BOUND = re.compile(r"[A-Za-z_]\w*\Z")


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


_COMMENTS = re.compile(r"(?:^[ \t]{0,200}#[^\n]*\n){40,}", re.MULTILINE)
_NO_BREAK = re.compile(r"[^\n]")


def _shortened(text: str, language: Language) -> str:
    """A text without long runs of comments in Python, each of which the parser reads to its end for each
    of its lines. What is left stands where it stood."""
    if language.grammar != "python":
        return text
    return _COMMENTS.sub(lambda found: _NO_BREAK.sub(" ", found.group()), text)


_METHOD = re.compile(
    r"(?:(?P<join>\?\.|!!\.|!\.|\.|->|::|&\.)\s*|\A|(?<=\W))(?P<method>[A-Za-z_]\w{0,40})\s*\Z"
)

_RESOLVES = re.compile(r"(?i)(?:resolve|pick|choose|select|effective|first|prefer)\w*key\w*\Z")
_MOST_LINKS = 20

FIRST_OF = frozenset(
    "Or Coalesce CoalesceString FirstNonEmpty firstNonEmpty first_non_empty coalesce COALESCE firstNonNull"
    " requireNonNullElse requireNonNullElseGet defaultIfBlank defaultIfEmpty defaultString defaultTo"
    " firstNonBlank ifnull nvl firstDefined first_of value_or firstNotNull first_non_null firstTruthy"
    " first_present FirstNonEmptyString firstNonEmptyString".split()
)
"""Functions that give the first of their arguments that has a value."""


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


class _Reader:
    """Turns nodes into values."""

    def __init__(self, text: str, language: Language, root: Any) -> None:
        self._text = text
        self._language = language
        self._wanted = {
            "functions": (language.functions, self._function),
            "binaries": (language.binaries, self._binary),
            "ternaries": (language.ternaries, self._ternary),
            "assigns": (language.assigns, self._assign),
            "defaults": (language.defaults, self._default),
            "ifs": (language.ifs, self._test),
            "calls": (language.calls, self._call),
            "returns": (language.returns, self._returned),
            "tries": (language.tries, self._caught),
            "choices": (language.choices, self._choice),
            "classes": (language.classes, self._class),
        }
        self._nodes = self._find(root.root())
        self._functions: list[Function] = []
        self._eithers: list[Either] = []
        self._assigns: list[Assign] = []
        self._tests: list[Test] = []
        self._calls: list[Call] = []
        self._returns: list[Returned] = []
        self._catches: list[Caught] = []
        self._choices: list[Choice] = []
        self._classes: list[Class] = []

    def read(self, name: str) -> tuple[Any, ...]:
        """One of a module's lists."""
        for group in _MADE_OF[name]:
            if group in self._wanted:
                _, reader = self._wanted.pop(group)
                for node, span in self._nodes.pop(group):
                    reader(node, span)
        return _sorted(getattr(self, f"_{name}"))

    def _find(self, root: Any) -> dict[str, list[tuple[Any, Span]]]:
        """The nodes of each group. Raises ValueError where they are nested too deeply, or where most of the
        text has none."""
        nodes: dict[str, list[tuple[Any, Span]]] = {}
        by_kind: dict[str, list[list[tuple[Any, Span]]]] = {_BROKEN: []}
        for group, (kinds, _) in self._wanted.items():
            nodes[group] = []
            for kind in kinds:
                by_kind.setdefault(kind, []).append(nodes[group])
        left = _DEEPEST * len(self._text) + _FREE
        broken = 0
        for node in root.find_all({"rule": {"any": [{"kind": kind} for kind in by_kind]}}):
            span = self._span(node)
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

    def _span(self, node: Any) -> Span:
        place = node.range()
        start = place.start
        return Span(start.index, place.end.index, start.line + 1, start.column + 1)

    def _slice(self, span: Span) -> str:
        return self._text[span.start : span.end]

    def _function(self, node: Any, span: Span) -> None:
        body = node.field("body") or _last(node, self._language.bodies)
        inner = span if body is None else self._span(body)
        name = node.field("name")
        self._functions.append(
            Function(
                span,
                self._name(node, span) if name is None else name.text(),
                self._text[span.start : inner.start][:2000] or self._slice(span)[:200],
                self._slice(inner),
            )
        )
        if body is not None:
            self._given_back(body, inner)

    def _name(self, node: Any, span: Span) -> str:
        """The name of a function that is given to a variable, or that the grammar has no field for."""
        before = self._text[max(0, span.start - 80) : span.start]
        found = re.search(r"([A-Za-z_$][\w$]*)\s*(?::[^=\n]{0,60})?[=:]\s*(?:async\s+)?\Z", before)
        if found is not None:
            return found.group(1)
        for child in node.children():
            if child.kind() == "simple_identifier":
                return str(child.text())
        return ""

    def _given_back(self, body: Any, span: Span) -> None:
        """What a function gives back without saying so."""
        kind = body.kind()
        if "block" not in kind and kind not in ("statements", "body_statement", "function_body"):
            if kind == "arrow_expression_clause":
                body = _named(body)[-1:][0] if _named(body) else body
            self._returns.append(Returned(self._span(body), body.text()))
            return
        if kind == "function_body" and self._text[span.start : span.start + 1] == "=":
            self._returns += [Returned(self._span(one), one.text()) for one in _named(body)[-1:]]
        elif self._language.is_expression:
            last = [
                one
                for one in _named(body)
                if one.kind() not in ("rescue", "ensure", *self._language.comments)
            ]
            self._returns += [Returned(self._span(one), one.text()) for one in last[-1:]]

    def _binary(self, node: Any, span: Span) -> None:
        children = node.children()
        if len(children) < 3:
            return
        how = children[-2].text()
        if how in self._language.either:
            self._eithers.append(Either(span, children[0].text(), children[-1].text(), how))

    def _ternary(self, node: Any, span: Span) -> None:
        """`a ? a : b`, `a ?: b`, `a if a else b`, and the other way round when it asks for absence."""
        named = _named(node)
        parts = [one.text() for one in named]
        if len(parts) == 2 and "?:" in self._slice(span):
            self._eithers.append(Either(span, parts[0], parts[1], "?:"))
        if len(parts) != 3:
            return
        if "if" in node.kind() or node.kind() == "unless":
            parts = [parts[0], *map(_unbraced, parts[1:])]
            if not (conditions.is_value(parts[1]) and conditions.is_value(parts[2])):
                self._chained(node, span)
                return
        condition, then, otherwise = parts
        if self._language.grammar == "python":
            then, condition, otherwise = parts
        bound = re.match(
            r"let\s+(?:Some|Ok)\((?:ref\s+|mut\s+)*(\w+)\)\s*=\s*(.+)\Z", condition, re.DOTALL
        )
        if bound is not None and bound.group(1) == then:
            then = bound.group(2)
        if conditions.is_absence(condition) != (node.kind() == "unless"):
            then, otherwise = otherwise, then
        self._eithers.append(Either(span, then, otherwise, "? :", condition))

    def _chained(self, node: Any, span: Span) -> None:
        """`if let Some(a) = b { a } else if c { d } else { e }`, as a choice."""
        branches: list[str] = []
        subject = ""
        link = node
        for _ in range(_MOST_LINKS):
            named = _named(link)
            if len(named) < 2:
                break
            subject = subject or named[0].text()
            branches.append(_unbraced(named[1].text()))
            rest = named[2] if len(named) > 2 else None
            inner = _named(rest)[-1:] if rest is not None and "else" in rest.kind() else [rest]
            link = inner[0] if inner else None
            if link is None or link.kind() not in self._language.ternaries:
                if link is not None:
                    branches.append(_unbraced(link.text()))
                break
        values = tuple(branch for branch in branches if conditions.is_value(branch))
        if len(values) > 1 and len(values) == len(branches):
            self._choices.append(Choice(span, "", values))

    def _assign(self, node: Any, span: Span) -> None:
        children = [
            one for one in node.children() if one.is_named() and one.kind() not in _MODIFIERS
        ]
        if len(children) < 2:
            return
        target, value = children[0].text(), children[-1].text()
        if target == self._slice(span):
            return
        if children[0].kind() == "object_pattern":
            self._taken_apart(children[0], value)
            return
        how = _operator(node)
        if how in ("||=", "??=", "//="):
            self._eithers.append(Either(span, target, value, how))
        if children[0].kind() in (
            "expression_list",
            "pattern_list",
            "tuple_pattern",
            "left_assignment_list",
        ):
            for one in _named(children[0]):
                self._assigns.append(Assign(span, one.text(), value))
            return
        self._assigns.append(Assign(span, target, value))

    def _taken_apart(self, pattern: Any, value: str) -> None:
        """`const { apiKey = DEFAULT, url: base } = settings`."""
        whole = f"({value})" if " " in value.strip() else value
        for member in _named(pattern):
            parts = _named(member)
            span = self._span(member)
            if member.kind() == "shorthand_property_identifier_pattern":
                self._assigns.append(Assign(span, member.text(), f"{whole}.{member.text()}"))
            elif member.kind() == "pair_pattern" and len(parts) == 2:
                name = parts[0].text().strip(_QUOTES)
                if parts[1].kind() == "object_pattern":
                    self._taken_apart(parts[1], f"{whole}.{name}")
                    continue
                inner = _named(parts[1])
                local = (
                    inner[0].text()
                    if parts[1].kind() == "assignment_pattern" and inner
                    else parts[1].text()
                )
                self._assigns.append(Assign(span, local, f"{whole}.{name}"))
                if parts[1].kind() == "assignment_pattern" and len(inner) == 2:
                    self._eithers.append(Either(span, f"{whole}.{name}", inner[1].text(), "="))
            elif member.kind() == "object_assignment_pattern" and len(parts) == 2:
                name = parts[0].text()
                self._assigns.append(Assign(span, name, f"{whole}.{name}"))
                self._eithers.append(Either(span, f"{whole}.{name}", parts[1].text(), "="))

    def _default(self, node: Any, span: Span) -> None:
        """A parameter that has a value where none is given."""
        text = self._slice(span)
        if "=" not in text and ":" not in text:
            return
        children = node.children()
        named = [one for one in children if one.is_named()]
        if len(named) < 2 or not any(
            one.text() in ("=", ":") for one in children if not one.is_named()
        ):
            return
        name = node.field("name") or node.field("pattern") or named[0]
        value = node.field("value") or node.field("default_value") or named[-1]
        if name.text() != value.text() and "type" not in value.kind():
            self._assigns.append(Assign(span, name.text(), value.text()))

    def _test(self, node: Any, span: Span) -> None:
        children = _named(node)
        if len(children) < 2:
            return
        condition = node.field("condition") or children[0]
        then = node.field("consequence") or node.field("body") or children[1]
        if "modifier" in node.kind():
            then, condition = children[0], children[-1]
        asked = condition.text()
        if node.kind().startswith("unless"):
            asked = f"!({asked})"
        self._tests.append(Test(span, asked, then.text(), self._span(then)))

    def _call(self, node: Any, span: Span) -> None:
        listed = node.field("arguments")
        children: list[Any] = []
        if listed is None:
            children = _named(node)
            if not children:
                return
            last = children[-1].kind()
            listed = children[-1] if "argument" in last or "suffix" in last else None
        end = span.end if listed is None else listed.range().start.index
        made = self._made(node) if self._language.name == "C#" else None
        if made is not None:
            end = min(end, made.range().start.index)
        callee = self._text[span.start : end].strip().removeprefix("new ").strip()
        call = Call(span, callee, partial(self._given, listed, made))
        self._calls.append(call)
        found = _METHOD.search(callee[-60:])
        if found is not None:
            method = found["method"]
            if method in self._language.coalescing or method in FIRST_OF or _RESOLVES.match(method):
                block = node.field("block")
                more = () if block is None else (block.text(),)
                self._coalesced(span, callee, found, (*call.arguments, *more))

    def _made(self, node: Any) -> Any:
        """`{ ApiKey = key }`, after a type."""
        last = node.children()[-1:]
        return last[0] if last and last[0].kind() == "initializer_expression" else None

    def _given(self, listed: Any, made: Any) -> tuple[tuple[str, ...], dict[str, str]]:
        arguments, named = self._arguments(listed)
        if made is not None:
            named.update(_members(made))
        return arguments, named

    def _coalesced(
        self, span: Span, callee: str, found: re.Match[str], arguments: tuple[str, ...]
    ) -> None:
        """A call that gives another value where the first one is missing."""
        if not arguments:
            return
        method = found["method"]
        cut = len(callee) - len(callee[-60:]) + found.start()
        head = callee[:cut] if found["join"] else ""
        if method not in self._language.coalescing or method in FIRST_OF:  # firstNonEmpty(a, b)
            if len(arguments) > 1:
                rest = ", ".join(arguments[1:])
                self._eithers.append(Either(span, arguments[0], rest, method))
        elif method in ("getattr", "data_get"):  # getattr(tenant, "api_key", DEFAULT)
            if len(arguments) == 3:
                left = f"{arguments[0]}.{arguments[1].strip(_QUOTES)}"
                self._eithers.append(Either(span, left, arguments[2], method))
        elif head and len(arguments) > 1:  # tenant.get("api_key", DEFAULT)
            left = f"{head}.{arguments[0].strip(_QUOTES)}"
            self._eithers.append(Either(span, left, arguments[-1], method))
        elif head and method not in ("get", "fetch", "dig"):
            self._eithers.append(Either(span, head, arguments[0], method))

    def _arguments(self, listed: Any) -> tuple[tuple[str, ...], dict[str, str]]:
        arguments: list[str] = []
        named: dict[str, str] = {}
        if listed is None:
            return (), named
        for child in _flat(listed):
            pair = _pair(child, self._language)
            if pair is not None:
                named[pair[0]] = pair[1]
                continue
            arguments.append(child.text())
            if "object" in child.kind() or child.kind() in (
                "dictionary",
                "hash",
                "array_creation_expression",
            ):
                for member in child.children():
                    inner = _pair(member, self._language)
                    if inner is not None:
                        named[inner[0]] = inner[1]
                    elif member.kind() == "shorthand_property_identifier":
                        named[member.text()] = member.text()
        return tuple(arguments), named

    def _returned(self, node: Any, span: Span) -> None:
        values = _named(node)
        if not values or (
            node.kind() == "jump_expression" and "return" not in self._slice(span)[:7]
        ):
            return
        self._returns.append(Returned(span, values[-1].text()))

    def _caught(self, node: Any, span: Span) -> None:
        handlers = [one for one in node.children() if one.kind() in self._language.catches]
        if not handlers:
            return
        tried = span._replace(end=self._span(handlers[0]).start)
        for handler in handlers:
            self._catches.append(
                Caught(self._span(handler), self._slice(tried), handler.text(), tried)
            )

    def _choice(self, node: Any, span: Span) -> None:
        named = _named(node)
        if len(named) < 2:
            return
        subject = named[0].text()
        arms = [one for one in _arms(node) if len(_named(one)) > 0]
        branches = []
        for arm in arms:
            parts = _named(arm)
            value = _unbraced(parts[-1].text())
            pattern = self._text[self._span(arm).start : self._span(parts[-1]).start]
            if _BOUND.match(value) and re.search(rf"\b{re.escape(value)}\b", pattern):
                value = subject
            if conditions.is_value(value):
                branches.append(value)
        self._choices.append(Choice(span, subject, tuple(branches)))

    def _class(self, node: Any, span: Span) -> None:
        name = node.field("name") or node.field("type")
        head = self._slice(span)[:80]
        self._classes.append(Class(span, head if name is None else name.text()))


def _named(node: Any) -> list[Any]:
    return [child for child in node.children() if child.is_named()]


def _last(node: Any, kinds: tuple[str, ...]) -> Any:
    """The last child of some kinds, where a grammar has no field for the body."""
    return next((one for one in reversed(node.children()) if one.kind() in kinds), None)


def _operator(node: Any) -> str:
    return next(
        (str(one.text()) for one in node.children() if not one.is_named() and "=" in one.text()), ""
    )


_ARMS = (
    *(
        "match_arm",
        "when_entry",
        "switch_expression_arm",
        "switch_rule",
        "match_conditional_expression",
    ),
    *("match_default_expression", "when", "else"),
)


def _arms(node: Any) -> Iterator[Any]:
    for child in node.children():
        if child.kind() in _ARMS:
            yield child
        elif child.kind() in ("match_block", "switch_block"):
            yield from (one for one in child.children() if one.kind() in _ARMS)


def _members(made: Any) -> dict[str, str]:
    """`{ ApiKey = key }`."""
    pairs = (_named(one) for one in _named(made))
    return {parts[0].text(): parts[-1].text() for parts in pairs if len(parts) == 2}


def _flat(listed: Any) -> Iterator[Any]:
    """The arguments, without the wrappers that some grammars put around the list or each one."""
    for child in listed.children():
        if not child.is_named():
            continue
        if child.kind() == "value_arguments":
            yield from _flat(child)
        elif child.kind() in ("argument", "value_argument"):
            parts = [one for one in child.children() if one.is_named()]
            yield parts[0] if len(parts) == 1 else child
        else:
            yield child


def _pair(node: Any, language: Language) -> tuple[str, str] | None:
    """A named argument or a member of an object: name and value."""
    kind = node.kind()
    if kind not in language.pairs and kind not in ("value_argument", "argument"):
        return None
    parts = [child for child in node.children() if child.is_named()]
    if len(parts) < 2:
        return None
    return parts[0].text().strip(_QUOTES), parts[-1].text()


def _unbraced(text: str) -> str:
    text = text.strip().removeprefix("else").removeprefix("then").strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    return text.rstrip(";").strip()


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=lambda one: (one.span.start, -one.span.end)))
