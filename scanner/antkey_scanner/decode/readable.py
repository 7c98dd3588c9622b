"""Tells decoded bytes that may hold a key from noise.

A key, and every text that encodes one, is a long run of printable ASCII; in UTF-16 and UTF-32 it has
NUL bytes between. Random bytes hold such a run once in a hundred million.
"""

from __future__ import annotations

from antkey_scanner.decode.native import classes, find, translate

SHORTEST = 17
"""Bytes: `sk-ant-api03-` and four characters, the least of a key that a rule may care about."""

TEXT = classes(b"\0\t\n\r" + bytes(range(0x20, 0x7F)))  # NUL: UTF-16 and UTF-32
RUN = b"\1" * SHORTEST


def span(data: bytes) -> tuple[int, int] | None:
    """(start, end) from the first run of text to the last, None if there is none."""
    marks = translate(data, TEXT)
    start = find(marks, RUN)
    if start < 0:
        return None
    end = marks.rfind(RUN) + SHORTEST
    return (start, end) if data[start:end].strip(b"\0") else None
