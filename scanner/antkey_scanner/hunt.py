"""The state of one search through layers of encoding: what was found, and what decoding may still cost."""

from __future__ import annotations

from collections.abc import Callable

from antkey_scanner.named import NamedTuple
from antkey_scanner.readings import Embedded, Match

DECODED_RATIO = 64
"""Bytes that all decoders together may put out for each byte searched."""


class Piece(NamedTuple):
    """One decoding of one region; `place` maps an offset in `data` to one in the searched buffer."""

    start: int
    encoding: str
    data: bytes
    origin: Callable[[int], int]
    name: bytes = b""
    """What the region is remembered by if nothing comes of it; empty if it is not."""

    @property
    def region(self) -> tuple[int, bytes]:
        return self.start, self.name

    def place(self, offset: int) -> int:
        return self.start + self.origin(offset)


class Exhausted(Exception):
    """Decoders put out more bytes than a buffer of this size may cost."""


class Hunt:
    """The state of one search: what was found so far and what decoding may still cost."""

    def __init__(self, size: int) -> None:
        self.matches: list[Match] = []
        self.embedded: list[Embedded] = []
        self.costs: dict[tuple[int, bytes], int] = {}
        """What was spent on the named regions that nothing has come of, by where they start and by name."""
        self._left = (1 << 20) + DECODED_RATIO * size

    def spend(self, count: int, piece: Piece | None = None) -> None:
        self._left -= count
        if self._left < 0:
            raise Exhausted
        if piece is not None and piece.region in self.costs:
            self.costs[piece.region] += count

    def state(self) -> tuple[int, int]:
        """How much was found, and what is left to spend."""
        return len(self.matches) + len(self.embedded), self._left

    def settle(self, piece: Piece, before: tuple[int, int]) -> None:
        """Count what a search of `piece` has cost, or forget its region when something came of it."""
        found, left = self.state()
        if found > before[0]:
            self.costs.pop(piece.region, None)
        elif piece.region in self.costs:
            self.costs[piece.region] += before[1] - left
