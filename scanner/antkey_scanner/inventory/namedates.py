"""The date in a key's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from antkey_scanner.inventory.times import Micros, micros

BY_NAME = "the date in its name"
"""How a record says that its age is from there."""

_DATE = re.compile(
    r"""
    (?<![0-9A-Za-z])
    (?P<year>[0-9]{4}) (?P<hyphen>-?) (?P<month>[0-9]{2}) (?P=hyphen) (?P<day>[0-9]{2})
    (?![0-9A-Za-z])
    """,
    re.VERBOSE,
)


def from_name(name: str) -> Micros | None:
    """The start of the day, in UTC, that the last date in a name says: `2026-04-25` or `20260425`,
    with neither letter nor digit beside it. Impossible dates are none."""
    for found in reversed(list(_DATE.finditer(name))):
        try:
            year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
            return micros(datetime(year, month, day, tzinfo=UTC))
        except ValueError:
            continue
    return None
