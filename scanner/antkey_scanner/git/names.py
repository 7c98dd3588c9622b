"""The ids of objects in one place, and which of those of several places are to be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Names:
    """The ids in one place: `count` of them from `start` in `data`, `step` bytes apart."""

    __slots__ = ("count", "data", "size", "start", "step")

    def __init__(self, data: memoryview, count: int, start: int, step: int, size: int) -> None:
        self.data = data
        self.count = count
        self.start = start
        self.step = step
        self.size = size

    def __iter__(self) -> Iterator[bytes]:
        at = self.start
        for _ in range(self.count):
            yield bytes(self.data[at : at + self.size])
            at += self.step


class Selection(NamedTuple):
    """wanted: for each place a flag for each of its ids, or None when all are; twice: ids that stand
    in several places, of which the first is wanted; total: how many are wanted.

    An id that stands twice in one place is wanted twice: git never writes that, and what stands there
    may be two things.
    """

    wanted: list[bytearray | None]
    twice: frozenset[bytes]
    total: int
