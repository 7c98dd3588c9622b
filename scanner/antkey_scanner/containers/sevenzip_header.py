"""The 7z header: which members there are and which packed streams and coders hold them.

Written against 7zFormat.txt of the LZMA SDK. Counts are bounded, numbers are kept in
arrays and coders are left where they stand, so that memory stays near the header's size. Every
fault is a ValueError.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from antkey_scanner.containers.sevenzip_folder import (
    DAMAGED,
    Cursor,
    Folder,
    main_coder,
    read_folder,
)

_END = 0
_HEADER, _MAIN_STREAMS, _FILES = 1, 4, 5
_ARCHIVE_PROPERTIES, _ADDITIONAL_STREAMS = 2, 3
_PACK_INFO, _UNPACK_INFO, _SUBSTREAMS = 6, 7, 8
_SIZE, _CRC, _FOLDER, _UNPACK_SIZE, _COUNTS = 9, 10, 11, 12, 13
_EMPTY_STREAM, _NAMES = 14, 17
_LONGEST_NAME = 1 << 16


class Streams:
    """The packed streams, the folders, and the sizes and checksums of the members in them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.pack_start = 0
        self.pack_sizes: Sequence[int] = ()
        self.unpack_sizes: Sequence[int] = ()
        """One for each coder's output, folder after folder."""
        self.counts: Sequence[int] = ()
        """How many members each folder holds."""
        self.sizes: Sequence[int] = ()
        self.checksums: Sequence[int] = ()
        """The members' sizes and CRC-32s; -1 for a checksum that is not there."""
        self.folder_starts: Sequence[int] = ()
        self.folder_checksums: Sequence[int] = ()

    def folders(self) -> Iterator[Folder]:
        """Every folder, read when it is asked for."""
        for start in self.folder_starts:
            yield read_folder(Cursor(self._data, start))


class Listing(NamedTuple):
    """The members. names: one each, if the header has names at all; empty: 1 for those without a stream."""

    streams: Streams
    names: Iterator[str]
    total: int
    empty: bytes


def read_listing(data: bytes, most: int) -> Listing:
    """A header that is not encoded; at most `most` members."""
    cursor = Cursor(data)
    cursor.expect(_HEADER)
    streams, count, empty, names = Streams(data), 0, b"", b""
    while (kind := cursor.byte()) != _END:
        if kind == _MAIN_STREAMS:
            streams = read_streams(cursor, most)
        elif kind == _FILES:
            count = cursor.count(most)
            empty, names = _read_files(cursor, count)
        elif kind == _ARCHIVE_PROPERTIES:
            while cursor.byte() != _END:
                cursor.take(cursor.number())
        elif kind == _ADDITIONAL_STREAMS:
            read_streams(cursor, most)
        else:
            raise ValueError(DAMAGED)
    return Listing(streams, _names(names), count, empty)


def read_streams(cursor: Cursor, most: int) -> Streams:
    """A description of streams: the archive's main ones, or those of an encoded header."""
    streams = Streams(cursor.data)
    described = False
    while (kind := cursor.byte()) != _END:
        if kind == _PACK_INFO:
            _read_packs(cursor, streams, most)
        elif kind == _UNPACK_INFO:
            _read_folders(cursor, streams, most)
        elif kind == _SUBSTREAMS:
            _read_members(cursor, streams, most)
            described = True
        else:
            raise ValueError(DAMAGED)
    if not described:
        streams.counts = array("Q", [1]) * len(streams.folder_starts)
        streams.sizes = array("Q", _folder_sizes(streams))
        streams.checksums = streams.folder_checksums
    return streams


def _read_packs(cursor: Cursor, streams: Streams, most: int) -> None:
    streams.pack_start = cursor.number()
    count = cursor.count(4 * most)
    while (kind := cursor.byte()) != _END:
        if kind == _SIZE:
            streams.pack_sizes = cursor.numbers(count)
        elif kind == _CRC:
            cursor.checksums(count)
        else:
            raise ValueError(DAMAGED)


def _read_folders(cursor: Cursor, streams: Streams, most: int) -> None:
    cursor.expect(_FOLDER)
    count = cursor.count(most)
    cursor.here()
    starts, outputs = array("Q"), 0
    for _ in range(count):
        starts.append(cursor.at)
        outputs += len(read_folder(cursor).coders)
    streams.folder_starts = starts
    streams.folder_checksums = array("q", [-1]) * count
    cursor.expect(_UNPACK_SIZE)
    streams.unpack_sizes = cursor.numbers(outputs)
    while (kind := cursor.byte()) != _END:
        if kind != _CRC:
            raise ValueError(DAMAGED)
        streams.folder_checksums = cursor.checksums(count)


def _read_members(cursor: Cursor, streams: Streams, most: int) -> None:
    """How a folder's output is cut. The last size of each folder is what the others leave."""
    kind = cursor.byte()
    counts: Sequence[int] = array("Q", [1]) * len(streams.folder_starts)
    if kind == _COUNTS:
        counts = cursor.numbers(len(counts))
        if sum(counts) > most:
            raise ValueError(f"more than {most} members")
        kind = cursor.byte()
    sizes = array("Q")
    for count, left in zip(counts, _folder_sizes(streams), strict=True):
        for _ in range(count - 1 if kind == _SIZE else 0):
            sizes.append(cursor.number())
            left -= sizes[-1]
        if left < 0:
            raise ValueError(DAMAGED)
        if count == 1 or (count and kind == _SIZE):
            sizes.append(left)
    if len(sizes) != sum(counts):
        raise ValueError(DAMAGED)
    if kind == _SIZE:
        kind = cursor.byte()
    streams.counts, streams.sizes = counts, sizes
    known = streams.folder_checksums
    unknown = sum(n for n, checksum in zip(counts, known, strict=True) if n != 1 or checksum < 0)
    stored: Sequence[int] = array("q", [-1]) * unknown
    while kind != _END:
        if kind != _CRC:
            raise ValueError(DAMAGED)
        stored = cursor.checksums(unknown)
        kind = cursor.byte()
    streams.checksums = _merge(counts, known, stored)


def _merge(counts: Sequence[int], known: Sequence[int], stored: Sequence[int]) -> array[int]:
    merged, rest = array("q"), iter(stored)
    for count, checksum in zip(counts, known, strict=True):
        if count == 1 and checksum >= 0:
            merged.append(checksum)
        else:
            merged.extend(islice(rest, count))
    return merged


def _folder_sizes(streams: Streams) -> Iterator[int]:
    """The size of each folder's output: of the coder whose output feeds no other."""
    at = 0
    for folder in streams.folders():
        yield streams.unpack_sizes[at + main_coder(folder)]
        at += len(folder.coders)


def _read_files(cursor: Cursor, count: int) -> tuple[bytes, bytes]:
    """Which members have no stream, one byte each, and all the names."""
    empty, names = bytes(count), b""
    while (kind := cursor.byte()) != _END:
        data = Cursor(cursor.take(cursor.number()))
        if kind == _EMPTY_STREAM:
            empty = data.bits(count)
        elif kind == _NAMES:
            data.here()
            names = data.take(data.end - 1)
    return empty, names


def _names(names: bytes) -> Iterator[str]:
    """UTF-16 names that each end with a NUL; surrogates without a partner are escaped."""
    start = 0
    while start < len(names):
        end = names.find(b"\0\0", start)
        while end >= 0 and (end - start) % 2:
            end = names.find(b"\0\0", end + 1)
        end = len(names) if end < 0 else end
        name = names[start : min(end, start + _LONGEST_NAME)]
        yield name.decode("utf-16-le", "backslashreplace")
        start = end + 2
