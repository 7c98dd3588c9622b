"""The SQLite file format below the level of tables: pages, cells, overflow chains, records.

Written against sqlite.org/fileformat2.html. Every page is used once, so that no loop of pointers
and no page that is shared by many cells can make work; what does not fit is counted as damage.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.streams import SeekableStream

HEADER = 100
MAGIC = b"SQLite format 3\0"
INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
MOST_PAGES = 1 << 24
_LOCK_BYTE = 1 << 30
_BLOCK = 1 << 15
_LONGEST_RECORD_HEADER = 1 << 17


class Cell(NamedTuple):
    """One row or index entry. label: its rowid, or `page-N` where there is none.

    size: of the whole payload; local: what of it is in the page; overflow: where it goes on, or 0.
    """

    label: str
    size: int
    local: bytes
    overflow: int


class Database:
    """A database's pages, numbered from 1.

    used: marks what some tree, chain or map holds; trunks: see `sqlite_freed`.
    """

    def __init__(
        self, file: SeekableStream, budget: Budget, page_size: int, usable: int, count: int
    ) -> None:
        if count > MOST_PAGES:
            raise ValueError(f"more than {MOST_PAGES} pages")
        self.page_size = page_size
        self.usable = usable
        self.count = count
        self.first_trunk = 0
        self.damage = 0
        self.trunks: dict[int, tuple[int, int]] = {}
        self.used = bytearray(count + 1)
        self.used[0] = 1
        self._file = file
        self._budget = budget
        self._block_size = max(page_size, _BLOCK)
        self._block, self._data = -1, b""

    def numbers(self) -> Iterable[int]:
        """The pages that there are."""
        return range(1, self.count + 1)

    def page(self, number: int) -> bytes:
        """A page's bytes, whole. Neighbours are read with it: they mostly come next."""
        block, place = divmod((number - 1) * self.page_size, self._block_size)
        if block != self._block:
            start = block * self._block_size
            size = min(self._block_size, self.count * self.page_size - start)
            self._data = self.read(start, size)
            self._block = block
        return self._data[place : place + self.page_size]

    def read(self, start: int, size: int) -> bytes:
        """That many of the file's bytes. Raises EOFError."""
        self._file.seek(start)
        data = self._file.read(size)
        while len(data) < size:
            more = self._file.read(size - len(data))
            if not more:
                raise EOFError("truncated")
            data += more
        return data

    def claim(self, number: int) -> bool:
        """Mark a page as used. False, and damage, if there is no such page or something has it."""
        if not 0 < number <= self.count or self.used[number]:
            self.damage += 1
            return False
        self.used[number] = 1
        return True

    def chain(self, cell: Cell) -> Iterator[bytes]:
        """A cell's payload. It ends early, and counts as damage, where the chain is broken."""
        self._budget.spend_bytes(len(cell.local))
        yield cell.local
        left, number = cell.size - len(cell.local), cell.overflow
        while left > 0:
            if not self.claim(number):
                return
            page = self.page(number)
            number, start = self.follow(number, page)
            end = min(self.usable, 4 + left)
            left -= end - 4
            self._budget.spend_bytes(end)
            yield page[start:end]

    def follow(self, number: int, page: bytes) -> tuple[int, int]:
        """The page that comes next in a chain, and where this page's own bytes start."""
        return self.trunks.get(number) or (int.from_bytes(page[:4]), 4)


def open_database(file: SeekableStream, budget: Budget) -> Database:
    """The database in a file, by its header. Raises EOFError, ValueError."""
    header = file.read(HEADER)
    size = file.seek(0, 2)
    if len(header) < HEADER:
        raise EOFError("truncated")
    stored = int.from_bytes(header[16:18])
    page_size = 65536 if stored == 1 else stored
    usable = page_size - header[20]
    if page_size < 512 or page_size & (page_size - 1) or usable < 480:
        raise ValueError("damaged header")
    database = Database(file, budget, page_size, usable, size // page_size)
    database.first_trunk = int.from_bytes(header[32:36])
    promised = int.from_bytes(header[28:32]) if header[24:28] == header[92:96] else 0
    database.damage = int(size % page_size != 0 or promised > database.count)
    _mark_without_content(database, autovacuum=any(header[52:56]))
    return database


def _mark_without_content(database: Database, *, autovacuum: bool) -> None:
    """One page holds locks; pointer maps come at even distances."""
    lock = _LOCK_BYTE // database.page_size + 1
    if lock <= database.count:
        database.used[lock] = 1
    if autovacuum:
        for number in range(2, database.count + 1, database.usable // 5 + 1):
            database.used[number] = 1


class Node(NamedTuple):
    """A page of a b-tree. start: of its header, 100 on the first page; pointers: to its cells."""

    number: int
    data: bytes
    kind: int
    start: int
    pointers: tuple[int, ...]


def node(number: int, data: bytes, usable: int) -> Node | None:
    """The page as a b-tree's, None if it cannot be one."""
    start = HEADER if number == 1 else 0
    kind = data[start]
    if kind not in (INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE):
        return None
    count = int.from_bytes(data[start + 3 : start + 5])
    first = start + (8 if kind >= LEAF_INDEX else 12)
    if first + 2 * count > usable:
        return None
    pointers = struct.unpack_from(f">{count}H", data, first)
    if count and not first + 2 * count <= min(pointers) <= max(pointers) < usable:
        return None
    return Node(number, data, kind, start, pointers)


def children(page: Node) -> list[int]:
    """The pages below an interior page, in order."""
    below = [int.from_bytes(page.data[at : at + 4]) for at in page.pointers]
    return [*below, int.from_bytes(page.data[page.start + 8 : page.start + 12])]


def cells(page: Node, usable: int, *, spilled: bool) -> Iterator[Cell | None]:
    """The page's cells, None for a damaged one. spilled: only those that go on elsewhere.

    A cell that spills takes a minimum of bytes here, so that most need no second look.
    """
    least = (usable - 12) * 32 // 255 - 23
    most = usable - 35 if page.kind == LEAF_TABLE else (usable - 12) * 64 // 255 - 23
    end = usable
    for at in sorted(page.pointers, reverse=True):
        room, end = end - at, at
        if room < (least if spilled else 1):
            continue
        cell = _cell(page, at, at + room, usable, least, most)
        if cell is None or cell.overflow or not spilled:
            yield cell


def _cell(page: Node, at: int, end: int, usable: int, least: int, most: int) -> Cell | None:
    at += 4 if page.kind == INTERIOR_INDEX else 0
    size, at = varint(page.data, at)
    label = f"page-{page.number}"
    if page.kind == LEAF_TABLE:
        rowid, at = varint(page.data, at)
        label = str(rowid - (1 << 64) if rowid >> 63 else rowid)
    if size <= most:
        return Cell(label, size, page.data[at : at + size], 0) if at + size <= end else None
    local = least + (size - least) % (usable - 4)
    local = local if local <= most else least
    if at + local + 4 > end:
        return None
    overflow = int.from_bytes(page.data[at + local : at + local + 4])
    return Cell(label, size, page.data[at : at + local], overflow)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to nine bytes, and the offset behind it. Zeros are read past the end."""
    value = 0
    for byte in data[at : at + 8]:
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    return value << 8 | sum(data[at : at + 1]), at + 1


class Value(NamedTuple):
    """A column of a record: where it is, and SQLite's code for its type."""

    column: int
    code: int
    start: int
    size: int

    @property
    def is_text_or_blob(self) -> bool:
        return self.code >= 12


_NUMBER_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)


def values(payload: bytes, size: int) -> list[Value]:
    """The columns of a record of `size` bytes, of which `payload` is the start.

    Empty when the record's header is damaged or not whole in `payload`.
    """
    header, at = varint(payload, 0)
    if not at <= header <= min(len(payload), _LONGEST_RECORD_HEADER):
        return []
    found: list[Value] = []
    start = header
    while at < header:
        code, at = varint(payload, at)
        length = _NUMBER_SIZES[code] if code < 12 else (code - 12) // 2
        found.append(Value(len(found) + 1, code, start, length))
        start += length
    return found if start <= size and at == header else []
