"""The values of one field each: what may stand in it, and what is kept of it.

A check takes a value as a format gives it and returns what the record holds, or raises `Wrong`. No
message quotes a value: what stands in the wrong place may be a secret.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from antkey_scanner.inventory.formats import Path
from antkey_scanner.inventory.times import DAY, Micros
from antkey_scanner.policy.kinds import did_you_mean

_LONGEST_TEXT = 4096
_FEWEST_SECRET_CHARACTERS = 12
"""From this many characters of a key's random part on, a hint is no hint."""

_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?P<clock>(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?P<fraction>\.[0-9]+)?(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FINGERPRINT = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)
_KEY_PREFIX = re.compile(r"sk-(?:[a-z]{1,12}-)?(?:[a-z]{1,12}[0-9]{0,4}-)?")
_NO_SECRET = re.compile(r"[^A-Za-z0-9_-]|([A-Za-z0-9_-])\1{3,}")
"""What is in no key, and what masks one: `xxxxxxxx`."""

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST = -62_135_596_800_000_000
_LAST = 253_402_300_799_999_999

SHOWN_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,11}|[a-z]{1,11}(?:[_-][a-z]{1,11}){1,4}")
"""Names of fields that may be printed: too short, or too much like words, to hold a piece of a key."""


class Wrong(Exception):
    """A value that may not stand in its field. found: places below the field, and `problem; cure`."""

    def __init__(self, problem: str, *below: str | int) -> None:
        super().__init__(problem)
        self.found: tuple[tuple[Path, str], ...] = ((below, problem),)

    @classmethod
    def of(cls, found: list[tuple[Path, str]]) -> Wrong:
        """All that is wrong in a table or a list."""
        wrong = cls("")
        wrong.found = tuple(found)
        return wrong


Check = Callable[[object], object]


def text(value: object) -> str:
    """A string that is not blank."""
    if type(value) is not str:
        raise Wrong(f"is {type_of(value)}; write it as a string, in quotes")
    if not value.isprintable():
        _refuse_unprintable(value)
    if len(value) > _LONGEST_TEXT:
        raise Wrong(f"is longer than {_LONGEST_TEXT:,} characters; shorten it")
    if not value or value.isspace():
        raise Wrong("is empty; write something or take the field out")
    return value


def _refuse_unprintable(value: str) -> None:
    if "\0" in value:
        raise Wrong("holds a NUL character; take it out")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Wrong("holds half a character (a lone surrogate); write it whole") from None


class Choice:
    """A check for one of some words."""

    def __init__(self, *words: str) -> None:
        self._words = {word: word for word in words}

    def __call__(self, value: object) -> str:
        known = self._words.get(value) if type(value) is str else None
        if known is not None:
            return known
        word = text(value)
        cure = did_you_mean(word[:40], self._words) or f"use one of: {', '.join(self._words)}"
        raise Wrong(f"has an unknown value; {cure}")


def version(value: object) -> str:
    """A version, which may be a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 64 else text("")
    return text(value)


def time(value: object) -> Micros:
    """A moment: RFC 3339, or TOML's own. What is beyond microseconds is cut off."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise Wrong("has no UTC offset; add Z or +00:00")
        return _since_epoch(value)
    if isinstance(value, datetime.date):
        raise Wrong("has no time and no UTC offset; write it like 2026-11-20T12:00:00Z")
    written = value if type(value) is str else text(value)
    found = _TIME.fullmatch(written)
    if found is None:
        raise _no_time(written)
    if found["offset"] is None:
        raise Wrong("has no UTC offset; add Z or +00:00")
    try:
        return _since_epoch(datetime.datetime.fromisoformat(written.upper()))
    except ValueError:
        return _unusual(found)


def _since_epoch(moment: datetime.datetime) -> Micros:
    passed = moment - _EPOCH
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    if not _FIRST <= micros <= _LAST:
        raise Wrong("is out of range; in UTC it is not in the years 0001 to 9999")
    return micros


def _no_time(written: str) -> Wrong:
    if _DAY.fullmatch(written):
        return Wrong("has no time and no UTC offset; write it like 2026-11-20T12:00:00Z")
    text(written)
    return Wrong("is no RFC 3339 time; write it like 2026-11-20T12:00:00Z")


def _unusual(found: re.Match[str]) -> Micros:
    """A time that `datetime` has no value for: a leap second, or one that never was."""
    try:
        datetime.date.fromisoformat(found["day"])
    except ValueError:
        raise Wrong("is on a day that does not exist; mend the date") from None
    clock, offset = found["clock"], found["offset"].upper()
    if clock[6:] == "60":
        before = time(f"{found['day']}T{clock[:6]}59{offset}")
        # Leap seconds are put in at the end of a day in UTC; the clock of 1970 shows the next day's start.
        if (before + 1_000_000) % DAY == 0 and before < _LAST - 1_000_000:
            return before + 1_000_000
    raise Wrong("is at a time of day that does not exist; mend the time or the offset")


def fingerprint(value: object) -> str:
    """SHA-256 of the key, 64 lower-case hex digits."""
    found = _FINGERPRINT.fullmatch(value) if type(value) is str else None
    if found is None:
        text(value)
        raise Wrong("is no SHA-256; write sha256: and 64 hex digits")
    return found[1].lower()


def hint(value: object) -> str:
    """What the Console shows of a key, with `…`."""
    shown = text(value).replace("...", "…")
    secret = _NO_SECRET.sub("", _KEY_PREFIX.sub("", shown, count=1))
    if len(secret) >= _FEWEST_SECRET_CHARACTERS:
        raise Wrong(
            f"shows {_FEWEST_SECRET_CHARACTERS} or more characters of a key; write only what the Console"
            " shows, such as sk-ant-api03-R2D…igAA"
        )
    return shown


def principal(value: object) -> str:
    """Whom a key is bound to: `none`, or null, for nobody."""
    written = "none" if value is None else text(value)
    return "" if written == "none" else written


class Number:
    """A check for a number from `low` to `high`, both included."""

    def __init__(self, low: float, high: float = math.inf) -> None:
        self._low, self._high = low, high

    def __call__(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"is {type_of(value)}; write a number, without quotes")
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
        found: list[tuple[Path, str]] = []
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


class Table:
    """A check for a table whose fields go into the places of a tuple. null: fields that may be null,
    which elsewhere means absent."""

    def __init__(
        self,
        make: Callable[[list[object]], object],
        blank: list[object],
        fields: Mapping[str, Slot],
        required: tuple[str, ...] = (),
        null: tuple[str, ...] = (),
    ) -> None:
        self.fields = fields
        self._make = make
        self._blank = blank
        self._required = required
        self._null = null

    def __call__(self, value: object) -> object:
        if not isinstance(value, dict):
            raise Wrong(f"is {type_of(value)}; it must be a table")
        values = self._blank.copy()
        fields = self.fields
        try:
            for field, element in value.items():
                slot = fields[field]
                if element is not None or field in self._null:
                    values[slot.at] = slot.check(element)
        except (Wrong, KeyError):
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
        found: list[tuple[Path, str]] = []
        for field, element in value.items():
            slot = self.fields.get(field)
            if slot is None:
                found.append(((field,), unknown_field(field, self.fields)))
            elif element is not None or field in self._null:
                try:
                    slot.check(element)
                except Wrong as wrong:
                    found += [((field, *below), problem) for below, problem in wrong.found]
        return Wrong.of(found)


UNKNOWN_FIELD = "unknown field"


def unknown_field(field: str, known: Mapping[str, object]) -> str:
    """What is wrong with a field that is none of `known`, and which may be meant."""
    near = did_you_mean(field[:40], known)
    return f"{UNKNOWN_FIELD}; {near or 'known here: ' + ', '.join(known)}"


def type_of(value: object) -> str:
    """What a value is, in people's words."""
    match value:
        case None:
            return "null"
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
