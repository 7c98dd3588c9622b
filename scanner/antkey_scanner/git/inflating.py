"""Inflates zlib streams of a known size that lie in a buffer, never to more than that size."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from antkey_scanner.git.objects import CorruptObject

ONE_GO = 1 << 16
"""What is packed in so many bytes unpacks to 66 MB at most, deflate's ratio being below 1032."""

RATIO = 1032
_PIECE = 1 << 18

OneGo = Callable[[memoryview, int, int], bytes]
"""`zlib.decompress` and what is called like it: data, window bits, size of the first buffer."""

Inflate = Callable[[memoryview, int], bytes]
"""`inflate` and what does the same."""


def inflate(data: memoryview, size: int) -> bytes:
    """The `size` bytes that the zlib stream at the start of `data` must give. Raises CorruptObject.

    data: may go on behind the stream.
    """
    if size > len(data) * RATIO:
        raise CorruptObject(_SHORT)
    enough = size + (size >> 6) + 256
    if enough <= ONE_GO:
        try:
            found = zlib.decompress(data[:enough], zlib.MAX_WBITS, size or 1)
        except zlib.error:
            found = b"".join(pieces(data, size + 1))
    else:
        found = b"".join(pieces(data, size + 1))
    if len(found) != size:
        raise CorruptObject(_SHORT if len(found) < size else "is longer than its header says")
    return found


_SHORT = "is shorter than its header says"


def pieces(data: memoryview, most: int, piece: int = _PIECE) -> Iterator[bytes]:
    """What the zlib stream at the start of `data` gives, up to `most` bytes. Raises CorruptObject."""
    stream = zlib.decompressobj()
    at = 0
    rest = b""
    while most > 0 and not stream.eof:
        if not rest:
            if at >= len(data):
                raise CorruptObject("ends too early")
            rest = bytes(data[at : at + piece])
            at += len(rest)
        try:
            found = stream.decompress(rest, min(most, piece))
        except zlib.error:
            raise CorruptObject("is no valid zlib data") from None
        rest = stream.unconsumed_tail
        most -= len(found)
        if found:
            yield found


def fastest() -> tuple[OneGo, Inflate]:
    """Through `isal` where it is installed: for what is packed in up to `ONE_GO` bytes, which raises
    what it likes and does not look at the size, and for everything."""
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return zlib.decompress, inflate

    def quickly(data: memoryview, size: int) -> bytes:
        if size <= len(data) * RATIO:
            stream = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_ZLIB)
            try:
                found: bytes = stream.decompress(data, size + 1)
            except Exception:  # noqa: BLE001 - the slow way knows the reason
                found = b""
            if stream.eof and len(found) == size:
                return found
        return inflate(data, size)

    return isal_zlib.decompress, quickly
