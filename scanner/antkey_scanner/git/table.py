"""Lays out a pack as delta trees: what is rebuilt from what, cut into parts of similar work.

A *head* is an object that a part starts with: one that is no delta (the root of a tree), the top of a
subtree that is cut off because its tree is large, or one that fits nowhere and is read by itself. A
part is the heads that start in a range of the pack, each with what is rebuilt from it. Where heads
stand depends on the pack alone, so that every process finds the same ones.

This module does it in plain Python, `antkey_scanner.git.bulktable` with numpy and the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from antkey_scanner.git.objects import LIMIT, CorruptObject
from antkey_scanner.git.pack import OFS_DELTA, Pack

CUT = 4 << 20
"""A subtree of so much work is cut off from its tree."""

EACH = 256
"""The work that an object is beside its packed bytes."""

DEEPEST = 4096
"""A delta that is further from its root, which git does not write, is read by itself."""

ODD = -1
"""The size of what is read by itself: it is damaged, or a delta to something that is."""


class Part(NamedTuple):
    """Objects to rebuild, numbered from 0.

    heads: where to start; names: all ids, one after the other; places: where each starts in the pack,
    starts and stops: its deflated bytes; sizes: of what is deflated there, ODD, or more than LIMIT;
    kinds: of the head's tree; kids: numbers of what is rebuilt from an object, the one with the most
    work first, as kids[first[n]:first[n + 1]]; wanted: whether it is asked for, None when all are;
    deltas: whether it is one.
    """

    heads: Sequence[int]
    names: bytes
    places: Sequence[int]
    starts: Sequence[int]
    stops: Sequence[int]
    sizes: Sequence[int]
    kinds: Sequence[int]
    first: Sequence[int]
    kids: Sequence[int]
    wanted: Sequence[bool] | None
    deltas: Sequence[bool]


class Table(Protocol):
    """The delta trees of one pack."""

    pack: Pack

    def pieces(self, work: int) -> list[tuple[int, int]]:
        """Ranges of the pack of about `work` each in which there is something wanted."""
        ...

    def part(self, start: int, stop: int) -> Part:
        """What is rebuilt from heads in a range of the pack and is wanted or needed for it."""
        ...


class PlainTable:
    """The delta trees of a small pack.

    kinds: bit set of the kinds that are asked for (`1 << BLOB`); wanted: for each number in the
    index whether it is, None for all.
    """

    def __init__(self, pack: Pack, kinds: int, wanted: bytearray | None = None) -> None:
        self.pack = pack
        self._read(pack, wanted)
        self._link(kinds)
        self._cut()

    def _read(self, pack: Pack, wanted: bytearray | None) -> None:
        entries = []
        for number, (oid, offset) in enumerate(_entries(pack)):
            entries.append((offset, oid, wanted is None or bool(wanted[number])))
        entries.sort(key=lambda entry: entry[0])
        self._places = places = [entry[0] for entry in entries]
        self._names = [entry[1] for entry in entries]
        self._wanted = [entry[2] for entry in entries]
        self._stops = [*places[1:], pack.end]
        self._starts = places.copy()
        self._sizes = [ODD] * len(entries)
        self._kinds = [0] * len(entries)
        self._bases: list[int] = [-1] * len(entries)

    def _link(self, kinds: int) -> None:
        """Find each object's base, and the objects in an order in which bases come first."""
        places = self._places
        # Of two objects at one place neither is what the index says.
        numbers = {place: number for number, place in enumerate(places)}
        bases: list[int | None] = []
        self._kids: list[list[int]] = [[] for _ in places]
        for number, place in enumerate(places):
            bases.append(self._header(number, place, numbers))
        order = []
        for number, base in enumerate(bases):
            if base is None and self._sizes[number] != ODD:
                order.append(number)
            elif base is not None:
                self._kids[base].append(number)
        depths = dict.fromkeys(order, 0)
        for number in order:  # grows
            for kid in self._kids[number]:
                if depths[number] >= DEEPEST:
                    continue
                depths[kid] = depths[number] + 1
                self._kinds[kid] = self._kinds[number]
                self._bases[kid] = number
                order.append(kid)
        self._order = order
        for number in range(len(places)):
            if number not in depths:
                self._sizes[number], self._kinds[number] = ODD, 0
            elif not kinds >> self._kinds[number] & 1:
                self._wanted[number] = False

    def _header(self, number: int, place: int, numbers: dict[int, int]) -> int | None:
        if self._stops[number] <= place:
            return None
        try:
            entry = self.pack.entry(place)
        except CorruptObject:
            return None
        if entry.start > self._stops[number]:
            return None
        if entry.kind < OFS_DELTA:
            base = None
            self._kinds[number] = entry.kind
        else:
            base = numbers.get(entry.base)
            if base is None:
                return None
        self._starts[number] = entry.start
        self._sizes[number] = min(entry.size, LIMIT + 1)
        return base

    def _cut(self) -> None:
        """Find the heads, the work of each with all below it, and what is needed for something."""
        work = [
            stop - place + EACH if stop > place else EACH
            for place, stop in zip(self._places, self._stops, strict=True)
        ]
        needed = self._wanted.copy()
        head = [True] * len(work)
        for number in reversed(self._order):
            base = self._bases[number]
            if base < 0 or work[number] >= CUT:
                continue
            head[number] = False
            work[base] += work[number]
            needed[base] |= needed[number]
        self._work, self._needed, self._head = work, needed, head

    def pieces(self, work: int) -> list[tuple[int, int]]:
        found = []
        start = stop = None
        sum_ = 0
        for number, place in enumerate(self._places):
            if not (self._head[number] and self._needed[number]):
                continue
            if start is None:
                start = place
            stop = place + 1
            sum_ += self._work[number]
            if sum_ >= work:
                found.append((start, stop))
                start, sum_ = None, 0
        if start is not None and stop is not None:
            found.append((start, stop))
        return found

    def part(self, start: int, stop: int) -> Part:
        heads = [
            number
            for number, place in enumerate(self._places)
            if self._head[number] and self._needed[number] and start <= place < stop
        ]
        numbers = heads.copy()
        kids: list[int] = []
        first = []
        for number in numbers:  # grows
            first.append(len(kids))
            below = [kid for kid in self._kids[number] if self._descends(kid)]
            below.sort(key=self._work.__getitem__, reverse=True)
            kids += range(len(numbers), len(numbers) + len(below))
            numbers += below
        first.append(len(kids))
        return Part(
            range(len(heads)),
            b"".join([self._names[number] for number in numbers]),
            [self._places[number] for number in numbers],
            [self._starts[number] for number in numbers],
            [self._stops[number] for number in numbers],
            [self._sizes[number] for number in numbers],
            [self._kinds[number] for number in numbers],
            first,
            kids,
            [self._wanted[number] for number in numbers],
            [self._bases[number] >= 0 for number in numbers],
        )

    def _descends(self, number: int) -> bool:
        return not self._head[number] and self._needed[number]


def _entries(pack: Pack) -> Sequence[tuple[bytes, int]]:
    """All ids with where they start, -1 where the index does not say."""
    index = pack.index
    found = []
    at = index.names_at
    for number in range(index.count):
        try:
            offset = index.offset(number)
        except CorruptObject:
            offset = -1
        found.append((bytes(index.data[at : at + index.hash_size]), offset))
        at += index.name_step
    return found
