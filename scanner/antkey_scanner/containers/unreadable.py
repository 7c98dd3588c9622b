"""Formats that are recognised and cannot be opened: said so, not passed over in silence.

Their bytes are searched as they are, which finds what is stored without compression.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.streams import Prefixed
from antkey_scanner.model import Skip

_NAMES = {
    b"Rar!": "rar",
    b"\x04\x22\x4d\x18": "lz4",
    b"LZIP": "lzip",
    b"\x89LZO": "lzop",
    b"\x1f\x9d": "compress (.Z)",
    b"MSCF": "cab",
    b"hsqs": "squashfs",
}


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """A skip, and the bytes themselves."""
    budget.spend_member()
    head = stream.read(4)
    name = _NAMES.get(head, _NAMES.get(head[:2], "its"))
    yield Skip("", f"{name} format is not supported")
    yield Member("", Prefixed(stream, head))
