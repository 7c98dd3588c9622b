"""Inflates zlib streams of a known size that lie in a buffer, never to more than that size.

Uses `zlib`, which is there anyway; `antkey_scanner.git.walk` brings a faster inflate of its own.
"""

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


def inflate(data: memoryview, size: int, one_go: OneGo = zlib.decompress) -> bytes:
    """The `size` bytes that the zlib stream at the start of `data` must give. Raises CorruptObject.

    data: may go on behind the stream. one_go: raises what it likes.
    """
    if size > len(data) * RATIO:
        raise CorruptObject("is shorter than its header says")
    enough = size + (size >> 6) + 256
    if enough <= ONE_GO:
        try:
            found = one_go(data[:enough], zlib.MAX_WBITS, size or 1)
        except Exception:  # noqa: BLE001 - whatever `one_go` raises, the careful way decides
            return _carefully(data, size)
    else:
        return _carefully(data, size)
    if len(found) != size:
        raise CorruptObject("is not as long as its header says")
    return found


def _carefully(data: memoryview, size: int) -> bytes:
    found = b"".join(pieces(data, size + 1))
    if len(found) != size:
        raise CorruptObject("is not as long as its header says")
    return found


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
