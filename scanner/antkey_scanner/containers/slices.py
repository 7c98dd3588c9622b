"""Walks archives whose members follow one another without compression, such as ar, cpio and rpm.

Exact reads, a look ahead, and slices handed out as members: windows of the file where the archive
can seek, so that a zip in them needs no copy in memory. Sizes come from hostile headers: nothing
is allocated by them, and a slice that the archive is too short for says so.
"""

from __future__ import annotations

import io
import os

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.streams import PIECE, Window, can_seek

_FLUSH_GAPS = 1 << 20


class Walk:
    """A place in an archive. `position` counts the bytes taken; what was only looked at is not."""

    def __init__(self, stream: Stream) -> None:
        self._window = Window(stream, 0, stream.seek(0, os.SEEK_END)) if can_seek(stream) else None
        self._stream: Stream = self._window or stream
        self._ahead = b""
        self._slice: Slice | None = None
        self._slice_end = 0
        self.position = 0

    def peek(self, size: int) -> bytes:
        """Up to `size` of the bytes that come next; fewer only before the end."""
        while len(self._ahead) < size:
            more = self._stream.read(size - len(self._ahead))
            if not more:
                break
            self._ahead += more
        return self._ahead[:size]

    def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises EOFError when there are fewer."""
        data = self.peek(size)
        if len(data) < size:
            raise EOFError("truncated")
        self._ahead = self._ahead[size:]
        self.position += size
        return data

    def some(self, size: int) -> bytes:
        """Between one and `size` bytes, `b""` at the end."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data = self._stream.read(size)
        self.position += len(data)
        return data

    def align(self, to: int, origin: int = 0) -> bytes:
        """The padding up to a multiple of `to` counted from `origin`. Raises EOFError."""
        return self.take(-(self.position - origin) % to)

    def slice(self, size: int | None) -> Stream:
        """The next `size` bytes, None for all that is left. Reading raises EOFError when there are fewer.

        The walk goes on behind them after `finish`.
        """
        if self._window is None:
            self._slice = Slice(self, size)
            return self._slice
        left = max(0, self._window.size - self.position)
        self._slice_end = self.position + (left if size is None else size)
        wanted = left if size is None else min(left, size)
        return Window(self._window, self.position, wanted, cut=size is not None and left < size)

    def finish(self) -> None:
        """Step behind the last slice, whether it was read or not. Raises EOFError."""
        if self._slice is not None:
            self._slice.drain()
            self._slice = None
        if self._window is not None:
            self._ahead = b""
            self.position = min(self._slice_end, self._window.size)
            self._window.seek(self.position)
            if self.position < self._slice_end:
                raise EOFError("truncated")


class Slice:
    """Part of a walk over a stream that cannot seek, valid until the walk goes on."""

    def __init__(self, walk: Walk, size: int | None) -> None:
        self._walk = walk
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE), b""))
        wanted = size if self._left is None else min(size, self._left)
        if not wanted:
            return b""
        data = self._walk.some(wanted)
        if self._left is not None:
            if not data:
                raise EOFError("truncated")
            self._left -= len(data)
        return data

    def drain(self) -> None:
        """Step over what nobody read. Raises EOFError."""
        while self.read(PIECE):
            pass


class Gaps:
    """Collects the bytes between members, such as names, as members of the archive's own path."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        """Remember the next bytes between members."""
        self._data += data

    @property
    def full(self) -> bool:
        """Whether there is enough to be searched."""
        return len(self._data) >= _FLUSH_GAPS

    def member(self) -> Member:
        """What was collected since the last call; the newline keeps it from looking like an archive."""
        data = b"\n" + self._data
        self._data.clear()
        return Member("", io.BytesIO(data))
