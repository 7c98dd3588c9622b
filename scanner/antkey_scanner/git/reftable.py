"""Reads refs and reflogs that are kept in tables (git's "reftable" format, versions 1 and 2)."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner import system
from antkey_scanner.git import smallfile
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip

_LIMIT = 1 << 30
_HEAD = struct.Struct(">4sB3s")
_FOOT = struct.Struct(">5Q")
_OID, _PEELED, _SYMBOLIC = 1, 2, 3


class Row(NamedTuple):
    """What the tables say of a name: an object and what its tag is of, or the name it leads to."""

    name: bytes
    oid: bytes = b""
    peeled: bytes | None = None
    target: bytes = b""


class BrokenTable(Exception):
    """A table that cannot be read; the text says why."""


def rows(repository: Repository, git_dir: str) -> Iterator[Row | Skip]:
    """The refs in the tables of a git folder; what a newer table says holds."""
    known: dict[bytes, Row] = {}
    for table in _tables(repository, git_dir):
        if isinstance(table, Skip):
            yield table
            continue
        try:
            for row in table.refs():
                known[row.name] = row
        except (BrokenTable, IndexError, struct.error, zlib.error) as error:
            yield table.skip(error)
    for row in known.values():
        if row.oid or row.target:  # else a newer table says that it is gone
            yield row


def logs(repository: Repository, git_dir: str) -> Iterator[tuple[bytes, list[bytes]] | Skip]:
    """The name of each ref with a log, and the ids in it from the oldest on."""
    known: dict[bytes, list[tuple[int, bytes, bytes]]] = {}
    for table in _tables(repository, git_dir):
        if isinstance(table, Skip):
            continue  # given with the rows
        try:
            for name, update, old, new in table.logs():
                known.setdefault(name, []).append((update, old, new))
        except (BrokenTable, IndexError, struct.error, zlib.error) as error:
            yield table.skip(error)
    for name, entries in known.items():
        entries.sort()
        ids = dict.fromkeys(oid for _, old, new in entries for oid in (old, new))
        yield name, [oid for oid in ids if any(oid)]


def _tables(repository: Repository, git_dir: str) -> Iterator[_Table | Skip]:
    folder = os.path.join(git_dir, "reftable")
    shown = system.show(f"{repository.shown}{os.path.basename(git_dir)}/reftable")
    try:
        names = smallfile.read(os.path.join(folder, "tables.list")).split(b"\n")
    except OSError as error:
        yield Skip(f"{shown}/tables.list", smallfile.reason(error))
        return
    for name in filter(None, names):
        text = os.fsdecode(name)
        if os.path.basename(text) != text or "\0" in text:
            yield Skip(f"{shown}/tables.list", "names a file in another folder; not followed")
            continue
        try:
            data = smallfile.read(os.path.join(folder, text), _LIMIT)
            yield _Table(data, repository.hash_size, f"{shown}/{system.show(text)}")
        except OSError as error:
            yield Skip(f"{shown}/{system.show(text)}", smallfile.reason(error))
        except BrokenTable as error:
            yield Skip(f"{shown}/{system.show(text)}", str(error))


class _Table:
    """One file: blocks of refs, of an index to them, and of logs."""

    def __init__(self, data: bytes, hash_size: int, shown: str) -> None:
        self._data = data
        self._hash_size = hash_size
        self._shown = shown
        if len(data) < 92:
            raise BrokenTable("is too short for a table of refs")
        magic, version, block_size = _HEAD.unpack_from(data)
        if magic != b"REFT" or version not in {1, 2}:
            raise BrokenTable("is no table of refs, or one of an unknown version")
        self._block_size = int.from_bytes(block_size, "big")
        self._head = 24 if version == 1 else 28
        foot = len(data) - self._head - _FOOT.size - 4
        if foot < 0 or data[foot : foot + self._head] != data[: self._head]:
            raise BrokenTable("has a malformed footer")
        if zlib.crc32(data[foot:-4]) != int.from_bytes(data[-4:], "big"):
            raise BrokenTable("has a footer that does not fit its checksum")
        sections = _FOOT.unpack_from(data, foot + self._head)
        ref_index, objects, _, self._log, log_index = (*sections,)
        self._log_end = log_index or foot
        self._ref_end = ref_index or (objects >> 5) or self._log or foot

    def skip(self, error: Exception) -> Skip:
        """A skip for this table."""
        reason = str(error) if isinstance(error, BrokenTable) else "is malformed"
        return Skip(self._shown, reason)

    def refs(self) -> Iterator[Row]:
        size = self._hash_size
        for block, start, stop in self._ref_blocks():
            for key, kind, at in _Records(block, start, stop):
                at = at.skip_number()
                if kind == 0:
                    yield Row(key)
                elif kind == _OID:
                    yield Row(key, at.take(size))
                elif kind == _PEELED:
                    yield Row(key, at.take(size), at.take(size))
                elif kind == _SYMBOLIC:
                    yield Row(key, target=at.take(at.number()))
                else:
                    raise BrokenTable("has a ref of an unknown kind")

    def logs(self) -> Iterator[tuple[bytes, int, bytes, bytes]]:
        """Name, the log entry's number, old and new id; newest first."""
        size = self._hash_size
        for block, start, stop in self._log_blocks():
            for key, kind, at in _Records(block, start, stop):
                old = new = b""
                if kind == 1:
                    old, new = at.take(size), at.take(size)
                    at.take(at.number())  # who
                    at.take(at.number())
                    at.skip_number()  # when
                    at.take(2)
                    at.take(at.number())  # why
                elif kind:
                    raise BrokenTable("has a log entry of an unknown kind")
                name, _, number = key.partition(b"\0")
                if old or new:
                    yield name, 0xFFFFFFFFFFFFFFFF - int.from_bytes(number, "big"), old, new

    def _ref_blocks(self) -> Iterator[tuple[bytes, int, int]]:
        data = self._data
        at = 0
        while at < self._ref_end:
            head = at or self._head
            if data[head : head + 1] != b"r":
                return
            length = int.from_bytes(data[head + 1 : head + 4], "big")
            if not head + 4 - at < length <= len(data) - at:
                raise BrokenTable("has a block of a length that makes no sense")
            yield data, head + 4, at + length
            aligned = self._block_size and not data[at + length]
            at += max(self._block_size, length) if aligned else length

    def _log_blocks(self) -> Iterator[tuple[bytes, int, int]]:
        data = self._data
        at = self._log
        if not at and data[self._head : self._head + 1] != b"g":
            return
        while at < self._log_end:
            head = at or self._head
            if data[head : head + 1] != b"g":
                return
            length = int.from_bytes(data[head + 1 : head + 4], "big") - (head + 4 - at)
            inflater = zlib.decompressobj()
            block = inflater.decompress(data[head + 4 : self._log_end], max(length, 1))
            yield block, 0, len(block)
            if len(block) != length:
                raise BrokenTable("has a log that is not as long as it says")
            inflater.decompress(inflater.unconsumed_tail, 1)
            at = self._log_end - len(inflater.unused_data)


class _Cursor:
    """A place in a block."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def number(self) -> int:
        byte = self.data[self.at]
        self.at += 1
        value = byte & 0x7F
        while byte & 0x80:
            byte = self.data[self.at]
            self.at += 1
            value = (value + 1) << 7 | byte & 0x7F
            if value >> 64:
                raise BrokenTable("has a number that makes no sense")
        return value

    def skip_number(self) -> _Cursor:
        self.number()
        return self

    def take(self, size: int) -> bytes:
        found = self.data[self.at : self.at + size]
        if len(found) != size:
            raise BrokenTable("ends too early")
        self.at += size
        return found


class _Records:
    """Key and kind of each record in a block, with a cursor at its value that has to be moved on."""

    def __init__(self, data: bytes, start: int, stop: int) -> None:
        restarts = int.from_bytes(data[stop - 2 : stop], "big")
        self._stop = stop - 2 - 3 * restarts
        if self._stop < start:
            raise BrokenTable("has a malformed block")
        self._cursor = _Cursor(data, start)

    def __iter__(self) -> Iterator[tuple[bytes, int, _Cursor]]:
        key = b""
        cursor = self._cursor
        while cursor.at < self._stop:
            shared = cursor.number()
            suffix = cursor.number()
            if shared > len(key):
                raise BrokenTable("has a malformed name")
            key = key[:shared] + cursor.take(suffix >> 3)
            yield key, suffix & 7, cursor
