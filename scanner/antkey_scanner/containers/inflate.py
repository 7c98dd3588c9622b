"""Raw deflate (RFC 1951) through `isal`, or through `zlib` on machines that `isal` has no wheel for.

For the formats that wrap deflate: gzip, zlib, zip. It knows no header and no checksum of theirs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from antkey_scanner.containers.decompress import Decoder, Segment, Summed

ERRORS: tuple[type[Exception], ...]

try:
    from isal import igzip_lib, isal_zlib
except ImportError:
    HAVE_ISAL = False
    ERRORS = (zlib.error,)
    crc32, adler32 = zlib.crc32, zlib.adler32
else:
    HAVE_ISAL = True
    ERRORS = (igzip_lib.IsalError, zlib.error)  # type: ignore[assignment]  # isal's stub says "instance"
    crc32, adler32 = isal_zlib.crc32, isal_zlib.adler32


class Inflate(Summed):
    """A decoder for one deflate stream with the checksum of the format around it."""

    def __init__(self, checksum: Callable[[bytes, int], int], start: int) -> None:
        super().__init__(_decoder(), checksum, start)


def segment(checksum: Callable[[bytes, int], int], start: int) -> Segment:
    """One deflate stream. `isal` keeps a byte or two at a cut that `zlib` gives."""
    return Segment(Inflate(checksum, start), exact=ZlibInflate)


def _decoder() -> Decoder:
    if not HAVE_ISAL:
        return ZlibInflate()
    inflate: Decoder = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
    return inflate


class ZlibInflate:
    """The standard library's inflate with the interface of its other decoders."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not (self._full or self._inflate.unconsumed_tail or self.eof)

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Up to `max_length` bytes; when it gives as many, more may wait inside."""
        out = self._inflate.decompress(self._inflate.unconsumed_tail + data, max(max_length, 0))
        self._full = len(out) == max_length
        return out
