"""Cuts long lists of plain records out of a YAML text, which libyaml takes 4 seconds for where this takes 1.

A list is cut where it is written in block style under its name, a record at each `- ` of its indent. What a
cut inside of a string or a flow collection leaves has no end, so that its reader sees that it was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.inventory.formats import LISTS

WORTH_IT = 100_000
"""Characters. libyaml is quick enough for shorter texts."""

_SEVERAL_DOCUMENTS = re.compile(r"^(?:---|\.\.\.|%)", re.MULTILINE)
_NAME = re.compile(rf"^({'|'.join(LISTS)}):[ ]*\n(?=( *)- )", re.MULTILINE)
_BEHIND = re.compile(r"^[^ \-#\n]", re.MULTILINE)
_NO_TEXT = r"\x00-\x1F\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF"
_LINE = rf"""
    [ ]{{INDENT}} ([a-z_]+) : [ ]+
    (?:
        "([^"\\{_NO_TEXT}]*)"
    |
        '([^'{_NO_TEXT}]*)'
    |
        ([A-Za-z0-9](?:[A-Za-z0-9_.@/+…:-]*[A-Za-z0-9_.@/+…-])?)
    )
    [ ]* (?:\n|\Z)
    |
    [ ]* (?:\#[^{_NO_TEXT}]*)? \n
    |
    (.)
"""
"""A line of a plain record: field, quoted text, text, plain scalar; or what anything else begins with."""


class Block(NamedTuple):
    """A list that has been cut out, from `start` to `end` in the text. indent: of its dashes; line:
    1-based, of its first record."""

    text: str
    start: int
    end: int
    indent: int
    line: int

    def records(self) -> Iterator[tuple[int, str]]:
        """The line and the text of each record."""
        dash = re.compile(rf"^ {{{self.indent}}}- ", re.MULTILINE)
        starts = [found.start() for found in dash.finditer(self.text, self.start, self.end)]
        line = self.line
        for start, end in zip(starts, [*starts[1:], self.end], strict=True):
            yield line, self.text[start:end]
            line += self.text.count("\n", start, end)

    def plain(self, resolve: Callable[[str], object]) -> Callable[[str], dict[str, object] | None]:
        """What gives the fields of a record that has nothing but plain lines, and None for others."""
        inside = self.indent + 2
        pattern = re.compile(_LINE.replace("INDENT", str(inside)), re.VERBOSE | re.DOTALL)

        def fields_of(record: str) -> dict[str, object] | None:
            fields: dict[str, object] = {}
            count = 0
            for field, double, single, plain, other in pattern.findall(
                " " * inside + record[inside:]
            ):
                if other:
                    return None
                if field:
                    count += 1
                    fields[field] = resolve(plain) if plain else double or single
            return fields if fields and len(fields) == count else None

        return fields_of


def cut(text: str) -> tuple[str, dict[str, Block]]:
    """The text with nothing but empty lines where lists have been cut out, and these by their names."""
    blocks: dict[str, Block] = {}
    start = 4 if text.startswith("---\n") else 0
    if len(text) < WORTH_IT or "\r" in text or _SEVERAL_DOCUMENTS.search(text, start):
        return text, blocks
    rest: list[str] = []
    at = line = 0
    for name in _NAME.finditer(text):
        if name[1] in blocks:
            return text, {}
        behind = _BEHIND.search(text, name.end())
        end = behind.start() if behind else len(text)
        rest.append(text[at : name.end()])
        line += rest[-1].count("\n")
        blocks[name[1]] = Block(text, name.end(), end, len(name[2]), line + 1)
        rest.append("\n" * text.count("\n", name.end(), end))
        line += len(rest[-1])
        at = end
    return "".join((*rest, text[at:])), blocks
