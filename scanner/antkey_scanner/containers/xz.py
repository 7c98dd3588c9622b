"""xz and the older lzma ("alone") format, with a limit on the dictionary that a header may ask for.

The dictionary's size is read from the header, so that decoders nested in one another share one
limit; liblzma's own limit then keeps later blocks to what the first one asked for.
"""

from __future__ import annotations

import lzma

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import MEBIBYTE, Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.source import Source

LARGEST_DICTIONARY = 256 * MEBIBYTE
_BESIDE_DICTIONARY = MEBIBYTE
_XZ_MAGIC = b"\xfd7zXZ\0"
_STREAM_HEADER = 12
_LARGEST_BLOCK_HEADER = 1024
_LZMA2 = 0x21
_ALONE_HEADER = 13


def open_stream(stream: Stream, budget: Budget) -> Stream:
    """The data as `xz -d` gives it, of either format."""
    return Decompressed(stream, budget, _Xz())


class _Xz:
    errors = (lzma.LZMAError,)

    def __init__(self) -> None:
        self.name = "xz"
        self._ended = False

    def begin(self, source: Source, /) -> Segment | None:
        if self._ended and not source.skip_padding():
            return None
        if source.peek(len(_XZ_MAGIC)) == _XZ_MAGIC and self.name == "xz":
            head = source.peek(_STREAM_HEADER + _LARGEST_BLOCK_HEADER)
            return self._segment(lzma.FORMAT_XZ, xz_dictionary(head[_STREAM_HEADER:]))
        if self._ended:
            raise ValueError(f"data behind the end of the {self.name} stream")
        self.name = "lzma"
        head = source.peek(_ALONE_HEADER)
        return self._segment(lzma.FORMAT_ALONE, int.from_bytes(head[1:5], "little"))

    def end(self, source: Source, decoder: Decoder, /) -> None:  # noqa: ARG002  # the protocol's
        """The checksum is the decoder's business."""
        self._ended = True

    def _segment(self, kind: int, dictionary: int) -> Segment:
        memory = check_dictionary(self.name, dictionary)
        return Segment(lzma.LZMADecompressor(kind, memlimit=memory), memory)


def check_dictionary(name: str, dictionary: int) -> int:
    """The memory that a decoder with this dictionary takes, in bytes. Raises ValueError."""
    if dictionary > LARGEST_DICTIONARY:
        raise ValueError(f"{name} stream needs a dictionary of {dictionary // MEBIBYTE} MiB")
    return dictionary + _BESIDE_DICTIONARY


def xz_dictionary(block: bytes) -> int:
    """The dictionary that a block's header asks for, in bytes; 0 when it says nothing readable.

    Section 3.1 of the .xz file format: sizes, then filters, of which LZMA2 is the last.
    """
    try:
        flags = block[1]
        at = 2
        for present in (0x40, 0x80):
            if flags & present:
                _, at = _number(block, at)
        for _ in range((flags & 3) + 1):
            kind, at = _number(block, at)
            size, at = _number(block, at)
            if kind == _LZMA2:
                bits = min(block[at], 40)
                return (2 | bits & 1) << (bits // 2 + 11)
            at += size
    except IndexError:
        pass
    return 0


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and the offset behind it. Raises IndexError."""
    value = shift = 0
    while data[at] & 0x80 and shift < 56:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1
