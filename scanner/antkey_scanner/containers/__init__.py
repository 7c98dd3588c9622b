"""What holds other content, recognised by content and never by name.

Two kinds. A *compression* (gzip, zstd, …) is one stream inside another: it adds its name to a
location's `decoded` and leaves the path alone. An *archive* (tar, zip, SQLite, …) has members:
each adds `!/NAME` to the path. Each format is one module in this folder, imported when its
signature is seen, with one function:

* compression: `open_stream(stream, budget) -> Stream`
* archive: `members(stream, budget) -> Iterator[Member | Skip]`; a `Skip`'s path is relative to the
  archive, `""` for the archive itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from typing import NamedTuple, Protocol

from antkey_scanner.containers.budget import Budget
from antkey_scanner.model import Skip

HEAD_BYTES = 4096
"""How many bytes of a stream's start `detect` wants to see."""


class Stream(Protocol):
    """Bytes that are read once, from the start to the end; `b""` is the end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Member(NamedTuple):
    """One entry of an archive. `stream` is valid until the next entry is asked for."""

    path: str
    stream: Stream


class Kind(Enum):
    COMPRESSION = "compression"
    ARCHIVE = "archive"


class Format(NamedTuple):
    """One recognisable format.

    raw: the container's own bytes are searched as well, for what lies between members, in comments
    and in freed pages.
    """

    name: str
    module: str
    kind: Kind
    raw: bool = False

    def open_stream(self, stream: Stream, budget: Budget) -> Stream:
        """The decompressed stream. Reading it raises OSError, ValueError or EOFError when corrupt."""
        opened: Stream = self._load().open_stream(stream, budget)
        return opened

    def members(self, stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
        """The archive's entries in order. Never raises for bad content: that is a `Skip`."""
        entries: Iterator[Member | Skip] = self._load().members(stream, budget)
        return entries

    def _load(self) -> _Module:
        return import_module(f"antkey_scanner.containers.{self.module}")  # type: ignore[return-value]  # duck-typed modules


class _Module(Protocol):
    def open_stream(self, stream: Stream, budget: Budget) -> Stream: ...
    def members(self, stream: Stream, budget: Budget) -> Iterator[Member | Skip]: ...


class Signature(NamedTuple):
    """`magic` at `offset`, and `check` on the head where the magic alone says too little."""

    offset: int
    magic: bytes
    format: Format
    check: Callable[[bytes], bool] | None = None
