"""Reads TOML. `tomllib` takes 15 seconds for 100,000 keys, so records are read one by one.

A text is cut before each `[[keys]]` line. Where a part is valid TOML in itself the cut behind it was
right: one inside of a string or an array would leave that without its end. Most records have nothing
but plain lines, which are read many at a time; the others go to `tomllib`.
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any, cast

from antkey_scanner.inventory.formats import (
    LISTS,
    SHORT_CUT,
    TOO_DEEP,
    Broken,
    Item,
    Moments,
    Path,
)
from antkey_scanner.inventory.formats.plain import Kind, PlainRecords, Syntax
from antkey_scanner.policy.places import Places, find_places

_LISTED = "|".join(LISTS)
_HEADER = re.compile(rf"^\[\[({_LISTED})\]\][ \t]*\r?$", re.MULTILINE)

_STRING = r'"[^"\\\x00-\x08\x0A-\x1F\x7F]*"'
_NUMBER = r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?"
_LIST = rf"\[[ ]*(?:(?:{_STRING}|{_NUMBER})[ ]*(?:,[ ]*(?:{_STRING}|{_NUMBER})[ ]*){{0,99}})?\]"
_PAIR = rf"[a-z_]+[ ]*=[ ]*(?:{_STRING}|{_NUMBER}|{_LIST})[ ]*"
_PAIRS = re.compile(rf"([a-z_]+)[ ]*=[ ]*({_STRING}|{_NUMBER}|{_LIST})[ ]*[,}}]")


def _moment(text: str) -> object:
    return datetime.datetime.fromisoformat(text)


def _moments(texts: Sequence[object]) -> Moments:
    return Moments(cast(Sequence[str], texts))


def _table(text: str) -> dict[str, object]:
    """An inline table of strings, numbers and lists of them, which are JSON's as well."""
    pairs = _PAIRS.findall(text)
    table = {name: json.loads(value) for name, value in pairs}
    if len(table) < len(pairs):
        raise ValueError
    return table


_SYNTAX = Syntax(
    head=r"\[\[keys\]\][ \t]*\r?\n",
    name=r"[ \t]*([a-z_]+(?:\.[a-z_]+)?)[ \t]*=[ \t]*",
    opener=r"[ \t]*\[keys\.([a-z_]+)\][ \t]*\r?\n",
    kinds=(
        Kind(r'"([^"\\\x00-\x08\x0A-\x1F\x7F]+)"'),
        Kind(
            r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
            r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]))",
            _moment,
            _moments,
        ),
        Kind(r"'([^'\x00-\x08\x0A-\x1F\x7F]+)'"),
        Kind(rf"({_NUMBER}|true|false|{_LIST})", json.loads),
        Kind(rf"(\{{[ ]*{_PAIR}(?:,[ ]*{_PAIR}){{0,99}}\}})", _table),
    ),
    end=r"(?:\n|(?!\n)[ \t]*(?:\#[^\x00-\x08\x0A-\x1F\x7F]*)?(?:\r?\n|\Z))",
    gap=r"[ \t]*(?:\#[^\x00-\x08\x0A-\x1F\x7F]*)?\r?\n",
    behind=rf"\[\[(?:{_LISTED})\]\][ \t]*\r?$|\Z",
)
"""A string with no escapes, a time, a literal string, what JSON has as well, an inline table."""

_ERROR_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTED = re.compile(r" (?!'(?:=|\]|\]\]|\})')['\"].*", re.DOTALL)
"""What a message quotes of the file; the signs that the parser expects are its own."""


_IN_TWO_PLACES = "broken TOML (a table that stands in two places); join them"


class TomlReader:
    """Reads a TOML text. in_rows: whether keys may come as `Rows`; given: by section, how many of its
    records have been given; closed: sections that are given and cannot go on; last: the section that was
    given last."""

    def __init__(self, text: str, in_rows: bool = False) -> None:
        self._text = text
        self._in_rows = in_rows
        self._has_long_strings = '"""' in text or "'''" in text
        self._plain = PlainRecords(_SYNTAX, text)
        self._given: dict[str, int] = {}
        self._closed: set[str] = set()
        self._start = self._end = 0
        self._part_line = 1
        self._places: Places | None = None
        self._path: Path = ()
        self.is_one_line = False

    def documents(self) -> Iterator[Iterator[Item]]:
        yield self._items()

    def whole(self) -> TomlReader | None:
        return TomlReader(self._text) if self._in_rows else None

    def line_of(self, below: Path) -> int:
        return self._line((*self._path, *below))

    def line_in_document(self, path: Path) -> int | None:
        return self._line(path)

    def _line(self, path: Path) -> int:
        if self._places is None:
            self._places = find_places(self._part())
        return self._part_line + self._places.line(path) - 1

    def _items(self) -> Iterator[Item]:
        text = self._text
        is_cut = self._in_rows or not self._has_long_strings
        header = _HEADER.search(text) if is_cut else None
        self._enter(0, len(text) if header is None else header.start(), 1)
        yield from self._tables(None)
        at, line = 0, 1
        section = ""
        while header is not None:
            line += text.count("\n", at, header.start())
            at = header.start()
            if self._has_long_strings and header[1] != section and header[1] in self._given:
                raise Broken(line, SHORT_CUT)  # in one piece, the list would be given in one
            section = header[1]
            if self._in_rows and section == "keys":
                yield from self._rows(at, line)
                if self._plain.at > at:
                    at, line = self._plain.at, self._plain.line
                    header = _HEADER.match(text, at)
                    continue
            behind = _HEADER.search(text, header.end())
            self._enter(at, len(text) if behind is None else behind.start(), line)
            yield from self._record(section, header.end())
            header = behind

    def _rows(self, at: int, line: int) -> Iterator[Item]:
        """The keys from there on that are written as those before them."""
        plain = self._plain
        plain.at, plain.line = at, line
        for rows in plain.rows(len(self._text)):
            if "keys" in self._closed:
                raise Broken(line, _IN_TWO_PLACES)
            yield from self._announced("keys", line)
            yield Item("keys", self._given["keys"], rows, line)
            self._given["keys"] += len(rows.lines)

    def _announced(self, section: str, line: int) -> Iterator[Item]:
        """Before a list's first record, the empty list."""
        if section not in self._given:
            self._given[section] = 0
            yield Item(section, None, [], line)

    def _enter(self, start: int, end: int, line: int) -> None:
        self._start, self._end, self._part_line, self._places = start, end, line, None

    def _part(self) -> str:
        return self._text[self._start : self._end]

    def _record(self, section: str, body: int) -> Iterator[Item]:
        """The record that starts the part, or more. body: what comes behind its header."""
        if section in self._closed:
            raise Broken(self._part_line, _IN_TWO_PLACES)
        record = self._plain_record(section, body)
        if record is None:
            yield from self._tables(section)
            return
        yield from self._announced(section, self._part_line)
        position = self._given[section]
        self._given[section] = position + 1
        self._path = (section, 0)
        yield Item(section, position, record, self._part_line)

    def _plain_record(self, section: str, body: int) -> dict[str, object] | None:
        """The fields of a record that has nothing but plain lines, else None."""
        lines = self._plain.fields_of(self._text[body : self._end])
        if lines is None:
            return None
        if section != "keys" and any(line.opened for line in lines):
            return None  # a table of a key in the record of a member
        if self._in_rows and section == "keys":
            self._plain.learn(lines)
        return self._plain.values(lines)

    def _tables(self, going_on: str | None) -> Iterator[Item]:
        """What stands in the part, in whatever way. going_on: the list whose record starts it."""
        for section, value in self._parsed().items():
            self._path = (section,)
            line = self._line(self._path)
            if section in self._given and section != going_on:
                raise Broken(line, _IN_TWO_PLACES)
            if section != going_on:
                self._closed.add(section)
            if section not in self._given:
                listed = section in LISTS and isinstance(value, list)
                yield Item(section, None, [] if listed else value, line)
            first = self._given.setdefault(section, 0)
            if section in LISTS and isinstance(value, list):
                self._given[section] += len(value)
                for position, element in enumerate(value):
                    self._path = (section, position)
                    yield Item(section, first + position, element, self._line(self._path))

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._part())
        except ValueError as error:  # TOMLDecodeError, or an integer of more than 4,300 digits
            raise self._broken(str(error)) from None
        except RecursionError:
            raise Broken(self._part_line, TOO_DEEP) from None

    def _broken(self, message: str) -> Broken:
        """The parser's words without what they quote: `Duplicate inline table key 'x'`."""
        place = _ERROR_PLACE.search(message)
        problem = _QUOTED.sub("", _ERROR_PLACE.sub("", message)).lower()
        if place is None:
            return Broken(None, "broken TOML (a value that cannot be read); mend it")
        if place[1] is None:
            line = self._part_line + self._part().rstrip("\n").count("\n")
            return Broken(line, f"broken TOML ({problem}, at the end); mend it")
        line = self._part_line + int(place[1]) - 1
        return Broken(line, f"broken TOML ({problem}, column {place[2]}); mend the line")
