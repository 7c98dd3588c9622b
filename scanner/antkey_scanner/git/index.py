"""Reads git's index, the list of what is staged: versions 2, 3 and 4 (`gitformat-index(5)`)."""

from __future__ import annotations

import struct
from collections.abc import Callable

from antkey_scanner.git.cachetree import CacheTree, read_cache_tree
from antkey_scanner.named import NamedTuple

Entry = tuple[bytes, bytes, int, int]
"""One line of the index: path, object id, mode, flags. A plain tuple, since there are many of them."""

GITLINK, SYMLINK, SPARSE_FOLDER = 0o160000, 0o120000, 0o040000
"""Modes: a submodule's commit, a symbolic link, and a folder that stands for all below it."""

LIMIT = 1 << 30
"""Bytes of an index that are read at most; some 10 million entries."""

_INTENT_TO_ADD = 0x20000000
_EXTENDED = 0x4000
_HEADER = struct.Struct(">4sII")
_EXTENSION = struct.Struct(">4sI")
_UNDERSTOOD = {b"link", b"sdir"}


class BrokenIndex(Exception):
    """The file is no index, or not one that can be read; the text says why, for a `Skip`."""


class Index(NamedTuple):
    """What an index says.

    entries: in the order of their paths, then stages; trees: see `read_cache_tree`; resolved: object
    ids of conflicts that were resolved, with their paths; link: what a split index says of the one
    that it shares, empty for others.
    """

    entries: list[Entry]
    trees: CacheTree
    resolved: list[tuple[bytes, bytes]]
    link: bytes


def stage(entry: Entry) -> int:
    """0, or in a conflict 1 (common ancestor), 2 (ours) and 3 (theirs)."""
    return entry[3] >> 12 & 3


def is_planned(entry: Entry) -> bool:
    """Whether only the path is in the index, by `git add --intent-to-add`, and no content."""
    return bool(entry[3] & _INTENT_TO_ADD)


def count(data: bytes) -> int:
    """How many entries an index has. Raises BrokenIndex when it is none."""
    try:
        magic, version, entries = _HEADER.unpack_from(data)
    except struct.error:
        raise BrokenIndex("is too short for an index") from None
    if magic != b"DIRC":
        raise BrokenIndex("is no index")
    if version not in {2, 3, 4}:
        raise BrokenIndex(f"is an index of the unknown version {version}")
    return int(entries)


def parse(data: bytes, hash_size: int) -> Index:
    """The whole of an index. Its checksum is not looked at: see `is_sound`. Raises BrokenIndex."""
    entries = count(data)
    stop = len(data) - hash_size
    if entries * (42 + hash_size) > stop:
        raise BrokenIndex("is shorter than its header says")
    version = data[7]
    read = _read_compressed if version == 4 else _read_padded
    try:
        rows, at = read(data, entries, hash_size)
    except (struct.error, ValueError, IndexError):
        raise BrokenIndex("ends too early") from None
    trees: CacheTree = {}
    resolved: list[tuple[bytes, bytes]] = []
    link = b""
    for name, start, end in extensions(data, at, stop):
        if name == b"TREE":
            trees = read_cache_tree(data[start:end], hash_size)
        elif name == b"REUC":
            resolved = _resolved(data[start:end], hash_size)
        elif name == b"link":
            link = data[start:end]
        elif not name[:1].isupper() and name not in _UNDERSTOOD:
            raise BrokenIndex(f"needs the unknown extension {name!r}")
    return Index(rows, trees, resolved, link)


def is_sound(data: bytes, hash_size: int) -> bool:
    """Whether the checksum fits; one of zeros means that git was told to leave it out."""
    import hashlib

    trailer = data[-hash_size:]
    if not any(trailer):
        return True
    kind: Callable[..., hashlib._Hash] = hashlib.sha1 if hash_size == 20 else hashlib.sha256
    return kind(data[:-hash_size], usedforsecurity=False).digest() == trailer


def extensions(data: bytes, at: int, stop: int) -> list[tuple[bytes, int, int]]:
    """Name, start and end of each extension from `at` on. Raises BrokenIndex."""
    found = []
    while at < stop:
        if at + 8 > stop:
            raise BrokenIndex("has a malformed extension")
        name, size = _EXTENSION.unpack_from(data, at)
        at += 8
        if at + size > stop:
            raise BrokenIndex("has a malformed extension")
        found.append((name, at, at + size))
        at += size
    if at != stop:
        raise BrokenIndex("is shorter than its header says")
    return found


def _read_padded(data: bytes, entries: int, hash_size: int) -> tuple[list[Entry], int]:
    """Versions 2 and 3: each entry is padded with 1 to 8 zeros to a multiple of 8 bytes."""
    unpack = struct.Struct(f">I12x{hash_size}sH").unpack_from
    rows: list[Entry] = []
    append = rows.append
    head = 42 + hash_size
    at = _HEADER.size
    for _ in range(entries):
        mode, oid, flags = unpack(data, at + 24)
        start = at + head
        length = flags & 0xFFF
        if flags & _EXTENDED:
            flags |= int.from_bytes(data[start : start + 2], "big") << 16
            start += 2
        end = start + length if length < 0xFFF else data.index(b"\0", start)
        if data[end]:
            raise BrokenIndex("has a path of another length than it says")
        append((data[start:end], oid, mode, flags))
        at = end + 8 - (end - at & 7)
    return rows, at


def _read_compressed(data: bytes, entries: int, hash_size: int) -> tuple[list[Entry], int]:
    """Version 4: of each path only what differs from the one before."""
    unpack = struct.Struct(f">I12x{hash_size}sH").unpack_from
    rows: list[Entry] = []
    head = 42 + hash_size
    at = _HEADER.size
    path = b""
    for _ in range(entries):
        mode, oid, flags = unpack(data, at + 24)
        at += head
        if flags & _EXTENDED:
            flags |= int.from_bytes(data[at : at + 2], "big") << 16
            at += 2
        byte = data[at]
        at += 1
        strip = byte & 0x7F
        while byte & 0x80:
            byte = data[at]
            at += 1
            strip = (strip + 1) << 7 | byte & 0x7F
        if strip > len(path):
            raise BrokenIndex("has a path that is cut more than it is long")
        end = data.index(b"\0", at)
        path = path[: len(path) - strip] + data[at:end]
        rows.append((path, oid, mode, flags))
        at = end + 1
    return rows, at


def _resolved(data: bytes, hash_size: int) -> list[tuple[bytes, bytes]]:
    found = []
    at = 0
    try:
        while at < len(data):
            end = data.index(b"\0", at)
            path, at = data[at:end], end + 1
            modes = []
            for _ in range(3):
                end = data.index(b"\0", at)
                modes.append(int(data[at:end], 8))
                at = end + 1
            for _ in filter(None, modes):
                found.append((path, data[at : at + hash_size]))
                at += hash_size
    except ValueError:
        raise BrokenIndex("has a malformed list of resolved conflicts") from None
    return found
