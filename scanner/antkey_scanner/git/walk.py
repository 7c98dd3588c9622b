"""Reads every object of a repository once, in pieces that workers share.

    walk = Walk(folders, hash_size, kinds=1 << COMMIT | 1 << BLOB | 1 << TAG)
    plan = walk.plan()                    # in the parent, before it forks
    for item in walk.run(piece): ...      # in a worker, for each of plan.pieces

A worker that is forked has its parent's `Walk` with all that planning found. One that is not makes a
`Walk` of the same arguments and runs pieces without a plan: it reads the indexes of the packs that it
is given pieces of, does not know of copies elsewhere, and may so give an object twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner import arrays
from antkey_scanner.git.checksums import HeadStart, check
from antkey_scanner.git.copies import check_copies, copies
from antkey_scanner.git.loosewalk import (
    Loose,
    list_loose,
    loose_ranges,
    read_checked,
    read_leftover,
    walk_loose,
)
from antkey_scanner.git.missing import Checker, Presence, Stored
from antkey_scanner.git.names import Names
from antkey_scanner.git.objects import (
    BLOB,
    COMMIT,
    TAG,
    TREE,
    LargeObject,
    MissingObject,
    Object,
    ObjectError,
    Problem,
)
from antkey_scanner.git.pack import Pack
from antkey_scanner.git.packindex import release
from antkey_scanner.git.packs import list_packs, open_pack
from antkey_scanner.git.rebuild import Item, Rebuilder
from antkey_scanner.git.selection import select
from antkey_scanner.git.store import ObjectStore, verify
from antkey_scanner.git.table import PlainTable, Table

if TYPE_CHECKING:
    from antkey_scanner.git.bulklinks import Links
    from antkey_scanner.git.bulkpresence import BulkPresence

ALL = 1 << COMMIT | 1 << TREE | 1 << BLOB | 1 << TAG

MANY = 1_000
"""Of more objects than that, which of those that they name are there is asked of a table of all."""

SMALL = 2_000
"""A pack of fewer objects is laid out in plain Python even where numpy is there already."""

BULK = 30_000
"""From so many objects on numpy, whose import takes as long as the plain way with so many, is used."""

WORK = 6 << 20
"""A piece has about so many packed bytes."""

LOOSE = 500
"""A piece has about so many loose objects."""

OPEN = 100
"""So many packs are kept open and laid out."""

PACK, COPIES, LOOSE_OBJECTS, CHECKSUM, PICKED = "pack", "copies", "loose", "checksum", "picked"

Piece = tuple[str, str, int, int]
"""What to do, the path of the pack or of the `objects` folder, and a range of it; for one object that is
`PICKED`, its id as a number."""


class Plan(NamedTuple):
    """What there is to do. objects: how many are wanted, of all kinds; problems: found on the way."""

    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]
    objects: int


class Walk:
    """The objects below some `objects` folders.

    kinds: bit set of those that are asked for; known: ids that were read before, sorted and one after
    the other: they are not given again; checksums: whether packs are hashed, too, and what objects name
    is looked for.
    """

    def __init__(
        self,
        folders: Sequence[str],
        hash_size: int,
        *,
        kinds: int = ALL,
        known: bytes = b"",
        checksums: bool = True,
    ) -> None:
        self._folders = tuple(folders)
        self._hash_size = hash_size
        self._kinds = kinds
        self._known = known
        self._checksums = checksums
        self._wanted: dict[str, bytearray | None] = {}
        self._copies: dict[str, tuple[bytes, ...]] = {}
        self._loose: dict[str, Loose] = {}
        self._checked: Mapping[str, tuple[Problem, ...]] = {}
        self._twice: frozenset[bytes] | None = None
        self._bulk = False
        self._packs: dict[str, tuple[Table, Rebuilder]] = {}
        self._store: ObjectStore | None = None
        self._presence: Presence | BulkPresence | None = None
        self._links: Links | None = None
        self._count = -1

    @property
    def presence(self) -> Presence | BulkPresence:
        """Which objects there are; found out when it is asked for first."""
        if self._presence is None:
            self._presence = self._present()
        return self._presence

    @property
    def prepared(self) -> Presence | BulkPresence | None:
        """The same where planning found it out."""
        return self._presence

    def _present(self) -> Presence | BulkPresence:
        if self._bulk:
            try:
                from antkey_scanner.git.bulkpresence import BulkPresence
            except ImportError:
                pass
            else:
                return BulkPresence(self._folders, self._hash_size)
        return Presence(self._folders, self._hash_size)

    def checker(self, piece: Piece) -> Checker:
        """Checks what the objects of a piece name."""
        if self._presence is None and piece[0] == PICKED:
            return Checker(Stored(self._objects(), self._hash_size).absent_of)
        return self.presence.checker()

    def take(self, links: bytes) -> None:
        """Add what the workers told of which object leads to which."""
        if self._links is None and self._presence is not None:
            self._links = self._presence.links(self._count)
        if self._links is not None and links:
            self._links.take(links)

    @property
    def links(self) -> Links | None:
        """Which object leads to which, where that was told of all objects that there are."""
        return self._links if self._links is not None and self._links.whole else None

    def plan(self) -> Plan:
        """All there is to do. Raises nothing for what is in the folders."""
        problems: list[Problem] = []
        names: dict[str, Names] = {}
        for folder in self._folders:
            listing = list_packs(folder)
            problems += listing.problems
            for path in listing.packs:
                opened = open_pack(path, self._hash_size)
                if isinstance(opened, Problem):
                    problems.append(opened)
                    continue
                if opened.count != opened.index.count:
                    reason = f"has {opened.count} objects, its index {opened.index.count}"
                    problems.append(Problem(path, reason))
                names[path] = _names(opened, copied=len(listing.packs) > OPEN)
        loose = {folder: list_loose(folder, self._hash_size) for folder in self._folders}
        for each in loose.values():
            problems += each.problems
        pieces = [(CHECKSUM, path, 0, 0) for path in names] if self._checksums else []
        with HeadStart(self._worth_hashing(names), self._hash_size) as self._checked:
            count = self._select(names, loose)
            for path in names:
                pieces += self._pack_pieces(path, problems)
                pieces += [(COPIES, path, 0, 0)] if self._copies[path] else []
            if count > MANY and self._checksums:
                _ = self.presence  # found out before workers are forked, who all need it
        for folder in loose:
            ranges = loose_ranges(self._loose[folder], LOOSE)
            pieces += [(LOOSE_OBJECTS, folder, start, stop) for start, stop in ranges]
        return Plan(tuple(pieces), tuple(problems), count)

    def _worth_hashing(self, packs: Mapping[str, Names]) -> Sequence[str]:
        """The packs whose planning takes long enough to hash them meanwhile."""
        if not self._checksums or self._known:
            return ()
        return tuple(packs) if sum(names.count for names in packs.values()) >= BULK else ()

    def _select(self, packs: dict[str, Names], loose: dict[str, Loose]) -> int:
        size = self._hash_size
        places = list(packs.values())
        for each in loose.values():
            if each.ids:
                joined = memoryview(b"".join(each.ids))
                places.append(Names(joined, len(each.ids), 0, size, size))
        total = sum(place.count for place in places)
        self._bulk = total >= BULK and arrays.load()
        selection = select(places, self._known, bulk=self._bulk)
        self._count = -1 if self._known else selection.total
        flags = iter(selection.wanted)
        self._wanted = {path: next(flags) for path in packs}
        for folder, each in loose.items():
            wanted = next(flags) if each.ids else None
            ids = each.ids if wanted is None else tuple(compress(each.ids, wanted))
            self._loose[folder] = each._replace(ids=ids)
        self._twice = selection.twice
        for path, names in packs.items():
            self._copies[path] = copies(names, self._wanted[path], selection.twice)
        return selection.total

    def _pack_pieces(self, path: str, problems: list[Problem]) -> list[Piece]:
        wanted = self._wanted[path]
        if wanted is not None and not any(wanted):
            return []
        opened = self._opened(path)
        if isinstance(opened, Problem):
            problems.append(opened)
            return []
        table, _ = opened
        release(table.pack.data)
        return [(PACK, path, start, stop) for start, stop in table.pieces(WORK)]

    def run(self, piece: Piece) -> Iterator[Item]:
        """What one piece gives: each wanted object once, and problems. Raises nothing for what is
        in the folders. A stream among the items has to be read, or left, before the next item."""
        what, path, start, stop = piece
        if what == PACK:
            opened = self._opened(path)
            if isinstance(opened, Problem):
                yield opened
                return
            table, rebuilder = opened
            yield from rebuilder.run(table.part(start, stop))
        elif what == LOOSE_OBJECTS:
            yield from self._run_loose(path, start, stop)
        elif what == COPIES:
            pack = open_pack(path, self._hash_size)
            yield from (
                (pack,)
                if isinstance(pack, Problem)
                else check_copies(pack, self._copies.get(path, ()))
            )
        elif what == PICKED:
            yield self._picked(path, start.to_bytes(self._hash_size))
        else:
            checked = self._checked.get(path)
            yield from check(path, self._hash_size) if checked is None else checked

    def _picked(self, folder: str, oid: bytes) -> Item:
        """One object, wherever it is; a loose one has to be what its id says."""
        for each in self._folders:
            try:
                return read_checked(each, oid)
            except MissingObject:
                continue
            except ObjectError as error:
                path = os.path.join(each, oid.hex()[:2], oid.hex()[2:])
                return self._elsewhere(oid) or Problem(path, str(error), oid)
        store = self._objects()
        try:
            try:
                return store.get(oid)
            except LargeObject:
                return store.open_stream(oid)
        except ObjectError as error:
            return Problem(folder, f"{oid.hex()} {error}", oid)

    def _run_loose(self, folder: str, start: int, stop: int) -> Iterator[Item]:
        listed = self._loose.get(folder) or list_loose(folder, self._hash_size)
        ids = (oid for oid in listed.ids if start <= oid[0] < stop)
        for item in walk_loose(folder, ids, self._elsewhere):
            if isinstance(item, Problem) or self._kinds >> item.kind & 1:
                yield item
        for path in listed.leftovers:
            if not start <= int(os.path.basename(os.path.dirname(path)), 16) < stop:
                continue
            left = read_leftover(path, self._hash_size)
            if isinstance(left, Problem) or self._kinds >> left.kind & 1:
                yield left

    def _opened(self, path: str) -> tuple[Table, Rebuilder] | Problem:
        """A pack laid out, which is kept for the next piece of it."""
        found = self._packs.pop(path, None)
        if found is None:
            pack = open_pack(path, self._hash_size)
            if isinstance(pack, Problem):
                return pack
            found = self._table(pack), Rebuilder(pack, self._kinds, self._elsewhere)
            if len(self._packs) >= OPEN:
                del self._packs[next(iter(self._packs))]
        self._packs[path] = found
        return found

    def _table(self, pack: Pack) -> Table:
        wanted = self._wanted.get(pack.path)
        if pack.index.count >= (SMALL if self._bulk else BULK):
            try:
                from antkey_scanner.git.bulktable import BulkTable
            except ImportError:
                pass
            else:
                return BulkTable(pack, self._kinds, wanted)
        return PlainTable(pack, self._kinds, wanted)

    def _elsewhere(self, oid: bytes) -> Object | None:
        """Another copy of an object that cannot be read where it was looked for."""
        if self._twice is not None and oid not in self._twice:
            return None
        try:
            found = self._objects().get(oid)
        except ObjectError:
            return None
        return found if verify(found) else None

    def _objects(self) -> ObjectStore:
        if self._store is None:
            self._store = ObjectStore(self._folders, self._hash_size)
        return self._store


def _names(pack: Pack, *, copied: bool) -> Names:
    """The ids of a pack. copied: so that the index need not stay open."""
    index = pack.index
    data, start = index.data, index.names_at
    if copied:
        data = memoryview(bytes(data[start : start + index.count * index.name_step]))
        start = 0
    return Names(data, index.count, start, index.name_step, index.hash_size)
