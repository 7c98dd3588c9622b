"""Finds the tokens of a text that is full of them, such as a lock file, with numpy.

Gives what `prefilter.runs` and `digests.without_lone_digests` give one after the other; some hundred
tokens take a tenth of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antkey_scanner.buffers import find, translate
from antkey_scanner.digests import (
    BLANK,
    CLOSING,
    ENDS_OF_ESCAPES,
    ESCAPES,
    JOINING_BEFORE,
    JOINING_BEHIND,
    JOINING_ESCAPES,
    MARGIN,
    NEAR,
    OPENING,
    QUOTES,
    SHORTEST_OPAQUE,
    STARTS,
    STARTS_IN_ANY_CASE,
    STARTS_OF_ESCAPES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from numpy.typing import NDArray

    from antkey_scanner.windows import Buffer

    Places: TypeAlias = NDArray[np.intp]
    Flags: TypeAlias = NDArray[np.bool_]

_WORD = 8
_ALL_TOKEN = np.uint64(0x0101010101010101)
_ONE = np.uint64(1)
_MANTISSA, _BIAS = 52, 1023
"""Of a float: bits below the exponent, and what is added to that."""

_WORDS = 5
"""So many whole aligned words lie in each run of 48 bytes."""

_THREE_BYTES = np.uint32(0xFFFFFF)
_BEFORE_VALUE = int.from_bytes(b': "', "little")
_BEHIND_VALUE = int.from_bytes(b'",', "little")

_INDENTED = 40
"""So many blanks are looked over behind a quote."""

_SMALL = bytes(range(256)).lower()


def _table(members: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(members)] = True
    return table


_JOINING_BEFORE, _JOINING_BEHIND = _table(JOINING_BEFORE), _table(JOINING_BEHIND)
_JOINING_ESCAPES, _ENDS_OF_ESCAPES = _table(JOINING_ESCAPES), _table(ENDS_OF_ESCAPES)
_STARTS_OF_ESCAPES, _MARGIN = _table(STARTS_OF_ESCAPES), _table(MARGIN)
_LINE_BREAK, _PADDING = ord("\n"), ord("=")
_QUOTES = _table(QUOTES)
_BLANKS = _table(b" \t\r\n")
_OPENING, _CLOSING = _table(OPENING), _table(CLOSING)


def runs(mask: bytes, first: int, shortest: int) -> tuple[Places, Places]:
    """Starts and ends of the maximal runs of ones in a mask. first: where the first one starts;
    shortest: at least 48."""
    ones = np.frombuffer(mask, np.uint8)
    skipped = first - first % _WORD
    stop = len(ones) - (len(ones) - skipped) % _WORD
    words = ones[skipped:stop].view("<u8")
    if len(words) < _WORDS:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    full = words == _ALL_TOKEN
    last = len(words) - _WORDS + 1
    whole = full[:last].copy()
    for shift in range(1, _WORDS):
        whole &= full[shift : last + shift]
    first_words, last_words = _spans(whole)
    if not len(first_words):
        return first_words, first_words
    last_words += _WORDS - 1
    # The words on both sides have a gap; behind the last word there are some bytes, or nothing.
    starts = skipped + _WORD * first_words
    starts -= _WORD - 1 - _byte_of(_gaps(words, first_words - 1))
    if not first_words[0]:
        starts[0] = skipped
    ends = skipped + _WORD * last_words
    behind = _gaps(words, np.minimum(last_words, len(words) - 1))
    ends += _byte_of(behind & (~behind + _ONE))
    if last_words[-1] == len(words):
        rest = mask.find(b"\0", stop)
        ends[-1] = len(mask) if rest < 0 else rest
    long = ends - starts >= shortest
    return starts[long], ends[long]


def _spans(flags: Flags) -> tuple[Places, Places]:
    """Where each row of flags that are set begins, and the place behind its end."""
    edges = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    if flags[0]:
        edges = np.concatenate(([0], edges))
    if flags[-1]:
        edges = np.concatenate((edges, [len(flags)]))
    return edges[::2], edges[1::2]


def _gaps(words: NDArray[np.uint64], places: Places) -> NDArray[np.uint64]:
    """What is no token byte in some words of a mask, a bit for each: a word's first byte is its lowest
    one."""
    found: NDArray[np.uint64] = words[places] ^ _ALL_TOKEN
    return found


def _byte_of(words: NDArray[np.uint64]) -> Places:
    """In which byte the highest bit of each word is; anything for a word without bits."""
    exponents = words.astype(np.float64).view(np.int64) >> _MANTISSA
    return (exponents - _BIAS) >> 3


def are_lone_digests(text: Buffer, starts: Places, ends: Places) -> Flags:
    """Which tokens of a text are a digest that nothing can be joined to."""
    data = np.frombuffer(text, np.uint8)
    flags = (ends - starts < SHORTEST_OPAQUE) & (starts >= NEAR) & (ends + NEAR <= len(data))
    chosen = np.flatnonzero(flags)
    starts, ends = starts[chosen], ends[chosen]
    alone = _stand_alone(data, starts, ends)
    for at in _suspects(text):
        number = int(np.searchsorted(starts, at, "right")) - 1
        if number >= 0 and at < ends[number]:
            alone[number] = False
    for escape in ESCAPES:
        if find(text, bytes((escape,))) >= 0:
            places = np.flatnonzero(data == escape)
            alone &= np.searchsorted(places, starts) == np.searchsorted(places, ends)
    flags[chosen] = alone
    return flags


def _stand_alone(data: NDArray[np.uint8], starts: Places, ends: Places) -> Flags:
    """As `digests._is_alone`; most are values of JSON and seen to be alone at one glance."""
    before = np.ndarray((len(data) - 3,), "<u4", data, 0, (1,))[starts - NEAR] & _THREE_BYTES
    behind = np.ndarray((len(data) - 1,), "<u2", data, 0, (1,))[ends]
    alone: Flags = (before == _BEFORE_VALUE) & (behind == _BEHIND_VALUE)
    others = np.flatnonzero(~alone)
    alone[others] = _are_free(data, starts[others], ends[others])
    return alone


def _are_free(data: NDArray[np.uint8], starts: Places, ends: Places) -> Flags:
    one, two, three = data[starts - 1], data[starts - 2], data[starts - 3]
    free_before: Flags = (
        (~_JOINING_BEFORE[one] & ~_STARTS_OF_ESCAPES[data[starts]])
        | ((one == BLANK) & ~_MARGIN[two])
        | (_QUOTES[one] & (_OPENING[two] | ((two == BLANK) & _OPENING[three])))
    )
    end, one, two = data[ends - 1], data[ends], data[ends + 1]
    escaped = _ENDS_OF_ESCAPES[end]
    free_behind: Flags = (
        ~(_JOINING_BEHIND[one] | _JOINING_ESCAPES[one])
        | (_JOINING_ESCAPES[one] & ~escaped)
        | ((one == BLANK) & ~_MARGIN[two] & ~escaped)
        | (_QUOTES[one] & _CLOSING[two])
        | ((one == _LINE_BREAK) & (end == _PADDING) & (data[ends - 2] == _PADDING))
    )
    last = np.flatnonzero(_QUOTES[one] & _BLANKS[two])  # the last value before a bracket
    free_behind[last] = _CLOSING[data[_behind_blanks(data, ends[last] + 1)]]
    return free_before & free_behind


def _behind_blanks(data: NDArray[np.uint8], places: Places) -> Places:
    for _ in range(_INDENTED):
        blank = _BLANKS[data[places]]
        if not blank.any():
            break
        places = np.minimum(places + blank, len(data) - 1)
    return places


def _suspects(text: Buffer) -> Iterator[int]:
    """Where the start of a key stands in base64 or hex."""
    small = translate(text, _SMALL)
    for where, literals in ((text, STARTS), (small, STARTS_IN_ANY_CASE)):
        for literal in literals:
            at = find(where, literal)
            while at >= 0:
                yield at
                at = find(where, literal, at + 1)


def pairs(starts: Places, ends: Places) -> Any:
    """(start, end) of each, as plain numbers."""
    return zip(starts.tolist(), ends.tolist(), strict=True)
