"""Reads YAML: only what JSON could say as well, with libyaml where it is there.

Built from the parser's events, not by a loader: nothing is constructed but texts, numbers, lists and
tables. Times stay texts, so that a missing offset is seen; anchors, aliases and tags are refused, and so
are two fields of one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from antkey_scanner.inventory.formats import (
    DEEPEST,
    LISTS,
    TOO_DEEP,
    Broken,
    Item,
    Path,
    yaml_blocks,
)
from antkey_scanner.inventory.formats.yaml_scalars import resolved
from antkey_scanner.inventory.wrong import RAW_KEY
from antkey_scanner.policy.rawkey import holds_wrapped_key

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CUT_WRONG = "broken YAML (a list that ends in the middle of a value); mend it"
"""Seen by nobody: the text is read again as a whole."""

_TEXT_TAG = "tag:yaml.org,2002:str"


class YamlReader:
    """Reads a YAML text, which may be of several documents.

    is_whole: whether libyaml reads all of it, also the long lists; in_rows: whether keys may come as
    `Rows`; events: of the item that is being read; part: its line and text where it is a record that has
    been cut out; lines: of the values of the document that are in no list.
    """

    def __init__(self, text: str, is_whole: bool = False, in_rows: bool = False) -> None:
        rest, self._blocks = (text, {}) if is_whole else yaml_blocks.cut(text)
        self._text = text if self._blocks else None
        self._in_rows = in_rows
        self._parser = yaml.parse(rest, Loader=_LOADER)
        self._part: tuple[int, str] | None = None
        self._events: list[Any] = []
        self._lines: dict[Path, int] = {}
        self.is_one_line = "\n" not in text.strip()

    def documents(self) -> Iterator[Iterator[Item]]:
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self._lines = {}
                items = self._items(self._next())
                yield items
                for _ in items:
                    pass  # what nobody asked for has to be passed over
        if self._blocks:
            raise Broken(None, _CUT_WRONG)

    def whole(self) -> YamlReader | None:
        if self._text is None:
            return None
        return YamlReader(self._text, is_whole=not self._in_rows)

    def line_of(self, below: Path) -> int:
        if self._part is not None:
            line, text = self._part
            lines = _lines_of(list(yaml.parse(text, Loader=_LOADER))[2:])
            return line - 1 + (_nearest(lines, (0, *below)) or 1)
        return _nearest(_lines_of(self._events), below) or 1

    def line_in_document(self, path: Path) -> int | None:
        return _nearest(self._lines, path)

    def _next(self) -> Any:
        try:
            event = next(self._parser)
        except yaml.MarkedYAMLError as error:
            raise self._broken(error) from None
        except yaml.YAMLError:
            raise Broken(
                None, "broken YAML (a character that may not stand in it); take it out"
            ) from None
        self._events.append(event)
        return event

    def _broken(self, error: yaml.MarkedYAMLError) -> Broken:
        mark = error.problem_mark or error.context_mark
        problem = re.sub(r" ['\"].*", "", error.problem or "cannot be read", flags=re.DOTALL)
        line = None if mark is None else mark.line + 1
        return Broken(line, f"broken YAML ({problem}); mend the line")

    def _items(self, root: Any) -> Iterator[Item]:
        if not isinstance(root, yaml.MappingStartEvent):
            self._events = [root]
            value = self._value(root, 0)
            self._lines = _lines_of(self._events)
            if value is not None or not isinstance(root, yaml.ScalarEvent):
                yield Item(None, None, value, _line(root))
            return
        self._refuse_extras(root)
        seen: set[str] = set()
        while not isinstance(name := self._next(), yaml.MappingEndEvent):
            section = self._name(name, seen)
            self._events = []
            first = self._next()
            if section in LISTS and isinstance(first, yaml.SequenceStartEvent):
                self._refuse_extras(first)
                yield Item(section, None, [], _line(name))
                yield from self._records(section)
            elif section in self._blocks and isinstance(first, yaml.ScalarEvent):
                yield Item(section, None, [], _line(name))
                yield from self._cut_records(section, self._blocks.pop(section))
            else:
                value = self._value(first, 1)
                for path, line in _lines_of(self._events).items():
                    self._lines[(section, *path)] = line
                self._lines[(section,)] = _line(name)
                yield Item(section, None, value, _line(name))

    def _records(self, section: str) -> Iterator[Item]:
        position = 0
        self._events = []
        while not isinstance(first := self._next(), yaml.SequenceEndEvent):
            line = _line(first)
            yield Item(section, position, self._value(first, 2), line)
            position += 1
            self._events = []

    def _cut_records(self, section: str, block: yaml_blocks.Block) -> Iterator[Item]:
        plain = block.plain()
        in_rows = self._in_rows and section == "keys"
        position = 0
        while plain.at < block.end:
            for rows in plain.rows(block.end) if in_rows else ():
                yield Item(section, position, rows, rows.lines[0])
                position += len(rows.lines)
            if plain.at < block.end:
                line, text = plain.line, block.record(plain.at)
                self._part = (line, text)
                lines = block.fields_of(plain, text)
                if lines is not None and in_rows:
                    plain.learn(lines)
                record = None if lines is None else plain.values(lines)
                value = self._record_alone(text) if record is None else record
                yield Item(section, position, value, line)
                position += 1
                plain.at += len(text)
                plain.line += text.count("\n")
        self._part = None

    def _record_alone(self, text: str) -> object:
        """The only element of the list that a text is. What is wrong with it is for the whole text's
        reader to say, which knows what stands around it."""
        alone = YamlReader(text, is_whole=True)
        try:
            values = [item.value for items in alone.documents() for item in items]
        except Broken:
            values = []
        if len(values) == 1 and isinstance(values[0], list) and len(values[0]) == 1:
            return values[0][0]
        raise Broken(None, _CUT_WRONG)

    def _value(self, event: Any, depth: int) -> object:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        self._refuse_extras(event)
        if depth > DEEPEST:
            raise Broken(_line(event), TOO_DEEP)
        if isinstance(event, yaml.SequenceStartEvent):
            elements = []
            while not isinstance(element := self._next(), yaml.SequenceEndEvent):
                elements.append(self._value(element, depth + 1))
            return elements
        table: dict[str, object] = {}
        seen: set[str] = set()
        while not isinstance(name := self._next(), yaml.MappingEndEvent):
            field = self._name(name, seen)
            table[field] = self._value(self._next(), depth + 1)
        return table

    def _name(self, event: Any, seen: set[str]) -> str:
        """A field's name, which is new in its table."""
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event)
            raise Broken(
                _line(event), "broken YAML (a field's name that is no text); mend the line"
            )
        self._scalar(event)
        name: str = event.value
        if name in seen:
            raise Broken(_line(event), "broken YAML (two fields of one name); take one out")
        seen.add(name)
        return name

    def _scalar(self, event: Any) -> object:
        text: str = event.value
        if event.anchor is not None or event.tag is not None:
            self._refuse_extras(event)
        folded = (" " in text or "\n" in text) and event.start_mark.line != event.end_mark.line
        if folded and holds_wrapped_key(text):
            # In no line as a whole, so that the search of the text has not seen it.
            raise Broken(_line(event), RAW_KEY)
        return resolved(text) if event.implicit[0] else text

    def _refuse_extras(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise Broken(_line(event), "has an anchor or an alias; write the value out")
        if event.tag not in (None, "!", _TEXT_TAG):
            raise Broken(_line(event), "has a tag; write the value without it")


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _nearest(lines: dict[Path, int], path: Path) -> int | None:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _lines_of(events: list[Any]) -> dict[Path, int]:
    """The lines of the values that some events are of: of fields, that of their names."""
    lines: dict[Path, int] = {}
    path: list[str | int] = []
    is_name: list[bool] = []
    for event in events:
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            if not path:
                break
            path.pop()
            is_name.pop()
        elif path and is_name[-1]:
            path[-1] = event.value
            lines[tuple(path)] = _line(event)
            is_name[-1] = False
            continue
        else:
            lines.setdefault(tuple(path), _line(event))
            if isinstance(event, yaml.CollectionStartEvent):
                is_table = isinstance(event, yaml.MappingStartEvent)
                path.append("" if is_table else 0)
                is_name.append(is_table)
                continue
        _go_on(path, is_name)
    return lines


def _go_on(path: list[str | int], is_name: list[bool]) -> None:
    """Behind a value: the next element, or the next field's name."""
    if path and isinstance(last := path[-1], int):
        path[-1] = last + 1
    elif path:
        is_name[-1] = True
