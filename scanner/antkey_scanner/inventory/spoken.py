"""Says spans of time, places and lists as messages about keys print them. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import DAY, HOUR, SECOND, Micros

_UNITS = ((DAY, "day"), (HOUR, "hour"), (60 * SECOND, "minute"), (SECOND, "second"))
_MOST_NAMED = 5


def in_days(length: Micros, limit: int | None = None) -> str:
    """`133 days`. What is left of a day is said where the days alone read as if they were the limit."""
    return _in(0, length, limit)


def in_hours(length: Micros, limit: float | None = None) -> str:
    """`51 hours`, as `in_days`; `19 days` from three days on."""
    if length >= 3 * DAY and (limit is None or length // HOUR != int(limit)):
        return _in(0, length, None)
    return _in(1, length, limit)


def _in(at: int, length: Micros, limit: float | None) -> str:
    unit, name = _UNITS[at]
    whole, rest = divmod(length, unit)
    told = counted(whole, name)
    if rest and (whole == 0 or (limit is not None and whole == int(limit))):
        left = span(rest)
        return f"{told} and {left}" if whole else left
    return told


def span(length: Micros) -> str:
    """The largest unit of a span, not negative: `3 hours`; what is below a second in full."""
    for unit, name in _UNITS:
        if length >= unit:
            return counted(length // unit, name)
    return counted(length, "microsecond")


def counted(count: float, noun: str) -> str:
    """`1 day`, `2 days`, `1.5 hours`."""
    number = int(count) if count == int(count) else count
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def several(names: Sequence[str]) -> str:
    """`a, b and c`; of more than a few the first ones and how many more there are."""
    if len(names) > _MOST_NAMED:
        shown = ", ".join(names[:_MOST_NAMED])
        return f"{shown} and {len(names) - _MOST_NAMED} more"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def placed(key: KeyRecord) -> str:
    """A key and where it is recorded: `prod-api-2026-04-25 (keys.toml:12)`."""
    path, line = key.place
    return f"{key.label} ({path}:{line})" if line else f"{key.label} ({path})"
