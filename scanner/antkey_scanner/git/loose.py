"""Reads loose objects: files below `objects/xx/`, each one object compressed as a whole."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Generator, Iterator

from antkey_scanner import system
from antkey_scanner.git.inflating import RATIO
from antkey_scanner.git.objects import (
    LIMIT,
    NAMES,
    CorruptObject,
    LargeObject,
    MissingObject,
    Object,
)
from antkey_scanner.named import NamedTuple

_KINDS = {name: kind for kind, name in NAMES.items()}
_HEAD = 64
_PIECE = 1 << 18


class Header(NamedTuple):
    """What a loose object says of itself: kind, size in bytes, and how long the header is."""

    kind: int
    size: int
    length: int


def read(folder: str, oid: bytes, limit: int = LIMIT) -> Object:
    """The loose object of this id below an `objects` folder; whether its content has this id is
    not checked. Raises MissingObject, CorruptObject and LargeObject."""
    name = oid.hex()
    descriptor, size = _open(folder, name)
    try:
        return Object(oid, *read_file(descriptor, size, limit))
    except OSError as error:
        raise CorruptObject(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def stands(folder: str, oid: bytes) -> bool:
    """Whether there is a loose object of this id."""
    name = oid.hex()
    return os.path.lexists(os.path.join(folder, name[:2], name[2:]))


def describe(folder: str, oid: bytes) -> Header:
    """Kind and size without the content. Raises as `read` does."""
    name = oid.hex()
    descriptor, _ = _open(folder, name)
    try:
        return _header(zlib.decompressobj().decompress(system.read_at(descriptor, 256, 0), _HEAD))
    except zlib.error:
        raise CorruptObject("is no valid zlib data") from None
    except OSError as error:
        raise CorruptObject(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def stream(folder: str, oid: bytes) -> tuple[Header, Iterator[bytes]]:
    """Kind and size of an object of any size, and its content in pieces. Raises as `read` does."""
    name = oid.hex()
    descriptor, packed = _open(folder, name)
    pieces = _pieces(descriptor)
    try:
        head = next(pieces, b"")
        header = _header(head)
        if header.size > packed * RATIO:
            raise CorruptObject("is shorter than its header says")
    except BaseException:
        pieces.close()
        raise
    return header, _content(head[header.length :], pieces, header.size)


def read_file(descriptor: int, size: int, limit: int = LIMIT) -> tuple[int, bytes]:
    """Kind and content of the loose object in an open file of `size` bytes.

    Raises CorruptObject, LargeObject and OSError.
    """
    packed = system.read_at(descriptor, min(size, limit + (limit >> 6)) or 1, 0)
    inflater = zlib.decompressobj()
    try:
        head = inflater.decompress(packed, _HEAD)
        header = _header(head)
        if header.size > limit:
            raise LargeObject(f"is larger than the memory limit ({header.size} bytes)")
        most = header.length + header.size + 1 - len(head)
        rest = inflater.decompress(inflater.unconsumed_tail, most) if most > 0 else b""
        if most > 0 and not inflater.eof:
            # At the end of the content the checksum may still be to come.
            rest += inflater.decompress(inflater.unconsumed_tail, 1)
    except zlib.error:
        raise CorruptObject("is no valid zlib data") from None
    found = head[header.length :] + rest
    if len(found) != header.size:
        raise CorruptObject("is not as long as its header says")
    if not inflater.eof:
        raise CorruptObject("ends too early")
    return header.kind, found


def _open(folder: str, name: str) -> tuple[int, int]:
    try:
        with system.Folder.open(os.path.join(folder, name[:2])) as inner:
            descriptor, status = inner.open_file(name[2:])
    except FileNotFoundError:
        raise MissingObject(f"{name} is not there") from None
    except OSError as error:
        if error.errno in {errno.ENOTDIR, errno.ELOOP} and not stands(folder, bytes.fromhex(name)):
            raise MissingObject(f"{name} is not there") from None
        raise CorruptObject(f"cannot be opened: {error.strerror}") from None
    return descriptor, status.st_size


def _header(head: bytes) -> Header:
    name, space, rest = head.partition(b" ")
    digits, end, _ = rest.partition(b"\0")
    kind = _KINDS.get(name)
    if kind is None or not space or not end or not digits.isdigit():
        raise CorruptObject("has a wrong header")
    if len(digits) > 1 and digits.startswith(b"0"):
        raise CorruptObject("has a wrong header")
    return Header(kind, int(digits), len(name) + len(digits) + 2)


def _pieces(descriptor: int) -> Generator[bytes, None, None]:
    """The inflated file; the first piece holds the header. Closes the file."""
    inflater = zlib.decompressobj()
    at = 0
    try:
        while not inflater.eof:
            packed = system.read_at(descriptor, _PIECE, at)
            if not packed:
                raise CorruptObject("ends too early")
            at += len(packed)
            while packed and not inflater.eof:
                found = inflater.decompress(packed, _PIECE)
                packed = inflater.unconsumed_tail
                if found:
                    yield found
    except zlib.error:
        raise CorruptObject("is no valid zlib data") from None
    except OSError as error:
        raise CorruptObject(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def _content(first: bytes, pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in _chain(first, pieces):
        if len(piece) > size:
            raise CorruptObject("is longer than its header says")
        size -= len(piece)
        if piece:
            yield piece
    if size:
        raise CorruptObject("is shorter than its header says")


def _chain(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces
