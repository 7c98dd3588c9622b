"""gzip and zlib data that comes out of base64 or hex: where it ends, and what it says.

Inside an encoding a stream is often followed by foreign bytes, so its end has to be found by
inflating it. All output is bounded.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.decode.reading import Decoded
from antkey_scanner.errors import SourceError

GZIP = b"\x1f\x8b\x08"
ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
"""The headers that compressors write: one for each level, with a window of 32 KiB."""

LIMIT = 64 << 20
"""Bytes of output after which inflating stops."""

_FIRST_LOOK = 256
_STEP = 1 << 14
_STEP_OUT = 1 << 20
_EITHER_HEADER = 32 + zlib.MAX_WBITS


class _Measured(NamedTuple):
    """end: where the stream ends, None if it does not; output: bytes it gave; damaged: by an error."""

    end: int | None
    output: int
    damaged: bool


def stream(decode: Callable[[int], bytes], size: int) -> bytes | None:
    """The gzip or zlib stream at the start of encoded text, None if there is none.

    decode: decodes so many characters of the text; size: how many there are. A stream that is cut
    or damaged is given with all that follows it.
    """
    want = _FIRST_LOOK
    while True:
        data = decode(min(want, size))
        end, output, damaged = _measure(data)
        if end is not None:
            return data[:end]
        if damaged and not output:
            return None
        if damaged or want >= size or output >= LIMIT:
            return data if want >= size else decode(size)
        want *= 8


def _measure(data: bytes) -> _Measured:
    inflater = zlib.decompressobj(_EITHER_HEADER)
    output = 0
    try:
        for at in range(0, len(data), _STEP):
            piece = data[at : at + _STEP]
            while piece and output < LIMIT:
                output += len(inflater.decompress(piece, _STEP_OUT))
                if inflater.eof:
                    fed = min(at + _STEP, len(data))
                    return _Measured(fed - len(inflater.unused_data), output, False)
                piece = inflater.unconsumed_tail
    except zlib.error:
        return _Measured(None, output, True)
    return _Measured(None, output, False)


def readings(region: bytes) -> Iterator[Decoded]:
    """What the gzip or zlib stream at the start of `region` says, as far as it goes."""
    if region[:3] == GZIP:
        from antkey_scanner.containers.gzip import open_stream

        name = "gzip"
    elif region[:2] in ZLIB:
        from antkey_scanner.containers.zlib_stream import open_stream

        name = "zlib"
    else:
        return
    from antkey_scanner.containers.budget import Budget, Limits

    opened = open_stream(io.BytesIO(region), Budget(Limits(output=LIMIT), len(region)))
    pieces: list[bytes] = []
    try:
        while piece := opened.read(_STEP_OUT):
            pieces.append(piece)
    except (OSError, ValueError, EOFError, SourceError):
        pass  # what came out before the fault is the reading
    if pieces:
        yield Decoded(name, b"".join(pieces), _start)


def _start(_: int) -> int:
    return 0
