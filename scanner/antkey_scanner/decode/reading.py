"""What one layer of decoding yields, and how offsets in it lead back to where they came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Decoded(NamedTuple):
    """What a region says in one encoding.

    encoding: the name shown in a finding's `decoded`; data: the decoded bytes; origin: maps an offset
    in `data` to the offset in the region where its encoded form starts. It is called for hits only,
    so it may do the work again slowly.
    """

    encoding: str
    data: bytes
    origin: Callable[[int], int]


Segment = tuple[int, int, int]
"""(start in the data, start in the source, bytes of source for each byte of data): a stretch in which
offsets advance evenly."""


class Offsets:
    """Maps offsets through segments. They are only made on the first call: most data holds no hit."""

    __slots__ = ("_make", "_segments", "_starts")

    def __init__(self, make: Callable[[], Iterable[Segment]]) -> None:
        self._make = make
        self._segments: list[Segment] = []
        self._starts: list[int] = []

    def __call__(self, offset: int) -> int:
        if not self._segments:
            self._segments = list(self._make())
            self._starts = [start for start, _, _ in self._segments]
        number = bisect_right(self._starts, offset) - 1
        if number < 0:
            return offset
        start, source, step = self._segments[number]
        return source + (offset - start) * step


def through(decoded: Decoded, outer: Callable[[int], int]) -> Decoded:
    """The same reading, its origin led on through `outer`."""
    inner = decoded.origin
    return decoded._replace(origin=lambda offset: outer(inner(offset)))
