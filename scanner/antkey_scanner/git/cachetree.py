"""Reads the index's cache of trees: the ids of the folders in which nothing is staged since."""

from __future__ import annotations

import struct

from antkey_scanner.named import NamedTuple

_KNOWN = (b"TREE", b"REUC", b"UNTR", b"FSMN", b"sdir", b"EOIE", b"IEOT")
_SIZE = struct.Struct(">I")


class Node(NamedTuple):
    """A folder whose tree is known. entries: of the index, in and below it; oid: its tree."""

    entries: int
    oid: bytes


CacheTree = dict[bytes, Node]
"""The folders whose trees are known, by path: empty for the root, ending in `/` for others."""


def read_cache_tree(data: bytes, hash_size: int) -> CacheTree:
    """The folders in a TREE extension. What is malformed is as if it were not there: it is a cache."""
    found: CacheTree = {}
    waiting: list[tuple[bytes, int]] = []
    at = 0
    try:
        while at < len(data):
            end = data.index(b"\0", at)
            name = data[at:end]
            space, line = data.index(b" ", end), data.index(b"\n", end)
            entries, inner = int(data[end + 1 : space]), int(data[space + 1 : line])
            at = line + 1
            while waiting and not waiting[-1][1]:
                waiting.pop()
            path = b""
            if waiting:
                outer, left = waiting[-1]
                waiting[-1] = outer, left - 1
                path = b"%s%s/" % (outer, name)
            if entries >= 0:
                found[path] = Node(entries, data[at : at + hash_size])
                at += hash_size
            waiting.append((path, inner))
    except ValueError:
        return {}
    return found


def find_root(data: bytes, entries: int, hash_size: int) -> Node | None:
    """The tree of a whole index of so many entries, found without reading them; None when that is
    not possible. git writes it before it runs the hooks of a commit."""
    stop = len(data) - hash_size
    start = 12 + entries * (44 + hash_size)  # no entry is shorter
    at = data.find(b"TREE", start)
    while at >= 0 and not _leads_to(data, at, stop):
        at = data.find(b"TREE", at + 1)
    # The names of untracked files, which come later, must not be able to feign it.
    before = data.find(b"UNTR", start, at) if at >= 0 else -1
    while before >= 0:
        if _leads_to(data, before, stop):
            return None
        before = data.find(b"UNTR", before + 1, at)
    return _root(data, at + 8, hash_size) if at >= 0 else None


def _leads_to(data: bytes, at: int, stop: int) -> bool:
    """Whether a chain of extensions goes from `at` to the checksum."""
    while at + 8 <= stop and data[at : at + 4] in _KNOWN:
        at += 8 + int(_SIZE.unpack_from(data, at + 4)[0])
    return at == stop


def _root(data: bytes, at: int, hash_size: int) -> Node | None:
    line = data.find(b"\n", at, at + 64)
    entries = data[at + 1 : line].split(b" ")[0]
    if data[at] or line < 0 or not entries.isdigit():
        return None
    return Node(int(entries), data[line + 1 : line + 1 + hash_size])
