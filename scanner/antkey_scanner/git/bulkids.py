"""The ids of many objects, with numpy.

The ids are held in order, and each has its place there as its *number*: the same in a process and in
those that are forked from it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from antkey_scanner.git.bulkselection import distinct, id_rows
from antkey_scanner.git.loosewalk import list_loose
from antkey_scanner.git.missing import EMPTY
from antkey_scanner.git.names import Names
from antkey_scanner.git.packindex import readable_indexes

Numbers: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Words: TypeAlias = NDArray[np.uint64]

WORD = 8
_STEPS = 16
"""So many ids of one bucket are passed one by one."""


class BulkIds:
    """The ids of all objects below some `objects` folders. Arguments as for `missing.Presence`."""

    def __init__(self, folders: Sequence[str], hash_size: int) -> None:
        self.hash_size = hash_size
        self.token = os.urandom(16)
        """Tells numbers of these ids from those of others."""
        empty = [bytes.fromhex(name) for name in EMPTY if len(name) == 2 * hash_size]
        loose = [oid for folder in folders for oid in list_loose(folder, hash_size).ids]
        tables = [_rows(b"".join(empty + loose), hash_size)]
        for folder in folders:
            for index in readable_indexes(os.path.join(folder, "pack"), hash_size):
                step = index.name_step
                names = Names(index.data, index.count, index.names_at, step, hash_size)
                tables.append(id_rows(names))
        rows = np.concatenate(tables[::-1])
        keys = _sortable(words(rows.ravel(), np.arange(len(rows)) * hash_size))
        order = np.argsort(keys, kind="stable")  # one large pack is in order but for its end
        self.count = len(rows)
        # One more that is no object's, so that every search ends at something.
        self._rows = np.concatenate((rows[order], np.full((1, hash_size), 0xFF, np.uint8)))
        self._flat = memoryview(self._rows.tobytes())
        self._keys: Words = np.append(keys[order], np.uint64(0xFFFFFFFFFFFFFFFF))
        bits = min(max(self.count.bit_length(), 8), 24)
        self._shift = np.uint64(64 - bits)
        buckets = (self._keys[:-1] >> self._shift).astype(np.int64)
        sizes = np.bincount(buckets, minlength=1 << bits)
        self._first = (np.cumsum(sizes) - sizes).astype(np.int32)
        places = np.arange(len(self._rows)) * hash_size
        self._rests = [
            (place, words(self._rows.ravel(), places + place))
            for place in (*range(WORD, hash_size - WORD, WORD), hash_size - WORD)
        ]
        """What follows the first eight bytes of each, eight bytes at a time."""
        self._alike = self._tied()

    def _tied(self) -> dict[bytes, int]:
        """The numbers of ids that begin as another one does."""
        keys = self._keys[:-1]
        same = np.flatnonzero(keys[1:] == keys[:-1])
        found: dict[bytes, int] = {}
        for number in distinct(np.concatenate((same, same + 1))).tolist():
            found.setdefault(self._rows[number].tobytes(), number)
        return found

    def __contains__(self, oid: bytes) -> bool:
        size = self.hash_size
        head = oid[:WORD]
        at = int(self._first[int.from_bytes(head) >> int(self._shift)])
        for number in range(at, min(at + _STEPS, self.count)):
            row = bytes(self._flat[number * size : number * size + size])
            if row == oid:
                return True
            if row[:WORD] > head:
                return False
        return bool(self.numbers_of(oid)[0] >= 0)

    def id_of(self, number: int) -> bytes:
        """The id of a number."""
        return bytes(self._rows[number])

    def others(self, numbers: Numbers) -> bytes:
        """All ids but those of some numbers, in order, one after the other."""
        left = np.ones(len(self._rows), np.bool_)
        left[numbers] = False
        left[-1] = False
        return self._rows[left].tobytes()

    def numbers_of(self, ids: bytes) -> Numbers:
        """The numbers of ids that follow each other; -1 for those of no object here."""
        data = np.frombuffer(ids, np.uint8)
        return self.numbers_at(data, np.arange(0, len(data), self.hash_size))

    def numbers_at(self, data: Bytes, at: Numbers) -> Numbers:
        """The numbers of the ids that stand at these offsets."""
        if not len(at):
            return np.empty(0, np.int64)
        keys = _sortable(words(data, at))
        found: Numbers = self._first[keys >> self._shift].astype(np.int64)
        behind = np.flatnonzero(self._keys[found] < keys)
        for _ in range(_STEPS):
            if not len(behind):
                break
            found[behind] += 1
            behind = behind[self._keys[found[behind]] < keys[behind]]
        if len(behind):
            found[behind] = np.searchsorted(self._keys, keys[behind])
        alike = self._keys[found] == keys
        same = alike & (found < self.count)
        for place, mine in self._rests:
            same &= mine[found] == words(data, at + place)
        for number in np.flatnonzero(alike & ~same).tolist() if self._alike else ():
            start = int(at[number])
            known = self._alike.get(data[start : start + self.hash_size].tobytes())
            if known is not None:
                found[number], same[number] = known, True
        found[~same] = -1
        return found


def words(data: Bytes, at: Numbers) -> Words:
    """The eight bytes that stand at each of these offsets, as a number in the machine's order."""
    everywhere: Words = np.ndarray((len(data) - WORD + 1,), np.uint64, data, 0, (1,))
    return everywhere[at]


def _sortable(found: Words) -> Words:
    """Words as numbers that sort like their bytes."""
    return found.view(">u8").astype(np.uint64)


def _rows(ids: bytes, size: int) -> Bytes:
    return np.frombuffer(ids, np.uint8).reshape(-1, size)
