"""Times as recordings write them, as whole microseconds since 1970. Pure.

RFC 3339 with an offset; numbers since 1970, whose size tells seconds, milli-, micro- or nanoseconds; the
dates of HTTP (RFC 9110) and of web servers' logs. A time without an offset is no time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from antkey_scanner.inventory.times import SECOND, Micros, micros
from antkey_scanner.inventory.values import time as strict_time
from antkey_scanner.inventory.wrong import Wrong

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_NANOSECONDS = len("1795176000000000000")
_SHORTEST = len("2026-11-20T12:00Z")
_UNITS = ((10**9, SECOND), (10**12, 1000), (10**15, 1), (10**18, 0))
"""The first number of each unit, and how many microseconds it has; a nanosecond is a part of one."""

_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LOGGED = re.compile(
    r"(?P<day>[0-9]{1,2})/(?P<month>[A-Za-z]{3})/(?P<year>[0-9]{4}):(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,9})?) (?P<offset>[+-][0-9]{4})"
)


_USUAL = len("20/Nov/2026:12:00:00 +0000")
_SECONDS = {f":{second:02}": second * SECOND for second in range(60)}
_MOST_MINUTES = 10_000


def moment(value: object) -> Micros | None:
    """A time in a record, None for what is none."""
    if type(value) is str:
        if len(value) == _NANOSECONDS and value.isdecimal():
            return _unusual(value)
        try:
            passed = datetime.fromisoformat(value) - _EPOCH
        except OverflowError:
            return None
        except (ValueError, TypeError):  # in another way, or without an offset
            return _unusual(value.strip())
        # Python takes a bare number of eight digits for a day.
        return passed // _MICRO if len(value) >= _SHORTEST else _unusual(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _counted(value)


def http_date(text: str) -> Micros | None:
    """A time in a header such as `Date`: to the second."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A date in "-0000" has no zone for Python; HTTP knows GMT only.
    return micros(found if found.tzinfo is not None else found.replace(tzinfo=UTC))


def logged(text: str) -> Micros | None:
    """A time in a web server's log: `20/Nov/2026:12:00:00 +0000`."""
    found = _LOGGED.fullmatch(text.strip())
    if found is None or found["month"].lower() not in _MONTHS:
        return moment(text.strip())
    month = _MONTHS.index(found["month"].lower()) + 1
    offset = f"{found['offset'][:3]}:{found['offset'][3:]}"
    return moment(f"{found['year']}-{month:02}-{int(found['day']):02}T{found['time']}{offset}")


class Clock:
    """Reads the times of one web server's log, most of which are of a minute that was there before."""

    def __init__(self) -> None:
        self._minutes: dict[str, Micros] = {}

    def read(self, text: str) -> Micros | None:
        """As `logged` does."""
        second = _SECONDS.get(text[17:20])
        if second is None or len(text) != _USUAL:
            return logged(text)
        known = self._minutes.get(text[:17] + text[20:])
        if known is not None:
            return known + second
        time = logged(text)
        if time is not None and _LOGGED.fullmatch(text) is not None:
            if len(self._minutes) >= _MOST_MINUTES:
                self._minutes.clear()
            self._minutes[text[:17] + text[20:]] = time - second
        return time


def _unusual(text: str) -> Micros | None:
    """Numbers in quotes, leap seconds, small letters."""
    if _NUMBER.fullmatch(text):
        whole, _, fraction = text.partition(".")
        return _counted(float(text) if fraction else int(whole))
    try:
        return strict_time(text)
    except Wrong:
        return None


def _counted(value: float) -> Micros | None:
    """A number since 1970, of a time that can be meant: from 2001 on. Smaller ones are days or durations."""
    for first, unit in _UNITS:
        if first <= value < first * 100:
            return round(value * unit) if unit >= 1 else int(value) // 1000
    return None
