"""Reads mail line by line where structure is, and in large pieces where content is."""

from __future__ import annotations

from antkey_scanner.containers import Stream
from antkey_scanner.containers.streams import PIECE

LONGEST_LINE = 1 << 16
"""A line that is longer is given in pieces, of which only the first can be a delimiter."""

_LONGEST_DELIMITER = 1000
_UU_BEGIN = b"begin "
_MARKS = (b"\n--", b"\n" + _UU_BEGIN)
_LONGEST_MARK = 7


class Text:
    """A place in a message. Content ends before a delimiter line of `boundaries`, innermost last."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._ended = False
        self._at_line_start = True
        self.boundaries: list[bytes] = []

    def _fill(self) -> bool:
        """Read more. False at the end."""
        if not self._ended:
            data = self._stream.read(PIECE)
            self._ended = not data
            self._buffer = self._buffer[self._at :] + data
            self._at = 0
        return not self._ended

    def peek_line(self, longest: int = LONGEST_LINE) -> bytes:
        """The next line with its end, `b""` at the end of the text."""
        end = self._buffer.find(b"\n", self._at)
        while end < 0 and len(self._buffer) - self._at < longest and self._fill():
            end = self._buffer.find(b"\n", self._at)
        end = len(self._buffer) if end < 0 else end + 1
        return self._buffer[self._at : min(end, self._at + longest)]

    def line(self) -> bytes:
        """The next line; the text is then behind it."""
        line = self.peek_line()
        self._advance(line)
        return line

    def _advance(self, data: bytes) -> None:
        self._at += len(data)
        if data:
            self._at_line_start = data.endswith(b"\n")

    def delimiter(self) -> tuple[int, bool] | None:
        """Which boundary's delimiter comes next, as an index, and whether it is the closing one."""
        if not self._at_line_start or not self.boundaries:
            return None
        line = self.peek_line(_LONGEST_DELIMITER)
        if line.startswith(b"--"):
            text = line[2:].rstrip()
            for index in reversed(range(len(self.boundaries))):
                boundary = self.boundaries[index]
                if text == boundary:
                    return index, False
                if text == boundary + b"--":
                    return index, True
        return None

    def content(self) -> bytes:
        """The next piece of content, `b""` before a delimiter or a uuencoded file, or at the end."""
        if self.delimiter() is not None or self.starts_file():
            return b""
        while True:
            found = [self._buffer.find(mark, self._at) for mark in _MARKS]
            ends = [end + 1 for end in found if end >= 0]
            end = min(ends, default=len(self._buffer) - (0 if self._ended else _LONGEST_MARK))
            if end > self._at:
                data = self._buffer[self._at : end]
                self._advance(data)
                return data
            if not self._fill():
                return self.line()

    def starts_file(self) -> bool:
        """Whether a uuencoded file comes next: "begin", a mode of three digits or four, a name."""
        if not self._at_line_start or not self._buffer.startswith(_UU_BEGIN, self._at):
            return False
        fields = self.peek_line(_LONGEST_DELIMITER).split(None, 2)
        return len(fields) == 3 and len(fields[1]) in (3, 4) and not fields[1].strip(b"01234567")
