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
    number, rest, drop = 1, head.removeprefix(_MARK), False
    for chunk in _chunks(stream):
        rest += chunk
        cut = rest.rfind(b"\n")
        if cut < 0:
            if len(rest) > LONGEST_ENTRY:
                rest, drop = b"", True
            continue
        lines = rest[:cut].split(b"\n")
        rest = rest[cut + 1 :]
        if drop:
            lines[0], drop = TOO_LONG, False
        yield number, lines
        number += len(lines)
    if drop:
        yield number, [TOO_LONG]
    elif rest:
        yield number, rest.split(b"\n")


def _chunks(stream: Stream) -> Iterator[bytes]:
    while data := stream.read(_CHUNK):
        yield data
