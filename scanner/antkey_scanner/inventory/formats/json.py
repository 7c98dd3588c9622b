"""Reads JSON: the records of the long lists one by one, as strictly as RFC 8259 says.

What `json` lets through is refused: `NaN`, two fields of one name in an object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from operator import itemgetter
from typing import NoReturn

from antkey_scanner.inventory.formats import (
    ABSENT,
    AT_ONCE,
    LISTS,
    SHORT_CUT,
    TOO_DEEP,
    Broken,
    Item,
    Path,
    Rows,
)
from antkey_scanner.inventory.formats.json_lines import lines_of_values

_SPACE = re.compile(r"[ \t\r\n]*")
_BLANK = re.compile(r"\s*")
_FIRST_TABLE = re.compile(r"\[[ \t\r\n]*\{")
_NEXT_TABLE = re.compile(r"[ \t\r\n]*,[ \t\r\n]*\{")
_BREAK = re.compile(r"\},[ \t]*\r?\n[ \t\r\n]*\{")
"""Between two tables that do not stand on one line. No string holds a line break."""

_TOGETHER = 500_000
"""Characters of tables that are decoded by one call: enough to be quick, and few enough to need no memory."""

_MEND = "mend the line"


class _Twice(ValueError):
    """An object has two fields of one name."""


class _NoNumber(ValueError):
    """`NaN` or `Infinity`, which JSON has not."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise _Twice
    return table


def _constant(_: str) -> NoReturn:
    raise _NoNumber


def _columns(tables: list[dict[str, object]]) -> dict[str, list[object]]:
    """Field by field, what each of the tables has."""
    if set(map(len, tables)) == {len(tables[0])}:
        with suppress(KeyError):
            return {field: list(map(itemgetter(field), tables)) for field in tables[0]}
    fields = set[str]().union(*tables)
    return {field: [table.get(field, ABSENT) for table in tables] for field in fields}


def _is_one_line(text: str) -> bool:
    """Whether no line but the first says anything. No part of the text, which may be large, is copied."""
    start = _BLANK.match(text)
    first = text.find("\n", start.end() if start else 0)
    rest = _BLANK.match(text, first) if first >= 0 else None
    return rest is None or rest.end() == len(text)


class JsonReader:
    """Reads a JSON text. in_rows: whether keys may come as `Rows`; at: what is being read; start: of the
    item that was given last; break: what is between two tables, where one line does not hold several."""

    def __init__(self, text: str, in_rows: bool = False) -> None:
        self._text = text
        self._in_rows = in_rows
        self._decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
        self._at = 0
        self._start = 0
        self._counted_to = 0
        self._line = 1
        self._lines: tuple[int, dict[Path, int]] | None = None
        self._break: str | None = None
        self.is_one_line = _is_one_line(text)

    def documents(self) -> Iterator[Iterator[Item]]:
        yield self._items()

    def whole(self) -> JsonReader | None:
        return JsonReader(self._text) if self._in_rows else None

    def line_of(self, below: Path) -> int:
        return self._nearest(self._start, below)

    def line_in_document(self, path: Path) -> int | None:
        return self._nearest(0, path)

    def _nearest(self, start: int, path: Path) -> int:
        if self._lines is None or self._lines[0] != start:
            self._lines = (start, lines_of_values(self._text, start))
        lines = self._lines[1]
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 0) + self._text.count("\n", 0, start) + 1

    def _items(self) -> Iterator[Item]:
        if self._skip() == "{":
            yield from self._fields()
        else:
            line = self._line_here()
            yield Item(None, None, self._value(), line)
        if self._skip():
            raise self._broken("more text behind the end", "take it out")

    def _fields(self) -> Iterator[Item]:
        seen = set()
        for _ in self._elements("{}"):
            if self._skip() != '"':
                raise self._broken("expecting a field's name in double quotes")
            line, before = self._line_here(), self._at
            section = str(self._value())
            if section in seen:
                self._at = before
                raise self._twice()
            seen.add(section)
            if self._skip() != ":":
                raise self._broken("expecting ':' delimiter")
            self._at += 1
            if self._skip() == "[" and section in LISTS:
                yield Item(section, None, [], line)
                first = _FIRST_TABLE.match(self._text, self._at) if self._in_rows else None
                if first is not None and section == "keys":
                    yield from self._rows(first.end() - 1)
                else:
                    yield from self._records(section)
            else:
                self._start = self._at
                yield Item(section, None, self._value(), line)

    def _records(self, section: str) -> Iterator[Item]:
        for position in self._elements("[]"):
            self._skip()
            line, start = self._line_here(), self._at
            value = self._value()
            self._start = start
            yield Item(section, position, value, line)

    def _rows(self, start: int) -> Iterator[Item]:
        """The tables of a list, the first of which starts there. Raises Broken if it holds anything else."""
        position = 0
        self._at = start
        between = _BREAK.search(self._text, start)
        self._break = between and between[0]
        is_more = True
        while is_more:
            line = self._line_here()
            tables: list[dict[str, object]] = []
            lines: list[int] = []
            try:
                if not self._together(tables, lines):
                    is_more = self._next_tables(tables, lines)
            except (ValueError, RecursionError):
                raise Broken(line, SHORT_CUT) from None
            if not all(tables):
                raise Broken(line, SHORT_CUT)
            yield Item("keys", position, Rows(lines, _columns(tables)), line)
            position += len(tables)
        if self._skip() != "]":
            raise Broken(self._line_here(), SHORT_CUT)
        self._at += 1

    def _together(self, tables: list[dict[str, object]], lines: list[int]) -> bool:
        """Fills the lists, from the table on that is next, if the same break is between any two of many:
        one call of the decoder takes two thirds of the time. False: it is not, or there are not many."""
        text, at, between = self._text, self._at, self._break
        end = -1 if between is None else text.find(between, at + _TOGETHER)
        if between is None or end < 0:
            return False
        try:
            made = self._decoder.decode(f"[{text[at : end + 1]}]")
        except (ValueError, RecursionError):
            return False
        starts = [at]
        while (found := text.find(between, starts[-1], end)) >= 0:
            starts.append(found + len(between) - 1)
        if len(starts) != len(made) or set(map(type, made)) != {dict}:
            return False
        tables += made
        for start in starts:
            self._line += text.count("\n", self._counted_to, start)
            self._counted_to = start
            lines.append(self._line)
        self._at = end + len(between) - 1
        return True

    def _next_tables(self, tables: list[dict[str, object]], lines: list[int]) -> bool:
        """Fills the lists, from the table on that is next. False: these were the last ones."""
        text, decode, at = self._text, self._decoder.raw_decode, self._at
        between = ", {"
        while len(tables) < AT_ONCE:
            # As `_line_here` does: calls to it would take as long as all else here but decoding.
            self._line += text.count("\n", self._counted_to, at)
            self._counted_to = at
            lines.append(self._line)
            table, self._at = decode(text, at)
            tables.append(table)
            if not text.startswith(between, self._at):
                found = _NEXT_TABLE.match(text, self._at)
                if found is None:
                    return False
                between = found[0]
            at = self._at + len(between) - 1
        self._at = at
        return True

    def _elements(self, brackets: str) -> Iterator[int]:
        """Goes from element to element, by their commas."""
        self._at += 1
        if self._skip() == brackets[1]:
            self._at += 1
            return
        position = 0
        while True:
            yield position
            position += 1
            follows = self._skip()
            if follows not in (",", brackets[1]):
                raise self._broken("expecting ',' delimiter")
            self._at += 1
            if follows == brackets[1]:
                return

    def _skip(self) -> str:
        """Pass over white space; the character behind it, "" at the end."""
        text, at = self._text, self._at
        if text[at : at + 1] not in " \t\r\n":
            return text[at]
        found = _SPACE.match(text, at)
        self._at = at = found.end() if found else at
        return text[at : at + 1]

    def _value(self) -> object:
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise self._broken_at(error.pos, error.msg.lower().removesuffix(" at")) from None
        except RecursionError:
            raise Broken(self._line_here(), TOO_DEEP) from None
        except _Twice:
            raise self._twice() from None
        except _NoNumber:
            raise self._broken("NaN or Infinity, which are no JSON") from None
        except ValueError:
            raise self._broken("a number that is too long") from None
        return value

    def _twice(self) -> Broken:
        return self._broken("two fields of one name", "take one out")

    def _broken(self, problem: str, cure: str = _MEND) -> Broken:
        return Broken(self._line_here(), f"broken JSON ({problem}); {cure}")

    def _broken_at(self, at: int, problem: str) -> Broken:
        line = self._text.count("\n", 0, at) + 1
        column = at - self._text.rfind("\n", 0, at)
        return Broken(line, f"broken JSON ({problem}, column {column}); {_MEND}")

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line
