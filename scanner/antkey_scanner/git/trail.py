"""What was read of a history to tell where found objects stand, so that it need not be read again.

Ids, dates and numbers only: names stand nowhere in it. One tree that holds each name is noted instead, and
read when the name is needed.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from antkey_scanner.git import trees
from antkey_scanner.git.commits import Commit
from antkey_scanner.git.objects import ObjectError
from antkey_scanner.git.store import ObjectStore

_LARGEST = 64 << 20
"""Bytes; a larger one takes as long as reading the history."""


class Edge(NamedTuple):
    """A name that an object has in trees. inner: the object; outer: those trees; folder: whether it is a
    tree, too."""

    inner: bytes
    name: bytes
    outer: tuple[bytes, ...]
    folder: bool


class Trail(NamedTuple):
    """All that places are told from. sought: the objects that it is about; seen: those of them that are
    trees; edges: all names on the ways that lead to them."""

    sought: frozenset[bytes]
    commits: Mapping[bytes, Commit]
    tags: Mapping[bytes, bytes]
    seen: tuple[bytes, ...]
    edges: tuple[Edge, ...]


def pack_trail(trail: Trail) -> bytes:
    """It as bytes, none when it is too large, or a name has no tree that tells it."""
    names = _witnesses(trail.edges)
    if names is None:
        return b""
    numbers = {name: number for number, name in enumerate(names)}
    data = marshal.dumps(
        (
            sorted(trail.sought),
            [(oid, *commit) for oid, commit in trail.commits.items()],
            list(trail.tags.items()),
            list(trail.seen),
            list(names.values()),
            [
                (edge.inner, numbers[edge.name, edge.folder], edge.outer, edge.folder)
                for edge in trail.edges
            ],
        )
    )
    return data if len(data) <= _LARGEST else b""


def unpack_trail(data: bytes, store: ObjectStore) -> Trail | None:
    """It again, None when a name cannot be told any more. data: what `pack_trail` gave; a hash has to
    have shown that it is."""
    sought, commits, tags, seen, witnesses, edges = marshal.loads(data)  # noqa: S302 - hashed
    names = [_name(store, outer, inner, folder=folder) for outer, inner, folder in witnesses]
    known = [name for name in names if name is not None]
    if len(known) != len(names):
        return None
    return Trail(
        frozenset(sought),
        {oid: Commit(tree, parents, date) for oid, tree, parents, date in commits},
        dict(tags),
        tuple(seen),
        tuple(Edge(inner, known[name], outer, folder) for inner, name, outer, folder in edges),
    )


def _witnesses(
    edges: Iterable[Edge],
) -> dict[tuple[bytes, bool], tuple[bytes, bytes, bool]] | None:
    """For each name a tree, and what it holds by that name and by no other one."""
    names: dict[bytes, list[Edge]] = {}
    for edge in edges:
        names.setdefault(edge.inner, []).append(edge)
    found: dict[tuple[bytes, bool], tuple[bytes, bytes, bool]] = {}
    wanted: set[tuple[bytes, bool]] = set()
    for inner, alike in names.items():
        for edge in alike:
            key = edge.name, edge.folder
            wanted.add(key)
            if key in found:
                continue
            others = {oid for other in alike if other is not edge for oid in other.outer}
            alone = next((oid for oid in edge.outer if oid not in others), None)
            if alone is not None:
                found[key] = alone, inner, edge.folder
    return found if wanted == found.keys() else None


def _name(store: ObjectStore, outer: bytes, inner: bytes, *, folder: bool) -> bytes | None:
    try:
        lines = trees.rows(store.get(outer).data, len(outer))
    except ObjectError:
        return None
    found = {
        name for mode, name, oid in lines if oid == inner and (mode in trees.FOLDERS) == folder
    }
    return found.pop() if len(found) == 1 else None
