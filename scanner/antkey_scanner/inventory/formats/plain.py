"""Reads records whose fields stand on lines of their own, many at a time, by one regular expression.

The expression is learned from the records themselves: which fields there are, in which order, and how
their values are written. It matches a whole record or nothing, so that what is written in another way is
left to who reads the format as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import groupby, pairwise
from typing import NamedTuple, TypeVar

from antkey_scanner.inventory.formats import ABSENT, AT_ONCE, SHORT_CUT, Broken, Rows

_MOST_FIELDS = 64
_MOST_LEARNED = 60
"""So often an expression is made anew. Records that it does not know by then have no order."""

_MOST_GAPS = 64
"""Lines without a field behind a record. A repeat without an end would need memory for each."""


Key = tuple[str, str]
"""The table that a field is in, "" for none, and its name."""

Node = TypeVar("Node", str, Key)


class Kind(NamedTuple):
    """A way to write a value. pattern: with one group, which is never empty; value: what the group's text
    says, raising ValueError where that is nothing; None where it is the value; column: makes one of the
    texts of a field that is written in no other way, instead of `value`."""

    pattern: str
    value: Callable[[str], object] | None = None
    column: Callable[[Sequence[object]], Sequence[object]] | None = None


class Syntax(NamedTuple):
    """How a format writes records. All but `inside` are patterns.

    head: what a record starts with; name: a field's name in a group, and what parts it from its value;
    opener: a line that begins a table in the record, with its name in a group; end: of a line behind a
    value; gap: a line without a field; behind: what may follow a record; inside: the indent of fields
    where that says what they are in; first: where the head ends, behind which the first field stands
    without its indent.
    """

    head: str
    name: str
    opener: str
    kinds: tuple[Kind, ...]
    end: str
    gap: str
    behind: str
    inside: int | None = None
    first: str = ""


class Line(NamedTuple):
    """A field of a record. table: the name of that which it is in, or ""; opened: the line that begins
    that, "" where there is none; start: all that stands before the value; kind: which of the syntax's;
    text: of the value."""

    table: str
    name: str
    opened: str
    start: str
    kind: int
    text: str


class Field(NamedTuple):
    """What all records have in common where they have a field. As `Line`; kinds: those that were seen."""

    table: str
    name: str
    opened: str
    start: str
    kinds: tuple[int, ...]


class PlainRecords:
    """The records of a text that are written plainly. at: where the first is that `rows` has not given;
    line: 1-based, of that place."""

    def __init__(self, syntax: Syntax, text: str) -> None:
        self._syntax = syntax
        self._text = text
        self._line = _line_pattern(syntax)
        self._records: list[list[Key]] = []
        self._fields: list[Field] = []
        self._pattern: re.Pattern[str] | None = None
        self._learned = 0
        self.at = 0
        self.line = 1

    def rows(self, end: int) -> Iterator[Rows]:
        """The records from `at` on that are written as those that were learned, up to the first one that
        is not, or the end. Raises Broken for a value that cannot be read."""
        match = self._pattern and self._pattern.match
        if match is None:
            return
        text, at, line = self._text, self.at, self.line
        found = match(text, at, end)
        while found is not None and found.lastindex:
            lines: list[int] = []
            records: list[Sequence[object]] = []
            while found is not None and found.lastindex and len(lines) < AT_ONCE:
                lines.append(line)
                records.append(found.groups(ABSENT))
                line += text.count("\n", at, found.end())
                at = found.end()
                found = match(text, at, end) if at < end else None
            self.at, self.line = at, line
            yield Rows(lines, self._columns(list(zip(*records, strict=True))))

    def fields_of(self, record: str) -> list[Line] | None:
        """The fields of a record, of which the head is left out, line by line; None if it is not plain."""
        lines: list[Line] = []
        opened = table = ""
        tables = 0
        for found in self._line.finditer(record):
            start, name, *texts, opener, opener_name, other = found.groups("")
            if other:
                return None
            if opener:
                opened, table = opener, opener_name
                tables += 1
                continue
            if not name:
                continue
            inside = self._syntax.inside
            if inside is not None and _indent(start) == inside:
                opened = table = ""
            outer, _, inner = name.rpartition(".")
            if outer and table:
                return None
            kind = next(at for at, text in enumerate(texts) if text)
            lines.append(Line(outer or table, inner, opened, start, kind, texts[kind]))
        return lines if _is_sound(lines, tables, self._syntax.inside) else None

    def values(self, lines: Iterable[Line]) -> dict[str, object] | None:
        """What a record says; None if one of its values cannot be read."""
        record: dict[str, object] = {}
        for line in lines:
            convert = self._syntax.kinds[line.kind].value
            try:
                value = line.text if convert is None else convert(line.text)
            except ValueError:
                return None
            if line.table:
                inner = record.setdefault(line.table, {})
                assert isinstance(inner, dict)
                inner[line.name] = value
            else:
                record[line.name] = value
        return record

    def learn(self, lines: Sequence[Line]) -> None:
        """Take a record's fields into the expression, if they go together with those that are in it."""
        merged = _merged(self._fields, lines)
        if self._learned >= _MOST_LEARNED or merged is None or len(merged) > _MOST_FIELDS:
            return
        records = [*self._records, [(line.table, line.name) for line in lines]]
        try:
            fields = [merged[key] for key in _in_order(records)]
        except CycleError:
            return
        if fields != self._fields:
            self._learned += 1
            self._records = records
            self._fields = fields
            self._pattern = _record_pattern(self._syntax, fields)

    def _columns(self, groups: list[tuple[object, ...]]) -> dict[str, Sequence[object]]:
        columns: dict[str, Sequence[object]] = {}
        at = 0
        for field in self._fields:
            column = self._column(field.kinds, groups[at : at + len(field.kinds)])
            at += len(field.kinds)
            if not field.table:
                columns[field.name] = column
                continue
            tables = columns.setdefault(field.table, [ABSENT] * len(column))
            assert isinstance(tables, list)
            for place, value in enumerate(column):
                if value is not ABSENT:
                    table = tables[place]
                    if table is ABSENT:
                        table = tables[place] = {}
                    table[field.name] = value
        return columns

    def _column(self, kinds: tuple[int, ...], groups: list[tuple[object, ...]]) -> Sequence[object]:
        """A field of all records. groups: its texts, by the kinds of which they are."""
        if len(kinds) == 1:
            return _converted(self._syntax.kinds[kinds[0]], groups[0], is_alone=True)
        column: Sequence[object] = groups[0]
        for number, (kind, texts) in enumerate(zip(kinds, groups, strict=True)):
            values = _converted(self._syntax.kinds[kind], texts)
            column = (
                values
                if number == 0
                else [
                    value if other is ABSENT else other
                    for value, other in zip(values, column, strict=True)
                ]
            )
        return column


def _converted(kind: Kind, texts: Sequence[object], is_alone: bool = False) -> Sequence[object]:
    if is_alone and kind.column is not None:
        return kind.column(texts)
    if kind.value is None:
        return texts
    convert = kind.value
    try:
        return [convert(text) if isinstance(text, str) else text for text in texts]
    except ValueError:
        raise Broken(None, SHORT_CUT) from None


def _is_sound(lines: list[Line], tables: int, inside: int | None) -> bool:
    """Whether no field is there twice, and each of the tables that are begun stands in one place and holds
    something. inside: as in `Syntax`."""
    blocks = [(*table, list(some)) for table, some in groupby(lines, _table_of)]
    names = [line.name for line in lines if not line.table]
    names += [table for table, _, _ in blocks if table]
    return (
        0 < len(lines) == len({(line.table, line.name) for line in lines})
        and len(names) == len(set(names))
        and tables == sum(bool(opened) for _, opened, _ in blocks)
        and (
            inside is None or all(_is_indented(opened, some, inside) for _, opened, some in blocks)
        )
    )


def _is_indented(opened: str, lines: list[Line], inside: int) -> bool:
    indents = {_indent(line.start) for line in lines}
    if not opened:
        return indents == {inside}
    return len(indents) == 1 and _indent(opened) == inside < min(indents)


def _table_of(line: Line) -> tuple[str, str]:
    return line.table, line.opened


def _indent(start: str) -> int:
    return len(start) - len(start.lstrip(" "))


def _merged(fields: Iterable[Field], lines: Iterable[Line]) -> dict[Key, Field] | None:
    """The fields with those of a record; None where that writes one of them in another way."""
    merged = {(field.table, field.name): field for field in fields}
    forms = {field.table or field.name: (field.table, field.opened) for field in merged.values()}
    for line in lines:
        form = forms.setdefault(line.table or line.name, (line.table, line.opened))
        field = merged.get((line.table, line.name), Field(*line[:4], kinds=()))
        if (form, field.start) != ((line.table, line.opened), line.start):
            return None
        if line.kind not in field.kinds:
            field = field._replace(kinds=(*field.kinds, line.kind))
        merged[line.table, line.name] = field
    return merged


def _in_order(records: Sequence[Sequence[Key]]) -> Iterator[Key]:
    """The fields of some records in the order of all of them, those of a table together. Raises
    CycleError if there is none."""
    outer = [[top for top, _ in groupby(record, _top)] for record in records]
    for top in _sorted(outer):
        yield from _sorted([key for key in record if _top(key) == top] for record in records)


def _top(key: Key) -> str:
    table, name = key
    return table or name


def _sorted(sequences: Iterable[Sequence[Node]]) -> Iterable[Node]:
    graph: TopologicalSorter[Node] = TopologicalSorter()
    for sequence in sequences:
        for node in sequence[:1]:
            graph.add(node)
        for before, node in pairwise(sequence):
            graph.add(node, before)
    return graph.static_order()


def _line_pattern(syntax: Syntax) -> re.Pattern[str]:
    """A line of a record: what stands before the value, the field's name, the value by its kinds; a line
    that begins a table, with its name; or what anything else begins with."""
    kinds = "|".join(kind.pattern for kind in syntax.kinds)
    return re.compile(
        rf"({syntax.name})(?:{kinds}){syntax.end}|({syntax.opener})|\n+|{syntax.gap}|(.)",
        re.DOTALL,
    )


def _record_pattern(syntax: Syntax, fields: list[Field]) -> re.Pattern[str]:
    """A whole record. Each field may be missing."""
    parts = []
    for (_, opened), some in groupby(fields, lambda field: (field.table, field.opened)):
        inner = list(some)
        lines = "".join(
            f"(?:{_literal(syntax, field.start)}(?:{_kinds(syntax, field)}){syntax.end})?"
            for field in inner
        )
        if opened:
            begins = "|".join(_literal(syntax, field.start) for field in inner)
            lines = f"(?:{_literal(syntax, opened)}(?={begins}){lines})?"
        parts.append(lines)
    return re.compile(
        f"{syntax.head}{''.join(parts)}(?:{syntax.gap}){{0,{_MOST_GAPS}}}(?={syntax.behind})",
        re.MULTILINE,
    )


def _kinds(syntax: Syntax, field: Field) -> str:
    return "|".join(syntax.kinds[kind].pattern for kind in field.kinds)


def _literal(syntax: Syntax, start: str) -> str:
    """What stands before a value, word by word; behind the head without its indent."""
    inside = syntax.inside
    if inside is None or _indent(start) != inside:
        return re.escape(start)
    return f"(?:{syntax.first}|[ ]{{{inside}}}){re.escape(start[inside:])}"
