"""Cuts a text that is not read as a whole into pieces, at ends of lines where it has any, and places what is
found in a piece in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.code.search import Found
from antkey_scanner.lines import Span, measure

PIECE = 256 << 10
OVERLAP = 4 << 10
"""Bytes that two pieces share where there is no end of a line to cut at: more than a statement that is read."""

Read = Callable[[int, int], bytes]
"""Gives so many bytes from an offset on."""


class Piece(NamedTuple):
    """Bytes of a text. offset: of the first; before: what stands in front of them."""

    data: bytes
    offset: int
    before: Span

    def placed(self, found: Found) -> Found:
        """What was found in the piece, by its place in the text."""
        first = found.line == 1
        return found._replace(
            line=found.line + self.before.lines,
            column=found.column + (self.before.points if first else 0),
            offset=found.offset + self.offset,
        )


def pieces(read: Read, size: int) -> Iterator[Piece]:
    """The pieces of a text of so many bytes, in order. Raises OSError."""
    start = 0
    before = Span()
    while start < size:
        data = read(PIECE, start)
        if not data:
            return  # it has become shorter
        is_last = start + len(data) >= size
        end = data.rfind(b"\n", PIECE // 2) + 1
        if end and not is_last:
            data = data[:end]
        yield Piece(data, start, before)
        if is_last:
            return
        step = len(data) if end else len(data) - OVERLAP
        before = before.then(measure(data[:step]))
        start += step
