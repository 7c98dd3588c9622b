"""The two searches that every decoder makes over each region, as fast as the machine has them.

`find(data, literal, start=0)` and `translate(data, table)` are bare functions and no wrappers: a
call more would cost as much as the search itself in a region of a hundred bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    find: Callable[..., int]
    translate: Callable[[bytes, bytes], bytes]
else:
    try:
        from stringzilla import find, translate
    except ImportError:
        find = bytes.find
        translate = bytes.translate


def classes(*members: bytes) -> bytes:
    """A table for `translate`: 1 for each byte of the first argument, 2 of the second, else 0."""
    table = bytearray(256)
    for number, group in enumerate(members, 1):
        for byte in group:
            table[byte] = number
    return bytes(table)


def others(members: bytes) -> bytes:
    """A table for `translate`: 0 for each byte of `members`, else 1."""
    table = bytearray(b"\1" * 256)
    for byte in members:
        table[byte] = 0
    return bytes(table)
