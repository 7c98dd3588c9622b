"""The parts that a 7z header is made of: its numbers, and the coders of one packed block.

Every fault is a ValueError.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

DAMAGED = "damaged header"
_EXTERNAL = "parts of the header are in another file"
_MOST_CODERS = 32
_MOST_INPUTS = 32


class Coder(NamedTuple):
    """One step of unpacking. `inputs`: how many streams it reads; it always writes one."""

    method: bytes
    inputs: int
    properties: bytes


class Folder(NamedTuple):
    """What 7z calls a folder: coders that turn packed streams into one stream of members.

    bound: input → coder whose output feeds it; packed: the inputs that are packed streams, in order.
    """

    coders: tuple[Coder, ...]
    bound: dict[int, int]
    packed: tuple[int, ...]


class Cursor:
    """Reads the header's numbers."""

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if size < 0 or size > self.end - self.at:
            raise ValueError(DAMAGED)
        self.at += size
        return self.data[self.at - size : self.at]

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """7z's UINT64: as many leading ones as bytes follow, then the upper bits."""
        first = self.byte()
        mask, value = 0x80, 0
        for position in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * position)
            value |= self.byte() << (8 * position)
            mask >>= 1
        return value

    def count(self, most: int) -> int:
        """A number of things of which each takes a byte at least."""
        value = self.number()
        if value > most:
            raise ValueError(f"more than {most} members")
        return value

    def numbers(self, count: int) -> array[int]:
        """That many numbers."""
        return array("Q", (self.number() for _ in range(count)))

    def expect(self, kind: int) -> None:
        """Step over a mark that has to be here."""
        if self.byte() != kind:
            raise ValueError(DAMAGED)

    def here(self) -> None:
        """Refuse what says that it stands in another file."""
        if self.byte():
            raise ValueError(_EXTERNAL)

    def bits(self, count: int) -> bytes:
        """That many bits, the highest first, as one byte each."""
        packed = self.take((count + 7) // 8)
        return bytes(packed[n >> 3] >> (7 - (n & 7)) & 1 for n in range(count))

    def checksums(self, count: int) -> array[int]:
        """That many CRC-32s, -1 where there is none."""
        defined = b"\x01" * count if self.byte() else self.bits(count)
        return array("q", (int.from_bytes(self.take(4), "little") if d else -1 for d in defined))


def read_folder(cursor: Cursor) -> Folder:
    """The coders at the cursor and how they are wired."""
    count = cursor.number()
    if not 0 < count <= _MOST_CODERS:
        raise ValueError(DAMAGED)
    coders = tuple(_read_coder(cursor) for _ in range(count))
    inputs = sum(coder.inputs for coder in coders)
    if not len(coders) <= inputs <= _MOST_INPUTS:
        raise ValueError(DAMAGED)
    bound = {cursor.number(): cursor.number() for _ in range(len(coders) - 1)}
    free = inputs - len(bound)
    if len(bound) < len(coders) - 1 or any(n >= inputs for n in bound):
        raise ValueError(DAMAGED)
    if free == 1:
        packed = tuple(n for n in range(inputs) if n not in bound)
    else:
        packed = tuple(cursor.number() for _ in range(free))
    return Folder(coders, bound, packed)


def _read_coder(cursor: Cursor) -> Coder:
    flags = cursor.byte()
    method = cursor.take(flags & 15)
    inputs, outputs = (cursor.number(), cursor.number()) if flags & 16 else (1, 1)
    if outputs != 1 or not 0 < inputs <= _MOST_INPUTS:
        raise ValueError(DAMAGED)
    return Coder(method, inputs, cursor.take(cursor.number()) if flags & 32 else b"")


def main_coder(folder: Folder) -> int:
    """The coder that writes the members. Raises ValueError when all of them feed others."""
    fed = set(folder.bound.values())
    for index in range(len(folder.coders)):
        if index not in fed:
            return index
    raise ValueError(DAMAGED)
