"""SQLite databases and write-ahead logs: the values that a search of the file's bytes cannot read.

Those are values that spill over onto other pages, where they are cut into pieces, and values that
are compressed or archives themselves. All others stand in the file as they are and are found there.
SQLite is not used: it would have to open a hostile file, and shows no freed pages.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.containers import HEAD_BYTES, Member, Stream, detect
from antkey_scanner.containers.budget import Budget, MemoryExceeded
from antkey_scanner.containers.pieces import Pieces
from antkey_scanner.containers.slices import Walk
from antkey_scanner.containers.sqlite_freed import Freed
from antkey_scanner.containers.sqlite_pages import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_TABLE,
    Cell,
    Database,
    Node,
    Value,
    cells,
    children,
    node,
    open_database,
    values,
)
from antkey_scanner.containers.sqlite_wal import Log
from antkey_scanner.containers.streams import seekable
from antkey_scanner.model import Skip

_BATCH = 1 << 18
_LARGE = 1 << 20
_MOST_TREES = 1 << 16
_LONGEST_NAME = 200
_SHORT_VALUE = 256
_BYTES_PER_PAGE = 3
_LOG = b"7"
_ONE, _TEXT_CODE = 9, 12
_PACKED = (
    b"\x1f\x8b\x08",
    b"x\x9c",
    b"x\xda",
    b"x\x01",
    b"x^",
    b"(\xb5/\xfd",
    b"PK\x03\x04",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"%PDF-",
    b"SQLite f",
)
"""What makes a page's values worth a look each."""


try:
    from stringzilla import find
except ImportError:

    def find(data: bytes, literal: bytes) -> int:
        """The same, slower."""
        return data.find(literal)


class _Tree(NamedTuple):
    """name: of a table or an index; copy: it is an index, which repeats what a table holds."""

    name: str
    root: int
    copy: bool


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """`table/rowid`, `table/first-last` for several rows; `page-N` for what was freed.

    A value that is packed is `table/rowid/column`, with columns counted from 1.
    """
    try:
        file = seekable(stream, budget)
    except (MemoryExceeded, OSError, ValueError, EOFError) as problem:
        yield Skip("", str(problem))
        return
    held = 0
    try:
        log = file.read(1) == _LOG
        file.seek(0)
        database = Log(file, budget) if log else open_database(file, budget)
        budget.hold(_BYTES_PER_PAGE * database.count)
        held = _BYTES_PER_PAGE * database.count
        yield from _Rows(database, budget).members()
        if database.damage:
            yield Skip("", "damaged or truncated: not all pages could be read")
    except EOFError:
        yield Skip("", "truncated")
    except (MemoryExceeded, OSError, ValueError) as problem:
        yield Skip("", str(problem))
    finally:
        budget.release(held)
        file.close()


class _Rows:
    def __init__(self, database: Database, budget: Budget) -> None:
        self._database = database
        self._budget = budget
        self._name = ""
        self._labels = ("", "")
        self._batch = bytearray()

    def members(self) -> Iterator[Member]:
        if not isinstance(self._database, Log):
            yield from self._live()
        damage = self._database.damage
        yield from self._freed()
        yield from self._flush()
        self._database.damage = (
            damage  # what was freed may be overwritten, and is not damaged by it
        )

    def _live(self) -> Iterator[Member]:
        schema = _Tree("sqlite_schema", 1, copy=False)
        trees: list[_Tree] = []
        for page in self._pages(schema.root):
            trees += self._trees(page)
            yield from self._page(schema, page)
        for tree in trees[:_MOST_TREES]:
            for page in self._pages(tree.root):
                yield from self._page(tree, page)

    def _freed(self) -> Iterator[Member]:
        freed = Freed(self._database, self._budget)
        for page in freed.nodes():
            yield from self._page(_Tree(f"page-{page.number}", page.number, copy=False), page)
        for number, chain in freed.chains():
            yield from self._chain(f"page-{number}", chain)

    def _trees(self, page: Node) -> Iterator[_Tree]:
        """What the rows of the schema on this page name: type, name, table, root page, SQL."""
        usable = self._database.usable
        found = cells(page, usable, spilled=False) if page.kind == LEAF_TABLE else iter(())
        for cell in found:
            columns = values(cell.local, cell.size) if cell else []
            if cell is None or len(columns) < 4:
                continue
            texts = [cell.local[each.start : each.start + each.size] for each in columns[:4]]
            name = texts[1][:_LONGEST_NAME].decode("utf-8", "backslashreplace").replace("\0", "")
            root = 1 if columns[3].code == _ONE else int.from_bytes(texts[3])
            if root and columns[3].code < _TEXT_CODE:
                yield _Tree(name, root, texts[0].replace(b"\0", b"") == b"index")

    def _pages(self, root: int) -> Iterator[Node]:
        """The tree's pages, each once, from left to right."""
        database = self._database
        stack = [root] if database.claim(root) else []
        while stack:
            number = stack.pop()
            page = node(number, database.page(number), database.usable)
            if page is None:
                database.damage += 1
                continue
            if page.kind in (INTERIOR_INDEX, INTERIOR_TABLE):
                stack += [below for below in reversed(children(page)) if database.claim(below)]
            yield page

    def _page(self, tree: _Tree, page: Node) -> Iterator[Member]:
        if page.kind == INTERIOR_TABLE:
            return
        packed = not tree.copy and _holds_packed(page.data)
        for cell in cells(page, self._database.usable, spilled=not packed):
            if cell is None:
                self._database.damage += 1
            elif cell.overflow:
                yield from self._spilled(tree, cell)
            else:
                yield from self._packed(tree.name, cell.label, cell.local)

    def _packed(self, name: str, label: str, payload: bytes) -> Iterator[Member]:
        """The values of a record that have a format of their own."""
        for value in values(payload, len(payload)):
            data = payload[value.start : value.start + value.size]
            if value.is_text_or_blob and data and detect(data[:HEAD_BYTES]) is not None:
                self._budget.spend_member()
                yield Member(f"{name}/{label}/{value.column}", io.BytesIO(data))

    def _spilled(self, tree: _Tree, cell: Cell) -> Iterator[Member]:
        if cell.size > _LARGE:
            yield from self._large(tree, cell)
            return
        payload = b"".join(self._database.chain(cell))
        if not tree.copy:
            yield from self._packed(tree.name, cell.label, payload)
        yield from self._add(tree.name, cell.label, payload)

    def _large(self, tree: _Tree, cell: Cell) -> Iterator[Member]:
        """The values of a record that is too large for memory, each as a member while it is read."""
        content = Pieces(self._database.chain(cell))
        columns = values(cell.local, cell.size)
        name = f"{tree.name}/{cell.label}"
        if columns:
            walk = Walk(content)
            try:
                walk.take(columns[0].start)
                yield from self._columns(walk, tree.name, cell, columns)
            except EOFError:
                pass  # the chain has counted it as damage
        else:
            self._budget.spend_member()
            yield Member(name, content)
        content.drain()

    def _columns(self, walk: Walk, name: str, cell: Cell, columns: list[Value]) -> Iterator[Member]:
        for value in columns:
            if value.size < _SHORT_VALUE:
                yield from self._add(name, cell.label, walk.take(value.size))
            else:
                self._budget.spend_member()
                yield Member(f"{name}/{cell.label}/{value.column}", walk.slice(value.size))
                walk.finish()

    def _chain(self, label: str, chain: Iterator[bytes]) -> Iterator[Member]:
        start = bytearray()
        for piece in chain:
            start += piece
            if len(start) > _LARGE:
                content = Pieces(itertools.chain([bytes(start)], chain))
                self._budget.spend_member()
                yield Member(label, content)
                content.drain()
                return
        yield from self._add("", label, bytes(start))

    def _add(self, name: str, label: str, data: bytes) -> Iterator[Member]:
        """Put a value with others of the same table, so that there are not too many members."""
        if name != self._name or len(self._batch) > _BATCH:
            yield from self._flush()
        self._name = name
        self._labels = (self._labels[0] or label, label)
        self._batch += data + b"\n"

    def _flush(self) -> Iterator[Member]:
        if self._batch:
            first, last = self._labels
            rows = first if first == last else f"{first}-{last.removeprefix('page-')}"
            content = bytes(self._batch)
            self._batch.clear()
            self._labels = ("", "")
            self._budget.spend_member()
            yield Member(f"{self._name}/{rows}" if self._name else rows, io.BytesIO(content))


def _holds_packed(page: bytes) -> bool:
    return any(find(page, magic) >= 0 for magic in _PACKED)
