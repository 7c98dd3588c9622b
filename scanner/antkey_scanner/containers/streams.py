"""Random access over a stream: a window of a file, or a copy in memory when it can be read only once.

Nothing goes to disk. A stream that can seek starts at 0 and is only ever read through windows,
which set its position before every read: several of them can share one file.
"""

from __future__ import annotations

import io
import os
from typing import Protocol, TypeGuard

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import MEBIBYTE, Budget, MemoryExceeded

PIECE = 1 << 18


class SeekableStream(Stream, Protocol):
    """A stream with a position that can be set."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


def can_seek(stream: Stream) -> TypeGuard[SeekableStream]:
    """Whether `stream` can be read in any order."""
    answer = getattr(stream, "seekable", None)
    return answer is not None and bool(answer())


class Window(io.RawIOBase):
    """`size` bytes of `file` from `start` as a stream of its own. Closing it leaves `file` open.

    cut: more was promised than `file` has: reading past the end raises EOFError.
    """

    size: int
    _start: int

    def __init__(self, file: SeekableStream, start: int, size: int, *, cut: bool = False) -> None:
        super().__init__()
        if isinstance(file, Window):
            # one step to the file itself, and never past the outer window's end
            there = max(0, min(size, file.size - start))
            cut, size, start = cut or there < size, there, start + file._start
            file = file._file
        self._file: SeekableStream = file
        self._start = start
        self._cut = cut
        self._at = 0
        self.size = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        origin = (0, self._at, self.size)[whence]
        if origin + offset < 0:
            raise ValueError("seek before the start")
        self._at = origin + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        left = self.size - self._at
        if size < 0 or size > left:
            size = left
        if size <= 0:
            if self._cut and left <= 0:
                raise EOFError("truncated")
            return b""
        self._file.seek(self._start + self._at)
        data = self._file.read(size)
        if not data:
            raise EOFError("truncated")
        self._at += len(data)
        return data

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self.read(PIECE), b""))

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer has no len()
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Prefixed:
    """A container's own bytes behind a newline: searched, but not taken for a container once more."""

    def __init__(self, stream: Stream, head: bytes = b"") -> None:
        """head: what was read of the stream already."""
        self._stream = stream
        self._head = b"\n" + head

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE), b""))
        data, self._head = self._head[:size], self._head[size:]
        return data or self._stream.read(size)


class _Spool(io.BytesIO):
    """A copy in memory that counts against the budget for as long as it lives."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget
        self._held = 0

    def fill(self, stream: Stream) -> None:
        """Copy `stream` to its end; what was read before an error stays."""
        limit = self._budget.limits.spool
        while data := stream.read(PIECE):
            if self._held + len(data) > limit:
                raise MemoryExceeded(
                    f"needs random access inside a stream and is larger than {limit // MEBIBYTE} MiB"
                )
            self._budget.hold(len(data))
            self._held += len(data)
            self.write(data)

    def close(self) -> None:
        self._budget.release(self._held)
        self._held = 0
        super().close()


def seekable(stream: Stream, budget: Budget) -> Window | _Spool:
    """`stream` with random access, at its start. Closing it frees its memory, but not `stream`.

    A stream that can seek is used as it is, any other is read to its end into memory. Raises
    MemoryExceeded, and what reading `stream` raises.
    """
    if can_seek(stream):
        return Window(stream, 0, stream.seek(0, os.SEEK_END))
    spool, failure = spooled(stream, budget)
    if failure is not None:
        spool.close()
        raise failure
    return spool


def spooled(stream: Stream, budget: Budget) -> tuple[_Spool, Exception | None]:
    """A copy of `stream` in memory as far as it can be read, at its start, and what ended it early."""
    spool = _Spool(budget)
    failure: Exception | None = None
    try:
        spool.fill(stream)
    except (OSError, ValueError, EOFError, MemoryExceeded) as problem:
        failure = problem
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool, failure
