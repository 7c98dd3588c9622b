"""Tells which objects others name and are not in the store: history that a scan did not see.

present = Presence(repository.objects, repository.hash_size)     # once, before workers fork
checker = present.checker()                                      # for each task
checker.take(found)                                              # for each commit and tag
checker.trees(many, b"".join(each.data for each in many))        # for trees, many at a time
checker.finish(count)
missing |= checker.missing
missing |= absent_tips(repository, present.__contains__)[0]      # once
skips = report(repository, missing)                              # once
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.git import commits, refs, smallfile, trees
from antkey_scanner.git.deltas import changes
from antkey_scanner.git.indexed import indexed
from antkey_scanner.git.loosewalk import list_loose
from antkey_scanner.git.objects import COMMIT, TAG, TREE, CorruptObject, Object
from antkey_scanner.git.packindex import readable_indexes
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip

if TYPE_CHECKING:
    from antkey_scanner.git.store import ObjectStore

_BYGONE = {b"FETCH_HEAD", b"ORIG_HEAD"}
_LARGE = 2048
"""Bytes of a tree from which on looking at its delta alone is worth it."""

_LINE_STARTS = (b"100644 ", b"40000 ", b"100755 ", b"120000 ")
"""How the lines of a tree start. A name may hold it, and is then read from there on to the same id."""

_LINE = rb"(?s)[0-7]+ [^\0]*\0(.{%d})"
_IDS = rb"(?s)[^\0]*\0(.{%d})|.+"
EMPTY = (  # the empty tree and the empty blob, which git knows without storing them
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)


class Presence:
    """The ids of all objects below some `objects` folders.

    What cannot be read of them is not told here: the walk over the objects does.
    """

    def __init__(self, folders: Sequence[str], hash_size: int) -> None:
        self._hash_size = hash_size
        self._ids = re.compile(_IDS % hash_size).findall
        self._line = re.compile(_LINE % hash_size).match
        self._whole: set[bytes] = set()
        """Trees that name nothing else than what is here."""
        self._present = set(map(bytes.fromhex, EMPTY))
        for folder in folders:
            self._present.update(list_loose(folder, hash_size).ids)
            self._present.update(_packed(os.path.join(folder, "pack"), hash_size))

    def __contains__(self, oid: bytes) -> bool:
        return oid in self._present

    def links(self, _: int) -> None:
        """For what its checkers tell: nothing."""

    def checker(self) -> Checker:
        """Checks the objects of one task."""
        return Checker(self.absent_of)

    def absent_of(self, found: Object) -> set[bytes]:
        """The same as `absent` for an object, of which only what its delta changed is looked at if all
        that its base names is here."""
        if found.kind != TREE:
            return self.absent(found.kind, found.data)
        if found.base in self._whole and len(found.data) > _LARGE and self._adds_nothing(found):
            self._whole.add(found.oid)
            return set()
        absent = self.absent(TREE, found.data)
        if not absent:
            self._whole.add(found.oid)
        return absent

    def _adds_nothing(self, found: Object) -> bool:
        """Whether the lines of a tree that its delta touches name only what is here."""
        data, present = found.data, self._present
        for start, end in changes(found.delta):
            at = max(0, *(data.rfind(mode, 0, start + 1) for mode in _LINE_STARTS))
            while at < end or at == start < len(data):
                line = self._line(data, at)
                if line is None or line[1] not in present:
                    return False
                at = line.end()
        return True

    def absent(self, kind: int, data: bytes) -> set[bytes]:
        """The ids in an object's content that are of no object here. Malformed content has none."""
        # Submodules' commits are not here; only then, and when something is missing, look closer.
        if kind == TREE and self._present.issuperset(self._ids(data)):
            return set()
        return named(kind, data, self._hash_size) - self._present


class Stored:
    """Tells what is not there by asking the store for each id: of a few objects, sooner than by
    listing all."""

    def __init__(self, store: ObjectStore, hash_size: int) -> None:
        self._store = store
        self._hash_size = hash_size

    def absent_of(self, found: Object) -> set[bytes]:
        """As that of `Presence`."""
        ids = named(found.kind, found.data, self._hash_size) - set(map(bytes.fromhex, EMPTY))
        return {oid for oid in ids if oid not in self._store}


def named(kind: int, data: bytes, hash_size: int) -> set[bytes]:
    """The ids that an object's content names, but for submodules' commits. Malformed content has none."""
    try:
        if kind == TREE:
            lines = trees.rows(data, hash_size)
            return {oid for mode, _, oid in lines if mode != trees.GITLINK}
        if kind == COMMIT:
            commit = commits.parse(data, hash_size)
            return {commit.tree, *commit.parents}
        if kind == TAG:
            return {commits.target(data)[0]}
    except CorruptObject:
        pass
    return set()


class Checker:
    """Gathers what some objects name and is not there.

    missing: those ids; lacking: of the objects that name them. Both are told when it is finished.
    """

    def __init__(self, absent_of: Callable[[Object], set[bytes]]) -> None:
        self.missing: set[bytes] = set()
        self.lacking: list[bytes] = []
        self._absent_of = absent_of

    def take(self, found: Object) -> None:
        """Look at a commit or a tag."""
        absent = self._absent_of(found)
        if absent:
            self.missing |= absent
            self.lacking.append(found.oid)

    def trees(self, found: Sequence[Object], _: bytes) -> None:
        """Look at some trees, of which the content is given once more, one after the other."""
        for each in found:
            self.take(each)

    def finish(self, _: int) -> bytes:
        """All objects of a task were given, so many with the blobs. Returns which of them leads to
        which, if that was gathered on the way (see `antkey_scanner.git.bulklinks`)."""
        return b""


def absent_tips(
    repository: Repository, is_present: Callable[[bytes], bool]
) -> tuple[set[bytes], list[Skip]]:
    """The ids that refs and indexes name and that are of no object here, and what of those could not be
    read. Reflogs do not count: git itself lets go of what only they name."""
    found: set[bytes] = set()
    skips: list[Skip] = []
    for ref in refs.refs(repository):
        if isinstance(ref, Skip):
            skips.append(ref)
        elif not is_present(ref.oid) and ref.name.rpartition(b"/")[2] not in _BYGONE:
            found.add(ref.oid)
    for each in indexed(repository):
        if isinstance(each, Skip):
            skips.append(each)
        elif not is_present(each[1]):
            found.add(each[1])
    return found, skips


def report(repository: Repository, missing: Iterable[bytes]) -> Iterator[Skip]:
    """One skip, which counts, for all that is missing, but for what a shallow clone leaves out."""
    ids = sorted(set(missing) - _beyond_shallow(repository))
    if not ids:
        return
    names = ", ".join(oid.hex() for oid in ids[:3])
    what = "1 object is" if len(ids) == 1 else f"{len(ids)} objects are"
    more = "" if len(ids) <= 3 else " and others"
    yield Skip(
        system.show(repository.shown).rstrip("/") or ".",
        f"{what} missing from its history, {names}{more}; git fsck tells what needs them",
    )


def _beyond_shallow(repository: Repository) -> set[bytes]:
    """The parents of the commits where a shallow clone ends: that clone is a skip of its own."""
    try:
        text = smallfile.read_if_there(os.path.join(repository.common_dir, "shallow")) or b""
    except OSError:
        return set()
    from antkey_scanner.git.objects import ObjectError
    from antkey_scanner.git.store import ObjectStore

    store = ObjectStore(repository.objects, repository.hash_size)
    found: set[bytes] = set()
    for line in text.split():
        try:
            found.update(commits.read(store, bytes.fromhex(line.decode())).parents)
        except (ValueError, ObjectError):
            continue
    return found


def _packed(folder: str, hash_size: int) -> Iterator[bytes]:
    for index in readable_indexes(folder, hash_size):
        start, step = index.names_at, index.name_step
        raw = bytes(index.data[start : start + index.count * step])
        for at in range(0, index.count * step, step):
            yield raw[at : at + hash_size]
