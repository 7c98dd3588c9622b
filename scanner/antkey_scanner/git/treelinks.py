"""Gathers which folders hold which, over all trees of a repository, and leads paths up to the roots.

One pass over all trees notes their folders, and in which of them the sought objects stand. Only
from those trees on upwards is anything looked at again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from antkey_scanner.git import trees
from antkey_scanner.git.objects import CorruptObject
from antkey_scanner.git.trail import Edge

PATHS = 256
"""So many paths of one folder are followed; trees that hold each other may give any number."""

_LONGEST = 8192
"""Bytes of a path; what is nested deeper has none."""

_FEW = 6
"""So many ids are looked for in each tree one by one; more of them, in the tree's lines."""

_FOLDERS = rb"(?s)40000 (?:([^\0]*\0.{%d})|.*)"
"""The folders of a tree, without looking at its files. It may take a part of a file's name for one,
which does no harm: what follows is no tree then, or the name is as its author wanted. The end of a
malformed tree is swallowed at once, so that the time is linear."""

_IDS = rb"(?s)[^\0]*\0(.{%d})|.+"


class Held(NamedTuple):
    """Where something stands: the path, of a commit's tree if `commit` is a number; reach: the refs
    that lead to a commit that has it there, as bits."""

    path: bytes
    order: int
    commit: int | None
    reach: int


class Root(NamedTuple):
    """A commit's tree. order: the less, the earlier; commit: its number, None when a ref leads to the
    tree itself and no commit has it; reach: see `Held`."""

    order: int
    commit: int | None
    reach: int


class TreeLinks:
    """The folders of all trees. sought: ids of blobs and trees whose places are wanted."""

    def __init__(self, sought: Iterable[bytes], hash_size: int) -> None:
        self._sought = frozenset(sought)
        self._hash_size = hash_size
        self._folders = re.compile(_FOLDERS % hash_size).findall
        self._ids = re.compile(_IDS % hash_size).findall
        self._parents: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._direct: dict[bytes, list[tuple[bytes, bytes]]] = {}
        self._trees: list[bytes] = []
        self._upwards: dict[bytes, list[tuple[bytes, list[bytes]]]] = {}
        self._few = tuple(self._sought) if len(self._sought) <= _FEW else ()

    def add(self, oid: bytes, data: bytes) -> None:
        """Take note of one tree."""
        if oid in self._sought:
            self._trees.append(oid)
        for outer in map(self._parents.__getitem__, self._folders(data)):
            outer.append(oid)
        if self._few:
            for sought in self._few:
                if sought in data:
                    self._note(oid, data)
                    break
        elif not self._sought.isdisjoint(self._ids(data)):
            self._note(oid, data)

    def _note(self, oid: bytes, data: bytes) -> None:
        try:
            lines = trees.rows(data, self._hash_size)
        except CorruptObject:
            return
        found = [
            (name, inner)
            for mode, name, inner in lines
            if inner in self._sought and mode not in trees.FOLDERS
        ]
        if found:
            self._direct[oid] = found

    def leading(self) -> Collection[bytes]:
        """The trees that lead to what is sought, and those that are; once all were added."""
        self._upwards = self._upward()
        return self._upwards.keys()

    def places(self, roots: Mapping[bytes, Root]) -> dict[bytes, list[Held]]:
        """Where each sought object stands, below the roots and below trees that no other
        tree holds. A blob's path is whole, a tree's ends in `/` unless it is a root."""
        upward = self._upwards = self._upwards or self._upward()
        prefixes = _prefixes(upward, roots)
        found: dict[bytes, dict[bytes, Held]] = defaultdict(dict)
        for tree, lines in self._direct.items():
            for name, oid in lines:
                _merge(found[oid], prefixes.get(tree, {}), name)
        for oid in self._trees:
            _merge(found[oid], prefixes[oid], b"")
        return {oid: list(held.values()) for oid, held in found.items()}

    @property
    def seen(self) -> tuple[bytes, ...]:
        """Those of the sought objects that are trees."""
        return tuple(self._trees)

    def edges(self) -> Iterator[Edge]:
        """All names on the ways that `places` went."""
        for tree, links in self._upwards.items():
            for name, outer in links:
                yield Edge(tree, name[:-1], tuple(outer), folder=True)
        direct: dict[tuple[bytes, bytes], list[bytes]] = {}
        for tree, lines in self._direct.items():
            for name, oid in lines:
                direct.setdefault((oid, name), []).append(tree)
        for (oid, name), outer in direct.items():
            yield Edge(oid, name, tuple(outer), folder=False)

    def restore(self, seen: Iterable[bytes], edges: Iterable[Edge]) -> None:
        """Take note of trees that were looked at before, by the names on the ways through them."""
        self._trees += seen
        for inner, name, outer, folder in edges:
            if folder:
                self._parents[name + b"\0" + inner] += outer
            else:
                for tree in outer:
                    self._direct.setdefault(tree, []).append((name, inner))

    def _upward(self) -> dict[bytes, list[tuple[bytes, list[bytes]]]]:
        """For each tree that leads to what is sought: its names, and the trees that have it by them."""
        names: defaultdict[bytes, list[bytes]] = defaultdict(list)
        size = self._hash_size
        for line in self._parents:
            if line:
                names[line[-size:]].append(line)
        upward: dict[bytes, list[tuple[bytes, list[bytes]]]] = {}
        pending = [*self._direct, *self._trees]
        while pending:
            tree = pending.pop()
            if tree in upward:
                continue
            lines = names.get(tree, ())
            upward[tree] = [(line[: -size - 1] + b"/", self._parents[line]) for line in lines]
            for line in lines:
                pending.extend(self._parents[line])
        return upward


def _prefixes(
    upward: Mapping[bytes, list[tuple[bytes, list[bytes]]]], roots: Mapping[bytes, Root]
) -> dict[bytes, dict[bytes, Held]]:
    """The paths of each tree, from the outermost trees inwards."""
    waiting = {tree: sum(len(held) for _, held in links) for tree, links in upward.items()}
    inner: defaultdict[bytes, list[tuple[bytes, bytes]]] = defaultdict(list)
    for tree, links in upward.items():
        for name, held in links:
            for outer in held:
                inner[outer].append((name, tree))
    found: dict[bytes, dict[bytes, Held]] = {tree: {} for tree in upward}
    ready = [tree for tree, count in waiting.items() if not count]
    while ready:
        tree = ready.pop()
        paths = found[tree]
        root = roots.get(tree)
        if root is not None:
            _merge(paths, {b"": Held(b"", root.order, root.commit, root.reach)}, b"")
        elif not upward[tree]:
            paths[b""] = Held(b"", -1, None, 0)
        for name, below in inner.get(tree, ()):
            _merge(found[below], paths, name)
            waiting[below] -= 1
            if not waiting[below]:
                ready.append(below)
    return found


def _merge(into: dict[bytes, Held], paths: Mapping[bytes, Held], name: bytes) -> None:
    """Add paths, each made longer by a name; of equal ones the earliest commit's."""
    for held in paths.values():
        path = held.path + name
        known = into.get(path)
        if known is None:
            if len(into) < PATHS and len(path) <= _LONGEST:
                into[path] = held._replace(path=path)
            continue
        first = held if known.commit is None or _is_before(held, known) else known
        reach = known.reach | held.reach
        if first is not known or reach != known.reach:
            into[path] = Held(path, first.order, first.commit, reach)


def _is_before(one: Held, other: Held) -> bool:
    return one.commit is not None and one.order < other.order
