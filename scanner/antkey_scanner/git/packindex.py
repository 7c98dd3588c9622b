"""Reads the index of a pack: which object lies where. Versions 1 and 2 (`gitformat-pack(5)`)."""

from __future__ import annotations

import mmap
import os
import struct
from bisect import bisect_left
from collections.abc import Iterator

from antkey_scanner import system
from antkey_scanner.git.objects import CorruptObject

_MAGIC = b"\377tOc"
_FANOUT = struct.Struct(">256I")
_WORD = struct.Struct(">I")
_LONG = struct.Struct(">Q")
_SMALL = 1 << 16


def map_file(path: str) -> memoryview:
    """A file as memory, without following a link. Raises CorruptObject.

    Small ones are read: a mapping holds a file descriptor, and some repositories have a thousand packs.
    """
    try:
        descriptor, status = system.open_file(path)
    except OSError as error:
        raise CorruptObject(f"cannot be opened: {error.strerror}") from None
    try:
        if not status.st_size:
            raise CorruptObject("is empty")
        if status.st_size <= _SMALL:
            return memoryview(system.read_at(descriptor, _SMALL, 0))
        return memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise CorruptObject(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def release(data: memoryview) -> None:
    """Give the memory back that a mapped file's pages take; they are read again when needed."""
    mapped = data.obj
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


class PackIndex:
    """One `.idx` file.

    Public for the walk, which reads whole tables: `data`, `count`, `names_at` and `name_step` (where
    the ids stand and how far apart), `offsets_at`, `version`.
    content: of the file, when it is at hand.
    Raises CorruptObject when the file is no index or its size does not fit its count.
    """

    def __init__(self, path: str, hash_size: int, content: memoryview | None = None) -> None:
        self.path = path
        self.data = data = map_file(path) if content is None else content
        self.hash_size = hash_size
        self.version = 2 if data[:4] == _MAGIC else 1
        start = 8 if self.version == 2 else 0
        if len(data) < start + _FANOUT.size + 2 * hash_size:
            raise CorruptObject("is too short for a pack index")
        if self.version == 2 and _WORD.unpack_from(data, 4)[0] != 2:
            raise CorruptObject("is a pack index of an unknown version")
        self._fanout = _FANOUT.unpack_from(data, start)
        self.count = self._fanout[-1]
        if any(self._fanout[at] > self._fanout[at + 1] for at in range(255)):
            raise CorruptObject("is no pack index or a damaged one (its table is not in order)")
        self._lay_out(start + _FANOUT.size)

    def _lay_out(self, start: int) -> None:
        count, size = self.count, self.hash_size
        self.long_at = self.long_end = len(self.data) - 2 * size
        if self.version == 1:
            self.offsets_at, self.names_at, self.name_step = start, start + 4, size + 4
            fits = start + count * (size + 4) == self.long_end
        else:
            self.names_at, self.name_step = start, size
            self.offsets_at = start + count * (size + 4)
            self.long_at = self.offsets_at + count * 4
            fits = self.long_at <= self.long_end and (self.long_end - self.long_at) % 8 == 0
        if not fits:
            raise CorruptObject("is no pack index or a damaged one (its size does not fit)")

    @property
    def pack_checksum(self) -> bytes:
        """The trailer of the pack that this is the index of; zeros when it is not known."""
        return bytes(self.data[-2 * self.hash_size : -self.hash_size])

    def find(self, oid: bytes) -> int | None:
        """Where the object starts in the pack, None when it is not in it. Raises CorruptObject."""
        first = oid[0]
        low = self._fanout[first - 1] if first else 0
        high = self._fanout[first]
        number = low + bisect_left(range(low, high), oid, key=self._name)
        return self.offset(number) if number < high and self._name(number) == oid else None

    def _name(self, number: int) -> bytes:
        at = self.names_at + number * self.name_step
        return bytes(self.data[at : at + self.hash_size])

    def offset(self, number: int) -> int:
        """Where the object of this number, in the order of the ids, starts. Raises CorruptObject."""
        if self.version == 1:
            at = self.offsets_at + number * self.name_step
            return int(_WORD.unpack_from(self.data, at)[0])
        offset = int(_WORD.unpack_from(self.data, self.offsets_at + number * 4)[0])
        if offset < 1 << 31:
            return offset
        at = self.long_at + (offset & 0x7FFFFFFF) * 8
        if at + 8 > self.long_end:
            raise CorruptObject("is at a place that the pack's index lacks")
        return int(_LONG.unpack_from(self.data, at)[0])

    def entries(self) -> Iterator[tuple[bytes, int]]:
        """All ids, in order, with where they start. Raises CorruptObject."""
        at = self.names_at
        for number in range(self.count):
            yield bytes(self.data[at : at + self.hash_size]), self.offset(number)
            at += self.name_step


def readable_indexes(folder: str, hash_size: int) -> Iterator[PackIndex]:
    """The indexes in a `pack` folder; those that cannot be read are left out."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if name.endswith(".idx"):
            try:
                index = PackIndex(os.path.join(folder, name), hash_size)
            except CorruptObject:
                continue
            yield index
