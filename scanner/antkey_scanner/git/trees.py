"""Reads trees, and tells what one tree holds that others do not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from antkey_scanner.git.objects import TREE, CorruptObject, ObjectError
from antkey_scanner.named import NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.git.store import ObjectStore

DEPTH = 4096
"""As deep as git goes. A tree may hold itself only by a broken hash, but its depth is anybody's."""

Row = tuple[bytes, bytes, bytes]
"""One line of a tree: mode in octal digits, name, object id."""

FOLDERS = {b"40000", b"040000"}
"""How the mode of a folder is written; with a zero by old programs."""

_ROW = {
    20: rb"(?s)([0-7]+) ([^\0]*)\0(.{20})|.+",
    32: rb"(?s)([0-7]+) ([^\0]*)\0(.{32})|.+",
}
"""Not compiled before it is needed: the hook pays for it. Where a tree is malformed its rest is
swallowed at once, so that the time is linear."""

_LINE = {20: rb"(?s)[0-7]+ [^\0]*\0.{20}", 32: rb"(?s)[0-7]+ [^\0]*\0.{32}"}

_VISITS = 256
"""So often one folder is entered in a tree that holds it at several paths: a tree of trees that each
hold the next ten times would never end, and has nothing new after the first time."""

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
    size = sum(map(len, chain.from_iterable(found))) + 2 * len(found)
    if size != len(data) or (found and not found[-1][2]):
        raise CorruptObject("is a malformed tree")
    return found


def read(store: ObjectStore, oid: bytes) -> list[Row]:
    """The lines of a tree. Raises ObjectError."""
    found = store.get(oid)
    if found.kind != TREE:
        raise CorruptObject("is no tree")
    return rows(found.data, len(oid))


class Trees:
    """The trees of a store, of which the last ones that were read stay at hand."""

    def __init__(self, store: ObjectStore, room: int = 2048) -> None:
        self._store = store
        self._room = room
        self._kept: dict[bytes, frozenset[bytes]] = {}

    def _read(self, oid: bytes) -> frozenset[bytes]:
        """The lines of a tree, unordered and not taken apart. Raises ObjectError."""
        found = self._kept.pop(oid, None)
        if found is None:
            data = self._store.get(oid)
            if data.kind != TREE:
                raise CorruptObject("is no tree")
            lines = re.findall(_LINE[len(oid)] + rb"|.+", data.data)
            if lines and not re.fullmatch(_LINE[len(oid)], lines[-1]):
                raise CorruptObject("is a malformed tree")
            found = frozenset(lines)
        self._kept[oid] = found  # now the last one
        if len(self._kept) > self._room:
            del self._kept[next(iter(self._kept))]
        return found

    def introduced(self, tree: bytes, others: Sequence[bytes], path: bytes = b"") -> Iterator[File]:
        """The files of a tree that none of the others has at the same path with the same content.

        Folders are read where they differ only; submodules have no content. path: what precedes the
        names, empty or ending in `/`. Raises ObjectError when something of the tree cannot be read;
        others that cannot be are as if empty.
        """
        pending = [(path, tree, list(others))]
        visits: dict[bytes, int] = {}
        while pending:
            path, tree, others = pending.pop()
            visits[tree] = visits.get(tree, 0) + 1
            if tree in others or visits[tree] > _VISITS:
                continue
            sides = [self._read_or_nothing(other) for other in others]
            lines = self._read(tree)
            before = _by_name(line for side in sides for line in side - lines)
            folders = []
            for name, changed in sorted(_by_name(lines.difference(*sides)).items()):
                for mode, oid in changed:
                    there = before.get(name, ())
                    if mode in FOLDERS:
                        same = [old for old_mode, old in there if old_mode in FOLDERS]
                        folders.append((b"%s%s/" % (path, name), oid, same))
                    elif mode != GITLINK and not any(oid == old for _, old in there):
                        yield File(path + name, oid, int(mode, 8))
            if path.count(b"/") >= DEPTH and folders:
                raise CorruptObject("is nested too deeply")
            pending += reversed(folders)

    def _read_or_nothing(self, oid: bytes) -> frozenset[bytes]:
        try:
            return self._read(oid)
        except ObjectError:  # it may be not here at all
            return frozenset()


def _by_name(lines: Iterable[bytes]) -> dict[bytes, list[tuple[bytes, bytes]]]:
    """Mode and id of lines by their names; a malformed tree may have a name twice."""
    found: dict[bytes, list[tuple[bytes, bytes]]] = {}
    for line in lines:
        head, _, oid = line.partition(b"\0")
        mode, _, name = head.partition(b" ")
        found.setdefault(name, []).append((mode, oid))
    return found
