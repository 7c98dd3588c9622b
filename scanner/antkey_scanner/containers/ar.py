"""ar: static libraries, Debian packages. Names in the GNU, BSD and COFF ways; no index is believed.

The layout is the one in ar(5): a magic, then headers of 60 bytes with their data, on even offsets.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.names import NAMELESS, OUTSIDE, points_outside, readable
from antkey_scanner.containers.slices import Gaps, Walk
from antkey_scanner.model import Skip

_MAGIC = 8
_HEADER = 60
_THIN = b"!<thin>\n"
_LONGEST_NAME = 1 << 16
_LARGEST_NAME_TABLE = 16 << 20
_TABLE = "//"


class _Header(NamedTuple):
    """name: as it stands in the header, without its padding."""

    name: str
    size: int


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """The archive's files, the symbol index and the name table; names and headers as `""`."""
    walk = Walk(stream)
    gaps = Gaps()
    try:
        thin = walk.take(_MAGIC) == _THIN
        yield from _files(walk, budget, gaps, thin=thin)
    except EOFError:
        yield Skip("", "truncated")
    except (OSError, ValueError) as problem:
        yield Skip("", str(problem))
    yield gaps.member()


def _files(walk: Walk, budget: Budget, gaps: Gaps, *, thin: bool) -> Iterator[Member | Skip]:
    table = b""
    while walk.peek(1):
        start = walk.position
        raw = walk.peek(_HEADER)
        header = _parse(raw)
        if header is None:
            reason = "truncated" if len(raw) < _HEADER else f"damaged header at byte {start}"
            yield Skip("", reason)
            yield Member("", walk.slice(None))
            return
        gaps.add(walk.take(_HEADER))
        budget.spend_member()
        name, size = _name(header, table, walk, gaps)
        if thin and not _is_index(header.name):
            yield Skip(name, "thin archive: the content is in another file", counts=False)
            continue
        content = walk.slice(size)
        if header.name == _TABLE and size <= _LARGEST_NAME_TABLE:
            table = content.read()
            content = io.BytesIO(table)
        if points_outside(name):
            yield Skip(name, OUTSIDE, counts=False)
        yield Member(name, content)
        walk.finish()
        gaps.add(walk.take(len(walk.peek(walk.position % 2))))
        if gaps.full:
            yield gaps.member()


def _parse(raw: bytes) -> _Header | None:
    if len(raw) < _HEADER or raw[58:60] != b"`\n":
        return None
    digits = raw[48:58].strip(b" ")
    if not digits.isdigit():
        return None
    return _Header(readable(raw[:16].rstrip(b" \0")), int(digits))


def _is_index(name: str) -> bool:
    return name in ("/", "/SYM64/", _TABLE) or name.startswith("/<")


def _name(header: _Header, table: bytes, walk: Walk, gaps: Gaps) -> tuple[str, int]:
    """The member's whole name, and how many bytes of data follow."""
    name = header.name
    if name.startswith("#1/") and name[3:].isdecimal():
        length = int(name[3:])
        if length > min(header.size, _LONGEST_NAME):
            raise ValueError(f"damaged name at byte {walk.position}")
        stored = walk.take(length)
        gaps.add(stored)
        return readable(stored.rstrip(b"\0")), header.size - length
    if name.startswith("/") and name[1:].isdecimal():
        return _from_table(table, int(name[1:])), header.size
    if _is_index(name):
        return {"/": "symbol-index", _TABLE: "name-table"}.get(name, name.strip("/")), header.size
    return name.removesuffix("/") or NAMELESS, header.size


def _from_table(table: bytes, offset: int) -> str:
    """GNU ends a name with `/` and a newline, Microsoft with NUL."""
    entry = table[offset : offset + _LONGEST_NAME].partition(b"\n")[0].partition(b"\0")[0]
    return readable(entry.removesuffix(b"/"))
