"""Tells checksums and ids from short encoded text, many at a time: lists of files are full of them.

Only for rules whose anchor is `sk-ant-`: what is a digest to those may be a short secret of another
kind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

SHORTEST_OPAQUE = 96
"""A region below this many bytes has room for less than a key that is encoded twice or packed."""

NEAR = 3
"""Bytes on each side of a token that say whether anything can be joined to it."""

BLANK = ord(" ")
# As in `decode.regions._may_begin` and `_may_go_on`, which look closer.
JOINING_BEFORE = b" \t\r\n\"'`}>"
JOINING_BEHIND = b" \t\r\n\"'`{"
JOINING_ESCAPES = b">.|)"
"""What is a joint only behind a token that ends as an escape does."""

ENDS_OF_ESCAPES = b"nr;0279ADad"
STARTS_OF_ESCAPES = b"&\\=%"
MARGIN = b" \t\r\n\"'`>#*|;!/-nr"  # with the ends of escaped line breaks
QUOTES = b"\"'`"
OPENING = b":,=[{"
CLOSING = b",:;]}"

ESCAPES = b"%\\&"
STARTS = (b"c2stYW50L", b"zay1hbnQt", b"NrLWFudC")
"""What `sk-ant-` is in base64, by where it begins."""

STARTS_IN_ANY_CASE = (b"736b2d616e742d", b"=2d")
"""The same in hex, and a hyphen in quoted-printable."""

_JOINTS = b"\n" + QUOTES
_EACH_ESCAPE = tuple(bytes((escape,)) for escape in ESCAPES)
_JOINING_BEFORE, _JOINING_BEHIND = frozenset(JOINING_BEFORE), frozenset(JOINING_BEHIND)
_JOINING_ESCAPES, _ENDS_OF_ESCAPES = frozenset(JOINING_ESCAPES), frozenset(ENDS_OF_ESCAPES)
_STARTS_OF_ESCAPES = frozenset(STARTS_OF_ESCAPES)
_MARGIN, _QUOTES = frozenset(MARGIN), frozenset(QUOTES)
_OPENING, _CLOSING = frozenset(OPENING), frozenset(CLOSING)
_PADDED = b"==\n"
"""Base64 ends with its padding, and quoted-printable goes on after one sign only."""


def is_digest(region: bytes) -> bool:
    """Whether a region is a checksum or an id: short, without escapes, and no key begins in it in
    base64 or hex, which are all that a whole key, of whatever kind, fits in twice this long."""
    return len(region) < SHORTEST_OPAQUE and not _may_hide(region)


def without_lone_digests(view: memoryview, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The tokens but those that are a digest and that nothing can be joined to."""
    lone = [token for token in tokens if is_lone(view, *token)]
    dropped = set(lone).difference(hiding(view, lone))
    return [token for token in tokens if token not in dropped]


def hiding(view: memoryview, lone: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of some short tokens, to which nothing can be joined, that are no digests."""
    # One look at all of them together; where anything is in them, which of them it is in.
    text = b" ".join([view[start:end] for start, end in lone])
    if not _may_hide(text):
        return []
    starts = [0, *accumulate(end - start + 1 for start, end in lone)]
    return [
        lone[number] for number in sorted({bisect_right(starts, at) - 1 for at in _hidden(text)})
    ]


def is_lone(view: memoryview, start: int, end: int) -> bool:
    """Whether a token is short and nothing beside it can be a joint."""
    if end - start >= SHORTEST_OPAQUE or start < NEAR or end + NEAR > len(view):
        return False  # or it is at an end of the buffer: let others look
    return _begins_alone(view, start) and _ends_alone(view, end)


def _begins_alone(view: memoryview, start: int) -> bool:
    before = view[start - 1]
    if before == BLANK:
        return view[start - 2] not in _MARGIN
    if before in _QUOTES:  # "name": "value"
        outer = view[start - 2]
        return outer in _OPENING or (outer == BLANK and view[start - 3] in _OPENING)
    return before not in _JOINING_BEFORE and view[start] not in _STARTS_OF_ESCAPES


def _ends_alone(view: memoryview, end: int) -> bool:
    behind = view[end]
    if behind == BLANK:
        return view[end + 1] not in _MARGIN and view[end - 1] not in _ENDS_OF_ESCAPES
    if behind in _QUOTES:  # "value",
        return view[end + 1] in _CLOSING
    if behind in _JOINING_ESCAPES:
        return view[end - 1] not in _ENDS_OF_ESCAPES
    return behind not in _JOINING_BEHIND or bytes(view[end - 2 : end + 1]) == _PADDED


def _hidden(text: bytes) -> Iterator[int]:
    """Where something stands because of which `_may_hide` is true, in a text without joints."""
    small = text.lower()
    for where, literals in ((text, (*_EACH_ESCAPE, *STARTS)), (small, STARTS_IN_ANY_CASE)):
        for literal in literals:
            at = where.find(literal)
            while at >= 0:
                yield at
                at = where.find(literal, at + 1)


def _may_hide(text: bytes) -> bool:
    """Whether there are escapes or joints in it, or the start of a key in base64 or hex."""
    if len(text.translate(None, ESCAPES + _JOINTS)) < len(text):
        return True
    small = text.lower()
    return any(start in text for start in STARTS) or any(
        start in small for start in STARTS_IN_ANY_CASE
    )
