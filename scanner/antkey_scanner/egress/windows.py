"""Which keys of a tenant were used near to each other in time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import islice

from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.inventory.times import SECOND, Micros

WINDOW = 300 * SECOND
"""Requests of a tenant that are this near to each other share a prompt cache, so should share a key."""

_MOST_TOLD = 16
_MOST_KEYS = 256
_MOST_SPELLS = 20_000


class Windows:
    """When each key was used, by tenant.

    Requests may come in any order, such as those of several recordings: of each key the times are kept as
    spells, in which no two uses are further from each other than a window.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._used: dict[str, dict[str, Spells]] = {}

    def of(self, tenant: str) -> Mapping[str, Spells]:
        """The uses of each of a tenant's keys, by what people call it, as they are taken up."""
        return self._used.setdefault(tenant, {})

    def others(self, tenant: str, time: Micros, used: Iterable[KeyLife]) -> tuple[KeyLife, ...]:
        """Other keys of the tenant that were used within a window of this request, the last one first;
        takes up those that it used. Of two of which one took the other's place none is told."""
        own = [life for life in used if life.role == "tenant" and life.tenant == tenant]
        if not own:
            return ()
        keys = self._used.setdefault(tenant, {})
        found: tuple[KeyLife, ...] = ()
        names = {life.source for life in own}
        if not names >= keys.keys():
            near = (
                spells.life
                for source, spells in islice(reversed(keys.items()), _MOST_KEYS)
                if source not in names and spells.is_near(time)
            )
            found = tuple(
                other
                for other in islice(near, _MOST_TOLD)
                if not any(self._book.are_generations(one, other) for one in own)
            )
        for life in own:
            # Taken out first, so that the keys stay in the order of the last use.
            spells = keys.pop(life.source, None)
            if spells is None:
                spells = Spells()
            spells.take(time, life)
            keys[life.source] = spells
        return found


class Spells:
    """The times of one key's use. starts, ends: of its spells, in order, none nearer to another than a
    window; life: the key, as it was known at its last use."""

    __slots__ = ("ends", "life", "starts")

    def __init__(self) -> None:
        self.starts: list[Micros] = []
        self.ends: list[Micros] = []
        self.life: KeyLife

    def is_near(self, time: Micros) -> bool:
        """Whether there was a use within a window of a time."""
        at = bisect_right(self.starts, time + WINDOW)
        return at > 0 and self.ends[at - 1] >= time - WINDOW

    def take(self, time: Micros, life: KeyLife) -> None:
        """Take up a use."""
        self.life = life
        starts, ends = self.starts, self.ends
        if ends and starts[-1] <= time <= ends[-1] + WINDOW:
            ends[-1] = max(ends[-1], time)
            return
        if not ends or time > ends[-1] + WINDOW:
            starts.append(time)
            ends.append(time)
            self._limit()
            return
        # All spells that the use is near to become one with it.
        at = bisect_right(starts, time + WINDOW)
        first = at
        while first and ends[first - 1] >= time - WINDOW:
            first -= 1
        joined = slice(first, at)
        start = min([time, *starts[joined]])
        end = max([time, *ends[joined]])
        starts[joined], ends[joined] = [start], [end]
        self._limit()

    def _limit(self) -> None:
        if len(self.starts) > _MOST_SPELLS:
            del self.starts[0], self.ends[0]
