"""The checks of fields and tables: a choice of words, a number, a list, a table with known fields.

A check takes a value as a format gives it and returns what the record holds, or raises `Wrong`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from antkey_scanner.inventory.formats import Path, Told
from antkey_scanner.inventory.values import text
from antkey_scanner.inventory.wrong import UNKNOWN_FIELD, Wrong, type_of
from antkey_scanner.policy.kinds import did_you_mean

Check = Callable[[object], object]


class Choice:
    """A check for one of some words."""

    def __init__(self, *words: str) -> None:
        self._words = {word: word for word in words}

    def __call__(self, value: object) -> str:
        known = self._words.get(value) if type(value) is str else None
        if known is not None:
            return known
        word = text(value)
        raise Wrong(partial(self._unknown, word))

    def _unknown(self, word: str) -> str:
        cure = did_you_mean(word[:40], self._words) or f"use one of: {', '.join(self._words)}"
        return f"has an unknown value; {cure}"


class Number:
    """A check for a number from `low` to `high`, both included."""

    def __init__(self, low: float, high: float = math.inf) -> None:
        self._low, self._high = low, high

    def __call__(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"is {type_of(value)}; write a number, without quotes")
        if math.isnan(value):
            raise Wrong("is no number; write one, such as 50 or 99.5")
        if not self._low <= value <= self._high or value >= 1e300:
            most = f"to {self._high:g}" if self._high < math.inf else "up"
            raise Wrong(f"is out of range; use a number from {self._low:g} {most}")
        return float(value)


class Many:
    """A check for a list."""

    def __init__(self, of: Check) -> None:
        self._of = of

    def __call__(self, value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise Wrong(f"is {type_of(value)}; write a list in brackets")
        found: list[tuple[Path, Told]] = []
        checked = []
        for position, element in enumerate(value):
            try:
                checked.append(self._of(element))
            except Wrong as wrong:
                found += [((position, *below), problem) for below, problem in wrong.found]
        if found:
            raise Wrong.of(found)
        return tuple(checked)


class Slot(NamedTuple):
    """A field of a table. at: which of the values it is."""

    at: int
    check: Check


Made = TypeVar("Made")


class _Remembered(dict[object, object]):
    """What a check made of the values that it has seen: one look-up takes a fifth of the time of most
    checks, and equal texts are kept once."""

    def __init__(self, check: Check) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, value: object) -> object:
        checked = self[value] = self._check(value)
        return checked


class Table(Generic[Made]):
    """A check for a table whose fields go into the places of a tuple. null: fields that may be null,
    which elsewhere means absent; repeated: fields of texts that are the same in many tables.

    checks: by field, which of the values it is and its check; blank: the values of an empty table.
    """

    def __init__(
        self,
        make: Callable[[list[object]], Made],
        blank: list[object],
        fields: Mapping[str, Slot],
        required: tuple[str, ...] = (),
        null: tuple[str, ...] = (),
        repeated: tuple[str, ...] = (),
    ) -> None:
        self.fields = fields
        self.checks: Mapping[str, Slot] = {
            field: Slot(at, _Remembered(check).__getitem__ if field in repeated else check)
            for field, (at, check) in fields.items()
        }
        self._make = make
        self.blank = blank
        self._required = required
        self.null = null

    def __call__(self, value: object) -> Made:
        if not isinstance(value, dict):
            raise Wrong(f"is {type_of(value)}; it must be a table")
        values = self.blank.copy()
        checks = self.checks
        try:
            for field, element in value.items():
                at, check = checks[field]
                if element is not None or field in self.null:
                    values[at] = check(element)
        except (Wrong, KeyError, TypeError):
            # The last one for a list or a table where a text is looked up.
            raise self._explained(value) from None
        if self._required or not value:
            self._refuse_incomplete(value)
        return self._make(values)

    def _refuse_incomplete(self, value: Mapping[str, object]) -> None:
        missing = [field for field in self._required if value.get(field) is None]
        if missing:
            raise Wrong.of([((field,), "is missing; it is required here") for field in missing])
        if not value:
            raise Wrong("is empty; fill it in or take it out")

    def _explained(self, value: dict[str, object]) -> Wrong:
        """All that is wrong, where it is known that something is."""
        found: list[tuple[Path, Told]] = []
        for field, element in value.items():
            slot = self.fields.get(field)
            if slot is None:
                found.append(((field,), partial(unknown_field, field, self.fields)))
            elif element is not None or field in self.null:
                try:
                    slot.check(element)
                except Wrong as wrong:
                    found += [((field, *below), problem) for below, problem in wrong.found]
        assert found, "what was wrong must be wrong again"
        return Wrong.of(found)


def unknown_field(field: str, known: Mapping[str, object]) -> str:
    """What is wrong with a field that is none of `known`, and which may be meant."""
    near = did_you_mean(field[:40], known)
    return f"{UNKNOWN_FIELD}; {near or 'known here: ' + ', '.join(known)}"
