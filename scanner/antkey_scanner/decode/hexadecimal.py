"""Reads hex digits of either case, beginning at an even and at an odd place.

The digit before an encoded value may be a foreign one (`u003d`, a colour, a counter), so both halves
of a byte are tried as its first.
"""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from antkey_scanner.decode import packed
from antkey_scanner.decode.native import classes, find, others, translate
from antkey_scanner.decode.readable import RUN, SHORTEST, TEXT, span
from antkey_scanner.decode.reading import Decoded

_DIGITS = b"0123456789abcdefABCDEF"
_MARKS = classes(_DIGITS)
_ZEROED = bytes((mark and digit) or ord("0") for digit, mark in enumerate(_MARKS))
_FOREIGN = others(_DIGITS)
_DIGIT_RUN = b"\1" * (2 * SHORTEST)
_ZLIB_MARKS = classes(b"x", b"\x01\x5e\x9c\xda")
_ZLIB_MARK = b"\1\2"
_SMALL = 4096
_LONG = 128
_LOWER = b"0123456789abcdef"
_UPPER = b"0123456789ABCDEF"


def has_run(text: bytes) -> bool:
    """Whether enough hex digits stand side by side to encode part of a key."""
    return find(translate(text, _MARKS), _DIGIT_RUN) >= 0


def promising(text: bytes) -> bool:
    """Whether a reading may hold text or a container, for a text with a run of digits."""
    if len(text) > _SMALL:
        return True
    # An odd number of digits, written twice, is read from an even and from an odd place at once.
    digits = text.translate(_ZEROED).ljust(len(text) | 1, b"0")
    data = unhexlify(digits * 2)
    if find(translate(data, TEXT), RUN) >= 0 or find(translate(data, _ZLIB_MARKS), _ZLIB_MARK) >= 0:
        return True
    for magic in packed.MAGICS if len(text) >= _LONG else packed.SHORT_MAGICS:
        if find(data, magic) >= 0:
            return True
    return False


def is_pure(text: bytes) -> bool:
    """Whether there is nothing but hex digits, all letters of one case.

    Such a text is never base64 of anything that holds a key. Lower case: a group's first character
    must be a letter and its second one of `0123` for both bytes to be ASCII, so every third byte is
    one of `kosw{` and the one before it is none of `/=%&"'`, digits and NUL; no plain or encoded key
    looks like that. Upper case: every third byte would be NUL or no text at all, which is neither
    UTF-16 nor UTF-32. Containers begin with none of these.
    """
    return not text.translate(None, _LOWER) or not text.translate(None, _UPPER)


def readings(text: bytes) -> Iterator[Decoded]:
    """Text and containers that `text` encodes, from even and from odd places."""
    digits = text.translate(_ZEROED)
    for lane in range(2):
        data = _decode(digits[lane:])
        found = span(data)
        if found is not None:
            start, end = found
            yield Decoded("hex", data[start:end], _origin(lane + 2 * start))
        yield from _containers(text, digits, data, lane)


def _decode(digits: bytes) -> bytes:
    return unhexlify(digits[: len(digits) & ~1])


def _origin(start: int) -> Callable[[int], int]:
    return lambda offset: start + 2 * offset


def _containers(text: bytes, digits: bytes, data: bytes, lane: int) -> Iterator[Decoded]:
    done = stop = 0
    for start in islice(_starts(data), packed.trials(len(text))):
        at = lane + 2 * start
        if at < done:
            continue
        if at >= stop:
            stop = find(translate(text[at:], _FOREIGN), b"\1")
            stop = len(text) if stop < 0 else at + stop
        cut = packed.cut(_decoder(digits, at), stop - at)
        if cut is not None:
            contained, size = cut
            yield Decoded("hex", contained, _origin(at))
            done = at + 2 * size


def _decoder(digits: bytes, at: int) -> Callable[[int], bytes]:
    return lambda size: _decode(digits[at : at + size])


def _starts(data: bytes) -> Iterable[int]:
    starts: list[int] = []
    for literal in packed.MAGICS:
        at = find(data, literal)
        while at >= 0:
            starts.append(at)
            at = find(data, literal, at + 1)
    marks = translate(data, _ZLIB_MARKS)
    at = find(marks, _ZLIB_MARK)
    while at >= 0:
        starts.append(at)
        at = find(marks, _ZLIB_MARK, at + 1)
    return sorted(starts)
