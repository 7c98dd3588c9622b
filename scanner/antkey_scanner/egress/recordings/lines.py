"""Cuts a stream into lines in bounded memory, and says of each where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.containers import Stream
from antkey_scanner.egress.recordings import LONGEST_ENTRY

_CHUNK = 1 << 20
_MARK = b"\xef\xbb\xbf"

Lines = tuple[int, list[bytes]]
"""The 1-based number of the first of some lines, and the lines without their ends."""

TOO_LONG = b"\n"
"""Stands for a line that is longer than any entry may be; no line holds its end."""


def blocks(stream: Stream, head: bytes = b"") -> Iterator[Lines]:
    """All lines, some at a time. head: what was read of the stream already. Raises what reading raises,
    after it has given every whole line before that."""
    number, is_dropped, held = 1, False, 0
    begun: list[bytes] = []
    for chunk in _chunks(stream, head.removeprefix(_MARK)):
        cut = chunk.rfind(b"\n")
        if cut < 0:
            begun.append(chunk)
            held += len(chunk)
            if held > LONGEST_ENTRY:
                is_dropped = True
                begun, held = [], 0
            continue
        lines = b"".join((*begun, chunk[:cut])).split(b"\n")
        if is_dropped or len(lines[0]) > LONGEST_ENTRY:
            lines[0], is_dropped = TOO_LONG, False
        yield number, lines
        number += len(lines)
        begun, held = [chunk[cut + 1 :]], len(chunk) - cut - 1
    if is_dropped:
        yield number, [TOO_LONG]
    elif held:
        yield number, [b"".join(begun)]


def _chunks(stream: Stream, head: bytes) -> Iterator[bytes]:
    if head:
        yield head
    while data := stream.read(_CHUNK):
        yield data
