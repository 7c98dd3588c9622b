"""Reads single objects from a pack (`gitformat-pack(5)`)."""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from antkey_scanner.git import deltas
from antkey_scanner.git.inflating import RATIO, inflate, pieces
from antkey_scanner.git.objects import LIMIT, NAMES, CorruptObject, LargeObject, ObjectError
from antkey_scanner.git.packindex import PackIndex, map_file
from antkey_scanner.named import NamedTuple

OFS_DELTA, REF_DELTA = 6, 7
HEADER = struct.Struct(">4sII")
_LOOP = "is a delta that leads back to itself"
_NEEDS = "is a delta that needs an object that "
_OVERHEAD = 256


class Entry(NamedTuple):
    """One object's header in a pack.

    kind: also OFS_DELTA and REF_DELTA; size: of what is deflated; base: of a delta, where it starts,
    else 0; start: where the deflated data starts.
    """

    kind: int
    size: int
    base: int
    start: int


class BaseCache:
    """The objects that deltas were last applied to, at most `room` bytes of them, and why others
    cannot be read."""

    def __init__(self, room: int = 16 << 20) -> None:
        self._room = self._left = room
        self._kept: OrderedDict[tuple[int, int], tuple[int, bytes]] = OrderedDict()
        self._failed: dict[tuple[int, int], tuple[type[ObjectError], str]] = {}

    def get(self, pack: int, offset: int) -> tuple[int, bytes] | None:
        """Kind and content of the object at `offset`, None when it is not kept. Raises what was
        raised for it before."""
        key = (pack, offset)
        if key in self._failed:
            kind, reason = self._failed[key]
            raise kind(_NEEDS + reason)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, pack: int, offset: int, kind: int, data: bytes) -> None:
        key, size = (pack, offset), len(data) + _OVERHEAD
        if size > self._room >> 2 or key in self._kept:
            return
        self._left -= size
        self._kept[key] = (kind, data)
        while self._left < 0:
            _, (_, old) = self._kept.popitem(last=False)
            self._left += len(old) + _OVERHEAD

    def fail(self, pack: int, offsets: Iterable[int], error: ObjectError) -> None:
        """Keep in mind that the objects at these places cannot be read. The error itself is not
        kept: all that was in memory when it was raised would be kept with it."""
        failure = type(error), str(error).removeprefix(_NEEDS)
        for offset in offsets:
            self._failed[pack, offset] = failure


class Pack:
    """A pack file and its index. Raises CorruptObject when the file is no pack of version 2 or 3."""

    def __init__(self, path: str, index: PackIndex) -> None:
        self.path = path
        self.index = index
        self.data = map_file(path)
        self.end = len(self.data) - index.hash_size
        if self.end < HEADER.size:
            raise CorruptObject("is too short for a pack")
        magic, version, self.count = HEADER.unpack_from(self.data)
        if magic != b"PACK":
            raise CorruptObject("is no pack")
        if version not in {2, 3}:
            raise CorruptObject(f"is a pack of the unknown version {version}")

    def entry(self, offset: int) -> Entry:
        """The header at `offset`. Raises CorruptObject."""
        if not HEADER.size <= offset < self.end:
            raise CorruptObject("is at a place outside of the pack")
        try:
            return self._entry(offset)
        except IndexError:
            raise CorruptObject("ends too early") from None

    def _entry(self, offset: int) -> Entry:
        data = self.data
        byte = data[offset]
        at = offset + 1
        kind, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 0x80:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise CorruptObject("has a size that makes no sense")
        if kind in NAMES:
            return Entry(kind, size, 0, at)
        if kind == REF_DELTA:
            oid = bytes(data[at : at + self.index.hash_size])
            base = self.index.find(oid)
            if base is None:
                raise CorruptObject(f"is a delta to {oid.hex()}, which the pack lacks")
            return Entry(kind, size, base, at + len(oid))
        if kind != OFS_DELTA:
            raise CorruptObject(f"is of the unknown kind {kind}")
        distance, at = _distance(data, at)
        if not 0 < distance <= offset - HEADER.size:
            raise CorruptObject("is a delta to a place outside of the pack")
        return Entry(kind, size, offset - distance, at)

    def content(self, entry: Entry, limit: int = LIMIT) -> bytes:
        """What is deflated in an entry. Raises CorruptObject and LargeObject."""
        if entry.size > limit:
            raise LargeObject(f"is larger than the memory limit ({entry.size} bytes)")
        return inflate(self.data[entry.start : self.end], entry.size)

    def stream(self, entry: Entry) -> Iterator[bytes]:
        """What is deflated in an entry, in pieces. Raises CorruptObject, at once or on the way."""
        if entry.size > (self.end - entry.start) * RATIO:
            raise CorruptObject("is shorter than its header says")
        return self._stream(entry)

    def _stream(self, entry: Entry) -> Iterator[bytes]:
        left = entry.size
        for piece in pieces(self.data[entry.start : self.end], left + 1):
            left -= len(piece)
            if left < 0:
                break
            yield piece
        if left:
            raise CorruptObject("is not as long as its header says")

    def chain(self, offset: int) -> Iterator[tuple[int, Entry]]:
        """The entry at `offset`, its base, the base's base, and so on, with where they start.

        Raises CorruptObject, at the latest when every object of the pack came up.
        """
        for _ in range(self.index.count + 1):
            entry = self.entry(offset)
            yield offset, entry
            if entry.kind < OFS_DELTA:
                return
            offset = entry.base
        raise CorruptObject(_LOOP)

    def read(self, offset: int, limit: int, cache: BaseCache, key: int) -> tuple[int, bytes]:
        """Kind and content of the object at `offset`; `key` is this pack's in the cache.

        Raises CorruptObject and LargeObject, again at once for what depends on what failed.
        """
        waiting: list[tuple[int, Entry]] = []
        at = offset
        try:
            while (found := cache.get(key, at)) is None:
                entry = self.entry(at)
                if len(waiting) > self.index.count:
                    raise CorruptObject(_LOOP)
                waiting.append((at, entry))
                if entry.kind < OFS_DELTA:
                    found = entry.kind, self.content(entry, limit)
                    waiting.pop()
                    cache.put(key, at, *found)
                    break
                at = entry.base
            kind, data = found
            while waiting:
                at, entry = waiting[-1]
                data = deltas.apply_delta(data, self.content(entry, limit), limit)
                cache.put(key, at, kind, data)
                waiting.pop()
        except ObjectError as error:
            cache.fail(key, [at, *(place for place, _ in waiting)], error)
            raise
        return kind, data

    def describe(self, offset: int) -> tuple[int, int]:
        """Kind and size of the object at `offset`, mostly without inflating it. Raises CorruptObject."""
        entries = [entry for _, entry in self.chain(offset)]
        first = entries[0]
        if first.kind < OFS_DELTA:
            return first.kind, first.size
        head = b"".join(pieces(self.data[first.start : self.end], 32, 512))
        return entries[-1].kind, deltas.sizes(head)[1]


def _distance(data: memoryview, at: int) -> tuple[int, int]:
    """The distance to a delta's base, and where it ends. Raises IndexError."""
    byte = data[at]
    at += 1
    distance = byte & 0x7F
    while byte & 0x80:
        byte = data[at]
        at += 1
        distance = (distance + 1) << 7 | byte & 0x7F
        if distance > 1 << 63:
            raise CorruptObject("is a delta to a place that makes no sense")
    return distance, at
