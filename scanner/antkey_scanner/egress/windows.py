"""Which keys of a tenant were used near to each other in time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.inventory.times import SECOND, Micros

WINDOW = 300 * SECOND
"""Requests of a tenant that are this near to each other share a prompt cache, so should share a key."""

_MOST_LOOKED_AT = 16


class Windows:
    """The last use of each key, by tenant. Requests may come a little out of order; each costs the same
    however many keys a tenant has."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._last: dict[str, dict[str, tuple[Micros, KeyLife]]] = {}

    def others(self, tenant: str, time: Micros, used: Iterable[KeyLife]) -> tuple[KeyLife, ...]:
        """Other keys of the tenant that were used within a window of this request, the last one first;
        takes up those that it used. Of two of which one took the other's place none is told."""
        own = [life for life in used if life.role == "tenant" and life.tenant == tenant]
        if not own:
            return ()
        window = self._last.setdefault(tenant, {})
        found: tuple[KeyLife, ...] = ()
        names = {life.source for life in own}
        if len(window) > 1 or not names >= window.keys():
            _forget(window, time)
            near = (
                life
                for source, (seen, life) in islice(reversed(window.items()), _MOST_LOOKED_AT)
                if source not in names and abs(time - seen) <= WINDOW
            )
            found = tuple(
                other
                for other in near
                if not any(self._book.are_generations(one, other) for one in own)
            )
        for life in own:
            # Taken out first, so that the window stays in the order of the last use.
            window.pop(life.source, None)
            window[life.source] = (time, life)
        return found


def _forget(window: dict[str, tuple[Micros, KeyLife]], time: Micros) -> None:
    """Drop what was used longest ago, as far as that is out of the window."""
    for source in list(islice(window, _MOST_LOOKED_AT)):
        if time - window[source][0] <= WINDOW:
            break
        del window[source]
