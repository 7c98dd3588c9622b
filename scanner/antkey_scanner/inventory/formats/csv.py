"""Reads CSV (RFC 4180): a header row, then a key in each row, with commas.

`encryption.nonce` in the header is a field in a table, `50;75;90` a list; an empty cell is absent. The quote
that keeps a cell from being a spreadsheet's formula is taken off; nothing is ever run.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

from antkey_scanner.inventory.formats import (
    ABSENT,
    AT_ONCE,
    SHORT_CUT,
    Broken,
    Item,
    Path,
    Rows,
    Told,
    Unreadable,
)
from antkey_scanner.inventory.formulas import plain

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")

Convert = Callable[[str], object]


class _Parsed(Iterator[list[str]], Protocol):
    """What `csv.reader` gives. line_num: how many lines it has read."""

    @property
    def line_num(self) -> int: ...


class Column(NamedTuple):
    """Where a column's cells go. inner: the field in the table `outer`, "" where that is no table."""

    outer: str
    inner: str
    convert: Convert | None


def number(cell: str) -> float:
    """A number, or what is none (`nan`)."""
    return float(cell) if _NUMBER.fullmatch(cell.strip()) else float("nan")


def listed(of: Convert) -> Convert:
    """A cell that holds several values, with `;` between them."""
    return lambda cell: [of(part.strip()) for part in cell.split(";")]


class CsvReader:
    """Reads a CSV text. columns: what may stand in the header, and how a cell is read if not as it is;
    unknown: what is wrong with another name, as a sentence that names it; in_rows: whether keys may come
    as `Rows`."""

    def __init__(
        self,
        text: str,
        columns: Mapping[str, Convert | None],
        unknown: Callable[[str], str],
        in_rows: bool = False,
    ) -> None:
        self._text = text
        self._in_rows = in_rows
        self._columns = columns
        self._unknown = unknown
        self._line = 1
        self.is_one_line = False

    def documents(self) -> Iterator[Iterator[Item]]:
        yield self._items()

    def whole(self) -> CsvReader | None:
        return CsvReader(self._text, self._columns, self._unknown) if self._in_rows else None

    def line_of(self, below: Path) -> int:  # noqa: ARG002  # a row is as near as one can get
        return self._line

    def line_in_document(self, path: Path) -> int | None:  # noqa: ARG002  # as above
        return self._line

    def _items(self) -> Iterator[Item]:
        rows = csv.reader(_lines(self._text), strict=True)
        plan: list[Column] = []
        position = line = 0
        try:
            for row in rows:
                self._line, line = line + 1, rows.line_num
                if not row:
                    continue
                if not plan:
                    plan = self._plan([cell.strip() for cell in row])
                    yield Item("keys", None, [], self._line)
                    if self._in_rows:
                        yield from _rows(rows, plan)
                    continue
                yield Item("keys", position, _record(row, plan), self._line)
                position += 1
        except csv.Error as error:
            problem = str(error).partition(" - ")[0].lower()
            raise Broken(rows.line_num, f"broken CSV ({problem}); mend the row") from None

    def _plan(self, header: list[str]) -> list[Column]:
        for mark, name in ((";", "semicolons"), ("\t", "tabs")):
            if len(header) == 1 and mark in header[0]:
                raise Broken(self._line, f"has {name} between its cells; save it with commas")
        twice = len(header) - len(set(header))
        problems: list[Told] = [
            partial(self._unknown, name) for name in header if name not in self._columns
        ]
        if twice:
            problems.append("two columns have the same name; take one out")
        if problems:
            raise Broken(self._line, *problems)
        plan = []
        for name in header:
            outer, _, inner = name.partition(".")
            plan.append(Column(outer, inner, self._columns[name]))
        return plan


def _rows(rows: _Parsed, plan: list[Column]) -> Iterator[Item]:
    """All rows that are left. Raises Broken for what is seldom."""
    position = 0
    line = rows.line_num + 1
    while some := list(islice(rows, AT_ONCE)):
        lines: Sequence[int] = range(line, line + len(some))
        line += len(some)
        if rows.line_num + 1 != line:
            raise Broken(lines[0], SHORT_CUT)  # a cell of several lines
        if not all(some):
            lines = [at for at, row in zip(lines, some, strict=True) if row]
            some = list(filter(None, some))
        if set(map(len, some)) - {len(plan)} or not all(map(any, some)):
            raise Broken(line, SHORT_CUT)
        if some:
            columns = _columns(list(zip(*some, strict=True)), plan)
            yield Item("keys", position, Rows(lines, columns), lines[0])
        position += len(some)


def _columns(cells: list[tuple[str, ...]], plan: list[Column]) -> dict[str, list[object]]:
    """By field, what all rows have there. cells: column by column."""
    columns: dict[str, list[object]] = {}
    for column, (outer, inner, convert) in zip(cells, plan, strict=True):
        if not any(column):
            continue
        values = _values(column, convert)
        if not inner:
            columns[outer] = values
        else:
            tables = columns.setdefault(outer, [ABSENT] * len(values))
            for at, value in enumerate(values):
                if value is not ABSENT:
                    table = {} if tables[at] is ABSENT else tables[at]
                    assert isinstance(table, dict)
                    tables[at] = {**table, inner: value}
    return columns


def _values(cells: tuple[str, ...], convert: Convert | None) -> list[object]:
    if convert is not None:
        return [convert(cell) if cell else ABSENT for cell in cells]
    if "\n'" in "\n" + "\n".join(cells):
        return [plain(cell) if cell else ABSENT for cell in cells]
    return [cell or ABSENT for cell in cells] if "" in cells else list(cells)


def _record(row: list[str], plan: list[Column]) -> object:
    if len(row) != len(plan):
        return Unreadable(f"has {len(row)} cells where the header has {len(plan)}; mend the row")
    record: dict[str, object] = {}
    for cell, (outer, inner, convert) in zip(row, plan, strict=True):
        if not cell:
            continue
        value = (plain(cell) if cell[0] == "'" else cell) if convert is None else convert(cell)
        if inner:
            table = record.setdefault(outer, {})
            assert isinstance(table, dict)
            table[inner] = value
        else:
            record[outer] = value
    return record


def _lines(text: str) -> Iterator[str]:
    """The text's lines with their ends. `splitlines` would also split at other characters."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
