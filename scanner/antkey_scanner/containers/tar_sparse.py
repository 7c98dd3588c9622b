"""Sparse files in tar: GNU's old header and the three pax ways of GNU tar.

Only the data between the holes is stored. Holes come out as zero bytes again, so that what is in
the file (a database, another archive) keeps its shape; long ones are shortened, nothing hides in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.slices import Walk
from antkey_scanner.containers.tar_headers import BLOCK

Spans = list[tuple[int, int]]
"""Offset and length of each stored piece, in order."""

LONGEST_HOLE = 1 << 16
DAMAGED = "damaged map of a sparse file"

_PIECE = 1 << 18
_MOST_SPANS = 1 << 17
_LONGEST_NUMBER = 20


def gnu_spans(header: bytes, walk: Walk) -> tuple[Spans, bytes]:
    """The map in an old GNU header, and the extension blocks that were taken from `walk` for it."""
    spans, read = _structs(header[386:482]), b""
    extended = header[482] != 0
    while extended and len(spans) < _MOST_SPANS:
        block = walk.take(BLOCK)
        read += block
        spans += _structs(block[:504])
        extended = block[504] != 0
    return spans, read


def _structs(data: bytes) -> Spans:
    return _pairs(_number(data[at : at + 12]) for at in range(0, len(data), 12))


def _number(field: bytes) -> int:
    """A number in octal digits, or in base 256 behind a byte 0x80; 0 for anything else."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else 0


def pax_spans(records: dict[str, bytes]) -> Spans | None:
    """The map in pax records (GNU formats 0.0 and 0.1), None when there is none. Raises ValueError."""
    value = records.get("GNU.sparse.map")
    if value is None:
        return None
    return _pairs(_decimal(part) for part in value.split(b",", 2 * _MOST_SPANS)[: 2 * _MOST_SPANS])


def is_pax_1_0(records: dict[str, bytes]) -> bool:
    """Whether the map stands before the data (GNU format 1.0)."""
    return records.get("GNU.sparse.major") == b"1"


def stored_spans(walk: Walk) -> Spans:
    """The map at the start of the data: lines with numbers, padded to a block. Raises ValueError."""
    count = min(_line(walk), _MOST_SPANS)
    spans = _pairs([_line(walk) for _ in range(2 * count)])
    walk.align(BLOCK)
    return spans


def _line(walk: Walk) -> int:
    text = walk.peek(_LONGEST_NUMBER + 1).partition(b"\n")[0]
    walk.take(len(text) + 1)
    return _decimal(text)


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise ValueError(DAMAGED)
    return int(text)


def _pairs(numbers: Iterable[int]) -> Spans:
    each = iter(numbers)
    return [(offset, length) for offset, length in zip(each, each, strict=False) if length]


class Expanded:
    """The file with its holes.

    Where the map contradicts itself the data comes out without holes, and then a ValueError.
    """

    def __init__(self, content: Stream, spans: Spans, budget: Budget) -> None:
        self._content = content
        self._spans: Iterator[tuple[int, int]] = iter(spans)
        self._budget = budget
        self._at = 0
        self._hole = 0
        self._data = 0
        self._damaged = False

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        while not self._hole and not self._data:
            span = next(self._spans, None)
            if span is None:
                return self._rest(size)
            self._enter(*span)
        return self._zeros(size) if self._hole else self._stored(size)

    def _enter(self, offset: int, length: int) -> None:
        if offset < self._at or length < 0:
            self._damaged = True
            self._spans = iter(())
            return
        self._hole = min(offset - self._at, LONGEST_HOLE)
        self._data = length
        self._at = offset + length

    def _zeros(self, size: int) -> bytes:
        zeros = bytes(min(size, self._hole))
        self._hole -= len(zeros)
        self._budget.spend_bytes(len(zeros))
        return zeros

    def _stored(self, size: int) -> bytes:
        data = self._content.read(min(size, self._data))
        self._data -= len(data)
        if not data:
            self._data = 0
            self._damaged = True
            self._spans = iter(())
        return data or self._rest(size)

    def _rest(self, size: int) -> bytes:
        """What the map does not tell of."""
        data = self._content.read(size)
        if not data and self._damaged:
            raise ValueError(DAMAGED)
        return data
