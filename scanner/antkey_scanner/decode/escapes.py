"""Replaces escape sequences in a text and remembers where they stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.decode.reading import Decoded, Offsets, Segment

UNKNOWN = b"?"
"""Stands for a character that no key has: neither a token byte nor part of a joint."""


class Escapes(NamedTuple):
    """One kind of escapes.

    pattern: matches one, or several of equal length side by side; replace: the bytes that a match
    stands for.
    """

    name: str
    pattern: re.Pattern[bytes]
    replace: Callable[[re.Match[bytes]], bytes]


def undo(escapes: Escapes, text: bytes) -> Decoded | None:
    """`text` with its escapes replaced, None if that changes nothing."""
    data = escapes.pattern.sub(escapes.replace, text)
    if data == text:
        return None
    return Decoded(escapes.name, data, offsets(escapes, text))


def offsets(escapes: Escapes, text: bytes) -> Offsets:
    """Where each byte comes from once the escapes in `text` are replaced."""
    return Offsets(lambda: _segments(escapes, text))


def _segments(escapes: Escapes, text: bytes) -> Iterator[Segment]:
    size = at = 0
    yield 0, 0, 1
    for match in escapes.pattern.finditer(text):
        start, end = match.span()
        size += start - at
        replaced = len(escapes.replace(match))
        if replaced:
            yield size, start, (end - start) // replaced
        size += replaced
        yield size, end, 1
        at = end
