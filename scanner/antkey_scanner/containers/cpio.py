"""cpio in all its headers: newc, crc, odc, and the old binary one in both byte orders.

Several archives behind one another, as in an initial RAM disk, are read as one; what follows the
last, such as the compressed main part of an initial RAM disk, is a member of its own.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.names import OUTSIDE, points_outside, readable
from antkey_scanner.containers.slices import Gaps, Walk
from antkey_scanner.containers.streams import PIECE
from antkey_scanner.model import Skip

_LONGEST_NAME = 1 << 16
_TRAILER = b"TRAILER!!!"
_MAGIC_SIZE = 6


class _Layout(NamedTuple):
    """size: of the header; align: to how many bytes names and data are padded."""

    size: int
    align: int


class _Header(NamedTuple):
    mode: int
    name_size: int
    data_size: int


_NEW = _Layout(110, 4)
_ODC = _Layout(76, 1)
_OLD = _Layout(26, 2)


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """The files in order; headers, names and padding as `""`; `after-trailer` is what follows."""
    walk = Walk(stream)
    gaps = Gaps()
    try:
        yield from _files(walk, budget, gaps)
    except EOFError:
        yield Skip("", "truncated")
    except (OSError, ValueError) as problem:
        yield Skip("", str(problem))
    yield gaps.member()


def _files(walk: Walk, budget: Budget, gaps: Gaps) -> Iterator[Member | Skip]:
    origin = walk.position
    ended = False
    while magic := walk.peek(_MAGIC_SIZE):
        start = walk.position
        layout = layout_of(magic)
        header = _parse(walk.peek(layout.size), layout) if layout else None
        if layout is None or header is None or not 0 < header.name_size <= _LONGEST_NAME:
            if ended:
                yield Member("after-trailer", walk.slice(None))
            else:
                yield Skip("", f"no header where one should be, at byte {start}: damaged")
                yield Member("", walk.slice(None))
            return
        origin = start if ended else origin
        name = _read_name(walk, layout, header, gaps, origin)
        ended = name == _TRAILER
        if ended:
            _step_over_zeros(walk)
            continue
        budget.spend_member()
        yield from _file(walk, header, name)
        gaps.add(walk.align(layout.align, origin))
        if gaps.full:
            yield gaps.member()
    if not ended:
        yield Skip("", "truncated: the trailer is missing")


def layout_of(magic: bytes) -> _Layout | None:
    """The layout that starts with these bytes; two of them are enough for the old binary one."""
    if magic[:5] == b"07070" and len(magic) >= 6:
        return {b"1": _NEW, b"2": _NEW, b"7": _ODC}.get(magic[5:6])
    return _OLD if magic[:2] in (b"\xc7\x71", b"\x71\xc7") else None


def _parse(raw: bytes, layout: _Layout) -> _Header | None:
    if len(raw) < layout.size:
        return None
    try:
        if layout is _NEW:
            return _Header(*(int(raw[at : at + 8], 16) for at in (14, 94, 54)))
        if layout is _ODC:
            return _Header(int(raw[18:24], 8), int(raw[59:65], 8), int(raw[65:76], 8))
    except ValueError:
        return None
    words = struct.unpack("<13H" if raw[:1] == b"\xc7" else ">13H", raw)
    return _Header(words[3], words[10], words[11] << 16 | words[12])


def _read_name(walk: Walk, layout: _Layout, header: _Header, gaps: Gaps, origin: int) -> bytes:
    gaps.add(walk.take(layout.size))
    name = walk.take(header.name_size)
    gaps.add(name)
    gaps.add(walk.align(layout.align, origin))
    return name.rstrip(b"\0")


def _file(walk: Walk, header: _Header, name: bytes) -> Iterator[Member | Skip]:
    """A member for whatever has bytes, links too: their target is text like any other."""
    path = readable(name)
    if points_outside(path):
        yield Skip(path, OUTSIDE, counts=False)
    if header.data_size:
        yield Member(path, walk.slice(header.data_size))
        walk.finish()
    elif stat.S_ISCHR(header.mode) or stat.S_ISBLK(header.mode):
        yield Skip(path, "device", counts=False)
    elif stat.S_ISFIFO(header.mode) or stat.S_ISSOCK(header.mode):
        yield Skip(path, "FIFO or socket", counts=False)


def _step_over_zeros(walk: Walk) -> None:
    """Archives are padded to blocks of any size with zeros."""
    while piece := walk.peek(PIECE):
        zeros = len(piece) - len(piece.lstrip(b"\0"))
        walk.take(zeros)
        if zeros < len(piece):
            return
