"""For how long keys worked beside the ones that replaced them. Pure functions, from dates alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from antkey_reports.moments import moment
from antkey_scanner.inventory.spoken import in_hours
from antkey_scanner.model import KeyRef


class Overlap(NamedTuple):
    """The time in which two keys both worked. end: now, where is_over is False."""

    older: KeyRef
    newer: KeyRef
    start: datetime
    end: datetime
    is_over: bool

    @property
    def told(self) -> str:
        """For whoever reads of both keys: `both worked for 51 hours`."""
        length = in_hours((self.end - self.start) // timedelta(microseconds=1))
        return f"both worked for {length}" if self.is_over else f"both work, for {length} so far"


def overlaps(keys: Sequence[KeyRef], now: datetime) -> list[Overlap]:
    """Of each key that was replaced by one of the others, the overlap with the first that did. Where a
    date is missing, or there was none, there is nothing."""
    named = {key.id: key for key in keys if key.id} | {key.name: key for key in keys}
    found: dict[str, Overlap] = {}
    for newer in keys:
        older = named.get(newer.replaces) if newer.replaces else None
        overlap = None if older is None or older is newer else _overlap(older, newer, now)
        if overlap is None:
            continue
        known = found.setdefault(overlap.older.name, overlap)
        if overlap.start < known.start:
            found[overlap.older.name] = overlap
    return list(found.values())


def _overlap(older: KeyRef, newer: KeyRef, now: datetime) -> Overlap | None:
    start, first = moment(newer.created_at), moment(older.created_at)
    revoked = moment(older.revoked_at)
    if start is None or (first is not None and start < first):
        return None
    if revoked is not None and revoked <= now:
        return Overlap(older, newer, start, revoked, is_over=True) if start < revoked else None
    if older.status != "active" or newer.status != "active" or start >= now:
        return None
    return Overlap(older, newer, start, now, is_over=False)
