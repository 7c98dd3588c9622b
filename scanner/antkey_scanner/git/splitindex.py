"""Joins a split index with the one that it shares (`gitformat-index(5)`, "split index")."""

from __future__ import annotations

import os
import struct

from antkey_scanner.git import index, smallfile
from antkey_scanner.git.index import BrokenIndex, Entry, Index

_COUNTS = struct.Struct(">II")


def joined(parsed: Index, folder: str, hash_size: int) -> Index:
    """An index with all of its entries. folder: where the shared one lies. Raises BrokenIndex."""
    oid = parsed.link[:hash_size]
    if not any(oid):
        return parsed
    path = os.path.join(folder, f"sharedindex.{oid.hex()}")
    try:
        shared = index.parse(smallfile.read(path, index.LIMIT), hash_size).entries
    except OSError as error:
        raise BrokenIndex(f"shares an index that cannot be read: {error.strerror}") from None
    deleted, at = _bits(parsed.link, hash_size, len(shared))
    replaced, _ = _bits(parsed.link, at, len(shared))
    if max(deleted + replaced, default=-1) >= len(shared) or len(replaced) > len(parsed.entries):
        raise BrokenIndex("does not fit the index that it shares")
    changed: dict[int, Entry] = {}
    for place, entry in zip(replaced, parsed.entries, strict=False):
        changed[place] = (entry[0] or shared[place][0], *entry[1:])
    gone = set(deleted)
    rows = [changed.get(at, row) for at, row in enumerate(shared) if at not in gone]
    rows += parsed.entries[len(replaced) :]
    rows.sort(key=lambda row: (row[0], index.stage(row)))
    return parsed._replace(entries=rows, link=b"")


def _bits(data: bytes, at: int, most: int) -> tuple[list[int], int]:
    """The numbers of the bits that are set in a bitmap compressed as EWAH, and where it ends.

    most: so many bits it may have. Raises BrokenIndex.
    """
    if at >= len(data):
        return [], at
    try:
        size, count = _COUNTS.unpack_from(data, at)
        words = struct.unpack_from(f">{count}Q", data, at + 8)
    except struct.error:
        raise BrokenIndex("has a malformed bitmap") from None
    if size > most:
        raise BrokenIndex("does not fit the index that it shares")
    found: list[int] = []
    bit = 0
    place = 0
    while place < count:
        head = words[place]
        run, literals = head >> 1 & 0xFFFFFFFF, head >> 33
        if head & 1:
            found.extend(range(bit, min(bit + run * 64, size)))
        bit += run * 64
        for word in words[place + 1 : place + 1 + literals]:
            found.extend(bit + each for each in range(64) if word >> each & 1)
            bit += 64
        place += 1 + literals
    return found, at + 8 + count * 8 + 4
