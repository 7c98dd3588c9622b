"""Applies deltas: the instructions by which a pack makes one object out of another.

Plain Python, for single objects and for machines without the compiled function that
`antkey_scanner.git.walk` uses for many. The format is `gitformat-pack(5)`, "Deltified representation".
"""

from __future__ import annotations

from antkey_scanner.git.objects import LIMIT, CorruptObject, LargeObject


def sizes(delta: bytes) -> tuple[int, int, int]:
    """Sizes of base and result, and where the instructions start. Raises CorruptObject."""
    try:
        base, at = _size(delta, 0)
        result, at = _size(delta, at)
    except IndexError:
        raise CorruptObject("has a delta that ends too early") from None
    return base, result, at


def _size(delta: bytes, at: int) -> tuple[int, int]:
    size = shift = 0
    while True:
        byte = delta[at]
        at += 1
        size |= (byte & 0x7F) << shift
        if byte < 0x80:
            return size, at
        shift += 7
        if shift > 63:
            raise CorruptObject("has a delta whose size makes no sense")


def apply_delta(base: bytes, delta: bytes, limit: int = LIMIT) -> bytes:
    """The object that `delta` makes of `base`. Raises CorruptObject and LargeObject."""
    expected, size, at = sizes(delta)
    if expected != len(base):
        raise CorruptObject("has a delta for a base of another size")
    if size > limit:
        raise LargeObject(f"is larger than the memory limit ({size} bytes)")
    try:
        pieces = _pieces(memoryview(base), delta, at, size)
    except IndexError:
        raise CorruptObject("has a delta that ends too early") from None
    return b"".join(pieces)


def _pieces(base: memoryview, delta: bytes, at: int, left: int) -> list[memoryview]:
    """Raises IndexError where an instruction is cut."""
    view = memoryview(delta)
    pieces = []
    while at < len(delta):
        code = delta[at]
        at += 1
        if code & 0x80:
            start = size = 0
            for bit in range(4):
                if code >> bit & 1:
                    start |= delta[at] << 8 * bit
                    at += 1
            for bit in range(3):
                if code >> 4 + bit & 1:
                    size |= delta[at] << 8 * bit
                    at += 1
            size = size or 0x10000
            piece = base[start : start + size]
        elif code:
            size = code
            piece = view[at : at + size]
            at += size
        else:
            raise CorruptObject("has a delta with an unknown instruction")
        if len(piece) != size:
            raise CorruptObject("has a delta that copies from beyond the end")
        left -= size
        if left < 0:
            break
        pieces.append(piece)
    if left:
        raise CorruptObject("has a delta that makes another size than it says")
    return pieces
