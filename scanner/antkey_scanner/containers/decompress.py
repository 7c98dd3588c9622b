"""Drives a decoder over a stream: bounded pieces, every byte counted, nothing lost before a fault.

A *segment* is what one decoder reads: a gzip member, an xz stream, a zstd frame. A `Codec` finds
segments and their decoders; reading, limits and errors are the same for all and live here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import Budget, BudgetExceeded, MemoryExceeded
from antkey_scanner.containers.source import Source

PIECE = 1 << 18
"""Bytes decoded at once: with more, the search would find them gone from the processor's cache."""

_FIRST_PIECE = 1 << 16
"""Decoders make room for all that they may give, and above this size that costs more than small data."""

_MOST_RESCUED = 4 * PIECE
_FAR = 1 << 64
_REPLAY_PIECE = 1 << 10
_MOST_REPLAYED = 1 << 26


class Decoder(Protocol):
    """What `bz2`, `lzma`, `isal.igzip_lib` and `compression.zstd` call a decompressor."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Summed:
    """A decoder that sums up what it gives: `checksum` and `size` so far."""

    def __init__(
        self, decoder: Decoder, checksum: Callable[[bytes, int], int], start: int = 0
    ) -> None:
        self._decoder = decoder
        self._sum = checksum
        self.checksum = start
        self.size = 0

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return self._decoder.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        out = self._decoder.decompress(data, max_length)
        self.checksum = self._sum(out, self.checksum)
        self.size += len(out)
        return out


class Segment(NamedTuple):
    """A decoder at the start of its data.

    memory: bytes that it may come to hold; exact: makes a slower one that gives the very last bytes
    before a cut or a fault, if `decoder` does not.
    """

    decoder: Decoder
    memory: int = 0
    exact: Callable[[], Decoder] | None = None


class Codec(Protocol):
    """One compression. errors: what its decoders raise for bad data.

    begin: reads up to the compressed data of the next segment, None at a clean end; end: reads what
    follows the data. Both raise ValueError for what is no such thing, EOFError when it is cut.
    """

    @property
    def name(self) -> str: ...
    @property
    def errors(self) -> tuple[type[Exception], ...]: ...
    def begin(self, source: Source, /) -> Segment | None: ...
    def end(self, source: Source, decoder: Decoder, /) -> None: ...


class Decompressed:
    """The decompressed stream.

    Reading raises ValueError for damaged data, EOFError for a cut stream and BudgetExceeded: each
    only after all bytes before that point were handed out, and then again at every read.
    """

    def __init__(self, stream: Stream, budget: Budget, codec: Codec) -> None:
        self._source = Source(stream)
        self._budget = budget
        self._codec = codec
        self._segment: Segment | None = None
        self._emitted = 0
        self._buffer = b""
        self._at = 0
        self._failure: Exception | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, and at most `PIECE` of them unless all are asked for."""
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE), b""))
        if self._at == len(self._buffer):
            self._buffer, self._at = self._next(), 0
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        return data

    def _next(self) -> bytes:
        if self._failure is not None:
            raise self._failure
        try:
            return self._decode()
        except MemoryExceeded as refusal:
            problem: ValueError | EOFError = ValueError(str(refusal))
        except EOFError:
            problem = EOFError(f"truncated {self._codec.name} stream")
        except (OSError, ValueError, BudgetExceeded) as told:
            self._fail(told)
            raise
        except self._codec.errors as damage:
            problem = ValueError(f"damaged {self._codec.name} stream: {damage}")
        self._fail(problem)
        raise problem

    def _fail(self, problem: Exception) -> None:
        self._failure = problem
        self._release()

    def _release(self) -> None:
        if self._segment is not None:
            self._budget.release(self._segment.memory)
            self._segment = None

    def _decode(self) -> bytes:
        while True:
            segment = self._segment or self._begin()
            if segment is None:
                return b""
            decoder = segment.decoder
            if decoder.eof:
                self._source.unread(len(decoder.unused_data))
                self._codec.end(self._source, decoder)
                self._release()
                continue
            out = self._step(segment)
            if out:
                self._emitted += len(out)
                self._budget.spend_bytes(len(out))
                return out

    def _begin(self) -> Segment | None:
        self._source.mark()
        self._emitted = 0
        segment = self._codec.begin(self._source)
        if segment is not None:
            self._budget.hold(segment.memory)
            self._segment = segment
        return segment

    def _step(self, segment: Segment) -> bytes:
        decoder = segment.decoder
        data = self._source.piece() if decoder.needs_input else b""
        at_end = not data and decoder.needs_input
        try:
            out = decoder.decompress(data, PIECE if self._emitted else _FIRST_PIECE)
        except self._codec.errors as problem:
            failure = ValueError(f"damaged {self._codec.name} stream: {problem}")
            self._fail(failure)
            rescued = self._rescue()
            if not rescued:
                raise failure from problem
            return rescued
        if at_end and not out and not decoder.eof:
            return self._last_bytes(segment)
        return out

    def _last_bytes(self, segment: Segment) -> bytes:
        """What a cut stream holds beyond what its decoder gave. Raises EOFError if that is nothing."""
        failure = EOFError(f"truncated {self._codec.name} stream")
        self._fail(failure)
        if segment.exact is None or self._emitted > _MOST_REPLAYED:
            raise failure
        rescued, _ = self._replay(slow_from=_FAR)
        if not rescued:
            raise failure
        return rescued

    def _rescue(self) -> bytes:
        """The bytes before the fault: a decoder that raises keeps them, so all again in small steps."""
        _, sound = self._replay(slow_from=_FAR)
        return self._replay(slow_from=sound)[0]

    def _replay(self, slow_from: int) -> tuple[bytes, int]:
        """Read the segment again: what follows the bytes that are out, up to the end or the fault, and
        how many bytes went in before the last piece. From `slow_from` on a piece is one byte.
        """
        segment = self._codec.begin(self._source) if self._source.rewind() else None
        if segment is None:
            return b"", 0
        decoder = segment.exact() if segment.exact is not None else segment.decoder
        skip, fed, sound, rescued = self._emitted, 0, 0, bytearray()
        try:
            while len(rescued) < _MOST_RESCUED and not decoder.eof:
                data = b""
                if decoder.needs_input:
                    sound = fed
                    fast = min(_REPLAY_PIECE, slow_from - fed)
                    data = self._source.piece(max(1, fast))
                    if not data:
                        break
                    fed += len(data)
                out = decoder.decompress(data, PIECE)
                rescued += out[skip:]
                skip = max(0, skip - len(out))
        except self._codec.errors:
            pass
        return bytes(rescued), sound
