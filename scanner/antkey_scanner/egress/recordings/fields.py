"""Finds values in records by dotted names: `request.headers.x-api-key`, `messages.0.role`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
"""An object of a recording, as JSON reads it."""

_MOST_SHAPES = 1_000
_LONGEST_NAME, _MOST_NAMES = 100, 10_000

_Step = tuple[str, tuple[int, ...], "Fields | None"]
"""The name of a field that is there, whose values it is, and what is to be found below it."""


class Fields:
    """Finds the values of some dotted names at once. A field's own name may hold dots, and the letters'
    case counts only where both spellings are there.

    Records of one log have the same fields, so where the names are is found once for each set of fields.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._wanted = [(at, tuple(name.split("."))) for at, name in enumerate(names)]
        self._count = len(names)
        self._shapes: dict[tuple[str, ...], list[_Step]] = {}

    def values(self, record: Record) -> list[Any]:
        """The value of each name; None where there is none."""
        found = [None] * self._count
        self._fill(record, found)
        return found

    def flat(self, shape: tuple[str, ...]) -> dict[str, tuple[int, ...]] | None:
        """By field of a record of such fields, whose values it is; None where one may lie deeper."""
        steps = self._shapes.get(shape) or self._steps(shape)
        return None if any(below for *_, below in steps) else {name: at for name, at, _ in steps}

    def _fill(self, record: Record, found: list[Any]) -> None:
        shape = tuple(record)
        steps = self._shapes.get(shape)
        if steps is None:
            steps = self._steps(shape)
        for name, places, below in steps:
            value = record[name]
            if value is None:
                continue
            for at in places:
                if found[at] is None:
                    found[at] = value
            if below is not None:
                if type(value) is dict:
                    below._fill(value, found)
                elif type(value) is list:
                    below._fill_from(value, found)

    def _fill_from(self, values: list[Any], found: list[Any]) -> None:
        for at, parts in self._wanted:
            if found[at] is None:
                found[at] = _found(values, parts)

    def _steps(self, shape: tuple[str, ...]) -> list[_Step]:
        """Where the names lead in a record of some fields, exact spellings first."""
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        steps: list[_Step] = []
        exact, small = set(shape), {name.lower(): name for name in reversed(shape)}
        below: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        ends: dict[str, list[int]] = {}
        for at, parts in self._wanted:
            for length in range(1, len(parts) + 1):
                wanted = ".".join(parts[:length])
                name = wanted if wanted in exact else small.get(wanted.lower())
                if name is None:
                    continue
                if length == len(parts):
                    ends.setdefault(name, []).append(at)
                else:
                    below.setdefault(name, []).append((at, parts[length:]))
        for name in dict.fromkeys((*ends, *below)):
            steps.append((name, tuple(ends.get(name, ())), self._below(below.get(name, []))))
        self._shapes[shape] = steps
        return steps

    def _below(self, wanted: list[tuple[int, tuple[str, ...]]]) -> Fields | None:
        if not wanted:
            return None
        found = Fields(())
        found._wanted, found._count = wanted, self._count
        return found


class Wanted(dict[str, bool]):
    """By a field's name whether anything is looked for in it or below it."""

    def __init__(self, dotted: Iterable[str]) -> None:
        """dotted: the names of what is looked for."""
        super().__init__()
        parts = [name.lower().split(".") for name in dotted]
        self._names = {".".join(each[:end]) for each in parts for end in range(1, len(each) + 1)}

    def is_wanted(self, name: str) -> bool:
        """Finds out."""
        return name.lower() in self._names

    def __missing__(self, name: str) -> bool:
        is_wanted = self.is_wanted(name)
        if len(name) <= _LONGEST_NAME:
            if len(self) >= _MOST_NAMES:
                self.clear()
            self[name] = is_wanted
        return is_wanted


def value_at(record: Record, name: str) -> Any:
    """The value of a dotted name, None where there is none."""
    return _found(record, tuple(name.split(".")))


def text_of(value: Any) -> str | None:
    """A text or a number as a text; of several, as headers may have, the first."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        # To what is known already, 200.0 is equal to 200.
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 64 else None
    return None


def _found(value: Any, parts: tuple[str, ...]) -> Any:
    if not parts:
        return value
    if isinstance(value, list):
        position = parts[0]
        if not (position.isascii() and position.isdigit() and len(position) < 9):
            return None
        return _found(value[int(position)], parts[1:]) if int(position) < len(value) else None
    if not isinstance(value, Mapping):
        return None
    for length in range(1, len(parts) + 1):
        inner = _field(value, ".".join(parts[:length]))
        if inner is not None:
            found = _found(inner, parts[length:])
            if found is not None:
                return found
    return None


def _field(record: Record, name: str) -> Any:
    found = record.get(name)
    if found is not None:
        return found
    small = name.lower()
    return next((value for key, value in record.items() if key.lower() == small), None)
