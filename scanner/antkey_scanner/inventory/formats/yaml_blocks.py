"""Cuts long lists of records out of a YAML text, which libyaml takes 4 seconds for where this takes a half.

A list is cut where it is written in block style under its name, a record at each `- ` of its indent. What a
cut inside of a string or a flow collection leaves has no end, so that its reader sees that it was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.inventory.formats import LISTS
from antkey_scanner.inventory.formats.plain import Kind, Line, PlainRecords, Syntax
from antkey_scanner.inventory.formats.yaml_scalars import resolved

WORTH_IT = 100_000
"""Characters. libyaml is quick enough for shorter texts."""

# What begins with a character, and not with the start of a line, is searched for twenty times as fast.
_SEVERAL_DOCUMENTS = re.compile(r"\n(?:---|\.\.\.|%)")
_NAME = rf"({'|'.join(LISTS)}):[ ]*\n(?=( *)-( +))"
_FIRST_NAME = re.compile(_NAME)
_NEXT_NAME = re.compile(rf"\n{_NAME}")
_BEHIND = re.compile(r"\n(?=[^ \-#\n])")

_NO_TEXT = r"\x00-\x1F\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF"
_DOUBLE = rf'"[^"\\{_NO_TEXT}]*"'
_SINGLE = rf"'[^'{_NO_TEXT}]*'"
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9_.@/+…:-]*[A-Za-z0-9_.@/+…-])?"
_IN_FLOW = rf"(?:{_DOUBLE}|{_SINGLE}|[A-Za-z0-9][A-Za-z0-9_.@/+-]*)"
_LIST = rf"\[[ ]*(?:{_IN_FLOW}[ ]*(?:,[ ]+{_IN_FLOW}[ ]*){{0,99}})?\]"
_ELEMENTS = re.compile(rf"({_IN_FLOW})[ ]*[,\]]")
_PAIR = rf"[a-z_]+:[ ]+(?:{_IN_FLOW}|{_LIST})[ ]*"
_PAIRS = re.compile(rf"([a-z_]+):[ ]+({_IN_FLOW}|{_LIST})[ ]*[,}}]")
_COMMENT = rf"#[^{_NO_TEXT}]*"


def _in_flow(text: str) -> object:
    """A value of a flow collection: a scalar, or a list of some."""
    if text[0] == "[":
        return [_in_flow(element) for element in _ELEMENTS.findall(text)]
    return text[1:-1] if text[0] in "\"'" else resolved(text)


def _table(text: str) -> dict[str, object]:
    pairs = _PAIRS.findall(text)
    table = {name: _in_flow(value) for name, value in pairs}
    if len(table) < len(pairs):
        raise ValueError
    return table


_KINDS = (
    Kind(rf'"([^"\\{_NO_TEXT}]+)"'),
    Kind(rf"'([^'{_NO_TEXT}]+)'"),
    Kind(rf"({_WORD}(?:[ ]{_WORD}){{0,99}}|~)", resolved),
    Kind(rf"({_LIST})", _in_flow),
    Kind(rf"(\{{[ ]*{_PAIR}(?:,[ ]+{_PAIR}){{0,99}}\}})", _table),
)
"""Quoted texts with no escapes, a plain scalar, a list and a table of such on one line."""


class Block(NamedTuple):
    """A list that has been cut out, from `start` to `end` in the text. indent: of its dashes; inside: of
    the fields behind them; line: 1-based, of its first record."""

    text: str
    start: int
    end: int
    indent: int
    inside: int
    line: int

    def plain(self) -> PlainRecords:
        """What reads the records that are written plainly, from the first one on."""
        dash = self.inside - self.indent - 1
        syntax = Syntax(
            head=rf"[ ]{{{self.indent}}}-[ ]{{{dash}}}",
            first=rf"(?<=-[ ]{{{dash}}})",
            inside=self.inside,
            name=r"[ ]*([a-z_]+):[ ]+",
            opener=rf"[ ]*([a-z_]+):[ ]*(?:[ ]{_COMMENT})?\n",
            kinds=_KINDS,
            end=rf"[ ]*(?:[ ]{_COMMENT})?(?:\n|\Z)",
            gap=rf"[ ]*(?:{_COMMENT})?\n",
            behind=rf"[ ]{{{self.indent}}}-[ ]|\Z",
        )
        records = PlainRecords(syntax, self.text)
        records.at, records.line = self.start, self.line
        return records

    def record(self, start: int) -> str:
        """The text of the record that starts there."""
        behind = re.compile(rf"\n(?= {{{self.indent}}}- )").search(self.text, start, self.end)
        return self.text[start : self.end if behind is None else behind.end()]

    def fields_of(self, plain: PlainRecords, record: str) -> list[Line] | None:
        """The fields of a record that has nothing but plain lines, else None."""
        if record[: self.inside].strip(" ") != "-" or record[self.indent] != "-":
            return None
        return plain.fields_of(" " * self.inside + record[self.inside :])


def cut(text: str) -> tuple[str, dict[str, Block]]:
    """The text with nothing but empty lines where lists have been cut out, and these by their names."""
    blocks: dict[str, Block] = {}
    if len(text) < WORTH_IT:
        return text, blocks
    plain = text.replace("\r\n", "\n") if "\r" in text else text
    begins = plain.startswith("---\n")
    if "\r" in plain or _SEVERAL_DOCUMENTS.search(plain, 3 if begins else 0):
        return text, blocks
    if not begins and plain.startswith(("---", "...", "%")):
        return text, blocks
    rest: list[str] = []
    at = line = 0
    for name in _names(plain):
        if name[1] in blocks:
            return text, {}
        behind = _BEHIND.search(plain, name.end())
        end = behind.end() if behind else len(plain)
        rest.append(plain[at : name.end()])
        line += rest[-1].count("\n")
        indent = len(name[2])
        inside = indent + 1 + len(name[3])
        blocks[name[1]] = Block(plain, name.end(), end, indent, inside, line + 1)
        rest.append("\n" * plain.count("\n", name.end(), end))
        line += len(rest[-1])
        at = end
    return ("".join((*rest, plain[at:])), blocks) if blocks else (text, blocks)


def _names(text: str) -> Iterator[re.Match[str]]:
    """Where lists in block style begin."""
    first = _FIRST_NAME.match(text)
    if first is not None:
        yield first
    yield from _NEXT_NAME.finditer(text)
