"""Takes the joints out of a region: line wraps, quotes, operators, so that its pieces stand together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from antkey_scanner.decode import joints
from antkey_scanner.decode.reading import Offsets, Segment

_BLANKS = b" \t\r\n"
_RUN_OF_BLANKS = re.compile(rb"[ \t\r\n]+")
# With any of these in a region a joint may be more than blanks.
_BEYOND_BLANKS = frozenset(b"\"'`>#*|;!\\")


Unwrapped = tuple[bytes, Callable[[int], int], re.Pattern[bytes]]
"""A region without joints, a map from offsets in it to offsets in the region, and a pattern that
finds what was taken out."""


def unwrap(region: bytes, punctuation: set[int]) -> Unwrapped:
    """`region` without joints. punctuation: all its bytes that are no letters and digits."""
    if _only_blanks(region, punctuation):
        text, gaps = region.translate(None, _BLANKS), _RUN_OF_BLANKS
    else:
        text, gaps = joints.GAP.sub(b"", region), joints.GAP
    return text, Offsets(lambda: _pieces(region, gaps)), gaps


def _only_blanks(region: bytes, punctuation: set[int]) -> bool:
    """Whether all joints are blanks: then one pass at native speed takes them out."""
    if not punctuation.isdisjoint(_BEYOND_BLANKS):
        return False
    if punctuation.isdisjoint(b" \t"):
        return True
    return not any(mark in region for mark in (b"/ ", b"/\t", b"- ", b"-\t"))


def _pieces(region: bytes, gaps: re.Pattern[bytes]) -> Iterable[Segment]:
    yield 0, 0, 1
    removed = 0
    for gap in gaps.finditer(region):
        removed += gap.end() - gap.start()
        yield gap.end() - removed, gap.end(), 1


def seams(region: bytes, gaps: re.Pattern[bytes]) -> Iterator[int]:
    """Offsets in the unwrapped text at which two pieces meet."""
    return (start for start, _, _ in _pieces(region, gaps) if start)
