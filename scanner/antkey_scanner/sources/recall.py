"""Plans what to read of a repository, when it is known what earlier scans found nothing in.

While packs are the files that they were, nothing in them is looked at but what holds something, and loose
objects that are new. Where a pack is new or another one, ids are compared: what goes by a known id is
not read again, as git itself reads an object that it has twice from one place only.

When objects are gone that were there before, all is read again: they may be missing from what is left.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from typing import NamedTuple

from antkey_scanner.git.idlists import split
from antkey_scanner.git.loosewalk import list_loose
from antkey_scanner.git.missing import Presence
from antkey_scanner.git.objects import Problem
from antkey_scanner.git.packs import list_packs
from antkey_scanner.git.packstate import SIZE as STATE
from antkey_scanner.git.packstate import pack_state
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.walk import CHECKSUM, PICKED, Piece, Walk
from antkey_scanner.sources.cache import Cache, State
from antkey_scanner.sources.objects import Searched

_FEW = 2_000
"""So many objects are picked one by one sooner than whole packs are laid out."""


class Sight(NamedTuple):
    """What a store looks like from outside. packs: each with its state; loose: ids; leftovers: whether
    there are more files that may hold objects."""

    packs: dict[str, bytes | None]
    loose: frozenset[bytes]
    leftovers: bool
    problems: tuple[Problem, ...]

    def states(self) -> bytes:
        """Those of all packs that have one."""
        return b"".join(sorted(state for state in self.packs.values() if state is not None))


class Planned(NamedTuple):
    """What to read of a repository. wanted: how many objects; known: how many need not be read; missing:
    ids that these name and that were of no object there, one after the other; trail: what was read to
    tell where things stand, but for `fresh` objects."""

    walk: Walk
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]
    wanted: int
    known: int = 0
    missing: bytes = b""
    trail: bytes = b""
    fresh: frozenset[bytes] = frozenset()
    sight: Sight | None = None


def plan(repository: Repository, kinds: int) -> Planned:
    """All of it."""
    walk = Walk(repository.objects, repository.hash_size, kinds=kinds)
    found = walk.plan()
    return Planned(walk, found.pieces, found.problems, found.objects)


class Memory:
    """What earlier scans found nothing in. now: nanoseconds since 1970, before anything was read."""

    def __init__(self, cache: Cache, now: int) -> None:
        self._cache = cache
        self._now = now

    def plan(self, repository: Repository, kinds: int) -> Planned:
        """What is to be read yet."""
        sight = self._look(repository)
        state = self._cache.state(_store(repository))
        if state is not None and state.clean >= 0:
            picked = _pick(repository, kinds, sight, state)
            if picked is not None:
                return picked
        size = repository.hash_size
        ids = self._cache.ids(_store(repository), size)
        known = split(ids, size)
        if known and not all(map(Presence(repository.objects, size).__contains__, known)):
            self._cache.forget(_store(repository))
            ids, known = b"", []
        walk = Walk(repository.objects, size, kinds=kinds, known=ids)
        found = walk.plan()
        right = () if state is None else set(split(state.packs, STATE))
        pieces = tuple(
            piece
            for piece in found.pieces
            if piece[0] != CHECKSUM or sight.packs.get(piece[1]) not in right
        )
        return Planned(walk, pieces, found.problems, found.objects, len(known), sight=sight)

    def _look(self, repository: Repository) -> Sight:
        packs: dict[str, bytes | None] = {}
        loose: set[bytes] = set()
        problems: list[Problem] = []
        leftovers = False
        for folder in repository.objects:
            listing = list_packs(folder)
            for path in listing.packs:
                packs[path] = pack_state(path, self._now)
            lying = list_loose(folder, repository.hash_size)
            loose.update(lying.ids)
            problems += [*listing.problems, *lying.problems]
            leftovers = leftovers or bool(lying.leftovers)
        return Sight(packs, frozenset(loose), leftovers, tuple(problems))

    def learn(
        self, repository: Repository, planned: Planned, searched: Searched, trail: bytes
    ) -> None:
        """Keep what nothing was found in, now that all was searched."""
        if planned.sight is None:
            return
        size = repository.hash_size
        found = set(map(bytes.fromhex, searched.found))
        lacking = set(split(b"".join(searched.lacking), size)) - found
        clean = set(split(b"".join(searched.clean), size)) - found - lacking
        state = State()
        whole = searched.whole and not planned.problems and not planned.sight.leftovers
        if whole and len(clean) + len(lacking) + len(found) == planned.wanted:
            sight = planned.sight
            state = State(
                packs=sight.states(),
                dirty=_joined(found),
                loose=_joined(sight.loose),
                trail=trail,
                missing=_joined({*split(b"".join([planned.missing, *searched.missing]), size)}),
                clean=planned.known + len(lacking) + len(clean),
            )
        self._cache.keep(_store(repository), size, state, _joined(clean))

    def forget(self, repository: Repository) -> None:
        """Forget what was searched before."""
        self._cache.forget(_store(repository))


def _pick(repository: Repository, kinds: int, sight: Sight, state: State) -> Planned | None:
    """What is to be read of a store whose packs are as they were, if that is not too much."""
    if None in sight.packs.values() or sight.states() != state.packs or sight.leftovers:
        return None
    size = repository.hash_size
    before = set(split(state.loose, size))
    if not before <= sight.loose:
        return None
    fresh = sight.loose - before
    wanted = fresh.union(split(state.dirty, size))
    if len(wanted) > _FEW:
        return None
    pieces = tuple(
        (PICKED, repository.objects[0], int.from_bytes(oid), 0) for oid in sorted(wanted)
    )
    walk = Walk(repository.objects, size, kinds=kinds)
    return Planned(
        walk,
        pieces,
        sight.problems,
        len(wanted),
        known=state.clean,
        missing=state.missing,
        trail=b"" if fresh and state.missing else state.trail,  # old trees may lead to fresh ones
        fresh=fresh,
        sight=sight,
    )


def _store(repository: Repository) -> bytes:
    """What the object store of a repository goes by."""
    names = b"\0".join(os.fsencode(os.path.realpath(folder)) for folder in repository.objects)
    return hashlib.sha256(b"%d\0%s" % (repository.hash_size, names)).digest()


def _joined(ids: Iterable[bytes]) -> bytes:
    return b"".join(sorted(ids))
