"""Finds text in UTF-16 and UTF-32 between other bytes and makes it narrow.

Works on bytes, not on files: big- and little-endian, with and without a byte order mark, at odd and
even offsets. ASCII with NUL bytes between is all that a key needs; other characters end a stretch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from antkey_scanner.decode.native import classes, find, translate
from antkey_scanner.decode.reading import Decoded
from antkey_scanner.prefilter import SPLIT_ANCHORS
from antkey_scanner.tokens import RUN, TOKEN_BYTES

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

REACH = 64 << 10
"""Characters that a stretch takes along on either side of what is worth a look."""

_ANCHORS = (b"sk-ant-", *SPLIT_ANCHORS)
_BLOCK = 256 << 10
_FIRST_WINDOW = 256
_TEXT = bytes((9, 10, 13, *range(32, 127)))
_CLASSES = classes(TOKEN_BYTES, bytes({*range(1, 256)} - {*TOKEN_BYTES}))


def _widen(text: bytes, width: int) -> bytes:
    """`text` in wide characters, without the NUL bytes that may stand before or behind it."""
    return (b"\0" * (width - 1)).join(text[at : at + 1] for at in range(len(text)))


_WIDTHS = ((2, "utf-16"), (4, "utf-32"))
_WIDE_RUNS = {width: _widen(b"\1" * RUN, width) for width, _ in _WIDTHS}
_WIDE_ANCHORS = {width: tuple(_widen(anchor, width) for anchor in _ANCHORS) for width, _ in _WIDTHS}
_WIDE_START = {width: _widen(b"sk-", width) for width, _ in _WIDTHS}  # of all anchors
_EITHER = tuple((_WIDE_RUNS[width], _WIDE_START[width]) for width, _ in _WIDTHS)
_BLOCK_OVERLAP = max(map(len, _WIDE_RUNS.values()))


def may_be_wide(buffer: Buffer, mask: bytes) -> bool:
    """Whether `narrow` may give anything. mask: 1 for each token byte of the buffer, else 0."""
    for run, start in _EITHER:  # noqa: SIM110 - for most files that are no text
        if find(mask, run) >= 0 or find(buffer, start) >= 0:
            return True
    return False


def narrow(buffer: Buffer) -> Iterator[tuple[int, int, Decoded]]:
    """(start, end, text) of each stretch of wide text with an anchor or a long token in it.

    `end` is behind the last character, `origin` counts from `start`. A stretch goes on for as long as
    characters are ASCII, `REACH` at most, so that a concatenation is seen whole.
    """
    done = {width: 0 for width, _ in _WIDTHS}
    with memoryview(buffer) as view:
        for at in range(0, len(view), _BLOCK):
            block = bytes(view[at : at + _BLOCK + _BLOCK_OVERLAP])
            if find(block, b"\0") < 0:
                continue
            marks = translate(block, _CLASSES)
            for width, name in _WIDTHS:
                for place in _places(block, marks, width):
                    if at + place < done[width]:
                        continue
                    start, text = _stretch(view, at + place, width, done[width])
                    done[width] = end = start + width * (len(text) - 1) + 1
                    yield start, end, Decoded(name, text, _origin(width))


def _places(block: bytes, marks: bytes, width: int) -> list[int]:
    """Where something stands in wide characters that is worth a look, in order."""
    places: list[int] = []
    start, anchors = _WIDE_START[width], _WIDE_ANCHORS[width]
    at = find(block, start)
    while at >= 0:
        if block.startswith(anchors, at):
            places.append(at)
        at = find(block, start, at + 1)
    run = _WIDE_RUNS[width]
    at = find(marks, run)
    while at >= 0:
        places.append(at)
        at = find(marks, run, at + len(run))
    places.sort()
    return places


def _stretch(view: memoryview, place: int, width: int, floor: int) -> tuple[int, bytes]:
    """(start, text) of all wide text around the character at `place`, not before `floor`."""
    before = _before(view, place, width, floor)
    return place - width * len(before), before + _after(view, place, width)


def _after(view: memoryview, start: int, width: int) -> bytes:
    window = _FIRST_WINDOW
    while True:
        chunk = bytes(view[start : start + window * width])
        characters = chunk[::width]
        count = len(characters) - len(characters.lstrip(_TEXT))
        for nul in range(1, width):
            between = chunk[nul::width]
            count = min(count, len(between) - len(between.lstrip(b"\0")) + 1)
        if count < window or window >= REACH:
            return characters[:count]
        window *= 4


def _before(view: memoryview, place: int, width: int, floor: int) -> bytes:
    window = _FIRST_WINDOW
    while True:
        window = min(window, (place - floor) // width)
        chunk = bytes(view[place - window * width : place])
        characters = chunk[::width]
        count = len(characters) - len(characters.rstrip(_TEXT))
        for nul in range(1, width):
            between = chunk[nul::width]
            count = min(count, len(between) - len(between.rstrip(b"\0")))
        if count < window or window >= REACH or place - (window + 1) * width < floor:
            return characters[window - count :]
        window *= 4


def _origin(width: int) -> Callable[[int], int]:
    return lambda offset: offset * width
