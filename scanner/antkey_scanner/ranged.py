"""Puts the findings of a large file's ranges together: each range counts its lines from its own start."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner import system
from antkey_scanner.lines import Span, moved
from antkey_scanner.tally import Row
from antkey_scanner.tasks import RANGE, Large, Outcome, Range


class Ranged:
    """A large file that is searched in ranges. done: what the range at each offset brought."""

    def __init__(self, large: Large) -> None:
        self.path = system.show(large.shown + large.name)
        self.ranges = [
            Range(*large[:3], start, min(start + RANGE, large.size), large.size)
            for start in range(0, large.size, RANGE)
        ]
        self.done: dict[int, Outcome] = {}

    def placed(self) -> Iterator[Row]:
        """The findings with line and column in the whole file; without, behind a range that failed.

        What lies in containers that came out of encoded text has lines of its own.
        """
        before: Span | None = Span()
        for start in (each.start for each in self.ranges):
            outcome = self.done.get(start)
            for row in outcome.rows if outcome is not None else ():
                yield self._moved(row, before) if row.path == self.path else row
            before = (
                before.then(outcome.span) if before is not None and outcome is not None else None
            )

    def _moved(self, row: Row, before: Span | None) -> Row:
        if before is None or row.line is None or row.column is None:
            return row._replace(line=None, column=None)
        line, column = moved(before, row.line, row.column, row.encodings)
        return row._replace(line=line, column=column)
