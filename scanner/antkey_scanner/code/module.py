"""One parsed file: the few kinds of places that rules look at, each with the function it stands in.

The only place that knows the parser. What it gives is text and positions; nodes stay inside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from antkey_scanner.code.languages import Language

MOST_BYTES = 2 << 20
"""A file beyond this is no source that people write."""


class Span(NamedTuple):
    """Where something stands: offsets of characters, line and column 1-based."""

    start: int
    end: int
    line: int
    column: int


class Either(NamedTuple):
    """An expression with a value and what stands in for it. how: the operator, as messages name it."""

    span: Span
    left: str
    right: str
    how: str


class Assign(NamedTuple):
    """A name gets a value. target: as written."""

    span: Span
    target: str
    value: str


class Test(NamedTuple):
    """An `if`. then: what is done when the condition holds, as text."""

    span: Span
    condition: str
    then: str
    then_span: Span


class Call(NamedTuple):
    """A call. callee: what is called; arguments: positional ones; named: by name, also of an object or a
    dictionary that is handed over."""

    span: Span
    callee: str
    arguments: tuple[str, ...]
    named: dict[str, str]


class Returned(NamedTuple):
    """A value that a function gives back."""

    span: Span
    value: str


class Caught(NamedTuple):
    """What is done about an error. tried: what was tried, as text."""

    span: Span
    tried: str
    handler: str


class Function(NamedTuple):
    """A function. head: its name and parameters as text; name: alone, "" for one without."""

    span: Span
    name: str
    head: str
    body: str


class Module(NamedTuple):
    """A file. Lists are in the order of the text."""

    path: str
    language: Language
    text: str
    functions: tuple[Function, ...]
    eithers: tuple[Either, ...]
    assigns: tuple[Assign, ...]
    tests: tuple[Test, ...]
    calls: tuple[Call, ...]
    returns: tuple[Returned, ...]
    catches: tuple[Caught, ...]

    def function_of(self, span: Span) -> Function | None:
        """The innermost function around a place."""
        found = None
        for function in self.functions:
            if function.span.start > span.start:
                break
            if span.end <= function.span.end:
                found = function
        return found

    def outermost(self, span: Span) -> Function | None:
        """The outermost function around a place: a lambda belongs to what it stands in."""
        for function in self.functions:
            if function.span.start <= span.start and span.end <= function.span.end:
                return function
        return None


def parse(path: str, text: str, language: Language) -> Module:
    """Parse a file. Never raises for what stands in it: the parser takes anything."""
    from ast_grep_py import SgRoot

    return _Reader(path, text, language, SgRoot(text, language.grammar).root()).module()


class _Reader:
    """Turns nodes into values."""

    def __init__(self, path: str, text: str, language: Language, root: Any) -> None:
        self._path = path
        self._text = text
        self._language = language
        self._root = root
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def module(self) -> Module:
        own = self._language
        kinds = dict.fromkeys(
            (
                *(*own.functions, *own.assigns, *own.calls, *own.returns, *own.ifs),
                *(*own.tries, *own.binaries, *own.ternaries),
            )
        )
        found = self._root.find_all({"rule": {"any": [{"kind": kind} for kind in kinds]}})
        by_kind: dict[str, list[Any]] = {}
        for node in found:
            by_kind.setdefault(node.kind(), []).append(node)

        def of(names: Sequence[str]) -> list[Any]:
            return [node for name in dict.fromkeys(names) for node in by_kind.get(name, ())]

        calls = [call for node in of(own.calls) if (call := self._call(node)) is not None]
        eithers = [
            *(one for node in of(own.binaries) if (one := self._binary(node)) is not None),
            *(one for node in of(own.ternaries) if (one := self._ternary(node)) is not None),
            *(one for call in calls if (one := self._coalesced(call)) is not None),
            *(one for node in of(own.assigns) if (one := self._augmented(node)) is not None),
        ]
        return Module(
            self._path,
            own,
            self._text,
            _sorted(self._function(node) for node in of(own.functions)),
            _sorted(eithers),
            _sorted(filter(None, map(self._assign, of(own.assigns)))),
            _sorted(filter(None, map(self._test, of(own.ifs)))),
            _sorted(calls),
            _sorted(filter(None, map(self._returned, of(own.returns)))),
            _sorted(one for node in of(own.tries) for one in self._caught(node)),
        )

    def _span(self, node: Any) -> Span:
        place = node.range()
        start, end = place.start, place.end
        return Span(
            self._starts[start.line] + start.column,
            self._starts[min(end.line, len(self._starts) - 1)] + end.column,
            start.line + 1,
            start.column + 1,
        )

    def _function(self, node: Any) -> Function:
        text = node.text()
        body = node.field("body")
        cut = len(text) if body is None else len(text) - len(body.text())
        name = node.field("name")
        return Function(
            self._span(node),
            "" if name is None else name.text(),
            text[: max(cut, 0)][:2000] or text[:200],
            text if body is None else body.text(),
        )

    def _binary(self, node: Any) -> Either | None:
        children = node.children()
        if len(children) < 3 or children[-2].text() not in self._language.either:
            return None
        return Either(
            self._span(node), children[0].text(), children[-1].text(), children[-2].text()
        )

    def _ternary(self, node: Any) -> Either | None:
        """`a ? a : b`, `a ?: b`, `a if a else b`, and the other way round when it asks for absence."""
        parts = [child.text() for child in node.children() if child.is_named()]
        if node.kind() == "if_expression":
            parts = [_unbraced(part) for part in parts]
        if len(parts) == 2 and "?:" in node.text():
            return Either(self._span(node), parts[0], parts[1], "?:")
        if len(parts) != 3:
            return None
        condition, then, otherwise = parts
        if self._language.grammar == "python":
            then, condition, otherwise = parts
        if is_absence(condition):
            then, otherwise = otherwise, then
        return Either(self._span(node), then, otherwise, "? :")

    def _augmented(self, node: Any) -> Either | None:
        """`a ||= b`."""
        children = node.children()
        if len(children) != 3 or children[1].text() not in ("||=", "??=", "//="):
            return None
        return Either(self._span(node), children[0].text(), children[2].text(), children[1].text())

    def _coalesced(self, call: Call) -> Either | None:
        head, dot, method = call.callee.replace("?.", ".").replace("->", ".").rpartition(".")
        if method not in self._language.coalescing or not call.arguments:
            return None
        if not dot:  # getattr(tenant, "api_key", DEFAULT)
            if len(call.arguments) != 3:
                return None
            left = f"{call.arguments[0]}.{call.arguments[1].strip(_QUOTES)}"
            return Either(call.span, left, call.arguments[2], method)
        if len(call.arguments) > 1:  # tenant.get("api_key", DEFAULT)
            left = f"{head}.{call.arguments[0].strip(_QUOTES)}"
            return Either(call.span, left, call.arguments[-1], method)
        if method in ("get", "fetch", "dig"):
            return None
        return Either(call.span, head, call.arguments[0], method)

    def _assign(self, node: Any) -> Assign | None:
        text = node.text()
        children = [child for child in node.children() if child.is_named()]
        children = [child for child in children if child.kind() != "binding_pattern_kind"]
        if len(children) < 2:
            return None
        target = children[0].text()
        value = children[-1].text()
        return Assign(self._span(node), target, value) if target != text else None

    def _test(self, node: Any) -> Test | None:
        children = [child for child in node.children() if child.is_named()]
        if len(children) < 2:
            return None
        condition, then = children[0], children[1]
        if "modifier" in node.kind():
            then, condition = condition, then
        consequence = node.field("consequence")
        then = then if consequence is None else consequence
        asked = condition.text()
        if node.kind().startswith("unless"):
            asked = f"!({asked})"
        return Test(self._span(node), asked, then.text(), self._span(then))

    def _call(self, node: Any) -> Call | None:
        children = [child for child in node.children() if child.is_named()]
        if not children:
            return None
        listed = node.field("arguments")
        if listed is None:
            listed = (
                children[-1]
                if "argument" in children[-1].kind() or ("suffix" in children[-1].kind())
                else None
            )
        text = node.text()
        callee = text if listed is None else text[: len(text) - len(listed.text())].strip()
        arguments, named = self._arguments(listed)
        return Call(self._span(node), callee.removeprefix("new ").strip(), arguments, named)

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

    def _returned(self, node: Any) -> Returned | None:
        values = [child for child in node.children() if child.is_named()]
        if not values or (node.kind() == "jump_expression" and "return" not in node.text()[:7]):
            return None
        return Returned(self._span(node), values[-1].text())

    def _caught(self, node: Any) -> Iterator[Caught]:
        handlers = [child for child in node.children() if child.kind() in self._language.catches]
        if not handlers:
            return
        tried = node.text()[: -sum(len(handler.text()) for handler in handlers)]
        for handler in handlers:
            yield Caught(self._span(handler), tried, handler.text())


_QUOTES = "'\"`: "
_NAMED_KINDS = ("pair", "keyword_argument", "keyed_element", "field_initializer", "argument")


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
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    return text.removeprefix("else").strip().removeprefix("{").removesuffix("}").strip()


def is_absence(condition: str) -> bool:
    """Whether a condition holds when what it asks about is not there."""
    plain = condition.strip().strip("()").strip()
    absent = ("not ", "!", "is None", "== null", "=== null", "== nil", '== ""', "== ''", "=== ''")
    asks = (
        "isEmpty",
        "is_empty",
        "IsNullOrEmpty",
        "IsNullOrWhiteSpace",
        "isBlank",
        "blank?",
        "nil?",
    )
    more = ("empty(", "is_null(", "isNullOrEmpty", "=== undefined", "== undefined", "is_none()")
    if plain.startswith("!=") or "!=" in plain or " is not " in plain:
        return False
    negated = plain.startswith(("not ", "!"))
    asked = any(word in plain for word in (*asks, *more))
    if negated and asked:
        return False
    return negated or asked or any(word in plain for word in absent[2:])


def _sorted(values: Any) -> tuple[Any, ...]:
    return tuple(sorted(values, key=lambda one: (one.span.start, -one.span.end)))


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start."""
    return [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]


def line_at(starts: Sequence[int], offset: int) -> int:
    """The 1-based line of an offset."""
    return bisect_right(starts, offset)
