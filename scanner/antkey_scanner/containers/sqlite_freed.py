"""What SQLite has freed and not yet overwritten: pages of no table, and chains of such pages.

A freed page alone is found by a search of the file's bytes. Here the pieces of one value are put
together again: pages that point to one another, behind the start of the value in a table's page.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.sqlite_pages import LEAF_INDEX, Database, Node, node

_MOST_TRUNKS = 1 << 16
_MOST_STARTS = 100_000
_MOST_FREE_BLOCKS = 4096
_HEAD = 1024
"""Bytes of a freed row before its pointer that are put in front of the chain."""


class Freed:
    """The pages that nothing in use holds; to be asked for `nodes` first, then for `chains`."""

    def __init__(self, database: Database, budget: Budget) -> None:
        self._database = database
        self._budget = budget
        database.trunks = self._read_trunks()

    def _read_trunks(self) -> dict[int, tuple[int, int]]:
        """Each page of the free list's trunk → the first page freed behind it, and where its own
        bytes start that the list did not overwrite.

        Pages are freed in the order of a value's chain, so that first page often comes next in it.
        """
        trunks: dict[int, tuple[int, int]] = {}
        number = self._database.first_trunk
        while self._is_free(number) and number not in trunks and len(trunks) < _MOST_TRUNKS:
            page = self._database.page(number)
            following, count, first = struct.unpack_from(">3I", page)
            entries = min(count, self._database.usable // 4 - 2)
            trunks[number] = (first if entries else 0, 8 + 4 * entries)
            number = following
        return trunks

    def _is_free(self, number: int) -> bool:
        return 0 < number <= self._database.count and not self._database.used[number]

    def _free(self) -> Iterator[int]:
        used, number = self._database.used, -1
        while (number := used.find(0, number + 1)) >= 0:
            yield number

    def nodes(self) -> Iterator[Node]:
        """Freed pages of b-trees, with their rows, each marked as used."""
        database = self._database
        for number in self._free():
            if number not in database.trunks:
                data = database.page(number)
                page = node(number, data, database.usable)
                if page is not None or data.count(0) == len(data):
                    database.used[number] = 1
                if page is not None:
                    yield page

    def chains(self) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The first page's number and the bytes of every chain that is more than one page."""
        followed = bytearray(self._database.count + 1)
        for number in self._free():
            following, _ = self._database.follow(number, self._database.page(number))
            if self._is_free(following) and following != number:
                followed[following] = 1
        starts = (number for number in self._free() if not followed[number])
        heads = self._heads(set(islice(starts, _MOST_STARTS)))
        for again in (False, True):  # what is left the second time is a ring
            for number in self._free():
                if again or not followed[number]:
                    head = heads.get(number)
                    following, _ = self._database.follow(number, self._database.page(number))
                    if head is not None or (self._is_free(following) and following != number):
                        yield number, self._chain(number, head)

    def _chain(self, number: int, head: tuple[int, int] | None) -> Iterator[bytes]:
        if head is not None:
            page, offset = head
            yield self._database.page(page)[max(0, offset - _HEAD) : offset]
        while self._is_free(number):
            self._database.used[number] = 1
            data = self._database.page(number)
            number, start = self._database.follow(number, data)
            self._budget.spend_bytes(self._database.usable - start)
            yield data[start : self._database.usable]

    def _heads(self, starts: set[int]) -> dict[int, tuple[int, int]]:
        """Where free space in a leaf still points to the start of a chain: page and offset."""
        heads: dict[int, tuple[int, int]] = {}
        for number in self._database.numbers() if starts else ():
            if not self._database.used[number]:
                continue
            page = node(number, self._database.page(number), self._database.usable)
            if page is None or page.kind < LEAF_INDEX:
                continue
            for begin, end in _free_space(page):
                for target, offset in _pointers(page.data, begin, end, starts):
                    heads.setdefault(target, (number, offset))
        return heads


def _free_space(page: Node) -> Iterator[tuple[int, int]]:
    """The gap between pointers and cells, and the blocks of deleted cells."""
    data, start = page.data, page.start
    content = int.from_bytes(data[start + 5 : start + 7]) or 65536
    yield start + 8 + 2 * len(page.pointers), min(content, len(data))
    block = int.from_bytes(data[start + 1 : start + 3])
    for _ in range(_MOST_FREE_BLOCKS):
        if not start < block <= len(data) - 4:
            return
        following, size = struct.unpack_from(">2H", data, block)
        yield block + 4, min(block + size, len(data))
        if following <= block:
            return
        block = following


def _pointers(data: bytes, begin: int, end: int, starts: set[int]) -> Iterator[tuple[int, int]]:
    """The places in a stretch of bytes that hold one of these page numbers."""
    if not data[begin:end].strip(b"\0"):
        return
    for shift in range(4):
        count = (end - begin - shift) // 4
        if count > 0:
            numbers = struct.unpack_from(f">{count}I", data, begin + shift)
            for target in starts.intersection(numbers):
                yield target, begin + shift + 4 * numbers.index(target)
