"""Reads trees, and tells what one tree holds that others do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner.git.objects import TREE, CorruptObject, ObjectError

if TYPE_CHECKING:
    from antkey_scanner.git.store import ObjectStore

DEPTH = 4096
"""As deep as git goes. A tree may hold itself only by a broken hash, but its depth is anybody's."""

Row = tuple[bytes, bytes, bytes]
"""One line of a tree: mode in octal digits, name, object id."""

FOLDERS = {b"40000", b"040000"}
"""How the mode of a folder is written; with a zero by old programs."""

_ROW = {20: rb"(?s)([0-7]+) ([^\0]*)\0(.{20})", 32: rb"(?s)([0-7]+) ([^\0]*)\0(.{32})"}
"""Not compiled before it is needed: the hook pays for it."""

GITLINK = b"160000"
"""The mode of a submodule's commit, which is no content of this repository."""


class File(NamedTuple):
    """What lies at a path. mode: 0o100644, 0o100755 or 0o120000, or what else a tree says."""

    path: bytes
    oid: bytes
    mode: int


def rows(data: bytes, hash_size: int) -> list[Row]:
    """The lines of a tree's content. Raises CorruptObject when it is malformed."""
    found: list[Row] = re.findall(_ROW[hash_size], data)
    if sum(map(len, chain.from_iterable(found))) + 2 * len(found) != len(data):
        raise CorruptObject("is a malformed tree")
    return found


def read(store: ObjectStore, oid: bytes) -> list[Row]:
    """The lines of a tree. Raises ObjectError."""
    found = store.get(oid)
    if found.kind != TREE:
        raise CorruptObject("is no tree")
    return rows(found.data, len(oid))


def introduced(
    store: ObjectStore, tree: bytes, others: Sequence[bytes], path: bytes = b""
) -> Iterator[File]:
    """The files of a tree that none of the others has at the same path with the same content.

    Folders are read where they differ only. path: what precedes the names; empty or ending in `/`.
    Raises ObjectError when the tree cannot be read; others that cannot be are as if empty.
    """
    pending = [(path, tree, list(others))]
    while pending:
        path, tree, others = pending.pop()
        if tree in others:
            continue
        lines = set(read(store, tree))
        sides = [_read_or_nothing(store, other) for other in others]
        lines.difference_update(*sides)
        names = {name for _, name, _ in lines}
        before = [row for side in sides for row in side if row[1] in names]
        folders = []
        for mode, name, oid in sorted(lines, key=lambda row: row[1]):
            if mode in FOLDERS:
                same = [row[2] for row in before if row[1] == name and row[0] in FOLDERS]
                folders.append((b"%s%s/" % (path, name), oid, same))
            elif mode != GITLINK and not any(row[1:] == (name, oid) for row in before):
                yield File(path + name, oid, int(mode, 8))
        if path.count(b"/") >= DEPTH and folders:
            raise CorruptObject("is nested too deeply")
        pending += reversed(folders)


def _read_or_nothing(store: ObjectStore, oid: bytes) -> list[Row]:
    try:
        return read(store, oid)
    except ObjectError:  # it may be a file there, or not be here at all
        return []
