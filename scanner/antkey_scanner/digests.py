"""Tells checksums and ids from short encoded text, many at a time: lists of files are full of them.

Only for rules whose anchor is `sk-ant-`: what is a digest to those may be a short secret of another
kind.
"""

from __future__ import annotations

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
    others, alone, texts = [], [], []
    for token in tokens:
        start, end = token
        text = bytes(view[start - NEAR : end + NEAR]) if start >= NEAR else b""
        if end - start < SHORTEST_OPAQUE and _is_alone(text, end - start):
            alone.append(token)
            texts.append(text[NEAR:-NEAR])
        else:
            others.append(token)
    # One look at all of them together: what is in none needs no look at each.
    if alone and _may_hide(b" ".join(texts)):
        others += [token for token, text in zip(alone, texts, strict=True) if _may_hide(text)]
        others.sort()
    return others


def _is_alone(text: bytes, size: int) -> bool:
    """Whether nothing beside a token can be a joint. text: the token with `NEAR` bytes on each side."""
    if len(text) < size + 2 * NEAR:
        return False  # at an end of the buffer: let others look
    return _begins_alone(text) and _ends_alone(text)


def _begins_alone(text: bytes) -> bool:
    before = text[2]
    if before == BLANK:
        return text[1] not in _MARGIN
    if before in _QUOTES:  # "name": "value"
        return text[1] in _OPENING or (text[1] == BLANK and text[0] in _OPENING)
    return before not in _JOINING_BEFORE and text[3] not in _STARTS_OF_ESCAPES


def _ends_alone(text: bytes) -> bool:
    behind = text[-3]
    if behind == BLANK:
        return text[-2] not in _MARGIN and text[-4] not in _ENDS_OF_ESCAPES
    if behind in _QUOTES:  # "value",
        return text[-2] in _CLOSING
    if behind in _JOINING_ESCAPES:
        return text[-4] not in _ENDS_OF_ESCAPES
    return behind not in _JOINING_BEHIND or text.endswith(_PADDED, 0, -2)


def _may_hide(text: bytes) -> bool:
    """Whether there are escapes or joints in it, or the start of a key in base64 or hex."""
    if len(text.translate(None, ESCAPES + _JOINTS)) < len(text):
        return True
    small = text.lower()
    return any(start in text for start in STARTS) or any(
        start in small for start in STARTS_IN_ANY_CASE
    )
