"""Remembers which regions of encoded text hold nothing.

The versions of a file repeat each other: of the pictures in a history's notebooks, and of what looks
encoded in its lock files and test data, one in ten or twenty is new.
"""

from __future__ import annotations

from hashlib import sha256

_SHORTEST, _LONGEST = 64, 1 << 20
"""What is shorter is decoded as soon as it is looked up; what is longer has itself changed with the file."""

_MOST = 1 << 16


class Dull:
    """Names of regions of which no decoding held anything: no anchor, nothing else that is encoded, no
    container.

    A name is a digest: whoever writes a scanned file must not be able to make a region with a key that
    is taken for another one.
    """

    def __init__(self) -> None:
        self._costs: dict[bytes, int] = {}

    def name(self, region: bytes) -> bytes:
        """What a region is known by; empty for one that is not remembered."""
        return sha256(region).digest() if _SHORTEST <= len(region) <= _LONGEST else b""

    def cost(self, name: bytes) -> int | None:
        """How many bytes the decodings of a remembered region put out, None of any other: a budget is
        charged with them, so that it ends where it would have ended."""
        return self._costs.get(name)

    def add(self, name: bytes, cost: int) -> None:
        """Remember a region. Few enough are kept for some megabytes."""
        if len(self._costs) >= _MOST:
            self._costs.clear()
        self._costs[name] = cost
