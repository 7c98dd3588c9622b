"""Applies deltas: the instructions by which a pack makes one object out of another.

By a compiled function where it is installed and worth its import, else in plain Python. The format is
`gitformat-pack(5)`, "Deltified representation".
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from antkey_scanner.git.objects import LIMIT, CorruptObject, LargeObject

COMPILED = 32 << 20
"""Larger objects are made in plain Python, which needs a third of the memory for it."""

Apply = Callable[[bytes, bytes], list[bytes]]

CLOSE = 48
"""Changes with so few bytes between them are taken for one."""

_COPY = 0x80
_WHOLE = 0x10000
_OFFSET_BYTES = tuple((op & 15).bit_count() for op in range(256))
_SIZE_BYTES = tuple((op >> 4 & 7).bit_count() for op in range(256))
_PLAIN_SIZES = (0x00, 0x10, 0x30, 0x70)
"""Copies whose size is so many low bytes in a row; git writes no others."""

_NAME = "dulwich._pack"
_WORTH_IMPORT = 4096


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
    if size <= COMPILED and (len(delta) > _WORTH_IMPORT or _NAME in sys.modules):
        apply = compiled()
        if apply is not None:
            try:
                return apply(base, delta)[0]
            except Exception:  # noqa: BLE001, S110 - the slow way knows the reason
                pass
    try:
        pieces = _pieces(memoryview(base), delta, at, size)
    except IndexError:
        raise CorruptObject("has a delta that ends too early") from None
    return b"".join(pieces)


def compiled() -> Apply | None:
    """The compiled function of dulwich, None where it is not installed.

    Raises what it likes. What sizes the delta's header claims must be checked before, for it
    allocates what they say.
    """
    try:
        from dulwich._pack import apply_delta  # type: ignore[import-not-found]  # compiled, untyped
    except ImportError:
        return None
    found: Apply = apply_delta
    return found


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


def changes(delta: bytes) -> list[tuple[int, int]]:
    """(start, end) in the result of what a delta inserts, and of each place where two copies meet, where
    start is end; in order. What lies close together is one change.

    An end of the result is such a place only if it is no end of the base.
    """
    size = len(delta)
    base, at = _size(delta, 0)
    while delta[at] > 0x7F:
        at += 1
    at += 1
    found: list[tuple[int, int]] = []
    here = start = end = count = 0
    begins = at < size and delta[at] & (_COPY | 15) == _COPY  # with a copy from offset 0
    last = at
    while at < size:
        op = delta[at]
        last = at
        at += 1
        if op < _COPY:
            at += op
            here += op
            end = here
            continue
        at += _OFFSET_BYTES[op]
        stop = at + _SIZE_BYTES[op]
        if op & 0x70 in _PLAIN_SIZES:
            count = int.from_bytes(delta[at:stop], "little") or _WHOLE
        else:
            count = _scattered(op >> 4 & 7, delta[at:stop]) or _WHOLE
        at = stop
        here += count
        if count > CLOSE:
            found.append((start, end))
            start = end = here
        else:
            end = here
    # Behind a long copy, which is the last instruction then, or with nothing at all.
    if start < here or not found or _offset(delta, last) + count != base:
        found.append((start, here))
    if begins and found[0] == (0, 0):
        del found[0]
    return found


def _offset(delta: bytes, at: int) -> int:
    """From where the instruction at a place of a delta copies."""
    return _scattered(delta[at] & 15, delta[at + 1 : at + 5])


def _scattered(bits: int, digits: bytes) -> int:
    """A number of which only some bytes are written."""
    number = shift = at = 0
    while bits:
        if bits & 1:
            number |= digits[at] << shift
            at += 1
        bits >>= 1
        shift += 8
    return number
