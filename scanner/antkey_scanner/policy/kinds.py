"""The kinds of values that a policy is made of, and how a value is checked against one.

A problem is a place and a sentence `problem; cure`. It never quotes a value: what stands in the
wrong place may be a secret.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, assert_never

from antkey_scanner.policy.places import Path


class Problem(NamedTuple):
    """What is wrong at a path, and the cure, as one sentence without the path."""

    path: Path
    text: str


class Text(NamedTuple):
    """A string that is not blank. `check` gives `problem; cure`, or None when all is well."""

    choices: tuple[str, ...] = ()
    check: Callable[[str], str | None] | None = None


class Number(NamedTuple):
    """A number from `low` to `high`, both included."""

    low: float = 0
    high: float = math.inf
    whole: bool = True


class Truth(NamedTuple):
    """`true` or `false`."""


class Day(NamedTuple):
    """A date without a time."""


class Many(NamedTuple):
    """An array; `alone`: its only element may stand without the brackets."""

    of: Kind
    least: int = 0
    alone: bool = False


class Table(NamedTuple):
    """A table with known keys. `check` sees it once each key has the right type."""

    keys: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    check: Callable[[Mapping[str, object]], str | None] | None = None


class Named(NamedTuple):
    """A table whose keys the user chooses, such as one for each environment."""

    of: Table


Kind = Text | Number | Truth | Day | Many | Table | Named


def problems(value: object, kind: Kind, path: Path) -> Iterator[Problem]:
    """All that is wrong with a value and what it holds."""
    match kind:
        case Text():
            yield from _text_problems(value, kind, path)
        case Number():
            yield from _number_problems(value, kind, path)
        case Truth():
            if not isinstance(value, bool):
                yield Problem(path, f"is {_type(value)}; write true or false, without quotes")
        case Day():
            if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
                yield Problem(
                    path, f"is {_type(value)}; write a date without quotes, such as 2026-12-31"
                )
        case Many():
            yield from _array_problems(value, kind, path)
        case Table():
            yield from _table_problems(value, kind, path)
        case Named():
            yield from _named_problems(value, kind, path)
        case _:
            assert_never(kind)


def _text_problems(value: object, kind: Text, path: Path) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(path, f"is {_type(value)}; write it as a string, in quotes")
    elif not value.strip():
        yield Problem(path, "is empty; write something or take the line out")
    elif kind.choices and value not in kind.choices:
        cure = did_you_mean(value, kind.choices) or f"use one of: {', '.join(kind.choices)}"
        yield Problem(path, f"unknown value; {cure}")
    elif kind.check is not None and (problem := kind.check(value)) is not None:
        yield Problem(path, problem)


def _number_problems(value: object, kind: Number, path: Path) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(path, f"is {_type(value)}; write a number, without quotes")
    elif kind.whole and not isinstance(value, int):
        yield Problem(path, "has a fraction; write a whole number")
    elif not kind.low <= value <= kind.high or math.isinf(value):
        bounds = f"at least {kind.low:g}"
        if not math.isinf(kind.high):
            bounds = f"from {kind.low:g} to {kind.high:g}"
        yield Problem(path, f"is out of range; use a number {bounds}")


def _array_problems(value: object, kind: Many, path: Path) -> Iterator[Problem]:
    if isinstance(kind.of, Table) and isinstance(value, dict):
        header = ".".join(str(part) for part in path)
        yield Problem(path, f"is one table; write [[{header}]], with two brackets")
    elif kind.alone and not isinstance(value, list):
        yield from problems(value, kind.of, path)
    elif not isinstance(value, list):
        yield Problem(path, f"is {_type(value)}; write a list in brackets")
    elif len(value) < kind.least:
        yield Problem(path, "is an empty list; name at least one or take the line out")
    else:
        for position, element in enumerate(value):
            yield from problems(element, kind.of, (*path, position))


def _table_problems(value: object, kind: Table, path: Path) -> Iterator[Problem]:
    if not isinstance(value, dict):
        such = f", such as {{ {kind.required[0]} = … }}" if kind.required else ""
        yield Problem(path, f"is {_type(value)}; it must be a table{such}")
        return
    found = list(_key_problems(value, kind, path))
    yield from found
    if not found and kind.check is not None and (problem := kind.check(value)) is not None:
        yield Problem(path, problem)


def _key_problems(value: dict[str, object], kind: Table, path: Path) -> Iterator[Problem]:
    for key, element in value.items():
        if key in kind.keys:
            yield from problems(element, kind.keys[key], (*path, key))
        else:
            cure = did_you_mean(key, kind.keys) or f"known here: {', '.join(kind.keys)}"
            yield Problem((*path, key), f"unknown key; {cure}")
    for key in kind.required:
        if key not in value:
            yield Problem((*path, key), "is missing; it is required here")


def _named_problems(value: object, kind: Named, path: Path) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path, f"is {_type(value)}; it must hold a table for each name")
        return
    for name, element in value.items():
        yield from problems(element, kind.of, (*path, name))


def did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    """A suggestion for a misspelt word, when one is near enough."""
    from difflib import get_close_matches

    near = get_close_matches(
        word.lower().replace("_", "-"), [w.replace("_", "-") for w in known], 1
    )
    return next(
        (f'did you mean "{name}"?' for name in known if near == [name.replace("_", "-")]), None
    )


def _type(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case datetime.datetime():
            return "a date with a time"
        case datetime.date():
            return "a date"
        case _:
            return "a time"
