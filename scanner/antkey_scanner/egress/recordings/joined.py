"""A stream with what was read of it already in front."""

from __future__ import annotations

from antkey_scanner.containers import Stream


class Joined:
    """Gives the head again, then the rest of the stream."""

    def __init__(self, stream: Stream, head: bytes) -> None:
        self._stream = stream
        self._head = head

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, all that there are in one piece where it is negative."""
        if not self._head:
            return self._stream.read(size)
        cut = len(self._head) if size < 0 else size
        data, self._head = self._head[:cut], self._head[cut:]
        return data
