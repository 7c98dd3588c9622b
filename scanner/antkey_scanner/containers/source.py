"""The compressed side of a decompression: pieces for a decoder, headers in between, a way back.

Pieces start small in every segment and double: what a decoder hands back as unused is copied, and
a file of a million tiny gzip members must not copy a full piece for each.
"""

from __future__ import annotations

from antkey_scanner.containers import Stream
from antkey_scanner.containers.streams import can_seek

_READ = 1 << 17
_FIRST_PIECE = 1 << 12
_RECORDED = 1 << 20


class Source:
    """A position in the compressed bytes.

    Streams that cannot seek are recorded from the mark on, up to 1 MiB: `rewind` needs it.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._file = stream if can_seek(stream) else None
        self._buffer = b""
        self._at = 0
        self._read = self._file.tell() if self._file is not None else 0
        self._mark = self._read
        self._record: list[bytes] | None = None
        self._piece = _FIRST_PIECE

    @property
    def position(self) -> int:
        """The offset of the next byte."""
        return self._read - len(self._buffer) + self._at

    def piece(self, most: int = _READ) -> bytes:
        """Up to `most` of the next bytes for a decoder, `b""` at the end."""
        if self._at == len(self._buffer):
            self._buffer, self._at = self._more(), 0
        data = self._buffer[self._at : self._at + min(self._piece, most)]
        self._at += len(data)
        self._piece = min(2 * self._piece, _READ)
        return data

    def unread(self, count: int) -> None:
        """Take back the last `count` bytes of the last piece."""
        self._at -= count

    def peek(self, size: int) -> bytes:
        """Up to `size` of the next bytes, fewer only before the end; they stay."""
        while len(self._buffer) - self._at < size and (more := self._more()):
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return self._buffer[self._at : self._at + size]

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes. Raises EOFError when there are fewer."""
        data = self.peek(size)
        if len(data) < size:
            raise EOFError("truncated")
        self._at += size
        return data

    def skip(self, size: int) -> None:
        """Step over `size` bytes. Raises EOFError when there are fewer."""
        while size > len(self._buffer) - self._at:
            size -= len(self._buffer) - self._at
            self._buffer, self._at = self._more(), 0
            if not self._buffer:
                raise EOFError("truncated")
        self._at += size

    def skip_past(self, end: bytes) -> None:
        """Step over everything up to and with the byte `end`. Raises EOFError when there is none."""
        while (found := self._buffer.find(end, self._at)) < 0:
            self._buffer, self._at = self._more(), 0
            if not self._buffer:
                raise EOFError("truncated")
        self._at = found + 1

    def skip_padding(self) -> bool:
        """Step over zero bytes. False when nothing else is left."""
        while True:
            rest = len(self._buffer[self._at :].lstrip(b"\0"))
            self._at = len(self._buffer) - rest
            if rest:
                return True
            self._buffer, self._at = self._more(), 0
            if not self._buffer:
                return False

    def mark(self) -> None:
        """A segment starts here: `rewind` comes back to this place."""
        self._mark = self.position
        self._record = None if self._file is not None else [self._buffer[self._at :]]
        self._piece = _FIRST_PIECE

    def rewind(self) -> bool:
        """Go back to the mark. False when that is not possible."""
        if self._file is not None:
            self._file.seek(self._mark)
            self._buffer, self._at, self._read = b"", 0, self._mark
            return True
        if self._record is None:
            return False
        self._buffer, self._at = b"".join(self._record), 0
        return True

    def _more(self) -> bytes:
        data = self._stream.read(_READ)
        self._read += len(data)
        if self._record is not None:
            self._record.append(data)
            if self._read - self._mark > _RECORDED:
                self._record = None
        return data
