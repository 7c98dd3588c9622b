"""gzip and zlib data that comes out of base64 or hex: where it ends, and what it says.

Inside an encoding a stream is often followed by foreign bytes, so its end has to be found by
inflating it. All output is bounded.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.decode.magic import GZIP, ZLIB
from antkey_scanner.decode.reading import Decoded
from antkey_scanner.errors import SourceError

LIMIT = 64 << 20
"""Bytes of output after which inflating stops."""

_FIRST_LOOK = 256
_STEP = 1 << 12
_STEP_OUT = 1 << 20
_EITHER_HEADER = 32 + zlib.MAX_WBITS


def stream(decode: Callable[[int], bytes], size: int) -> tuple[bytes, int] | None:
    """The gzip or zlib stream at the start of encoded text, None if there is none.

    decode: decodes so many characters of the text; size: how many there are. Beside the bytes comes
    how many of them certainly belong to the stream. One that is cut short is given as far as it goes,
    a damaged one until shortly behind the damage.
    """
    want = _FIRST_LOOK
    while True:
        data = decode(min(want, size))
        found = _measure(data)
        if found.damaged:
            return _damaged(data, found)
        if found.ended:
            return data[: found.size], found.size
        if want >= size or found.output >= LIMIT:
            data = decode(size)
            return data, len(data)
        want *= 8


class _Measured(NamedTuple):
    """size: bytes known to be part of the stream; output: bytes they gave."""

    size: int
    output: int
    ended: bool = False
    damaged: bool = False


def _measure(data: bytes, step: int = _STEP) -> _Measured:
    inflater = zlib.decompressobj(_EITHER_HEADER)
    output = at = 0
    try:
        for at in range(0, len(data), step):
            piece = data[at : at + step]
            while piece and output < LIMIT:
                output += len(inflater.decompress(piece, _STEP_OUT))
                if inflater.eof:
                    fed = min(at + step, len(data))
                    return _Measured(fed - len(inflater.unused_data), output, ended=True)
                piece = inflater.unconsumed_tail
    except zlib.error:
        return _Measured(at, output, damaged=True)
    return _Measured(len(data), output)


def _damaged(data: bytes, found: _Measured) -> tuple[bytes, int] | None:
    """The stream that breaks off with an error, None if it only looked like one."""
    if found.size == 0:
        if data[:3] != GZIP:
            return None  # two bytes prove nothing
        found = _measure(data[:_STEP], 1)
    return (data[: found.size + _STEP], found.size) if found.output else None


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
