"""bzip2: any number of streams behind one another."""

from __future__ import annotations

import bz2

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.source import Source

_MEMORY = 4 << 20


def open_stream(stream: Stream, budget: Budget) -> Stream:
    """The streams' data, one behind the other, as `bzip2 -d` gives it."""
    return Decompressed(stream, budget, _Bzip2())


class _Bzip2:
    name = "bzip2"
    errors = (OSError,)

    def begin(self, source: Source, /) -> Segment | None:
        if not source.skip_padding():
            return None
        if source.peek(3) != b"BZh":
            raise ValueError("data behind the end of the bzip2 stream")
        return Segment(bz2.BZ2Decompressor(), _MEMORY)

    def end(self, source: Source, decoder: Decoder, /) -> None:
        """The checksum is the decoder's business."""
