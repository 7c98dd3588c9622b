"""Grows seeds, the places that the prefilter saw, to regions that may hold one encoded value each.

A region is a token with the pieces that are joined to it by line wraps or string concatenation (see
`joints`). Every byte is looked at a bounded number of times, whatever the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from antkey_scanner.decode import joints
from antkey_scanner.tokens import TOKEN_BYTES

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

LIMIT = 1 << 20
"""Bytes after which a region grows on only if it is evenly wrapped lines of base64 or hex."""

OVERLAP = 64 << 10
"""Bytes that the next region takes from one which the limit has cut: more than any key needs."""

REACH = 128
"""How far before a window's end a region may stop and still go on in the next."""

_FIRST_WINDOW = 128
# The bytes of which a joint may have any number; of others it has fewer than these.
_JOINING = b" \t\r\nrtux02=%\"'`+.&_\\|<>^~()#*;!/-"
_OTHERS = 32
_GLANCE = 32
_QUOTES = b"\"'`"
_ALPHANUMERIC = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# What may follow the quotes and blanks at a token's end, or stand before those at its start, if a
# joint is to begin there: most tokens end here for a third of the price of a regular expression.
_NEARBY = frozenset(b"\r\n+.&_\\|<>^~()" + _ALPHANUMERIC)
_NEARBY_AFTER = _NEARBY | frozenset(b"=%-")
_NEARBY_BEFORE = _NEARBY | frozenset(b"#*;!/-")
_ESCAPED = b"nr;0279ADad"  # the last byte of an escaped blank or quote
_BLANK = ord(" ")
_OPENING = b":,=[{"
_CLOSING = b",:;]}"
_EVEN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \t\r\n>"


def regions(buffer: Buffer, seeds: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """(start, end) of the regions around `seeds`, which are (start, end) too; in order.

    Regions do not overlap, but where the limit has cut one: there the next starts `OVERLAP` earlier.
    """
    start = end = floor = -1
    cut = False
    for first, last in sorted(seeds):
        if first < end:
            if last > end:
                end, cut = _grow_right(buffer, last, LIMIT - (last - start))
            continue
        if end >= 0:
            yield start, end
            floor = max(start, end - OVERLAP) if cut else end
        start = _grow_left(buffer, first, max(floor, 0))
        end, cut = _grow_right(buffer, last, LIMIT)
    if end >= 0:
        yield start, end


def unsettled(buffer: Buffer, seeds: Iterable[tuple[int, int]], longest: int) -> int:
    """Where the region starts that the end of a window has cut, if it is no longer than that; else the
    window's size."""
    size = len(buffer)
    near = [seed for seed in seeds if seed[1] + REACH >= size]
    for start, end in regions(buffer, near):
        if end + REACH >= size and end - start < longest:
            return start
    return size


def _grow_left(buffer: Buffer, start: int, floor: int) -> int:
    if start <= floor or not _may_begin(buffer, start):
        return start
    window = _FIRST_WINDOW
    while True:
        low = max(floor, start - window)
        before = bytes(buffer[low:start])[::-1]
        match = joints.BACKWARD.match(before)
        grown = match.end() if match is not None else 0
        # Unless the window has cut a joint, growing has ended by itself.
        rest = before[grown : grown + joints.LONGEST]
        if (
            low == floor
            or len(rest) == joints.LONGEST
            or len(rest.translate(None, _JOINING)) > _OTHERS
        ):
            return start - grown
        if window >= LIMIT:
            return start - grown
        window *= 4


def _grow_right(buffer: Buffer, end: int, room: int) -> tuple[int, bool]:
    """The end of what is joined on, and whether it was the limit that stopped it."""
    size = len(buffer)
    if end >= size or not _may_go_on(buffer, end):
        return end, False
    while room > 0:
        stop = min(size, end + room)
        match = joints.FORWARD.match(buffer, end, stop)
        grown = match.end() if match is not None else end
        if stop == size or grown + joints.LONGEST < stop:
            return grown, False
        if grown - end <= joints.LONGEST or not _is_even(bytes(buffer[end:grown])):
            return grown, True
        end, room = grown, LIMIT
    return end, True


def _may_begin(buffer: Buffer, start: int) -> bool:
    """Whether anything can be joined to a token's start: cheap, and never False when it can."""
    near = buffer[start - 1]
    if near in _QUOTES and start > 2 and _before_blank(buffer, start - 2) in _OPENING:
        return False  # "name": "value"
    if near in TOKEN_BYTES or near in b"\r\n}":
        return True
    if near not in b" \t>\"'`":
        return near in b".|(" and buffer[start] in b"&\\=%"
    before = bytes(buffer[max(0, start - _GLANCE) : start])
    rest = before.rstrip(b" \t>\"'`")
    return not rest or rest[-1] in _NEARBY_BEFORE or _quotes(before[len(rest) :]) > 1


def _may_go_on(buffer: Buffer, end: int) -> bool:
    """The same for a token's end."""
    near = buffer[end]
    if near in _QUOTES and end + 1 < len(buffer) and buffer[end + 1] in _CLOSING:
        return False  # "value",
    if near in TOKEN_BYTES or near in b"\r\n{":
        return True
    if near in _QUOTES:
        after = bytes(buffer[end : end + _GLANCE])
        rest = after.lstrip(b" \t\"'`")
        return not rest or rest[0] in _NEARBY_AFTER or _quotes(after[: len(after) - len(rest)]) > 1
    if near in b" \t>.|)" and buffer[end - 1] in _ESCAPED:  # an escaped line break or quote
        return True
    if near in b" \t":
        rest = bytes(buffer[end : end + _GLANCE]).lstrip(b" \t")
        return not rest or rest[0] in b"\r\n"
    return False


def _before_blank(buffer: Buffer, at: int) -> int:
    byte = buffer[at]
    return buffer[at - 1] if byte == _BLANK else byte


def _quotes(blanks: bytes) -> int:
    return len(blanks.translate(None, b" \t>"))


def _is_even(lines: bytes) -> bool:
    """Whether it is encoded data in lines of one length, such as a certificate or an attachment."""
    if lines.translate(None, _EVEN):
        return False
    widths = set(map(len, lines.split(b"\n")[1:-1]))
    return len(widths) == 1
