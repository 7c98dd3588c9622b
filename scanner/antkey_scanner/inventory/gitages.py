"""When git first saw a key's hash in the inventory's own file. Reads objects; git itself never runs.

Cut-off or unreadable history proves nothing: the key may have been there before what can be seen.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from antkey_scanner.errors import SourceError
from antkey_scanner.git import commits, refs, trees
from antkey_scanner.git.commits import Commit
from antkey_scanner.git.enclosing import enclosing
from antkey_scanner.git.objects import BLOB, COMMIT, ObjectError
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.inventory.hashes import hash_of, hashes_in
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import Micros, micros
from antkey_scanner.model import Skip

_LARGEST = 64 << 20
"""Bytes of a version of the file; an inventory of 100,000 keys has less."""

_BUDGET = 256 << 20
"""Bytes of all versions together: a few seconds. What is beyond them is not known."""

_Held = frozenset[str] | None
"""The sought hashes that a version of the file holds; None where that cannot be known."""


def ages_in_git(records: Sequence[KeyRecord], paths: Mapping[str, str]) -> dict[KeyRecord, Micros]:
    """The ages of those records whose hash was committed, by each of the files that they come from.

    paths: for the paths of places as they are shown, the files.
    """
    by_file: dict[str, list[KeyRecord]] = {}
    for record in records:
        for shown in dict.fromkeys(place.path for place in (record.place, *record.also)):
            if shown in paths:
                by_file.setdefault(paths[shown], []).append(record)
    found: dict[KeyRecord, Micros] = {}
    for path, those in by_file.items():
        for record, time in from_git(those, path).items():
            found[record] = min(time, found.get(record, time))
    return found


def from_git(records: Sequence[KeyRecord], path: str) -> dict[KeyRecord, Micros]:
    """When the hash of each record was first committed to the file at `path`, by the author's clock.

    The hash is the fingerprint, else the hint. Left out are those that no commit holds, and those that
    may be older than what is here of the history. Renames are not followed; all refs count.
    """
    sought = {record: hash_of(record) for record in records}
    wanted = frozenset(each for each in sought.values() if each is not None)
    place = os.path.realpath(path)
    try:
        repository = enclosing(os.path.dirname(place), {})
    except SourceError:
        return {}
    if repository is None or repository.work_tree is None or not wanted:
        return {}
    below = os.path.relpath(place, os.path.realpath(repository.work_tree))
    names = [os.fsencode(part) for part in below.split(os.sep)]
    if names[0] in {b"..", b".git"}:
        return {}
    times = _Search(repository, names, wanted).times()
    return {record: times[each] for record, each in sought.items() if each in times}


class _Search:
    """The history of one file. names: of the folders that lead to it, and its own."""

    def __init__(self, repository: Repository, names: list[bytes], wanted: frozenset[str]) -> None:
        self._repository = repository
        self._store = ObjectStore(repository.objects, repository.hash_size, _LARGEST)
        self._names = names
        self._wanted = wanted
        self._left = _BUDGET
        self._entries: dict[tuple[int, bytes], tuple[bytes, bytes] | None] = {}
        self._blobs: dict[bytes, _Held] = {}

    def times(self) -> dict[str, Micros]:
        """When each hash was written that came with a commit before which all is known; where it came
        several times, the earliest."""
        try:
            history = dict(self._history(self._tips()))
        except ObjectError:
            return {}
        held = {
            oid: None if commit is None else self._of_tree(commit.tree)
            for oid, commit in history.items()
        }
        found: dict[str, Micros] = {}
        unproven: set[str] = set()
        for oid, commit in history.items():
            here = held[oid]
            if commit is None or not here:
                continue
            before = [held[parent] for parent in commit.parents]
            known = [each for each in before if each is not None]
            if len(known) < len(before):
                unproven |= here
                continue
            for each in here.difference(*known):
                time = self._written(oid)
                if time is None:
                    unproven.add(each)
                else:
                    found[each] = min(time, found.get(each, time))
        return {each: time for each, time in found.items() if each not in unproven}

    def _tips(self) -> Iterator[bytes]:
        """The commits that refs lead to. Raises ObjectError where one cannot be told."""
        for ref in refs.refs(self._repository):
            if isinstance(ref, Skip):
                if ref.counts:
                    raise ObjectError(ref.reason)
                continue
            last = ref.name.rpartition(b"/")[2]
            if ref.name.startswith(b"refs/") or b"/refs/" in ref.name or last == b"HEAD":
                oid, kind, _ = commits.peel(self._store, ref.oid)
                if kind == COMMIT:
                    yield oid

    def _history(self, tips: Iterable[bytes]) -> Iterator[tuple[bytes, Commit | None]]:
        """All commits that lead to some, each once; None for those that are not here."""
        pending = list(tips)
        seen = set(pending)
        while pending:
            oid = pending.pop()
            try:
                commit = commits.read(self._store, oid)
            except ObjectError:
                yield oid, None
                continue
            yield oid, commit
            fresh = [parent for parent in commit.parents if parent not in seen]
            seen.update(fresh)
            pending += fresh

    def _of_tree(self, tree: bytes) -> _Held:
        """The hashes in the file as a tree has it, none where the tree does not have it."""
        oid = tree
        try:
            for depth, name in enumerate(self._names):
                entry = self._entry(depth, oid, name)
                folder = depth < len(self._names) - 1
                if entry is None or (entry[0] in trees.FOLDERS) != folder:
                    return frozenset()
                mode, oid = entry
                if mode == trees.GITLINK:
                    return frozenset()
        except ObjectError:
            return None
        if oid not in self._blobs:
            self._blobs[oid] = self._of_blob(oid)
        return self._blobs[oid]

    def _entry(self, depth: int, tree: bytes, name: bytes) -> tuple[bytes, bytes] | None:
        """Mode and id of what a tree has by a name. Raises ObjectError."""
        key = depth, tree
        if key not in self._entries:
            rows = trees.read(self._store, tree)
            self._entries[key] = next(
                ((mode, oid) for mode, other, oid in rows if other == name), None
            )
        return self._entries[key]

    def _of_blob(self, oid: bytes) -> _Held:
        try:
            kind, size = self._store.describe(oid)
            self._left -= size
            if kind != BLOB or self._left < 0:
                return None
            return self._wanted & hashes_in(self._store.get(oid).data)
        except ObjectError:
            return None

    def _written(self, oid: bytes) -> Micros | None:
        """When a commit's author wrote it."""
        try:
            text = commits.date(self._store.get(oid).data)
        except ObjectError:
            return None
        return None if text is None else micros(datetime.fromisoformat(text))
