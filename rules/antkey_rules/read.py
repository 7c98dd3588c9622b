"""Turns the YAML of one rule or control into a value, or says what is wrong on which line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, TypeVar

import yaml

from antkey_rules.linear import problem
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import Confidence, Control, Example, PatternRule, Rule, Severity

FILTERS = ("placeholder", "visible", "uneven")
_SHORTEST_ANCHOR = 3
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_Choice = TypeVar("_Choice", bound=StrEnum)


class _Field(NamedTuple):
    value: object
    line: int


class _Document:
    """The top-level mapping of a file, with the line of each key."""

    def __init__(self, path: str, text: str, known: tuple[str, ...]) -> None:
        self.path = path
        self._fields = self._compose(text)
        for name, field in self._fields.items():
            if name not in known:
                raise self.error(
                    field.line, f"unknown key {name!r}", f"known are {', '.join(known)}"
                )

    def error(self, line: int, trouble: str, cure: str) -> PolicyError:
        return PolicyError(f"{self.path}:{line}: {trouble}; {cure}")

    def _compose(self, text: str) -> dict[str, _Field]:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise self.error(1, "is no mapping", "write `id: …`, `title: …` and so on")
            fields: dict[str, _Field] = {}
            for key, value in node.value:
                name, line = str(key.value), key.start_mark.line + 1
                if name in fields:
                    raise self.error(line, f"{name!r} stands twice", "keep one")
                fields[name] = _Field(loader.construct_object(value, deep=True), line)  # type: ignore[no-untyped-call]  # PyYAML is untyped here
            return fields
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise self.error(line, f"is no YAML: {error.problem}", "mend the line") from None
        finally:
            loader.dispose()

    def line(self, name: str) -> int:
        return self._fields[name].line if name in self._fields else 1

    def text(self, name: str) -> str:
        value = self._fields.get(name, _Field(None, 1)).value
        if value is None:
            raise self.error(1, f"{name!r} is missing", f"add a line `{name}: …`")
        if not isinstance(value, str) or not value.strip():
            raise self.error(self.line(name), f"{name!r} must be text", "put it in quotes")
        return value.strip()

    def is_list(self, name: str) -> bool:
        return isinstance(self._fields.get(name, _Field(None, 1)).value, list)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._fields.get(name, _Field([], 1)).value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(self.line(name), f"{name!r} must be a list of texts", "write `[a, b]`")
        return tuple(value)

    def choice(self, name: str, kind: Callable[[str], _Choice], choices: type[_Choice]) -> _Choice:
        value = self.text(name)
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(choices)
            raise self.error(
                self.line(name), f"{name} is {value!r}", f"use one of {allowed}"
            ) from None

    def examples(self) -> tuple[Example, ...]:
        value = self._fields.get("examples", _Field(None, 1)).value
        line = self.line("examples")
        if not isinstance(value, dict) or set(value) - {"match", "no_match"}:
            raise self.error(
                line, "'examples' must hold `match` and `no_match`", "give at least one of each"
            )
        rows: list[Example] = []
        for key, matches in (("match", True), ("no_match", False)):
            texts = value.get(key)
            if (
                not isinstance(texts, list)
                or not texts
                or not all(isinstance(text, str) for text in texts)
            ):
                raise self.error(
                    line, f"'examples' has no list {key!r}", "give at least one template"
                )
            rows += [Example(text, matches) for text in texts]
        return tuple(rows)


_RULE_KEYS = (
    "id",
    "title",
    "severity",
    "confidence",
    "kind",
    "anchor",
    "pattern",
    "filters",
    "why",
    "remedy",
    "requirements",
    "frameworks",
    "examples",
)
_CONTROL_KEYS = ("id", "title", "severity", "rules", "requirements", "frameworks")


def read_rule(path: str, text: str) -> PatternRule:
    """One rule file. Raises PolicyError `FILE:LINE: problem; cure`."""
    document = _Document(path, text, _RULE_KEYS)
    rule = Rule(
        id=_identity(document),
        title=document.text("title"),
        family=os.path.basename(os.path.dirname(path)) or "custom",
        severity=document.choice("severity", Severity, Severity),
        confidence=document.choice("confidence", Confidence, Confidence),
        why=document.text("why"),
        remedy=document.text("remedy"),
        requirements=document.texts("requirements"),
        frameworks=document.texts("frameworks"),
        examples=document.examples(),
        source=path,
    )
    anchor, *also = _anchors(document)
    pattern, kind = _pattern(document)
    return PatternRule(rule, kind, anchor, pattern, _filters(document), tuple(also))


def read_control(path: str, text: str) -> Control:
    """One control file. Raises PolicyError `FILE:LINE: problem; cure`."""
    document = _Document(path, text, _CONTROL_KEYS)
    return Control(
        id=_identity(document),
        title=document.text("title"),
        severity=document.choice("severity", Severity, Severity),
        rules=document.texts("rules"),
        requirements=document.texts("requirements"),
        frameworks=document.texts("frameworks"),
    )


def _identity(document: _Document) -> str:
    identity = document.text("id")
    if not _ID.fullmatch(identity):
        raise document.error(
            document.line("id"), f"id {identity!r} is no name", "use a-z, 0-9 and hyphens"
        )
    expected = os.path.splitext(os.path.basename(document.path))[0].replace("_", "-")
    if identity != expected:
        cure = f"name the file {identity.replace('-', '_')}.yaml or the rule {expected}"
        raise document.error(document.line("id"), f"id {identity!r} is not the file's name", cure)
    return identity


def _anchors(document: _Document) -> tuple[bytes, ...]:
    """One literal, or a list of those that a match may start with."""
    anchors = document.texts("anchor") if document.is_list("anchor") else (document.text("anchor"),)
    if not anchors or any(len(anchor.strip()) < _SHORTEST_ANCHOR for anchor in anchors):
        cure = f"give at least {_SHORTEST_ANCHOR} characters that every match starts with"
        raise document.error(document.line("anchor"), "'anchor' is too short", cure)
    return tuple(anchor.encode() for anchor in anchors)


def _filters(document: _Document) -> tuple[str, ...]:
    filters = document.texts("filters")
    for name in filters:
        if name not in FILTERS:
            cure = f"known are {', '.join(FILTERS)}"
            raise document.error(document.line("filters"), f"unknown filter {name!r}", cure)
    return filters


def _pattern(document: _Document) -> tuple[bytes, str]:
    line = document.line("pattern")
    source = document.text("pattern")
    try:
        compiled = re.compile(source.encode(), re.VERBOSE)
        trouble = problem(source.encode(), re.VERBOSE)
    except re.error as error:
        trouble = f"pattern is no regular expression: {error.msg}"
        raise document.error(line + (error.lineno or 1), trouble, "mend it") from None
    if trouble is not None:
        raise document.error(line, f"pattern {trouble}", "see `antkey rules test`")
    if compiled.match(b"") is not None:
        raise document.error(line, "pattern matches the empty text", "let it start with the anchor")
    kind = document.text("kind")
    try:
        kind.format(**dict.fromkeys(compiled.groupindex, ""))
    except (KeyError, IndexError, ValueError):
        cure = "name a group of the pattern or plain text"
        raise document.error(
            document.line("kind"), f"kind {kind!r} names an unknown group", cure
        ) from None
    return source.encode(), kind
