"""Opens archives in tests the way the engine does: each member is read to its end, in order."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest

from antkey_scanner.containers import HEAD_BYTES, SIGNATURES, Format, Member, detect
from antkey_scanner.containers.budget import Budget, BudgetExceeded, Limits
from antkey_scanner.model import Skip


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
