"""What one top-level file may cost when it is unpacked: one budget for its whole tree of containers."""

from __future__ import annotations

from antkey_scanner.errors import SourceError

MEBIBYTE = 1 << 20


class BudgetExceeded(SourceError):
    """A limit was hit. The message is the reason that goes into the `Skip`."""


class MemoryExceeded(BudgetExceeded):
    """One member would need more memory than there is; the rest of the tree can still be read."""


class Limits:
    """The limits, all in actual bytes or counts; none is taken from a header.

    depth: nested containers; members: in the whole tree; output: bytes unpacked in the whole tree;
    ratio: bytes unpacked per byte of the top-level file, checked once `ratio_floor` bytes are out;
    spool: bytes of one member held in memory when its format needs random access; memory: bytes of
    all spools and decoders' dictionaries that are alive at one time, at all depths together; skips:
    how many entries are named that archives do not give, the rest are only counted.
    """

    __slots__ = ("depth", "members", "memory", "output", "ratio", "ratio_floor", "skips", "spool")

    def __init__(
        self,
        *,
        depth: int = 16,
        members: int = 1_000_000,
        output: int = 64 * 1024 * MEBIBYTE,
        ratio: int = 1_100,
        ratio_floor: int = 256 * MEBIBYTE,
        spool: int = 128 * MEBIBYTE,
        memory: int = 320 * MEBIBYTE,
        skips: int = 10_000,
    ) -> None:
        self.depth = depth
        self.members = members
        self.output = output
        self.ratio = ratio
        self.ratio_floor = ratio_floor
        self.spool = spool
        self.memory = memory
        self.skips = skips


class Budget:
    """Counts what a tree of containers has cost so far; `size` is the top-level file's, in bytes."""

    __slots__ = ("_floor", "held", "limits", "members", "output", "skips")

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits = limits
        self.members = 0
        self.output = 0
        self.held = 0
        self.skips = 0
        self._floor = max(limits.ratio_floor, size * limits.ratio)

    def spend_member(self) -> None:
        """Count one member. Raises BudgetExceeded."""
        self.members += 1
        if self.members > self.limits.members:
            raise BudgetExceeded(f"more than {self.limits.members} members")

    def spend_bytes(self, count: int) -> None:
        """Count bytes that came out of a decoder. Raises BudgetExceeded."""
        self.output += count
        if self.output > self.limits.output:
            raise BudgetExceeded(f"more than {self.limits.output} bytes unpacked")
        if self.output > self._floor:
            raise BudgetExceeded(f"unpacks to more than {self.limits.ratio} times its size")

    def may_name_skip(self) -> bool:
        """Count one skip; whether it may still be named."""
        self.skips += 1
        return self.skips <= self.limits.skips

    def hold(self, count: int) -> None:
        """Count bytes of memory, until `release`. Raises MemoryExceeded and then counts nothing."""
        if self.held + count > self.limits.memory:
            raise MemoryExceeded(
                f"needs more memory to unpack than is left of {self.limits.memory // MEBIBYTE} MiB"
            )
        self.held += count

    def release(self, count: int) -> None:
        """Give back what `hold` counted."""
        self.held -= count
