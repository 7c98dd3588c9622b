"""Reads a `multi-pack-index` (`gitformat-pack(5)`) as if it were the `.idx` of one of its packs."""

from __future__ import annotations

import struct

from antkey_scanner.git.objects import CorruptObject
from antkey_scanner.git.packindex import PackIndex, map_file

_HEADER = struct.Struct(">4sBBBBI")
_CHUNK = struct.Struct(">4sQ")
_PAIR = struct.Struct(">II")
_LONG = struct.Struct(">Q")
_HASHES = {1: 20, 2: 32}


def index_of(path: str, name: str, hash_size: int) -> PackIndex | None:
    """The part of the multi-pack-index at `path` that is about the pack whose index is called
    `name`, None when it knows no such pack. Raises CorruptObject."""
    data = map_file(path)
    try:
        return _index_of(data, path, name, hash_size)
    except struct.error:
        raise CorruptObject("is a damaged multi-pack-index") from None


def _index_of(data: memoryview, path: str, name: str, hash_size: int) -> PackIndex | None:
    magic, version, hashes, _, _, _ = _HEADER.unpack_from(data)
    if magic != b"MIDX" or version not in {1, 2} or _HASHES.get(hashes) != hash_size:
        raise CorruptObject("is no multi-pack-index of a known version")
    chunks = _chunks(data)
    names = bytes(chunks[b"PNAM"]).split(b"\0")
    wanted = name.encode("utf-8", "surrogateescape")
    if wanted not in names:
        return None
    pack = names.index(wanted)
    oids, places = chunks[b"OIDL"], chunks[b"OOFF"]
    longs = chunks.get(b"LOFF", data[:0])
    entries = []
    for number in range(len(places) // _PAIR.size):
        at, offset = _PAIR.unpack_from(places, number * _PAIR.size)
        if at != pack:
            continue
        if offset >> 31 and len(longs):
            offset = _LONG.unpack_from(longs, (offset & 0x7FFFFFFF) * 8)[0]
        oid = bytes(oids[number * hash_size : (number + 1) * hash_size])
        if len(oid) != hash_size:
            raise CorruptObject("is a damaged multi-pack-index")
        entries.append((oid, offset))
    return PackIndex(path, hash_size, write_index(entries, hash_size))


def _chunks(data: memoryview) -> dict[bytes, memoryview]:
    count = data[6]
    found = {}
    for number in range(count):
        name, start = _CHUNK.unpack_from(data, _HEADER.size + number * _CHUNK.size)
        _, stop = _CHUNK.unpack_from(data, _HEADER.size + (number + 1) * _CHUNK.size)
        found[name] = data[start:stop]
    if not {b"PNAM", b"OIDL", b"OOFF"} <= found.keys():
        raise CorruptObject("is a damaged multi-pack-index")
    return found


def write_index(entries: list[tuple[bytes, int]], hash_size: int) -> memoryview:
    """The bytes of an `.idx` of version 2 for these objects, without checksums."""
    entries = sorted(entries)
    counts = [0] * 256
    for oid, _ in entries:
        counts[oid[0]] += 1
    total = 0
    for byte, count in enumerate(counts):
        total += count
        counts[byte] = total
    short: list[int] = []
    long: list[int] = []
    for _, offset in entries:
        if offset >> 31:
            short.append(1 << 31 | len(long))
            long.append(offset)
        else:
            short.append(offset)
    return memoryview(
        b"".join(
            (
                b"\377tOc\0\0\0\2",
                struct.pack(">256I", *counts),
                b"".join(oid for oid, _ in entries),
                bytes(4 * total),
                struct.pack(f">{total}I", *short),
                struct.pack(f">{len(long)}Q", *long),
                bytes(2 * hash_size),
            )
        )
    )
