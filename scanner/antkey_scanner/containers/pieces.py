"""A member's stream made of the pieces that a generator gives."""

from __future__ import annotations

from collections.abc import Iterator

_READ = 1 << 18


class Pieces:
    """The pieces one behind the other. What the generator raises is raised again at every read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = b""
        self._at = 0
        self._failure: Exception | None = None

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_READ), b""))
        while self._at == len(self._buffer) and size:
            piece = self._next()
            if piece is None:
                return b""
            self._buffer, self._at = piece, 0
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        return data

    def _next(self) -> bytes | None:
        if self._failure is not None:
            raise self._failure
        try:
            return next(self._pieces, None)
        except Exception as problem:
            self._failure = problem
            raise

    def drain(self) -> None:
        """Step over what nobody read. Its failure is left to whoever reads."""
        self._buffer, self._at = b"", 0
        try:
            while self._next() is not None:
                pass
        except (OSError, ValueError, EOFError):
            pass
