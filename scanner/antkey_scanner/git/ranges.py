"""Tells what is new in a range of commits: the commits, their tags, and the files they brought.

A file is new when a commit of the range has it at a path where none of the commit's parents has
the same content: added and removed within the range, renamed, resolved differently in a merge.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner.git import commits
from antkey_scanner.git.objects import COMMIT, TAG, TREE, CorruptObject, ObjectError
from antkey_scanner.git.trees import Trees
from antkey_scanner.model import Skip

if TYPE_CHECKING:
    from antkey_scanner.git.commits import Commit
    from antkey_scanner.git.store import ObjectStore

_SLOP = 5
"""So many more commits are looked at when all that are left are excluded: clocks may be wrong."""


class NewFile(NamedTuple):
    """A file and the first commit of the range that has it at this path. commit: empty when a tag,
    not a commit, leads to it; path: then possibly empty too."""

    path: bytes
    oid: bytes
    mode: int
    commit: bytes


class New(NamedTuple):
    """What is new in a range.

    commits: parents first, else the older first; tags: ids of annotated tags; others: trees and blobs
    that tags or refs lead to; skips: what of the history is not here, each of which counts; links: of
    the commits and their parents.
    """

    commits: tuple[bytes, ...]
    tags: tuple[bytes, ...]
    others: tuple[bytes, ...]
    skips: tuple[Skip, ...]
    links: Mapping[bytes, Commit]


def new(store: ObjectStore, include: Iterable[bytes], exclude: Iterable[bytes]) -> New:
    """What is reachable from `include` and not from `exclude`, both ids of any objects.

    An excluded id that is not in the store excludes nothing, so that more is new, never less.
    """
    search = _Search(store)
    for oid in exclude:
        search.exclude(oid)
    for oid in include:
        search.include(oid)
    search.run()
    return New(
        tuple(search.ordered()),
        tuple(search.tags),
        tuple(search.others),
        tuple(search.skips),
        search.links,
    )


def new_files(store: ObjectStore, found: New) -> Iterator[NewFile | Skip]:
    """The files that the commits of a range brought, each path and content once."""
    trees = Trees(store)
    seen: set[tuple[bytes, bytes]] = set()
    links = found.links
    for oid in found.commits:
        commit = links[oid]
        before = [links[parent].tree for parent in commit.parents if parent in links]
        try:
            for file in trees.introduced(commit.tree, before):
                if file[:2] not in seen:
                    seen.add(file[:2])
                    yield NewFile(*file, oid)
        except ObjectError as error:
            yield Skip(f"commit:{oid.hex()}", str(error))
    for oid in found.others:
        try:
            if store.describe(oid)[0] != TREE:
                yield NewFile(b"", oid, 0, b"")
                continue
            for file in trees.introduced(oid, []):
                yield NewFile(*file, b"")
        except ObjectError as error:
            yield Skip(f"object:{oid.hex()}", str(error))


class _Search:
    """A walk from the newest commits to older ones, until only excluded ones are left."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.links: dict[bytes, Commit] = {}
        self._excluded: set[bytes] = set()
        self._found: list[bytes] = []
        self._open: set[bytes] = set()  # in the heap and not excluded
        self._heap: list[tuple[int, int, bytes]] = []
        self._oldest: int | None = None
        self.tags: list[bytes] = []
        self.others: list[bytes] = []
        self.skips: list[Skip] = []

    def exclude(self, oid: bytes) -> None:
        try:
            oid, kind, tags = commits.peel(self._store, oid)
        except ObjectError:
            return
        self._excluded.update(tags)
        self._excluded.add(oid)
        if kind == COMMIT:
            self._push(oid)

    def include(self, oid: bytes) -> None:
        try:
            oid, kind, tags = commits.peel(self._store, oid)
        except ObjectError as error:
            self.skips.append(Skip(f"object:{oid.hex()}", str(error)))
            return
        self.tags += [tag for tag in tags if tag not in self._excluded and tag not in self.tags]
        if kind == COMMIT:
            self._push(oid)
        elif kind != TAG and oid not in self._excluded and oid not in self.others:
            self.others.append(oid)

    def _push(self, oid: bytes, child: bytes = b"") -> None:
        if oid in self.links:
            return
        try:
            commit = commits.read(self._store, oid)
        except ObjectError as error:
            if child not in self._excluded:
                self._missing(oid, child, error)
            return
        self.links[oid] = commit
        heapq.heappush(self._heap, (-commit.date, len(self.links), oid))
        if oid not in self._excluded:
            self._open.add(oid)

    def _missing(self, oid: bytes, child: bytes, error: ObjectError) -> None:
        if isinstance(error, CorruptObject):
            self.skips.append(Skip(f"commit:{oid.hex()}", str(error)))
            return
        reason = (
            "what came before it is not here, so that all of its files count as new; fetch the"
            " history (git fetch --unshallow; in CI a fetch depth of 0)"
        )
        self.skips.append(Skip(f"commit:{child.hex()}", reason))

    def run(self) -> None:
        slop = _SLOP
        while self._heap and slop:
            minus_date, _, oid = heapq.heappop(self._heap)
            if oid in self._excluded:
                self._exclude_parents(oid)
            else:
                self._found.append(oid)
                self._open.discard(oid)
                self._oldest = (
                    -minus_date if self._oldest is None else min(self._oldest, -minus_date)
                )
            for parent in self.links[oid].parents:
                self._push(parent, oid)
            slop = slop - 1 if self._is_nearly_done() else _SLOP
        self._found = [oid for oid in self._found if oid not in self._excluded]

    def _is_nearly_done(self) -> bool:
        if self._open or not self._heap:
            return False
        return self._oldest is None or -self._heap[0][0] < self._oldest

    def _exclude_parents(self, oid: bytes) -> None:
        """Exclude the parents, and what was reached over them before."""
        pending = list(self.links[oid].parents)
        while pending:
            parent = pending.pop()
            if parent in self._excluded:
                continue
            self._excluded.add(parent)
            self._open.discard(parent)
            if parent in self.links:
                pending += self.links[parent].parents

    def ordered(self) -> Iterator[bytes]:
        """What was found, parents before their children, else by date."""
        found = set(self._found)
        waiting = {oid: len(self._inner(oid, found)) for oid in self._found}
        children: dict[bytes, list[bytes]] = {}
        for oid in self._found:
            for parent in self._inner(oid, found):
                children.setdefault(parent, []).append(oid)
        ready = [(self.links[oid].date, oid) for oid, count in waiting.items() if not count]
        heapq.heapify(ready)
        while ready:
            _, oid = heapq.heappop(ready)
            yield oid
            for child in children.get(oid, ()):
                waiting[child] -= 1
                if not waiting[child]:
                    heapq.heappush(ready, (self.links[child].date, child))

    def _inner(self, oid: bytes, found: set[bytes]) -> Sequence[bytes]:
        return [parent for parent in dict.fromkeys(self.links[oid].parents) if parent in found]
