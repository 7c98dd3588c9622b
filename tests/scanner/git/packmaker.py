"""Writes packs and indexes that git would not write."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

from antkey_scanner.git.multipack import write_index
from antkey_scanner.git.objects import BLOB, NAMES

OFS_DELTA, REF_DELTA = 6, 7


def name(data: bytes, kind: int = BLOB) -> bytes:
    """The id of an object."""
    header = b"%s %d\0" % (NAMES[kind], len(data))
    return hashlib.sha1(header + data, usedforsecurity=False).digest()


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def insert(base: int, data: bytes) -> bytes:
    """A delta for a base of so many bytes that makes `data` of itself."""
    steps = [data[at : at + 127] for at in range(0, len(data), 127)]
    return varint(base) + varint(len(data)) + b"".join(bytes([len(step)]) + step for step in steps)


def copy(offset: int, size: int) -> bytes:
    """One instruction that copies from the base."""
    return b"\xff" + struct.pack("<I", offset) + struct.pack("<I", size)[:3]


class PackMaker:
    """A pack in the making; `add` says where each object starts."""

    def __init__(self) -> None:
        self.data = bytearray(b"PACK\0\0\0\2\0\0\0\0")
        self.entries: list[tuple[bytes, int]] = []

    def add(
        self,
        oid: bytes,
        kind: int,
        content: bytes,
        *,
        base: bytes | int = b"",
        size: int | None = None,
        packed: bytes | None = None,
    ) -> int:
        """base: an id, or the distance; size and packed: what stands there instead of the truth."""
        start = len(self.data)
        size = len(content) if size is None else size
        head = bytearray([kind << 4 | size & 15])
        size >>= 4
        while size:
            head[-1] |= 0x80
            head.append(size & 0x7F)
            size >>= 7
        self.data += head
        self.data += distance(base) if isinstance(base, int) else base
        self.data += zlib.compress(content) if packed is None else packed
        self.entries.append((oid, start))
        return start

    def blob(self, data: bytes) -> bytes:
        """Add a blob as it should be; its id."""
        oid = name(data)
        self.add(oid, BLOB, data)
        return oid

    def write(
        self, objects: str | Path, *, count: int | None = None, called: str = "pack-1"
    ) -> Path:
        """Write the pack and its index below an `objects` folder; the pack's path."""
        folder = Path(objects) / "pack"
        folder.mkdir(parents=True, exist_ok=True)
        self.data[8:12] = struct.pack(">I", len(self.entries) if count is None else count)
        trailer = sha1(self.data)
        pack = folder / f"{called}.pack"
        pack.write_bytes(self.data + trailer)
        index = bytes(write_index(self.entries, 20))[:-40] + trailer
        pack.with_suffix(".idx").write_bytes(index + sha1(index))
        return pack


def distance(number: int) -> bytes:
    found = [number & 0x7F]
    while number > 0x7F:
        number = (number >> 7) - 1
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))


def sha1(data: bytes | bytearray) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
