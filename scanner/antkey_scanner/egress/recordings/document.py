"""Reads a long JSON document part by part, over a window that is never larger than one entry.

What is in the lists that a recording is made of comes element by element; every other value comes whole.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from antkey_scanner.containers import Stream
from antkey_scanner.egress.recordings import LONGEST_ENTRY
from antkey_scanner.egress.recordings.faults import READ_ERRORS, reason_of

Path = tuple[str, ...]
"""Names of fields; `*` for an element of a list."""

_SPANS = ("resourceSpans", "*")
_SCOPES = tuple((*_SPANS, name) for name in ("scopeSpans", "instrumentationLibrarySpans"))
_OBJECTS: frozenset[Path] = frozenset([(), ("log",), _SPANS, *((*scope, "*") for scope in _SCOPES)])
_LISTS: frozenset[Path] = frozenset(
    [
        *((), ("log", "entries"), ("interactions",), ("resourceSpans",)),
        *_SCOPES,
        *((*scope, "*", "spans") for scope in _SCOPES),
    ]
)

_CHUNK = 1 << 18
_NEAR = 64
"""A mistake nearer to the window's end than this may be only the cut."""

_CUT = "is cut off"

_SPACE = re.compile(r"[ \t\r\n]*")


class Broken(Exception):
    """The document cannot be read on. line: 1-based."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line = line
        self.problem = problem


class Part(NamedTuple):
    """A value of a document. line: 1-based, where it starts."""

    path: Path
    value: Any
    line: int


class Document:
    """A JSON text that is read once, from its start to its end."""

    def __init__(self, stream: Stream, head: bytes) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().raw_decode
        self._scan = scan
        self._text = ""
        self._at = 0
        self._line = 1
        self._counted_to = 0
        self._chunk = _CHUNK
        self._is_all = False
        self._failure: str | None = None
        self._fill(head)

    def parts(self) -> Iterator[Part]:
        """All values, in their order. Raises Broken."""
        yield from self._value(())
        if self._skip():
            raise self._broken("more text behind the end")
        if self._failure is not None:
            raise self._broken(self._failure)

    def _value(self, path: Path) -> Iterator[Part]:
        opening = self._skip()
        if opening == "{" and path in _OBJECTS:
            for name in self._names():
                yield from self._value((*path, name))
        elif opening == "[" and path in _LISTS:
            # The list itself first: an empty one tells the format, too.
            yield Part(path, [], self._line_here())
            for _ in self._elements("]"):
                yield from self._value((*path, "*"))
        else:
            line = self._line_here()
            yield Part(path, self._whole(), line)

    def _names(self) -> Iterator[str]:
        for _ in self._elements("}"):
            if self._skip() != '"':
                raise self._broken("a field's name is missing")
            name = str(self._whole())
            if self._skip() != ":":
                raise self._broken("a colon is missing")
            self._at += 1
            yield name

    def _elements(self, closing: str) -> Iterator[None]:
        """Goes from element to element, by their commas."""
        self._at += 1
        if self._skip() == closing:
            self._at += 1
            return
        while True:
            yield
            follows = self._skip()
            if follows not in (",", closing) or not follows:
                raise self._broken("a comma is missing" if follows else _CUT)
            self._at += 1
            if follows == closing:
                return

    def _skip(self) -> str:
        """Pass over white space; the character behind it, "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or self._is_all:
                return self._text[self._at : self._at + 1]
            self._more()

    def _whole(self) -> Any:
        """The value that starts here; reads on until all of it is there."""
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = len(self._text) - error.pos < _NEAR or error.msg.startswith("Unterminated")
                if self._is_all:
                    raise self._broken("broken JSON" if not is_cut else _CUT) from None
                if not is_cut:
                    raise self._broken("broken JSON") from None
            except RecursionError:
                raise self._broken("is nested too deep") from None
            except ValueError:
                raise self._broken("a number that is too long") from None
            else:
                # A number, and only that, may go on behind the window.
                if end < len(self._text) or self._is_all or self._text[end - 1] in '}]"':
                    self._at = end
                    return value
            self._more()

    def _more(self) -> None:
        """Let go of what is read, and take up more than the last time, so that an entry of any length is
        looked at a few times only."""
        self._line_here()
        kept = len(self._text) - self._at
        if kept > LONGEST_ENTRY:
            raise self._broken("an entry is longer than 64 MiB")
        self._chunk = max(_CHUNK, kept)
        self._text = self._text[self._at :]
        self._at = self._counted_to = 0
        self._fill(b"")

    def _fill(self, data: bytes) -> None:
        wanted = self._chunk
        pieces = [data] if data else []
        try:
            while wanted > 0 and not self._is_all:
                piece = self._stream.read(wanted)
                self._is_all = not piece
                pieces.append(piece)
                wanted -= len(piece)
        except READ_ERRORS as error:
            # What came before it is read first.
            self._is_all, self._failure = True, reason_of(error)
        try:
            self._text += self._decode.decode(b"".join(pieces), self._is_all)
        except UnicodeDecodeError:
            raise self._broken("is not UTF-8 from here on") from None

    def _broken(self, problem: str) -> Broken:
        if problem == _CUT and self._failure is not None:
            problem = self._failure
        return Broken(self._line_here(), problem)

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line
