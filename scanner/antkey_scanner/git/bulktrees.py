"""Reads the ids in many trees at once, with numpy, and tells which of them are of no object here.

What is malformed, or names what is missing, is looked at again, tree by tree.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from antkey_scanner.git import commits, trees
from antkey_scanner.git.bulkids import BulkIds, Bytes, Numbers, words
from antkey_scanner.git.bulklinks import pack_links
from antkey_scanner.git.bulkselection import distinct
from antkey_scanner.git.commits import Commit
from antkey_scanner.git.missing import Checker
from antkey_scanner.git.objects import COMMIT, TAG, CorruptObject, Object

_CLOSE = 8
"""So many separators of one cluster are told from zeros in ids, one after the other."""

_GITLINK = np.uint64(int.from_bytes(trees.GITLINK + b" \0", "little"))
_OF_MODE = np.uint64(0x00FFFFFFFFFFFFFF)


class BulkChecker(Checker):
    """As `Checker`; gathers on the way which object leads to which."""

    def __init__(self, presence: BulkIds) -> None:
        super().__init__(self._absent)
        self._presence = presence
        self._size = presence.hash_size
        self._commits: list[tuple[bytes, Commit]] = []
        self._tags: list[tuple[bytes, bytes]] = []
        self._edges: list[tuple[bytes, bytes, bytes]] = [(b"", b"", b"")]
        self._odd = False

    def take(self, found: Object) -> None:
        try:
            if found.kind == COMMIT:
                self._commits.append((found.oid, commits.parse(found.data, self._size)))
            elif found.kind == TAG:
                self._tags.append((found.oid, commits.target(found.data)[0]))
        except CorruptObject:
            pass

    def trees(self, found: Sequence[Object], joined: bytes) -> None:
        data = np.frombuffer(joined, np.uint8)
        ends = np.array(list(accumulate(len(each.data) for each in found)), np.int64)
        lines = self._lines(data, ends)
        if lines is None:
            self._odd = True
            for each in found:
                super().take(each)
            return
        presence = self._presence
        numbers = presence.numbers_at(data, lines + 1)
        until = np.searchsorted(lines, ends)
        own = presence.numbers_of(b"".join([each.oid for each in found]))
        self._odd = self._odd or bool((own < 0).any())
        self._edges.append((_compact(own), _compact(np.diff(until, prepend=0)), _compact(numbers)))
        absent = self._not_of_submodules(data, lines, np.flatnonzero(numbers < 0))
        for number in distinct(np.searchsorted(ends, lines[absent], "right")).tolist():
            super().take(found[number])

    def _lines(self, data: Bytes, ends: Numbers) -> Numbers | None:
        """Where the names end in trees that follow each other; None when one of them is malformed."""
        size = self._size
        zeros = np.flatnonzero(data == 0)
        true = np.ones(len(zeros), np.bool_)
        near = np.flatnonzero(np.diff(zeros) <= size) + 1
        # A zero near the one before may lie in an id. Is it too far from the last that does not?
        true[near] = False
        for _ in range(_CLOSE):
            last = np.maximum.accumulate(np.where(true, np.arange(len(zeros)), 0))
            far = near[zeros[near] - zeros[last[near]] > size]
            if not len(far):
                break
            first = far[np.diff(last[far], prepend=-1) > 0]  # of each cluster
            true[first] = True
        else:
            return None
        lines: Numbers = zeros[true]
        filled = ends[np.diff(ends, prepend=0) > 0]
        at = np.searchsorted(lines, filled) - 1
        if len(at) and at[0] < 0:
            return None
        return lines if (lines[at] + size + 1 == filled).all() else None

    def _not_of_submodules(self, data: Bytes, lines: Numbers, chosen: Numbers) -> Numbers:
        if not len(chosen):
            return chosen
        starts = np.concatenate(([0], lines[:-1] + self._size + 1))[chosen]
        modes = words(data, starts).astype("<u8") & _OF_MODE
        others: Numbers = chosen[modes != _GITLINK]
        return others

    def _absent(self, found: Object) -> set[bytes]:
        """As `Presence.absent` for a tree."""
        try:
            lines = trees.rows(found.data, self._size)
        except CorruptObject:
            return set()
        named = [oid for mode, _, oid in lines if mode != trees.GITLINK]
        return set(self._missing(named))

    def _missing(self, named: Sequence[bytes]) -> Iterator[bytes]:
        numbers = self._presence.numbers_of(b"".join(named))
        return (named[at] for at in np.flatnonzero(numbers < 0).tolist())

    def finish(self, count: int) -> bytes:
        self._look_at_commits()
        if self._odd:
            return b""
        trees_, counts, named = (b"".join(each) for each in zip(*self._edges, strict=True))
        commits_ = [(oid, *commit) for oid, commit in self._commits]
        token = self._presence.token
        return pack_links(token, count, trees_, counts, named, commits_, self._tags)

    def _look_at_commits(self) -> None:
        """What all commits and tags name."""
        leads = [(oid, (commit.tree, *commit.parents)) for oid, commit in self._commits]
        leads += [(oid, (target,)) for oid, target in self._tags]
        ids = b"".join([b"".join(named) for _, named in leads])
        until = list(accumulate(len(named) for _, named in leads))
        size = self._size
        for at in np.flatnonzero(self._presence.numbers_of(ids) < 0).tolist():
            self.missing.add(ids[at * size : at * size + size])
            self.lacking.append(leads[bisect_right(until, at)][0])


def _compact(numbers: Numbers) -> bytes:
    return numbers.astype(np.int32).tobytes()
