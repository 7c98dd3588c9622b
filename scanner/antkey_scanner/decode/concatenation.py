"""Reads a key that string concatenation, a line continuation or a hard wrap has cut in pieces."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from antkey_scanner.decode.reading import Decoded
from antkey_scanner.decode.wrap import seams

_ANCHOR = b"sk-ant-"
_KEY = re.compile(rb"[A-Za-z0-9_-]*")
# A key that is whole before the seam needs no joining.
_WHOLE = re.compile(rb"sk-ant-[a-z]{2,8}[0-9]{0,4}-[A-Za-z0-9_-]{86,}AA")


def joined(
    region: bytes, text: bytes, position: Callable[[int], int], gaps: re.Pattern[bytes]
) -> Decoded | None:
    """`text`, which is the region without joints, if a key goes over one of them.

    Tokens that merely stand beside each other, such as the lines of a list, were searched already.
    """
    starts = list(seams(region, gaps))
    at = text.find(_ANCHOR)
    while at >= 0:
        match = _KEY.match(text, at)
        end = match.end() if match is not None else at
        number = bisect_right(starts, at)
        if number < len(starts) and starts[number] < end:
            seam = starts[number]
            if _WHOLE.fullmatch(text, at, seam) is None:
                quoted = any(quote in region for quote in (b'"', b"'", b"`"))
                name = "concatenation" if quoted else "line-wrap"
                return Decoded(name, text, position)
        at = text.find(_ANCHOR, max(end, at + 1))
    return None
