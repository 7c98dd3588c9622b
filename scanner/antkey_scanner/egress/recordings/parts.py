"""Reads a large file of JSON lines on several processes, and gives what one process would give.

The file is cut into parts; a part has the lines that start in it. Forked workers read parts, and tell
compactly what usual lines say; this process takes the parts in their order. A part that holds anything else
(evidence, spans, documents), or on which a worker died, is read here. Few parts are ahead of the oldest one
that is not taken yet, so that memory does not grow with the file.
"""

from __future__ import annotations

import marshal
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from antkey_scanner import system
from antkey_scanner.egress.recordings import Item
from antkey_scanner.egress.recordings.faults import READ_ERRORS, Faults, Noted
from antkey_scanner.egress.recordings.json_lines import Records, items_of
from antkey_scanner.egress.recordings.lines import Lines, blocks
from antkey_scanner.egress.records import Credential, Request, Said, Stretch
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy.egress import EgressPolicy
from antkey_scanner.pool import run_forked
from antkey_scanner.tasks import Outcome, Range, Task

PART = 4 << 20
"""Bytes of a part."""

_AHEAD = 4
"""So many parts for each worker are ahead of the oldest one that is not taken."""

_LOOK = 64 << 10
_NO_TIME = -(1 << 63)
_MOST_SAID = 50_000
_CREDENTIALS = 3
"""Where in what a request says its credentials are."""


def read(
    descriptor: int,
    size: int,
    shown: str,
    policy: EgressPolicy,
    jobs: int,
    take: Callable[[Item], None],
) -> None:
    """Read a file on `jobs` processes and give `take` its items in the order of its lines. size: in bytes."""
    merger = _Merger(_File(descriptor, size), shown, policy, take)
    parts = merger.tasks(jobs * _AHEAD)
    jobs = min(jobs, len(parts))
    run_forked(parts, lambda: _Reader(merger.file, shown, policy).read, merger.handle, jobs)
    for skip in merger.faults.rest():
        take(skip)


class _File(NamedTuple):
    """A file that is read in parts. size: in bytes."""

    descriptor: int
    size: int

    def blocks(self, start: int) -> Iterator[Lines]:
        """The lines of the part that starts at a byte, the first one being 1."""
        begin, end = self._lines(start, min(start + PART, self.size))
        stream = _Slice(self.descriptor, begin, end)
        # What the file begins with may be the mark of its encoding.
        return blocks(stream, stream.read(_LOOK) if begin == 0 else b"")

    def _lines(self, start: int, stop: int) -> tuple[int, int]:
        """From where to where the lines go that start in a part."""
        begin = start if start == 0 else self._behind_newline(start - 1, stop)
        return begin, self._behind_newline(stop - 1, None) if begin < stop else begin

    def _behind_newline(self, at: int, limit: int | None) -> int:
        """Where the first line behind a place starts: the limit, or the end of the file, where none does."""
        while limit is None or at < limit:
            piece = system.read_at(self.descriptor, _LOOK, at)
            found = piece.find(b"\n")
            if found >= 0:
                return at + found + 1
            at += len(piece)
            if not piece:
                return at
        return limit


class _Slice:
    """Bytes of a file as a stream."""

    def __init__(self, descriptor: int, start: int, stop: int) -> None:
        self._descriptor = descriptor
        self._at = start
        self._stop = stop

    def read(self, size: int = -1, /) -> bytes:
        left = self._stop - self._at
        data = system.read_at(self._descriptor, left if size < 0 else min(size, left), self._at)
        self._at += len(data)
        return data


class _Part(NamedTuple):
    """What a worker says of a part. reader: which one it is, and how often it has begun to number anew what
    it says; known: so many things it has said before; said: those that are new; lines: how many the part
    has; stretches: line (the part's first is 1), step, times and numbers of what is said; noted: the first
    faults; counts: all faults by what is wrong."""

    reader: tuple[int, int]
    known: int
    said: Sequence[tuple[Any, ...]]
    lines: int
    stretches: Sequence[tuple[int, int, bytes, bytes]]
    noted: Sequence[tuple[int, str]]
    counts: dict[str, int]

    def items(self, shown: str, before: int, said: Sequence[Said]) -> Iterator[Stretch]:
        """The requests. before: how many lines the file has before this part; said: all that the reader has
        said."""
        for first, step, packed_times, packed_kinds in self.stretches:
            times, kinds = array("q", packed_times), array("I", packed_kinds)
            told: Sequence[Micros | None] = times
            if _NO_TIME in times:
                told = [None if time == _NO_TIME else time for time in times]
            yield Stretch(shown, before + first, told, [said[kind] for kind in kinds], step)


class _Reader:
    """Reads parts, in a worker. What it has said once it says by a number from then on."""

    def __init__(self, file: _File, shown: str, policy: EgressPolicy) -> None:
        self._file = file
        self._records = Records(shown, policy)
        self._records.hurry()
        self._begun = 0
        self._last = -1
        self._numbers: dict[int, int] = {}
        self._said: list[Said] = []

    def read(self, task: Task) -> Outcome:
        """One part; its outcome is empty where it is better read in the order of the lines."""
        assert isinstance(task, Range)
        # Parts are taken in their order, so what an earlier one says may not have been said in a later one.
        if len(self._said) > _MOST_SAID or task.start < self._last:
            self._begin_anew()
        self._last = task.start
        try:
            part = self._part(task)
        except READ_ERRORS:
            part = None
        if part is None:
            self._begin_anew()
        return Outcome() if part is None else Outcome(links=part)

    def _begin_anew(self) -> None:
        self._begun += 1
        self._numbers.clear()
        self._said.clear()

    def _part(self, task: Range) -> bytes | None:
        """A packed `_Part`."""
        noted = Noted()
        numbers, said = self._numbers, self._said
        known = len(said)
        stretches = []
        lines = 0
        for number, some in self._file.blocks(task.start):
            for item in items_of(some, number, self._records, noted):
                match item:
                    case Stretch(first=first, times=times, said=told, step=step):
                        pass
                    case Request(place=Place(line=int(first))):
                        times, told, step = [item.time], [item[2:]], 1
                    case _:
                        return None
                for one in told:
                    if id(one) not in numbers:
                        numbers[id(one)] = len(said)
                        said.append(one)
                kinds = array("I", [numbers[id(one)] for one in told])
                moments = array("q", [_NO_TIME if at is None else at for at in times])
                stretches.append((first, step, moments.tobytes(), kinds.tobytes()))
            lines = number + len(some) - 1
        new = list(map(_plain, said[known:]))
        reader = (os.getpid(), self._begun)
        return marshal.dumps(
            (reader, known, new, lines, stretches, noted.first, dict(noted.counts))
        )


class _Told:
    """What each reader has said so far. Those that say the same share one object, whoever said it."""

    def __init__(self) -> None:
        self._of: dict[tuple[int, int], list[Said]] = {}
        self._shared: dict[Said, Said] = {}

    def all(self, part: _Part) -> list[Said] | None:
        """All that the reader of a part has said up to it; None where some of that was lost."""
        said = self._of.get(part.reader)
        if said is None:
            process, begun = part.reader
            # One that died has said its last, and what came before the last two beginnings is over.
            for old in [old for old in self._of if old[0] == process and old[1] < begun - 1]:
                del self._of[old]
            said = self._of[part.reader] = []
        if len(said) != part.known:
            return None
        if len(self._shared) > _MOST_SAID:
            self._shared.clear()
        for plain in part.said:
            one = _said(*plain)
            said.append(self._shared.setdefault(one, one))
        return said


class _Merger:
    """Takes parts in their order."""

    def __init__(
        self, file: _File, shown: str, policy: EgressPolicy, take: Callable[[Item], None]
    ) -> None:
        self.file = file
        self.faults = Faults(shown)
        self._take = take
        self._records = Records(shown, policy)
        self._told = _Told()
        self._starts = iter(range(0, file.size, PART))
        self._done: dict[int, Outcome | None] = {}
        self._next = 0
        self._lines = 0
        self._is_cut = False

    def tasks(self, count: int) -> list[Task]:
        """The next parts to be read."""
        shown, size = self._records.shown, self.file.size
        return [
            Range("", shown, "", start, min(start + PART, size), size)
            for start in islice(self._starts, count)
        ]

    def handle(self, task: Task, outcome: Outcome | None) -> list[Task]:
        """Take a part when those before it are taken. The parts to be read instead."""
        assert isinstance(task, Range)
        self._done[task.start] = outcome
        taken = 0
        while self._next in self._done:
            outcome = self._done.pop(self._next)
            start, self._next = self._next, self._next + PART
            if not self._is_cut:
                self._merge(start, outcome)
            taken += 1
        return self.tasks(taken)

    def _merge(self, start: int, outcome: Outcome | None) -> None:
        for item in self._items_of(start, outcome):
            self._take(item)

    def _items_of(self, start: int, outcome: Outcome | None) -> Iterator[Item]:
        if outcome is None or not outcome.links:
            return self._read(start)
        part = _Part(*marshal.loads(outcome.links))  # noqa: S302 - from our fork
        said = self._told.all(part)
        if said is None:
            return self._read(start)
        before, self._lines = self._lines, self._lines + part.lines
        return chain(
            part.items(self._records.shown, before, said),
            self.faults.add(part.noted, part.counts, before),
        )

    def _read(self, start: int) -> Iterator[Item]:
        """What a part that is read here holds."""
        before = self._lines
        try:
            for number, some in self.file.blocks(start):
                yield from items_of(some, before + number, self._records, self.faults)
                self._lines = before + number + len(some) - 1
        except READ_ERRORS as error:
            self._is_cut = True
            yield from self.faults.cut(error)


def _plain(said: Said) -> tuple[Any, ...]:
    credentials = tuple(map(tuple, said[_CREDENTIALS]))
    return (*said[:_CREDENTIALS], credentials, *said[_CREDENTIALS + 1 :])


def _said(*plain: Any) -> Said:
    credentials = tuple(Credential(*one) for one in plain[_CREDENTIALS])
    return (*plain[:_CREDENTIALS], credentials, *plain[_CREDENTIALS + 1 :])
