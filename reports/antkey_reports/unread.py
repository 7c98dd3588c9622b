"""What the HTML page shows of what was not read, as far as there is room."""

from __future__ import annotations

from typing import NamedTuple

from antkey_reports import room
from antkey_reports.room import Room
from antkey_scanner.model import Skip

_AROUND = 45


class ShownSkips(NamedTuple):
    """Places that were not read. hidden: how many more there are."""

    shown: tuple[Skip, ...]
    hidden: int

    @property
    def total(self) -> int:
        return len(self.shown) + self.hidden


def shown_skips(skips: tuple[Skip, ...], counting: bool) -> ShownSkips:
    """The skips in scope, or those that do not count, as far as there is room."""
    wanted = [skip for skip in skips if skip.counts is counting]
    left = Room(room.SKIPS)
    shown: list[Skip] = []
    for skip in wanted:
        if not left.fits(_AROUND, skip.path, skip.reason):
            break
        shown.append(skip)
    return ShownSkips(tuple(shown), len(wanted) - len(shown))
