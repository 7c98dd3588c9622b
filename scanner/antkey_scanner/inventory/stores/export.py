"""What the readers of all stores share: typed looks into a parsed export, and problems with their lines.

A problem names the field and the line, never a value: what stands in the wrong place may be a secret.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from antkey_scanner.inventory.namedates import BY_NAME, from_name
from antkey_scanner.inventory.records import KeyRecord, Place, Sheet
from antkey_scanner.inventory.times import SECOND, Micros, micros

Path = tuple[str | int, ...]
"""Keys, and 0-based positions in lists: `("SecretList", 1, "Name")`."""

LineOf = Callable[[Path], int | None]

UNTOLD = ("encryption", "principal", "set_by_role", "spend_limit", "validation_status")
"""What no secret store knows of a key: its silence is no evidence of anything."""

INCOMPLETE = "incomplete: "
"""How a note starts that says that the export is only a part."""

_LATEST = 253_402_300_800
"""The first second of the year 10000."""


class Export:
    """One file. shown: as messages print it; problems: what is wrong with it, found so far."""

    def __init__(self, shown: str, line_of: LineOf) -> None:
        self.shown = shown
        self.problems: list[str] = []
        self._line_of = line_of

    def place(self, path: Path) -> Place:
        """Where something stands: the nearest thing around it whose line is known."""
        while True:
            line = self._line_of(path)
            if line is not None or not path:
                return Place(self.shown, line)
            path = path[:-1]

    def wrong(self, path: Path, problem: str) -> None:
        """Note a problem, `FIELD is …; CURE`."""
        place = self.place(path)
        line = "" if place.line is None else f":{place.line}"
        self.problems.append(f"{place.path}{line}: {problem}")


class Fields(NamedTuple):
    """A mapping of the export, and where it stands."""

    export: Export
    value: Mapping[Any, Any]
    path: Path = ()

    @property
    def place(self) -> Place:
        """Where it stands; a whole document stands where its first field does."""
        place = self.export.place(self.path)
        if place.line is None and self.value:
            return self.export.place((*self.path, next(iter(self.value))))
        return place

    def wrong(self, name: str, problem: str) -> None:
        """Note a problem with a field."""
        self.export.wrong((*self.path, name), f"{name} {problem}")

    def text(self, name: str) -> str | None:
        """A string; None where it is absent, null or empty."""
        value = self.value.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return value
        self.wrong(name, "is no string; export it again")
        return None

    def needed(self, name: str) -> str | None:
        """A string that has to be there."""
        if self.value.get(name) in (None, ""):
            self.wrong(name, "is missing; export it again")
        return self.text(name)

    def texts(self, name: str) -> list[str]:
        """A list of strings, an empty one where it is absent."""
        value = self.value.get(name)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        self.wrong(name, "is no list of strings; export it again")
        return []

    def number(self, name: str) -> int | None:
        """A whole number, which may stand in a string."""
        value = self.value.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.wrong(name, "is no whole number; export it again")
        return None

    def flag(self, name: str) -> bool | None:
        """True or false; None where it is absent."""
        value = self.value.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(name, "is neither true nor false; export it again")
        return None

    def time(self, name: str) -> Micros | None:
        """A time, RFC 3339 or seconds since 1970; None where it is absent or Go's zero time."""
        value = self.value.get(name)
        if value is None or value == "":
            return None
        try:
            return when(value)
        except ValueError as error:
            self.wrong(name, f"{error}; export it again")
            return None

    def table(self, name: str) -> Fields:
        """A mapping, an empty one where it is absent."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, dict):
            self.wrong(name, "is no mapping; export it again")
        inner = value if isinstance(value, dict) else {}
        return Fields(self.export, inner, (*self.path, name))

    def tables(self, name: str) -> list[Fields]:
        """A list of mappings, an empty one where it is absent."""
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(name, "is no list; export it again")
            return []
        return list(self._mappings(name, value))

    def _mappings(self, name: str, value: list[object]) -> Iterator[Fields]:
        for at, each in enumerate(value):
            path = (*self.path, name, at)
            if isinstance(each, dict):
                yield Fields(self.export, each, path)
            else:
                self.export.wrong(path, f"{name} holds what is no mapping; export it again")


def when(value: object) -> Micros | None:
    """A time as stores write it: RFC 3339 with up to nine digits of a second, or seconds since 1970.

    None for year 1, which is how programs in Go write that there is none. Raises ValueError with
    what is wrong.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value) or not 0 <= value < _LATEST:
            raise ValueError("is no time in seconds since 1970")
        return value * SECOND if isinstance(value, int) else round(value * SECOND)
    if not isinstance(value, str) or "-" not in value[:5]:
        raise ValueError("is no time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no time") from None
    if moment.tzinfo is None:
        raise ValueError("has no UTC offset")
    if moment.year == 1:
        return None
    time = micros(moment)
    if time >= _LATEST * SECOND:
        raise ValueError("is no time")
    return time


def changed(time: Micros | None, field: str, name: str | None) -> tuple[Micros | None, str]:
    """Created when, and by what source, where a store tells only when a secret was changed last.

    A date in the name that is older counts instead: a change makes a key look younger than it may be.
    """
    named = from_name(name or "")
    if named is not None and (time is None or named < time):
        return named, BY_NAME
    return time, f"{field} (a change, which may be no rotation)"


def singles(
    document: object,
    export: Export,
    fits: Callable[[Mapping[Any, Any]], bool],
    what: str,
    prefix: Path = (),
) -> list[Fields] | None:
    """The entries of a document that is one entry or a list of them; None when its first is none.

    prefix: the path of the document itself, where it is only a part.
    """
    if isinstance(document, dict):
        return [Fields(export, document, prefix)] if fits(document) else None
    if not isinstance(document, list) or not document:
        return [] if prefix and document == [] else None
    first = document[0]
    if not isinstance(first, dict) or not fits(first):
        return None
    entries = []
    for at, each in enumerate(document):
        if isinstance(each, dict) and fits(each):
            entries.append(Fields(export, each, (*prefix, at)))
        else:
            export.wrong((*prefix, at), f"is no {what} as those before it; export it again")
    return entries


def sheet(keys: list[KeyRecord], notes: list[str] | None = None) -> Sheet:
    """What a file of a store says."""
    return Sheet(keys=tuple(keys), notes=tuple(notes or ()))
