"""Reads TOML. `tomllib` takes 15 seconds for 100,000 keys, so records are read one by one.

A text is cut before each `[[keys]]` line. Where a part is valid TOML in itself the cut behind it was
right: one inside of a string or an array would leave that without its end. Most records have nothing
but plain strings and times, for which one regular expression does; the others go to `tomllib`.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from antkey_scanner.inventory.formats import LISTS, TOO_DEEP, Broken, Item, Path
from antkey_scanner.policy.places import Places, find_places

_HEADER = re.compile(r"^\[\[(keys|members|tenants)\]\][ \t]*\r?$", re.MULTILINE)

_LINE = re.compile(
    r"""
    ([a-z_]+) [ ]* = [ ]*
    (?:
        "([^"\\\x00-\x08\x0A-\x1F\x7F]*)"
    |
        ([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))
    )
    [ ]* (?:\#[^\x00-\x08\x0A-\x1F\x7F]*)? (?:\r?\n|\Z)
    |
    [ ]* (?:\#[^\x00-\x08\x0A-\x1F\x7F]*)? \r?\n
    |
    (.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""A line of a plain record: field, string, time; or the first character of anything else."""

_ERROR_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTED = re.compile(r" (?!'(?:=|\]|\]\]|\})')['\"].*", re.DOTALL)
"""What a message quotes of the file; the signs that the parser expects are its own."""


_IN_TWO_PLACES = "broken TOML (a table that stands in two places); join them"


def _plain_record(text: str, start: int, end: int) -> dict[str, object] | None:
    """The fields of a record that has nothing but plain strings and times, else None."""
    record: dict[str, object] = {}
    fields = 0
    for field, string, time, other in _LINE.findall(text, start, end):
        if other:
            return None
        if field:
            fields += 1
            try:
                record[field] = datetime.datetime.fromisoformat(time) if time else string
            except ValueError:
                return None
    return record if len(record) == fields else None


class TomlReader:
    """Reads a TOML text. given: by section, how many of its records have been given; closed: sections
    that are given and cannot go on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._given: dict[str, int] = {}
        self._closed: set[str] = set()
        self._start = self._end = 0
        self._part_line = 1
        self._places: Places | None = None
        self._path: Path = ()
        self.is_one_line = False

    def documents(self) -> Iterator[Iterator[Item]]:
        yield self._items()

    def whole(self) -> None:
        return None

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
        headers = [] if '"""' in text or "'''" in text else list(_HEADER.finditer(text))
        ends = [header.start() for header in headers] + [len(text)]
        self._enter(0, ends[0], 1)
        yield from self._tables(None)
        counted_to, line = 0, 1
        for header, end in zip(headers, ends[1:], strict=True):
            line += text.count("\n", counted_to, header.start())
            counted_to = header.start()
            self._enter(counted_to, end, line)
            yield from self._record(header[1], header.end())

    def _enter(self, start: int, end: int, line: int) -> None:
        self._start, self._end, self._part_line, self._places = start, end, line, None

    def _part(self) -> str:
        return self._text[self._start : self._end]

    def _record(self, section: str, body: int) -> Iterator[Item]:
        """The record that starts the part, or more. body: what comes behind its header."""
        if section in self._closed:
            raise Broken(self._part_line, _IN_TWO_PLACES)
        record = _plain_record(self._text, body, self._end)
        if record is None:
            yield from self._tables(section)
            return
        if section not in self._given:
            yield Item(section, None, [], self._part_line)
        position = self._given.get(section, 0)
        self._given[section] = position + 1
        self._path = (section, 0)
        yield Item(section, position, record, self._part_line)

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
