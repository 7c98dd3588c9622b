"""zlib (RFC 1950): one deflate stream with two bytes before and a checksum behind it."""

from __future__ import annotations

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.inflate import ERRORS, Inflate, adler32, segment
from antkey_scanner.containers.source import Source

_DICTIONARY = 0x20


def open_stream(stream: Stream, budget: Budget) -> Stream:
    """The inflated data."""
    return Decompressed(stream, budget, _Zlib())


class _Zlib:
    name = "zlib"
    errors = ERRORS

    def __init__(self) -> None:
        self._done = False

    def begin(self, source: Source, /) -> Segment | None:
        if self._done:
            if source.skip_padding():
                raise ValueError("data behind the end of the zlib stream")
            return None
        if source.exactly(2)[1] & _DICTIONARY:
            raise ValueError("zlib stream needs a dictionary that it does not hold")
        return segment(adler32, 1)

    def end(self, source: Source, decoder: Decoder, /) -> None:
        assert isinstance(decoder, Inflate)  # it comes from `begin`
        self._done = True
        if source.exactly(4) != decoder.checksum.to_bytes(4, "big"):
            raise ValueError("zlib stream does not match its checksum")
