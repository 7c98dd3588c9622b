"""The records of a zip file (APPNOTE.TXT 6.3.10): local headers and the central directory.

`zipfile` is no help here: it builds every entry before it gives the first (800 MB for a million of
them), refuses the whole archive for one bad entry, and never looks at what no entry points to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from antkey_scanner.containers.streams import SeekableStream, Window

LOCAL_MAGIC = b"PK\x03\x04"
LOCAL_SIZE = 30

ENCRYPTED = 0x0001 | 0x0040 | 0x2000
HAS_DESCRIPTOR = 0x0008

_CENTRAL_MAGIC = b"PK\x01\x02"
_END_MAGIC = b"PK\x05\x06"
_END64_MAGIC = b"PK\x06\x06"
_LOCATOR_MAGIC = b"PK\x06\x07"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ZIP64_EXTRA = 1
_IN_EXTRA = 0xFFFFFFFF
_LONGEST_COMMENT = 0xFFFF
_AROUND = 1 << 12
_PIECE = 1 << 18
_MOST_END_RECORDS = 1000
_POSITION_BITS = 48


class Entry(NamedTuple):
    """What a header says of a member. start: of the local header; size: unpacked; all in bytes."""

    start: int
    name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    disk: int = 0


class Local(NamedTuple):
    """A local header: its bytes, what they say, and the offset of the data behind them."""

    raw: bytes
    entry: Entry
    data: int


class Directory(NamedTuple):
    """Where the central directory is. shift: what has to be added to the offsets in it."""

    start: int
    end: int
    shift: int
    disk: int


def read_at(file: SeekableStream, start: int, size: int) -> bytes:
    """Up to `size` bytes at an offset; fewer only at the end."""
    file.seek(start)
    data = file.read(size)
    while len(data) < size and (more := file.read(size - len(data))):
        data += more
    return data


def read_local(file: SeekableStream, start: int) -> Local | None:
    """The local header at an offset, None when there is none."""
    head = read_at(file, start, LOCAL_SIZE + 512)
    if len(head) < LOCAL_SIZE or not head.startswith(LOCAL_MAGIC):
        return None
    fields = _LOCAL.unpack_from(head)
    _, _, flags, method, _, _, checksum, packed, size, name_size, extra_size = fields
    data = start + LOCAL_SIZE + name_size + extra_size
    if len(head) < data - start:
        head = read_at(file, start, data - start)
    raw = head[: data - start]
    name = raw[LOCAL_SIZE : LOCAL_SIZE + name_size]
    size, packed = _wide(raw[LOCAL_SIZE + name_size :], size, packed)
    return Local(raw, Entry(start, name, flags, method, checksum, packed, size), data)


def find_directory(file: Window) -> Directory | None:
    """The central directory, by the last end record whose directory is where it says."""
    for end in islice(_end_records(file), _MOST_END_RECORDS):
        record = read_at(file, end, _END.size)
        if len(record) == _END.size:
            directory = _directory(file, end, _END.unpack(record))
            if directory is not None:
                return directory
    return None


def _end_records(file: Window) -> Iterator[int]:
    """Where end records seem to be, from the file's end to its start: anything may be appended."""
    end, step, overlap = file.size, _LONGEST_COMMENT + _END.size, len(_END_MAGIC) - 1
    while end > 0:
        start = max(0, end - step)
        block = read_at(file, start, end - start + overlap)
        at = block.rfind(_END_MAGIC)
        while at >= 0:
            yield start + at
            at = block.rfind(_END_MAGIC, 0, at)
        end, step = start, _PIECE


def _directory(file: Window, end: int, record: tuple[int, ...]) -> Directory | None:
    _, disk, _, _, _, size, offset, _ = record
    locator = read_at(file, max(0, end - _LOCATOR.size), _LOCATOR.size)
    if end >= _LOCATOR.size and locator.startswith(_LOCATOR_MAGIC):
        _, _, stated, _ = _LOCATOR.unpack(locator)
        for position in (end - _LOCATOR.size - _END64.size, stated):
            record64 = read_at(file, max(0, position), _END64.size)
            if record64.startswith(_END64_MAGIC) and len(record64) == _END64.size:
                _, _, _, _, disk, _, _, _, size, offset = _END64.unpack(record64)
                end = position
                break
    for start in (end - size, offset):
        if start >= 0 and _is_directory(file, start, size):
            return Directory(start, start + size, start - offset, disk)
    return None


def _is_directory(file: Window, start: int, size: int) -> bool:
    if not size:
        return start <= file.size
    return start + size <= file.size and read_at(file, start, 4) == _CENTRAL_MAGIC


class Listing:
    """The central directory's entries by offset, one whole number each: millions fit into memory."""

    def __init__(self, file: Window, directory: Directory, most: int) -> None:
        self._file = file
        self._directory = directory
        self._block = b""
        self._block_start = 0
        self._keys: list[int] = []
        self.damaged = False
        self._index(most)

    def __iter__(self) -> Iterator[tuple[Entry, int]]:
        """Each entry and the start of the next one behind it, or of the directory behind the last."""
        mask = (1 << _POSITION_BITS) - 1
        keys = iter(self._keys)
        key = next(keys, None)
        while key is not None:
            following = next(keys, None)
            border = self._directory.start if following is None else following >> _POSITION_BITS
            found = self._entry(key & mask)
            if found is not None:
                yield found[0], border
            key = following

    def _index(self, most: int) -> None:
        at = self._directory.start
        while at < self._directory.end and len(self._keys) < most:
            found = self._entry(at)
            if found is None:
                self.damaged = True
                break
            entry, following = found
            self._keys.append(max(0, entry.start) << _POSITION_BITS | at)
            at = following
        self._keys.sort()

    def _entry(self, at: int) -> tuple[Entry, int] | None:
        """The entry at an offset and the offset behind it, None when there is none."""
        block, begin = self._at(at, _CENTRAL.size)
        if block[begin : begin + 4] != _CENTRAL_MAGIC or len(block) < begin + _CENTRAL.size:
            return None
        fields = _CENTRAL.unpack_from(block, begin)
        _, _, _, flags, method, _, _, checksum, packed, size, *rest = fields
        name_size, extra_size, comment_size, disk, _, _, start = rest
        block, begin = self._at(at, _CENTRAL.size + name_size + extra_size)
        name_start = begin + _CENTRAL.size
        extra_start = name_start + name_size
        extra = block[extra_start : extra_start + extra_size]
        size, packed, start = _wide(extra, size, packed, start)
        name = block[name_start:extra_start]
        start += self._directory.shift
        entry = Entry(start, name, flags, method, checksum, packed, size, disk)
        return entry, at + _CENTRAL.size + name_size + extra_size + comment_size

    def _at(self, at: int, size: int) -> tuple[bytes, int]:
        """A piece of the directory that holds `size` bytes at an offset, and where in it they are.

        It reaches to both sides: entries may come in any order, and each must cost little.
        """
        if not self._block_start <= at <= self._block_start + len(self._block) - size:
            start = max(self._directory.start, at - _AROUND)
            end = min(self._directory.end, at + size + _AROUND)
            self._block, self._block_start = read_at(self._file, start, end - start), start
        return self._block, at - self._block_start


def _wide(extra: bytes, *values: int) -> list[int]:
    """The values with those that did not fit into 32 bits taken from the zip64 extra field."""
    wide = list(values)
    if _IN_EXTRA not in wide:
        return wide
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == _ZIP64_EXTRA:
            field = extra[at + 4 : at + 4 + length]
            for number, value in enumerate(wide):
                if value == _IN_EXTRA and len(field) >= 8:
                    wide[number] = int.from_bytes(field[:8], "little")
                    field = field[8:]
            break
        at += 4 + length
    return wide
