"""Takes the joints out of a region: line wraps, quotes, operators, so that its pieces stand together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from antkey_scanner.decode.joints import GAP
from antkey_scanner.decode.reading import Offsets, Segment

_BLANKS = b" \t\r\n"
_RUN_OF_BLANKS = re.compile(rb"[ \t\r\n]+")
# With any of these in a region a joint may be more than blanks.
_BEYOND_BLANKS = frozenset(b"\"'`>#*|;!\\")


class Unwrapped(NamedTuple):
    """A region without joints. position: maps an offset in `text` to one in the region; gaps: finds
    what was taken out."""

    text: bytes
    position: Callable[[int], int]
    gaps: re.Pattern[bytes]


def unwrap(region: bytes, punctuation: set[int]) -> Unwrapped:
    """`region` without joints. punctuation: all its bytes that are no letters and digits."""
    if _only_blanks(region, punctuation):
        text, gaps = region.translate(None, _BLANKS), _RUN_OF_BLANKS
    else:
        text, gaps = GAP.sub(b"", region), GAP
    return Unwrapped(text, Offsets(lambda: _pieces(region, gaps)), gaps)


def _only_blanks(region: bytes, punctuation: set[int]) -> bool:
    """Whether all joints are blanks: then one pass at native speed takes them out."""
    if not punctuation.isdisjoint(_BEYOND_BLANKS):
        return False
    if punctuation.isdisjoint(b" \t"):
        return True
    return not any(mark in region for mark in (b"/ ", b"/\t", b"- ", b"-\t"))


def _pieces(region: bytes, gaps: re.Pattern[bytes]) -> Iterable[Segment]:
    yield Segment(0, 0, 1)
    removed = 0
    for gap in gaps.finditer(region):
        removed += gap.end() - gap.start()
        yield Segment(gap.end() - removed, gap.end(), 1)


def seams(region: bytes, gaps: re.Pattern[bytes]) -> Iterator[int]:
    """Offsets in the unwrapped text at which two pieces meet."""
    return (segment.start for segment in _pieces(region, gaps) if segment.start)
