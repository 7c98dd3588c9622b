"""Opens archives in tests the way the engine does: each member is read to its end, in order."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest

from antkey_scanner.containers import HEAD_BYTES, SIGNATURES, Format, Kind, Member, Stream, detect
from antkey_scanner.containers.budget import Budget, BudgetExceeded, Limits
from antkey_scanner.model import Skip


class Unpacked(NamedTuple):
    """What came out of a compression, and what ended it early."""

    data: bytes
    error: Exception | None


class Opened(NamedTuple):
    """`members`: content by path, joined where a path comes again; `skips`: what was not read."""

    members: dict[str, bytes]
    skips: list[Skip]

    @property
    def reasons(self) -> dict[str, str]:
        return {skip.path: skip.reason for skip in self.skips}

    def holding(self, secret: str | bytes) -> list[str]:
        """The members with `secret` in them."""
        plain = secret.encode() if isinstance(secret, str) else secret
        return [path for path, content in self.members.items() if plain in content]


class Dripping:
    """A stream that cannot seek and gives a few bytes at a time, as sockets and decoders may."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(min(size, 1000) if size >= 0 else -1)


def open_archive(
    data: bytes,
    limits: Limits | None = None,
    *,
    name: str | None = None,
    dripping: bool = False,
    damaged: bool = False,
) -> Opened:
    """All that is in an archive. It must be recognised by its first bytes, as `name` if given.

    damaged: it is taken for `name` without a look.
    """
    form = _named(name) if damaged else detect(data[:HEAD_BYTES])
    assert form is not None, "not recognised"
    assert name in (None, form.name)
    stream = Dripping(data) if dripping else io.BytesIO(data)
    opened = Opened({}, [])
    budget = Budget(limits or Limits(), len(data))
    try:
        for entry in form.members(stream, budget):
            if isinstance(entry, Skip):
                opened.skips.append(entry)
            else:
                content = _read(entry, opened)
                opened.members[entry.path] = opened.members.get(entry.path, b"") + content
    except BudgetExceeded as problem:
        opened.skips.append(Skip("", str(problem)))
    assert budget.held == 0
    return opened


def _named(name: str | None) -> Format:
    return next(each.format for each in SIGNATURES if each.format.name == name)


def _read(member: Member, opened: Opened) -> bytes:
    pieces: list[bytes] = []
    try:
        while piece := member.stream.read(1 << 16):
            assert len(piece) <= 1 << 16
            pieces.append(piece)
    except (OSError, ValueError, EOFError, BudgetExceeded) as problem:
        opened.skips.append(Skip(member.path, str(problem)))
    return b"".join(pieces)


@pytest.fixture(scope="session")
def opened() -> Callable[..., Opened]:
    return open_archive


def unpack(
    data: bytes,
    limits: Limits | None = None,
    *,
    name: str | None = None,
    dripping: bool = False,
    piece: int = 1 << 16,
) -> Unpacked:
    """What a compression holds. It must be recognised by its first bytes, as `name` if given."""
    form = detect(data[:HEAD_BYTES])
    assert form is not None, "not recognised"
    assert name in (None, form.name)
    budget = Budget(limits or Limits(), len(data))
    stream = form.open_stream(Dripping(data) if dripping else io.BytesIO(data), budget)
    pieces: list[bytes] = []
    error: Exception | None = None
    try:
        while out := stream.read(piece):
            assert len(out) <= piece
            pieces.append(out)
    except (OSError, ValueError, EOFError, BudgetExceeded) as problem:
        error = problem
    assert budget.held == 0
    return Unpacked(b"".join(pieces), error)


@pytest.fixture(scope="session")
def unpacked() -> Callable[..., Unpacked]:
    return unpack


def walk(data: bytes, limits: Limits | None = None) -> Opened:
    """The whole tree of containers in `data`, with paths from the top; only what is plain is kept."""
    opened = Opened({}, [])
    budget = Budget(limits or Limits(), len(data))
    try:
        _descend("", io.BytesIO(data), budget, 0, opened)
    except BudgetExceeded as problem:
        opened.skips.append(Skip("", str(problem)))
    assert budget.held == 0
    return opened


def _descend(path: str, stream: Stream, budget: Budget, depth: int, opened: Opened) -> None:
    head = b""
    try:
        while len(head) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(head))):
            head += more
    except (OSError, ValueError, EOFError):
        pass  # it comes again at the next read
    form = detect(head)
    if form is None:
        opened.members[path] = opened.members.get(path, b"") + head
        _keep(path, stream, opened)
        return
    if depth == budget.limits.depth:
        opened.skips.append(Skip(path, "too deep"))
        return
    whole: Stream = _Again(head, stream)
    if isinstance(stream, io.IOBase):
        stream.seek(0)
        whole = stream  # type: ignore[assignment]  # binary, as all here
    try:
        if form.kind is Kind.COMPRESSION:
            _descend(path, form.open_stream(whole, budget), budget, depth + 1, opened)
            return
        for entry in form.members(whole, budget):
            inner = f"{path}!/{entry.path}" if entry.path else path
            if isinstance(entry, Skip):
                opened.skips.append(entry._replace(path=inner))
            else:
                _descend(inner, entry.stream, budget, depth + 1, opened)
    except (OSError, ValueError, EOFError) as problem:
        opened.skips.append(Skip(path, str(problem)))


def _keep(path: str, stream: Stream, opened: Opened) -> None:
    try:
        while piece := stream.read(1 << 16):
            if len(opened.members[path]) < 1 << 20:
                opened.members[path] += piece
    except (OSError, ValueError, EOFError) as problem:
        opened.skips.append(Skip(path, str(problem)))


class _Again:
    """A stream with its first bytes put back."""

    def __init__(self, head: bytes, stream: Stream) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        if self._head and size >= 0:
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._head + self._stream.read(size)


@pytest.fixture(scope="session")
def walked() -> Callable[..., Opened]:
    return walk
