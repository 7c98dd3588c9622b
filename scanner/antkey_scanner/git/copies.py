"""Checks the further copies of objects that are read from another pack: they must be what their id says.

Git itself reads an object from one of the packs that have it, and which one is anybody's guess: what
stands under the same id in another may be something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from antkey_scanner.git.names import Names
from antkey_scanner.git.objects import LIMIT, Object, ObjectError, Problem
from antkey_scanner.git.pack import BaseCache, Pack
from antkey_scanner.git.store import verify


def copies(names: Names, wanted: bytearray | None, twice: frozenset[bytes]) -> tuple[bytes, ...]:
    """The ids of a pack that are not wanted because another place has them, too."""
    if wanted is None or not twice:
        return ()
    pairs = zip(names, wanted, strict=True)
    return tuple(oid for oid, flag in pairs if not flag and oid in twice)


def check_copies(pack: Pack, oids: Sequence[bytes]) -> Iterator[Object | Problem]:
    """The objects of a pack that are not what they go by, each with the problem that this is."""
    cache = BaseCache()
    places = {oid: pack.index.find(oid) for oid in oids}
    for oid in sorted(oids, key=lambda each: places[each] or 0):
        offset = places[oid]
        if offset is None:
            continue
        try:
            kind, data = pack.read(offset, LIMIT, cache, 0)
        except ObjectError as error:
            yield Problem(pack.path, f"{oid.hex()} {error}", oid)
            continue
        found = Object(oid, kind, data)
        if not verify(found):
            yield found
            yield Problem(pack.path, f"{oid.hex()} is not what its id says", oid)
