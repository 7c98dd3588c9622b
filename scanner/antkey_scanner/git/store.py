"""Random access to the objects of a repository: loose ones and packed ones, one by one.

For all of them at once there is `antkey_scanner.git.walk`. Imports little: the hook uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_scanner.git import loose
from antkey_scanner.git.objects import (
    LIMIT,
    NAMES,
    CorruptObject,
    MissingObject,
    Object,
    ObjectError,
    Problem,
)

if TYPE_CHECKING:
    from antkey_scanner.git.pack import BaseCache, Pack


_FEW_PACKS = 8
"""In so many packs an object is looked for before it is among the loose ones."""


class ObjectStream:
    """An object of any size, read once from start to end. kind and size: from its header."""

    def __init__(self, oid: bytes, kind: int, size: int, pieces: Iterator[bytes]) -> None:
        self.oid = oid
        self.kind = kind
        self.size = size
        self._pieces = pieces
        self._rest = b""
        self._error: ObjectError | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none only at the end; all that is left when negative.

        Raises CorruptObject where the object cannot be read on, or is not of its size, and whenever it
        is read again after that.
        """
        if self._error is not None:
            raise self._error
        try:
            if size < 0:
                found = self._rest + b"".join(self._pieces)
                self._rest = b""
                return found
            if not self._rest:
                self._rest = next(self._pieces, b"")
        except ObjectError as error:
            self._error = error
            raise
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


class ObjectStore:
    """The objects below some `objects` folders: a repository's own, then its alternates.

    hash_size: bytes of an id, 20 or 32; limit: bytes of an object that may be held in memory.
    Files are opened when they are needed; `problems` lists what was found unreadable so far.
    """

    def __init__(self, folders: Sequence[str], hash_size: int, limit: int = LIMIT) -> None:
        self.problems: list[Problem] = []
        self._folders = tuple(folders)
        self._hash_size = hash_size
        self._limit = limit
        self._packs: dict[str, Pack | None] | None = None
        self._cache: BaseCache | None = None

    def get(self, oid: bytes) -> Object:
        """The object of this id. Its content is not hashed: see `verify`.

        Raises MissingObject; CorruptObject and LargeObject when no copy can be read.
        """
        trouble: ObjectError | None = None
        for folder in self._folders:
            try:
                return loose.read(folder, oid, self._limit)
            except MissingObject:
                pass
            except ObjectError as error:
                trouble = trouble or error
        for pack, offset in self._packed(oid):
            try:
                kind, data = pack.read(offset, self._limit, self._bases(), id(pack))
                return Object(oid, kind, data)
            except ObjectError as error:
                trouble = trouble or error
        raise trouble or MissingObject(f"{oid.hex()} is not there")

    def describe(self, oid: bytes) -> tuple[int, int]:
        """Kind and size of an object without reading all of it. Raises as `get` does."""
        trouble: ObjectError | None = None
        for folder in self._folders:
            try:
                header = loose.describe(folder, oid)
            except MissingObject:
                continue
            except ObjectError as error:
                trouble = trouble or error
            else:
                return header.kind, header.size
        for pack, offset in self._packed(oid):
            try:
                return pack.describe(offset)
            except ObjectError as error:
                trouble = trouble or error
        raise trouble or MissingObject(f"{oid.hex()} is not there")

    def open_stream(self, oid: bytes) -> ObjectStream:
        """An object of any size. Raises as `get` does; LargeObject only when it is a delta."""
        trouble: ObjectError | None = None
        for folder in self._folders:
            try:
                header, pieces = loose.stream(folder, oid)
            except MissingObject:
                continue
            except ObjectError as error:
                trouble = trouble or error
            else:
                return ObjectStream(oid, header.kind, header.size, pieces)
        for pack, offset in self._packed(oid):
            try:
                entry = pack.entry(offset)
                if entry.kind in NAMES:
                    return ObjectStream(oid, entry.kind, entry.size, pack.stream(entry))
                kind, data = pack.read(offset, self._limit, self._bases(), id(pack))
            except ObjectError as error:
                trouble = trouble or error
            else:
                return ObjectStream(oid, kind, len(data), iter((data,)))
        raise trouble or MissingObject(f"{oid.hex()} is not there")

    def __contains__(self, oid: bytes) -> bool:
        known = self._packs
        if known and len(known) <= _FEW_PACKS and len(oid) == self._hash_size:
            # Most objects are packed, and a look into a mapped index is quicker than one at a folder.
            for _ in self._in_packs(tuple(known.values()), oid):
                return True
        if any(loose.stands(folder, oid) for folder in self._folders):
            return True
        return next(self._packed(oid), None) is not None

    def _packed(self, oid: bytes) -> Iterator[tuple[Pack, int]]:
        """Where the object lies in packs. Packs that came since the last look are looked for last."""
        if len(oid) != self._hash_size:
            return
        known = self._packs
        if known is None:
            self._packs = known = {}
        else:
            yield from self._in_packs(tuple(known.values()), oid)
        yield from self._in_packs(self._more_packs(known), oid)

    def _in_packs(self, packs: Sequence[Pack | None], oid: bytes) -> Iterator[tuple[Pack, int]]:
        for pack in packs:
            if pack is None:
                continue
            try:
                offset = pack.index.find(oid)
            except CorruptObject as error:
                self.problems.append(Problem(pack.path, str(error), oid))
                continue
            if offset is not None:
                yield pack, offset

    def _more_packs(self, known: dict[str, Pack | None]) -> list[Pack | None]:
        from antkey_scanner.git.packs import list_packs, open_pack

        found: list[Pack | None] = []
        for folder in self._folders:
            for path in list_packs(folder).packs:
                if path not in known:
                    opened = open_pack(path, self._hash_size)
                    if isinstance(opened, Problem):
                        self.problems.append(opened)
                        known[path] = None
                    else:
                        known[path] = opened
                        found.append(opened)
        return found

    def _bases(self) -> BaseCache:
        if self._cache is None:
            from antkey_scanner.git.pack import BaseCache

            self._cache = BaseCache()
        return self._cache


def verify(found: Object) -> bool:
    """Whether an object's content has the id it goes by."""
    import hashlib

    header = b"%s %d\0" % (NAMES[found.kind], len(found.data))
    kind = hashlib.sha1 if len(found.oid) == 20 else hashlib.sha256
    return kind(header + found.data, usedforsecurity=False).digest() == found.oid
