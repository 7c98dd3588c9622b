"""Counts the bytes that a part of the page may still take.

A page of any result stays under three megabytes: what does not fit is counted, never dropped in silence.
"""

from __future__ import annotations

from html import escape

from antkey_reports.escape import visible

PAGE = 2_880_000
"""What all parts may take together: three megabytes less the style sheet, the script and what has no list."""

KEYS = 400_000
COVERAGE = 400_000
CONTROLS = 350_000
RESPONSES = 120_000
CHANGES = 60_000
SKIPS = 180_000
ANCHORS = 20_000
"""What the table of keys, the coverage of requests, the controls, the plans for leaked keys, what changed,
each of the two lists of places that were not read, and the anchors of rules take at
most. The findings have the rest."""

AROUND_TEXT = 30
"""Bytes of markup around one text, counted in the templates and rounded up."""


class Room:
    """So many bytes."""

    def __init__(self, size: int) -> None:
        self._left = size

    def fits(self, around: int, *texts: str | None) -> bool:
        """Take the room for these texts and the markup around them; False when there is none left."""
        self._left -= around + sum(written(text) for text in texts if text)
        return self._left >= 0


def written(text: str) -> int:
    """The bytes of a text on the page, with its markup."""
    return AROUND_TEXT + len(escape(visible(text)).encode())
