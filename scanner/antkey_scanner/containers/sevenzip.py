"""7z archives: members of every folder in order, read from packed streams in bounded memory.

Own code instead of py7zr, which unpacks to unbounded memory, stops at the first bad folder and
name, and decodes PPMd with a library that crashes on damaged data (docs/adr/006-dependencies.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from antkey_scanner.containers import Member, Stream, inflate
from antkey_scanner.containers.budget import Budget, MemoryExceeded
from antkey_scanner.containers.names import NAMELESS, OUTSIDE, points_outside
from antkey_scanner.containers.sevenzip_coders import Limited, Unpacked, is_encrypted, unpack
from antkey_scanner.containers.sevenzip_folder import DAMAGED, Cursor, Folder
from antkey_scanner.containers.sevenzip_header import Listing, Streams, read_listing, read_streams
from antkey_scanner.containers.streams import PIECE, SeekableStream, Window, seekable
from antkey_scanner.model import Skip

_START_HEADER = 32
_ENCODED_HEADER = 0x17
_LARGEST_HEADER = 64 << 20
_MOST_ENCODINGS = 4
_MOST_SKIPS = 100


class _Entry(NamedTuple):
    name: str
    size: int
    checksum: int


class _Block(NamedTuple):
    """A folder with where its packed streams lie and how large its coders' outputs are."""

    folder: Folder
    packs: list[tuple[int, int]]
    sizes: list[int]


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """Every member that has content; one skip for each that cannot be unpacked."""
    try:
        file = seekable(stream, budget)
    except (MemoryExceeded, OSError, ValueError, EOFError) as problem:
        yield Skip("", str(problem))
        return
    try:
        header = _read_header(file, budget)
        if header:
            with _held(budget, len(header)):
                yield from _entries(file, read_listing(header, budget.limits.members), budget)
    except EOFError:
        yield Skip("", "truncated")
    except (MemoryExceeded, OSError, ValueError) as problem:
        yield Skip("", str(problem))
    finally:
        file.close()


@contextmanager
def _held(budget: Budget, size: int) -> Iterator[None]:
    """Memory for as long as it is used, with what decoders still hold that were not read to the end."""
    before = budget.held
    budget.hold(size)
    try:
        yield
    finally:
        budget.release(budget.held - before)


def _read_header(file: SeekableStream, budget: Budget) -> bytes:
    """The header, unpacked; `b""` for an empty archive."""
    start = file.read(_START_HEADER)
    if len(start) < _START_HEADER:
        raise EOFError
    if inflate.crc32(start[12:]) != int.from_bytes(start[8:12], "little"):
        raise ValueError(DAMAGED)
    offset, size = (int.from_bytes(start[at : at + 8], "little") for at in (12, 20))
    if size > _LARGEST_HEADER:
        raise ValueError(f"header of {size} bytes")
    header = _exactly(_window(file, _START_HEADER + offset, size), size)
    if inflate.crc32(header) != int.from_bytes(start[28:32], "little"):
        raise ValueError(DAMAGED)
    for _ in range(_MOST_ENCODINGS):
        if header[:1] != bytes([_ENCODED_HEADER]):
            break
        header = _decode_header(file, header, budget)
    return header


def _decode_header(file: SeekableStream, header: bytes, budget: Budget) -> bytes:
    streams = read_streams(Cursor(header, 1), most=1)
    for block in _blocks(streams):
        if is_encrypted(block.folder):
            raise ValueError("encrypted")
        if streams.sizes[0] > _LARGEST_HEADER:
            raise ValueError(f"header of {streams.sizes[0]} bytes")
        unpacked = _open(file, block, budget)
        with _held(budget, unpacked.memory):
            content = _exactly(unpacked.stream, streams.sizes[0])
        if streams.checksums[0] not in (-1, inflate.crc32(content)):
            raise ValueError(DAMAGED)
        return content
    raise ValueError(DAMAGED)


def _exactly(stream: Stream, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = stream.read(min(PIECE, size - len(data)))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _window(file: SeekableStream, start: int, size: int) -> Window:
    end = file.seek(0, 2)
    return Window(file, start, max(0, min(size, end - start)), cut=start + size > end)


def _open(file: SeekableStream, block: _Block, budget: Budget) -> Unpacked:
    def packed(number: int) -> Stream:
        if number >= len(block.packs):
            raise ValueError(DAMAGED)
        return _window(file, *block.packs[number])

    return unpack(block.folder, block.sizes, packed, budget)


def _blocks(streams: Streams) -> Iterator[_Block]:
    pack, output = 0, 0
    start = _START_HEADER + streams.pack_start
    for folder in streams.folders():
        packs = []
        for size in streams.pack_sizes[pack : pack + len(folder.packed)]:
            packs.append((start, size))
            start += size
        yield _Block(
            folder, packs, list(streams.unpack_sizes[output : output + len(folder.coders)])
        )
        pack += len(folder.packed)
        output += len(folder.coders)


def _entries(file: SeekableStream, listing: Listing, budget: Budget) -> Iterator[Member | Skip]:
    streams = listing.streams
    names = _names(listing)
    sizes, checksums = iter(streams.sizes), iter(streams.checksums)
    for block, count in zip(_blocks(streams), streams.counts, strict=True):
        entries = (
            _Entry(next(names, NAMELESS), size, checksum)
            for size, checksum in zip(islice(sizes, count), checksums, strict=False)
        )
        if is_encrypted(block.folder):
            yield from _skipped(entries, "encrypted", budget)
            continue
        try:
            unpacked = _open(file, block, budget)
            with _held(budget, unpacked.memory):
                yield from _unpacked(unpacked, entries, budget)
        except (MemoryExceeded, ValueError, OSError) as problem:
            yield from _skipped(entries, str(problem), budget)


def _names(listing: Listing) -> Iterator[str]:
    """The names of the members that have a stream. Missing ones are made up."""
    for number in range(listing.total):
        name = next(listing.names, "") or NAMELESS
        if not listing.empty[number]:
            yield name


def _unpacked(
    unpacked: Unpacked, entries: Iterator[_Entry], budget: Budget
) -> Iterator[Member | Skip]:
    """The members of one folder; after the first that cannot be read to its end none can."""
    if unpacked.cut:
        yield Member("", unpacked.stream)
        reason = f"the {unpacked.undone} filter is not undone; searched in one piece with others"
        yield from _skipped(entries, reason, budget)
    for entry in entries:
        budget.spend_member()
        if points_outside(entry.name):
            yield Skip(entry.name, OUTSIDE, counts=False)
        content = _Content(unpacked.stream, entry, unpacked.undone)
        yield Member(entry.name, content)
        if not content.finish():
            yield from _skipped(entries, "behind damaged data in a solid block", budget)


def _skipped(entries: Iterator[_Entry], reason: str, budget: Budget) -> Iterator[Skip]:
    """One skip for each member, but one for all of them when there are very many."""
    for entry in islice(entries, _MOST_SKIPS):
        budget.spend_member()
        yield Skip(entry.name, reason)
    rest = sum(1 for _ in entries)
    if rest:
        yield Skip("", f"{rest} more members: {reason}")


class _Content:
    """One member's bytes. Its checksum is compared at the end: a wrong one raises ValueError."""

    def __init__(self, stream: Stream, entry: _Entry, undone: str) -> None:
        self._limited = Limited(stream, entry.size)
        self._expected = entry.checksum
        self._undone = undone
        self._checksum = 0
        self._broken = False

    def read(self, size: int = -1, /) -> bytes:
        try:
            data = self._limited.read(size)
        except Exception:
            self._broken = True
            raise
        self._checksum = inflate.crc32(data, self._checksum)
        if not data and size:
            self._check()
        return data

    def _check(self) -> None:
        if self._undone:
            raise ValueError(f"the {self._undone} filter is not undone")
        if self._expected not in (-1, self._checksum):
            raise ValueError("checksum does not match")

    def finish(self) -> bool:
        """Step over what nobody read. Whether the stream is where the next member starts."""
        try:
            while not self._broken and self._limited.read(PIECE):
                pass
        except (EOFError, ValueError, OSError):
            self._broken = True
        return not self._broken
