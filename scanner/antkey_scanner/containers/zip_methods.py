"""The compression methods of zip members, each through the library that knows it.

Every method but "stored" marks its own end, so sizes in headers are compared with, never trusted.
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable
from typing import NamedTuple

from antkey_scanner.containers import zstd
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment, Summed
from antkey_scanner.containers.inflate import ERRORS as INFLATE_ERRORS
from antkey_scanner.containers.inflate import crc32, segment
from antkey_scanner.containers.source import Source
from antkey_scanner.containers.streams import Window
from antkey_scanner.containers.xz import check_dictionary, xz_dictionary

STORED = 0
DEFLATE64 = 9
AES = 99

_UNKNOWN_SIZE = (1 << 64) - 1
_HAS_END_MARK = 0x0002
_BZIP2_MEMORY = 4 << 20
_DEFLATE64_PIECE = 1 << 10
_ZSTD = (20, 93)
_NAMES = {
    1: "shrink",
    2: "reduce",
    3: "reduce",
    4: "reduce",
    5: "reduce",
    6: "implode",
    8: "deflate",
    DEFLATE64: "deflate64",
    10: "PKWARE implode",
    12: "bzip2",
    14: "lzma",
    16: "IBM CMPSC",
    18: "IBM TERSE",
    19: "IBM LZ77",
    20: "zstd",
    93: "zstd",
    94: "MP3",
    95: "xz",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
}


def method_name(method: int) -> str:
    """What a method is called, its number if nothing else is known."""
    return _NAMES.get(method, f"method {method}")


class Packed(NamedTuple):
    """What is known of a member's data. size, packed, checksum: None when no header told them."""

    method: int
    flags: int
    packed: int | None
    size: int | None
    checksum: int | None


def is_known(method: int) -> bool:
    """Whether APPNOTE.TXT gives the method a meaning."""
    return method in _NAMES


def is_supported(method: int) -> bool:
    """Whether `Unpacked` can read the method, if its library is installed."""
    return method in _BEGIN


class Unpacked:
    """A member's data. Reading it raises as `Decompressed` does, ValueError too where headers lied.

    consumed: how many bytes of `window` the data took, once it was read to its end.
    """

    def __init__(self, window: Window, packed: Packed, budget: Budget) -> None:
        self._codec = _Codec(packed)
        self._stream = Decompressed(window, budget, self._codec)

    @property
    def consumed(self) -> int | None:
        return self._codec.consumed

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read(size)


class _Codec:
    def __init__(self, packed: Packed) -> None:
        self._packed = packed
        self.name = method_name(packed.method)
        self.errors: tuple[type[Exception], ...] = (
            OSError,
            ValueError,
            lzma.LZMAError,
            *INFLATE_ERRORS,
        )
        self.consumed: int | None = None

    def begin(self, source: Source, /) -> Segment | None:
        if self.consumed is not None:
            return None
        if self._packed.method in _ZSTD:
            self.errors = (zstd.library().ZstdError,)
        return _BEGIN[self._packed.method](source, self._packed)

    def end(self, source: Source, decoder: Decoder, /) -> None:
        assert isinstance(decoder, Summed)  # all that `begin` gives are
        self.consumed = source.position
        _, _, packed, size, checksum = self._packed
        if size not in (None, decoder.size) or packed not in (None, self.consumed):
            raise ValueError("size differs from what the header says")
        if checksum not in (None, decoder.checksum):
            raise ValueError("content does not match its checksum")


def _deflate(_source: Source, _packed: Packed) -> Segment:
    return segment(crc32, 0)


def _deflate64(_source: Source, _packed: Packed) -> Segment:
    return Segment(Summed(_Deflate64(), crc32))


def _bzip2(_source: Source, _packed: Packed) -> Segment:
    return Segment(Summed(bz2.BZ2Decompressor(), crc32), _BZIP2_MEMORY)


def _lzma(source: Source, packed: Packed) -> Segment:
    """Section 5.8.8: a version, the properties with their size, the data. Made an .lzma file again."""
    properties = source.exactly(int.from_bytes(source.exactly(4)[2:], "little"))
    memory = check_dictionary("lzma", int.from_bytes(properties[1:5], "little"))
    decoder = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=memory)
    size = packed.size
    if size is None or packed.flags & _HAS_END_MARK:
        size = _UNKNOWN_SIZE
    decoder.decompress(properties + size.to_bytes(8, "little"))
    return Segment(Summed(decoder, crc32), memory)


def _xz(source: Source, _packed: Packed) -> Segment:
    memory = check_dictionary("xz", xz_dictionary(source.peek(1 << 10)[12:]))
    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=memory)
    return Segment(Summed(decoder, crc32), memory)


def _zstd(source: Source, _packed: Packed) -> Segment:
    frame = zstd.frame(source)
    return Segment(Summed(frame.decoder, crc32), frame.memory)


_BEGIN: dict[int, Callable[[Source, Packed], Segment]] = {
    8: _deflate,
    DEFLATE64: _deflate64,
    12: _bzip2,
    14: _lzma,
    20: _zstd,
    93: _zstd,
    95: _xz,
}


class _Deflate64:
    """`inflate64` with the interface of the other decoders.

    It gives all its output at once, up to 30 MB for a KiB, so it gets a KiB at a time.
    """

    def __init__(self) -> None:
        try:
            from inflate64 import Inflater
        except ImportError:
            raise ValueError(
                "deflate64 needs the package inflate64, which is not installed"
            ) from None
        self._inflater = Inflater()
        self._in = b""
        self._out = b""

    @property
    def eof(self) -> bool:
        return self._inflater.eof and not self._out

    @property
    def needs_input(self) -> bool:
        return not (self._in or self._out or self._inflater.eof)

    @property
    def unused_data(self) -> bytes:
        return self._in

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._in += data
        if not self._out and self._in and not self._inflater.eof:
            self._out = self._inflater.inflate(self._in[:_DEFLATE64_PIECE])
            self._in = self._in[_DEFLATE64_PIECE:]
        size = len(self._out) if max_length < 0 else max_length
        out, self._out = self._out[:size], self._out[size:]
        return out
