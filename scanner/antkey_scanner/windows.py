"""Big inputs as windows: a bounded piece of bytes at a time, whatever the input's size.

A search asks for the window at an offset and says how far it has settled; the next window starts
there, so what was cut by the window's end is seen whole in the next one.
"""

from __future__ import annotations

import mmap
from typing import Protocol

from antkey_scanner.containers import Stream
from antkey_scanner.system import read_at

Buffer = bytes | bytearray | memoryview | mmap.mmap

BEHIND = 16 << 10
"""Bytes before a window that can be seen again: what stands beside its first bytes."""


class Windows(Protocol):
    """Where a search gets its bytes from.

    `window(start, size)` gives at least one byte unless the input has ended, and whether these are
    the last ones; `start` never goes back. `peek` gives bytes again that lie at most `BEHIND` before the
    last window's start, or anywhere unless `forgets`. `close` frees what the last window holds.
    """

    forgets: bool

    def window(self, start: int, size: int) -> tuple[Buffer, bool]: ...

    def peek(self, start: int, size: int) -> Buffer: ...

    def close(self) -> None: ...


class BytesWindows:
    """An input that is in memory already: one window."""

    forgets = False

    def __init__(self, data: Buffer) -> None:
        self._data = data

    def window(self, start: int, size: int) -> tuple[Buffer, bool]:
        view = memoryview(self._data)[start : start + size]
        return view, start + len(view) >= len(self._data)

    def peek(self, start: int, size: int) -> Buffer:
        return memoryview(self._data)[start : start + size]

    def close(self) -> None:
        self._data = b""


class FileWindows:
    """A regular file, or its part before `stop`, read piece by piece."""

    forgets = False

    def __init__(self, descriptor: int, stop: int) -> None:
        self._descriptor = descriptor
        self._stop = stop

    def window(self, start: int, size: int) -> tuple[Buffer, bool]:
        want = min(size, self._stop - start)
        data = read_at(self._descriptor, want, start) if want > 0 else b""
        return data, len(data) < size or start + len(data) >= self._stop

    def peek(self, start: int, size: int) -> Buffer:
        return read_at(self._descriptor, max(0, min(size, self._stop - start)), start)

    def close(self) -> None:
        """Nothing is held between windows."""


class MappedWindows(FileWindows):
    """A regular file, mapped piece by piece so that memory does not grow with it.

    Reading a file that
    is cut while it is mapped kills the process: only workers do that, and their death is seen.
    """

    def __init__(self, descriptor: int, stop: int) -> None:
        super().__init__(descriptor, stop)
        self._map: mmap.mmap | None = None
        self._view: memoryview | None = None
        self._start = 0

    def window(self, start: int, size: int) -> tuple[Buffer, bool]:
        self.close()
        end = min(start + size, self._stop)
        if end <= start:
            return b"", True
        page = start - start % mmap.ALLOCATIONGRANULARITY
        self._map = mmap.mmap(self._descriptor, end - page, access=mmap.ACCESS_READ, offset=page)
        self._view = memoryview(self._map)
        self._start = page
        return self._view[start - page :], end >= self._stop

    def peek(self, start: int, size: int) -> Buffer:
        if self._view is None or not self._start <= start < self._start + len(self._view):
            return super().peek(start, size)
        at = start - self._start
        return self._view[at : at + size]

    def close(self) -> None:
        if self._view is not None:
            self._view.release()
            self._view = None
        if self._map is not None:
            try:
                self._map.close()
            except BufferError:
                pass  # a match still refers to it; it goes when the match does
            self._map = None


class StreamWindows:
    """Bytes that come once, such as standard input or a member of an archive.

    When the stream breaks, `error` holds why, and what came before it is the last window.
    """

    forgets = True

    def __init__(self, stream: Stream, head: bytes = b"") -> None:
        self._stream = stream
        self._kept = head
        self._before = b""
        self._start = 0
        self._ended = False
        self.total = len(head)
        self.error: Exception | None = None

    def window(self, start: int, size: int) -> tuple[Buffer, bool]:
        passed = start - self._start
        if passed >= BEHIND:
            self._before = self._kept[passed - BEHIND : passed]
        elif passed:
            self._before = (self._before + self._kept[:passed])[-BEHIND:]
        pieces = [memoryview(self._kept)[passed:]]
        got = len(pieces[0])
        while got < size and not self._ended:
            piece = self._next(size - got)
            got += len(piece)
            pieces.append(memoryview(piece))
        self._kept = b"".join(pieces)
        self._start = start
        return self._kept, self._ended

    def _next(self, count: int) -> bytes:
        try:
            piece = self._stream.read(count)
        except (OSError, ValueError, EOFError) as error:
            self.error = error
            piece = b""
        self._ended = not piece
        self.total += len(piece)
        return piece

    def peek(self, start: int, size: int) -> Buffer:
        at = start - self._start
        if at >= 0:
            return self._kept[at : at + size]
        behind = len(self._before) + at
        return self._before[behind : behind + size] if behind >= 0 else b""

    def close(self) -> None:
        self._kept = self._before = b""
