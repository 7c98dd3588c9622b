"""Times as whole microseconds since 1970 in UTC: exact to compare, and what every age is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Micros = int
"""Microseconds since 1970-01-01T00:00:00Z; negative before."""

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

LAST: Micros = 253_402_300_799_999_999
"""9999-12-31T23:59:59.999999Z, the last moment that can be written."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BARE_EPOCH = _EPOCH.replace(tzinfo=None)
"""For writing: a time without a zone is written in half the time of one with it."""


def micros(moment: datetime) -> Micros:
    """An aware time. Raises ValueError for one without an offset."""
    if moment.tzinfo is None:
        raise ValueError("has no UTC offset; add Z or +00:00")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def rfc3339(time: Micros) -> str:
    """`2026-11-20T12:00:00Z`, with six digits of a second where there is a fraction."""
    return (_BARE_EPOCH + timedelta(0, 0, time)).isoformat() + "Z"


def midnight(date: str) -> Micros:
    """When a day in UTC begins. date: `YYYY-MM-DD`; raises ValueError for anything else."""
    return micros(datetime.fromisoformat(date).replace(tzinfo=UTC))


class Days(dict[int, str]):
    """Days as `day` writes them, by their number since 1970: where many times are of few days."""

    def __missing__(self, number: int) -> str:
        text = self[number] = day(number * DAY)
        return text


def day(time: Micros) -> str:
    """The day in UTC: `2026-11-20`."""
    return (_BARE_EPOCH + timedelta(0, 0, time)).isoformat()[:10]
