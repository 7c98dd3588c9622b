"""Reads base64 and base64url at all four alignments of the characters.

What stands before an encoded value (`key=`, a path, `\\n`) is often made of the same characters, so
where the groups of four begin is unknown. `promising` looks at the characters only: in a group that
encodes three bytes of ASCII the first one has its top bit clear, the second its bit 3, the third its
bit 1. Five such groups in a row are rare in anything else.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from antkey_scanner.decode import packed
from antkey_scanner.decode.native import classes, find, others, translate
from antkey_scanner.decode.readable import span
from antkey_scanner.decode.reading import Decoded

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ZLIB_STARTS = frozenset(
    b"e" + second + bytes([third])
    for second, thirds in ((b"A", b"EFGH"), (b"F", b"4567"), (b"J", b"wxyz"), (b"N", b"opqr"))
    for third in thirds
)
_SHORT_STARTS = frozenset((b"H4s", b"KLU", *_ZLIB_STARTS))
"""The first two bytes of gzip, zstd and zlib data."""

# What does not fit into 96 characters together with a key.
_LONG_STARTS = (
    *(b"UEsDB", b"UEsFB", b"UEsHC"),
    *(b"QlpoM", b"QlpoN", b"QlpoO"),
    *(b"/Td6WFoA", b"_Td6WFoA", b"XQAA", b"7avu2", b"ITxhcmNo", b"MDcwNzA"),
)
_LONG = 96
_ZLIB_MARKS = classes(b"e", b"AFJN")
_ZLIB_MARK = b"\1\2"


def _flags() -> bytes:
    """Bits 0 to 2: can be the first, second, third character of a group that encodes ASCII.
    Bits 4 to 6: can be the first, second, third character of a short container."""
    flags = bytearray(256)
    for value, character in enumerate(_ALPHABET[:62]):  # the last two only stand at a group's end
        flags[character] = (not value & 32) | (not value & 8) << 1 | (not value & 2) << 2
    for start in _SHORT_STARTS:
        for place, character in enumerate(start):
            flags[character] |= 16 << place
    return bytes(flags)


def _standard() -> bytes:
    table = bytearray(b"A" * 256)
    for character, standard in zip(_ALPHABET + b"-_", _ALPHABET + b"+/", strict=True):
        table[character] = standard
    return bytes(table)


_FLAGS = _flags()
_STANDARD = _standard()
"""To the plain alphabet. Foreign characters, padding among them, become `A`: zero bits. All four
alignments are read anyhow, so what stands on either side of them comes out right."""

_FOREIGN = others(_ALPHABET + b"-_")
_BLOCK = 4096
_BLOCK_OVERLAP = 64
_START_BITS = int.from_bytes(b"\x10" * _BLOCK, "little")
_LANES = tuple(
    int.from_bytes(
        (bytes(lane) + b"\1" + bytes(3 - lane)) * ((_BLOCK + _BLOCK_OVERLAP) // 4), "little"
    )
    for lane in range(4)
)


def promising(text: bytes) -> bool:
    """Whether a reading may hold text or a container; False only if none does."""
    if len(text) > _BLOCK:
        return True
    # Three shifts line the flags of a group's characters up; all positions are tested at once.
    flags = int.from_bytes(translate(text, _FLAGS), "little")
    groups = flags & flags >> 9 & flags >> 18
    pairs = groups & groups >> 32
    if pairs & pairs >> 64:
        return True
    starts = groups & _START_BITS
    while starts:
        at = (starts & -starts).bit_length() >> 3
        if text[at : at + 3] in _SHORT_STARTS:
            return True
        starts &= starts - 1
    if len(text) >= _LONG:
        for literal in _LONG_STARTS:
            if find(text, literal) >= 0:
                return True
    return False


def readings(text: bytes) -> Iterator[Decoded]:
    """Text and containers that `text` encodes, at any alignment."""
    for first, last in _lanes(text):
        data = _decode(text[first:last])
        found = span(data)
        if found is not None:
            start, end = found
            yield Decoded(_name(text, first, start, end), data[start:end], _origin(first, start))
    yield from _containers(text)


def _lanes(text: bytes) -> Iterable[tuple[int, int]]:
    """(start, end) of the part that may encode text, for each alignment."""
    if len(text) <= _BLOCK:
        return [(lane, len(text)) for lane in range(4)]
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    flags = translate(text, _FLAGS)
    for at in range(0, len(text), _BLOCK):
        end = at + _BLOCK + _BLOCK_OVERLAP
        block = int.from_bytes(flags[at:end], "little")
        groups = block & block >> 9 & block >> 18
        pairs = groups & groups >> 32
        fives = pairs & pairs >> 64 & groups >> 128
        if not fives:
            continue
        for lane, mask in enumerate(_LANES):
            # One look at the bytes is enough for blocks in a row, as in a long text.
            if fives & mask and (
                last.get(lane) == at + _BLOCK_OVERLAP
                or span(_decode(text[at + lane : end])) is not None
            ):
                first.setdefault(lane, at + lane)
                last[lane] = end
    return [(start, last[lane]) for lane, start in first.items()]


def _decode(characters: bytes) -> bytes:
    size = len(characters) * 3 // 4
    padding = b"A" * (-len(characters) % 4)
    return a2b_base64(translate(characters, _STANDARD) + padding)[:size]


def _name(text: bytes, lane: int, start: int, end: int) -> str:
    encoded = text[lane + start * 4 // 3 : lane + (end * 4 + 2) // 3]
    return "base64url" if b"-" in encoded or b"_" in encoded else "base64"


def _origin(lane: int, start: int) -> Callable[[int], int]:
    return lambda offset: lane + (start + offset) * 4 // 3


def _containers(text: bytes) -> Iterator[Decoded]:
    done = stop = 0
    for at in islice(_starts(text), packed.trials(len(text))):
        if at < done:
            continue
        if at >= stop:
            stop = find(translate(text[at:], _FOREIGN), b"\1")
            stop = len(text) if stop < 0 else at + stop
        cut = packed.cut(_decoder(text, at), stop - at)
        if cut is not None:
            data, size = cut
            yield Decoded(_name(text, at, 0, len(data)), data, _origin(at, 0))
            done = at + size * 4 // 3


def _decoder(text: bytes, at: int) -> Callable[[int], bytes]:
    return lambda size: _decode(text[at : at + size])


def _starts(text: bytes) -> Iterable[int]:
    """Where a container may start, in order."""
    starts: list[int] = []
    for literal in (b"H4sI", b"KLUv", *_LONG_STARTS):
        at = find(text, literal)
        while at >= 0:
            starts.append(at)
            at = find(text, literal, at + 1)
    marks = translate(text, _ZLIB_MARKS)
    at = find(marks, _ZLIB_MARK)
    while at >= 0:
        if text[at : at + 3] in _ZLIB_STARTS:
            starts.append(at)
        at = find(marks, _ZLIB_MARK, at + 1)
    return sorted(starts)
