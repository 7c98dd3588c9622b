"""`antkey_scanner.git.missing.Presence` for many objects, with numpy."""

from __future__ import annotations

from antkey_scanner.git.bulkids import BulkIds
from antkey_scanner.git.bulklinks import Links
from antkey_scanner.git.bulktrees import BulkChecker


class BulkPresence(BulkIds):
    """Which objects lie below some `objects` folders. Arguments as for `Presence`."""

    def links(self, objects: int) -> Links | None:
        """For what its checkers tell of so many objects; None when there are others besides."""
        return None if objects < 0 else Links(self, objects)

    def checker(self) -> BulkChecker:
        """Checks the objects of one task."""
        return BulkChecker(self)
