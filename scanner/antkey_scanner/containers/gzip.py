"""gzip (RFC 1952): any number of members, zero padding between and behind them.

Name, comment and extra field need nothing here: the format is searched raw as well.
"""

from __future__ import annotations

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.inflate import ERRORS, Inflate, crc32, segment
from antkey_scanner.containers.source import Source

_MAGIC = b"\x1f\x8b"
_HEADER = 10
_DEFLATE = 8
_HEADER_CHECKSUM, _EXTRA, _NAME, _COMMENT, _RESERVED = 2, 4, 8, 16, 0xE0


def open_stream(stream: Stream, budget: Budget) -> Stream:
    """The members' data, one behind the other, as `gzip -d` gives it."""
    return Decompressed(stream, budget, _Gzip())


class _Gzip:
    name = "gzip"
    errors = ERRORS

    def begin(self, source: Source, /) -> Segment | None:
        if not source.skip_padding():
            return None
        if source.peek(2) != _MAGIC:
            raise ValueError("data behind the end of the gzip stream")
        header = source.exactly(_HEADER)
        flags = header[3]
        if header[2] != _DEFLATE or flags & _RESERVED:
            raise ValueError("unknown kind of gzip member")
        if flags & _EXTRA:
            source.skip(int.from_bytes(source.exactly(2), "little"))
        for text in (_NAME, _COMMENT):
            if flags & text:
                source.skip_past(b"\0")
        if flags & _HEADER_CHECKSUM:
            source.skip(2)
        return segment(crc32, 0)

    def end(self, source: Source, decoder: Decoder, /) -> None:
        assert isinstance(decoder, Inflate)  # it comes from `begin`
        expected = decoder.checksum.to_bytes(4, "little") + (decoder.size & 0xFFFFFFFF).to_bytes(
            4, "little"
        )
        if source.exactly(8) != expected:
            raise ValueError("gzip stream does not match its checksum")
