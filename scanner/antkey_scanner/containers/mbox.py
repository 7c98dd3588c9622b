"""Mailboxes: messages behind one another, each of which is then read as mail.

A separator is a line "From sender date" behind an empty line. Messages are windows of the mailbox
where it can seek, else a stream; never more than a piece is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.archive_checks import is_separator
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.pieces import Pieces
from antkey_scanner.containers.slices import Gaps
from antkey_scanner.containers.streams import PIECE, Window, can_seek, seekable
from antkey_scanner.model import Skip

_MARK = b"\nFrom "
_LONGEST_SEPARATOR = 1000
_BEFORE = 3


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """`message-1` and so on; the separators as `""`."""
    gaps = Gaps()
    file = seekable(stream, budget) if can_seek(stream) else None
    box = _Mailbox(file or stream)
    number = 0
    try:
        while separator := box.separator():
            budget.spend_member()
            number += 1
            gaps.add(separator)
            content: Stream = Pieces(iter(box.piece, b""))
            if file is not None:
                start = box.position
                content = Window(file, start, box.step_over())
            yield Member(f"message-{number}", content)
            if file is None:
                box.step_over()
            if gaps.full:
                yield gaps.member()
    except EOFError:
        yield Skip("", "truncated")
    except (OSError, ValueError) as problem:
        yield Skip("", str(problem))
    yield gaps.member()


class _Mailbox:
    """A place in a mailbox: at a separator, or in a message. The buffer starts a little before it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = b"\n\n"
        self._at = len(self._buffer)
        self._ended = False
        self.position = 0

    def _look_ahead(self) -> None:
        """Have two separators' length in the buffer, unless the mailbox ends before."""
        while not self._ended and len(self._buffer) - self._at < 2 * _LONGEST_SEPARATOR:
            data = self._stream.read(PIECE)
            self._ended = not data
            kept = max(0, self._at - _BEFORE)
            self._buffer = self._buffer[kept:] + data
            self._at -= kept

    def _take(self, end: int) -> bytes:
        data = self._buffer[self._at : end]
        self._at += len(data)
        self.position += len(data)
        return data

    def separator(self) -> bytes:
        """The separator line, which is stepped over; `b""` at the end."""
        self._look_ahead()
        end = self._buffer.find(b"\n", self._at, self._at + _LONGEST_SEPARATOR) + 1
        return self._take(end or self._at + _LONGEST_SEPARATOR)

    def piece(self) -> bytes:
        """The next bytes of the message, `b""` before a separator and at the end."""
        self._look_ahead()
        at = self._at
        if self._separates(at):
            return b""
        whole = len(self._buffer) - (0 if self._ended else _LONGEST_SEPARATOR)
        while (at := self._buffer.find(_MARK, at, whole + len(_MARK))) >= 0:
            at += 1
            if self._separates(at):
                return self._take(at)
        return self._take(whole)

    def _separates(self, at: int) -> bool:
        if not self._buffer.startswith(b"From ", at):
            return False
        before = self._buffer[at - _BEFORE : at] if at >= _BEFORE else self._buffer[:at]
        line = self._buffer[at : at + _LONGEST_SEPARATOR].partition(b"\n")[0]
        return before.endswith((b"\n\n", b"\n\r\n")) and is_separator(line)

    def step_over(self) -> int:
        """Go to the end of the message. How many bytes that was."""
        start = self.position
        while self.piece():
            pass
        return self.position - start
