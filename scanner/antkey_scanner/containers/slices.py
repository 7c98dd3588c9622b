"""Walks a stream that is read once: exact reads, a look ahead, and slices handed out as members.

For formats that follow one another without compression, such as ar, cpio and rpm. Sizes come from
hostile headers: nothing is allocated by them, a slice that ends early says so.
"""

from __future__ import annotations

import io

from antkey_scanner.containers import Member, Stream

PIECE = 1 << 18
"""Bytes that are read at once when much is to be read."""

_FLUSH_GAPS = 1 << 20


class Walk:
    """A position in a stream. `position` counts the bytes taken; what was only looked at is not."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ahead = b""
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


class Slice:
    """The next `size` bytes of a walk as a member's stream; `size=None` means all that is left.

    Raises EOFError when the archive ends before the slice does.
    """

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

    def finish(self) -> None:
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
        """What was collected since the last call."""
        data = bytes(self._data)
        self._data.clear()
        return Member("", io.BytesIO(data))
