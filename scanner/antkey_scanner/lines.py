"""Line and column of an offset, counted only for findings."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Protocol

from antkey_scanner.buffers import count
from antkey_scanner.named import NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

_BLOCK = 256 << 10
_CONTINUATION = bytes(range(0x80, 0xC0))
_WIDTHS = {"utf-16": 2, "utf-32": 4}
_BOMS = {"utf-16": (b"\xff\xfe", b"\xfe\xff"), "utf-32": (b"\xff\xfe\0\0", b"\0\0\xfe\xff")}

try:
    from stringzilla import rfind
except ImportError:

    def rfind(buffer: Buffer, literal: bytes) -> int:
        """The last offset of `literal`, or -1."""
        return bytes(buffer).rfind(literal)


class Span(NamedTuple):
    """How far a piece of text moves a position: line feeds in it, then code points and bytes after
    the last of them."""

    lines: int = 0
    points: int = 0
    width: int = 0

    def then(self, other: Span) -> Span:
        if other.lines:
            return Span(self.lines + other.lines, other.points, other.width)
        return Span(self.lines, self.points + other.points, self.width + other.width)


class Peekable(Protocol):
    """Bytes at an offset that was passed already: at least one of `size` unless there are none."""

    def peek(self, start: int, size: int) -> Buffer: ...


def measure(block: Buffer) -> Span:
    """The span of one piece of text."""
    feeds = count(block, b"\n")
    tail = bytes(block[rfind(block, b"\n") + 1 :] if feeds else block)
    points = len(tail) if tail.isascii() else len(tail.translate(None, _CONTINUATION))
    return Span(feeds, points, len(tail))


class Lines:
    """Positions in one input. What was counted once is not counted again: spans at some offsets are kept,
    in order, and those between them are counted on from the one before."""

    def __init__(self, source: Peekable, start: int = 0) -> None:
        self._source = source
        self._offsets, self._spans = [start], [Span()]
        self._at, self._span = start, Span()

    def span(self, offset: int) -> Span:
        """The span from `start` to `offset`, which is at or after the last settled one."""
        known = bisect_right(self._offsets, offset) - 1
        if not self._offsets[known] <= self._at <= offset:
            self._at, self._span = self._offsets[known], self._spans[known]
        while self._at < offset:
            block = self._source.peek(self._at, min(_BLOCK, offset - self._at))
            if not len(block):
                break
            self._span = self._span.then(measure(block))
            self._at += len(block)
        return self._span

    def count(self, offset: int) -> None:
        """Count up to `offset` now, while what is there is at hand."""
        if offset > self._offsets[-1]:
            self._spans.append(self.span(offset))
            self._offsets.append(offset)

    def settle(self, offset: int) -> None:
        """Count up to `offset`; nothing before it will be asked for again."""
        span = self.span(offset)
        later = bisect_right(self._offsets, offset)
        self._offsets[:later], self._spans[:later] = [offset], [span]


def line_and_column(span: Span, encodings: tuple[str, ...], head: bytes) -> tuple[int, int]:
    """1-based line and column of what lies `span` after the input's first byte.

    encodings: those of the finding, since UTF-16 and UTF-32 text has wider columns; head: the first
    bytes of the input, for a byte order mark that is no column.
    """
    encoding = encodings[0] if encodings else ""
    width = _WIDTHS.get(encoding)
    if width is None:
        mark = span.lines == 0 and head.startswith(b"\xef\xbb\xbf")
        return span.lines + 1, max(1, span.points + (0 if mark else 1))
    marked = span.lines == 0 and head.startswith(_BOMS[encoding])
    return span.lines + 1, max(1, span.width // width + (0 if marked else 1))


def moved(before: Span, line: int, column: int, encodings: tuple[str, ...]) -> tuple[int, int]:
    """Line and column in the whole input of a place in a part of it that `before` precedes."""
    if line == 1:
        width = _WIDTHS.get(encodings[0] if encodings else "")
        column += before.points if width is None else before.width // width
    return before.lines + line, column
