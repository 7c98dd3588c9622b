"""Tells checksums and ids from short encoded text, many at a time: lists of files are full of them.

Only for rules whose anchor is `sk-ant-`: what is a digest to those may be a short secret of another
kind.
"""

from __future__ import annotations

SHORTEST_OPAQUE = 96
"""A region below this many bytes has room for less than a key that is encoded twice or packed."""

_ESCAPES = b"%\\&\n\"'`"
_BLANK = ord(" ")
_JOINING = frozenset(b" \t\r\n\"'`{}<>.|()")
_MARGIN = frozenset(b" \t\r\n\"'`>#*|;!/-")
_NEAR = 2


def is_digest(region: bytes) -> bool:
    """Whether a region is a checksum or an id: short, without escapes, and no key begins in it in
    base64 or hex, which are all that a whole key, of whatever kind, fits in twice this long."""
    return len(region) < SHORTEST_OPAQUE and not _may_hide(region)


def without_lone_digests(view: memoryview, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The tokens but those that are a digest and that nothing can be joined to."""
    others, alone, texts = [], [], []
    for token in tokens:
        start, end = token
        text = bytes(view[start - _NEAR : end + _NEAR]) if start >= _NEAR else b""
        if end - start < SHORTEST_OPAQUE and _is_alone(text, end - start):
            alone.append(token)
            texts.append(text[_NEAR:-_NEAR])
        else:
            others.append(token)
    # One look at all of them together: what is in none needs no look at each.
    if alone and _may_hide(b" ".join(texts)):
        others += [token for token, text in zip(alone, texts, strict=True) if _may_hide(text)]
        others.sort()
    return others


def _is_alone(text: bytes, size: int) -> bool:
    """Whether nothing beside a token can be a joint. text: the token with two bytes on each side."""
    if len(text) < size + 2 * _NEAR:
        return False  # at an end of the buffer: let others look
    if text[1] in _JOINING and (text[1] != _BLANK or text[0] in _MARGIN):
        return False
    return text[-2] not in _JOINING or (text[-2] == _BLANK and text[-1] not in _MARGIN)


def _may_hide(text: bytes) -> bool:
    """Whether there are escapes in it or the start of a key in base64 or hex."""
    small = text.lower()
    return (
        len(text.translate(None, _ESCAPES)) < len(text)
        or b"=2d" in small  # a hyphen in quoted-printable
        or b"736b2d616e742d" in small
        or b"c2stYW50L" in text
        or b"zay1hbnQt" in text
        or b"NrLWFudC" in text
    )
