"""Decides over raw bytes whether anything else has to happen; nearly all bytes end here.

A key in plain sight holds a rule's anchor (`sk-ant-`). A key in any encoding, however nested, is one
long *token*: a run of characters without spaces, quotes, commas or dots. So instead of dozens of
encoded anchors there are two questions for each block: does an anchor stand in it, and does it hold
a run of `RUN` token bytes? (docs/adr/005-engine.md has the figures.)

Uses stringzilla and hyperscan where they are installed, plain `bytes` methods where not; both give
the same answers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

BLOCK = 256 << 10
"""Bytes per block: it stays in the second-level cache while several searches pass over it."""

RUN = 48
"""Shortest run of token bytes that is looked at: an encoded key of 36 bytes or more is longer."""

TOKEN_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_%\\&#;-"
TOKEN_CLASS = rb"[A-Za-z0-9+/=_%\\&#;-]"

_IS_TOKEN = bytes(1 if byte in TOKEN_BYTES else 0 for byte in range(256))
_RUN_OF_ONES = b"\1" * RUN

MARKS = b"0123456789%\\&#;"
"""Nearly every encoding of a key has one of these. What has none may still be base64 of escapes, which
is rich in capitals and small letters alike; else it is a name, a path or a ruler."""

_CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = b"abcdefghijklmnopqrstuvwxyz"
_FEWEST_OF_A_CASE = 0.2

# A path with a digit in it. Of base64 of whatever kind two characters in five are capitals.
_FEWEST_BESIDE_DIGITS = 1 / 16
_ESCAPING = b"%\\&#;="
_IS_HEX = bytes(1 if byte in b"0123456789abcdefABCDEF" else 0 for byte in range(256))
_HEX_RUN = b"\1" * 16

SPLIT_ANCHORS = (b'sk-"', b"sk-'", b'sk-ant"', b"sk-ant'")
"""An anchor that string concatenation has cut in two; only looked for in inputs of source size."""

SPLIT_ANCHORS_LIMIT = 4 << 20

_MANY = 24
"""From so many tokens in one block on numpy finds the others, if it is there already."""

_WORTH_IMPORT = 50_000
"""After so many tokens numpy is imported."""

_SHORTEST_GATE = 3

try:
    from stringzilla import find, translate
except ImportError:

    def find(buffer: Buffer, literal: bytes, start: int = 0) -> int:
        """The first offset of `literal` at or after `start`, or -1."""
        return bytes(buffer).find(literal, start)

    def translate(buffer: Buffer, table: bytes) -> bytes:
        """The bytes of the buffer, each replaced by its entry in `table`."""
        return bytes(buffer).translate(table)


def token_mask(buffer: Buffer) -> bytes:
    """One byte per byte of the buffer: 1 where it is a token byte, else 0."""
    mask: bytes = translate(buffer, _IS_TOKEN)
    return mask


def always(_: Buffer) -> bool:
    """Every block is searched for runs: for inputs too small to ask first."""
    return True


def bulk_has_run() -> Callable[[Buffer], bool]:
    """Tells whether a block of a big input holds a run: three times as fast as `runs`, but 10 ms to
    load."""
    try:
        import hyperscan
    except ImportError:
        return always
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[TOKEN_CLASS + b"{%d}" % RUN],
        ids=[0],
        elements=1,
        flags=[hyperscan.HS_FLAG_SINGLEMATCH],
    )
    hits: list[bool] = []

    def on_match(*_: object) -> None:
        hits.append(True)

    def check(block: Buffer) -> bool:
        hits.clear()
        database.scan(block, match_event_handler=on_match)  # type: ignore[type-var]  # takes any buffer
        return bool(hits)

    return check


def is_name(token: bytes) -> bool:
    """Whether a token is a name, a path or a ruler and no encoding of a key."""
    size = len(token)
    capitals = size - len(token.translate(None, _CAPITALS))
    if len(token.translate(None, MARKS)) < size:  # nearly all that are worth a look
        return (
            capitals < _FEWEST_BESIDE_DIGITS * size
            and len(token.translate(None, _ESCAPING)) == size
            and token.translate(_IS_HEX).find(_HEX_RUN) < 0
        )
    fewest = _FEWEST_OF_A_CASE * size
    return capitals < fewest or size - len(token.translate(None, _SMALL)) < fewest


def _stop(mask: bytes, at: int) -> int:
    stop = mask.find(b"\0", at)
    return len(mask) if stop < 0 else stop


def _run_end(view: memoryview, at: int) -> int:
    while at < len(view):
        mask = token_mask(view[at : at + BLOCK])
        stop = mask.find(b"\0")
        if stop >= 0:
            return at + stop
        at += len(mask)
    return at


class Seeds:
    """What the prefilter saw in one buffer.

    anchors: offsets where a rule's anchor stands; tokens: (start, end) of long token runs and of
    split anchors; wide: whether NUL bytes were seen, so that UTF-16 and UTF-32 must be tried.
    """

    __slots__ = ("anchors", "tokens", "wide")

    def __init__(self) -> None:
        self.anchors: list[int] = []
        self.tokens: list[tuple[int, int]] = []
        self.wide = False

    def __bool__(self) -> bool:
        return bool(self.anchors or self.tokens or self.wide)


NOTHING = Seeds()
"""What most inputs give."""


class Prefilter:
    """The two questions over blocks of a buffer. `anchors`: the literals that rules start with."""

    def __init__(self, anchors: Iterable[bytes]) -> None:
        self.anchors = _shortest(tuple(dict.fromkeys(anchors)))
        self._literals = (*self.anchors, *SPLIT_ANCHORS)
        self._gates = _gates(self._literals)
        # What is a digest to Anthropic's keys may be a short secret of another kind.
        self.digests = self.anchors == (b"sk-ant-",)
        self._bulk: Callable[[Buffer], bool] | None = None
        self._counted = 0

    def quiet(self, buffer: Buffer) -> bool:
        """Whether `seeds` has nothing to say of a buffer of source size."""
        return (
            token_mask(buffer).find(_RUN_OF_ONES) < 0
            and find(buffer, b"\0") < 0
            and not self._is_open(buffer)
        )

    def seeds(self, buffer: Buffer, *, bulk: bool = False, source: bool = False) -> Seeds:
        """Everything worth a closer look in `buffer`.

        bulk: the input is many megabytes long; source: it is short enough to be source code, in
        which a concatenation may have split the anchor itself.
        """
        size = len(buffer)
        if source and size <= BLOCK:
            return self._seeds_of_file(buffer, size)
        seeds = Seeds()
        check: Callable[[Buffer], bool] = always
        if bulk:
            check = self._bulk = self._bulk or bulk_has_run()
        view = memoryview(buffer)
        for start in range(0, size, BLOCK):
            end = min(start + BLOCK, size)
            self._block(seeds, view, view[start : end + RUN], start, end, source, check)
        return seeds

    def _seeds_of_file(self, buffer: Buffer, size: int) -> Seeds:
        """The hot path: four searches over what is a whole file most of the time."""
        mask = token_mask(buffer)
        first = mask.find(_RUN_OF_ONES)
        wide = find(buffer, b"\0") >= 0
        if self._is_open(buffer):
            seeds = Seeds()
            for literal in self._literals:
                self._literal(seeds, buffer, literal, 0, size)
        elif first < 0 and not wide:
            return NOTHING
        else:
            seeds = Seeds()
        seeds.wide = wide
        if first >= 0:
            seeds.tokens += self._tokens(first, memoryview(buffer), mask, 0, size)
        return seeds

    def _block(
        self,
        seeds: Seeds,
        buffer: Buffer,
        block: Buffer,
        start: int,
        end: int,
        source: bool,
        check: Callable[[Buffer], bool],
    ) -> None:
        if not source:
            for literal in self.anchors:
                self._literal(seeds, block, literal, start, end)
        elif self._is_open(block):
            for literal in self._literals:
                self._literal(seeds, block, literal, start, end)
        if not seeds.wide and find(block, b"\0") >= 0:
            seeds.wide = True
        if check(block):
            seeds.tokens += self._runs(buffer, start, end)

    def _runs(self, buffer: Buffer, start: int, end: int) -> list[tuple[int, int]]:
        """The tokens that begin in [start, end), as (start, end) offsets.

        A run that began before `start` belongs to the block before, except at the buffer's first byte.
        """
        view = memoryview(buffer)
        mask = token_mask(view[start : end + RUN])
        at = mask.find(_RUN_OF_ONES)
        if at == 0 and start > 0 and view[start - 1] in TOKEN_BYTES:
            at = mask.find(_RUN_OF_ONES, _stop(mask, 0))
        return [] if at < 0 else self._tokens(at, view, mask, start, end)

    def _tokens(
        self, at: int, view: memoryview, mask: bytes, start: int, end: int
    ) -> list[tuple[int, int]]:
        """All maximal runs from the first one on but names, and digests that nobody need look at. at:
        where it lies in the mask, which begins at `start`."""
        found: list[tuple[int, int]] = []
        first = at
        while 0 <= at < end - start:
            if len(found) == _MANY and self._has_numpy():
                return self._many_tokens(first, view, mask, start, end)
            stop = _stop(mask, at + RUN)
            if stop == len(mask) and start + stop < len(view):
                stop = _run_end(view, start + stop) - start
            if not is_name(bytes(view[start + at : start + stop])):
                found.append((start + at, start + stop))
            at = mask.find(_RUN_OF_ONES, stop)
        self._counted += len(found)
        if found and self.digests:
            from antkey_scanner.digests import without_lone_digests

            return without_lone_digests(view, found)
        return found

    def _has_numpy(self) -> bool:
        if "numpy" in sys.modules:
            return True
        if self._counted < _WORTH_IMPORT:
            return False
        try:
            import numpy  # noqa: F401
        except ImportError:
            self._counted = -(1 << 60)
            return False
        return True

    def _many_tokens(
        self, at: int, view: memoryview, mask: bytes, start: int, end: int
    ) -> list[tuple[int, int]]:
        """The same, by numpy."""
        from antkey_scanner import bulktokens

        starts, ends = bulktokens.runs(mask, at, RUN)
        if self.digests:
            text = bytes(view[start : start + len(mask)])
            others = ~bulktokens.are_lone_digests(text, starts, ends)
            starts, ends = starts[others], ends[others]
        found = []
        for first, last in bulktokens.pairs(starts, ends):
            if first >= end - start:
                break
            stop = start + last
            if last == len(mask) and stop < len(view):
                stop = _run_end(view, stop)
            if not is_name(bytes(view[start + first : stop])):
                found.append((start + first, stop))
        return found

    def _is_open(self, block: Buffer) -> bool:
        for gate in self._gates:  # noqa: SIM110 - once a file, and a generator doubles it
            if find(block, gate) >= 0:
                return True
        return False

    def _literal(self, seeds: Seeds, block: Buffer, literal: bytes, start: int, end: int) -> None:
        at = find(block, literal)
        while 0 <= at < end - start:
            if literal in self.anchors:
                seeds.anchors.append(start + at)
            else:
                seeds.tokens.append((start + at, start + at + len(literal) - 1))
            at = find(block, literal, at + 1)


def _shortest(literals: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The literals without those that start with another one: whoever finds that finds them too."""
    return tuple(
        literal
        for literal in literals
        if not any(literal != other and literal.startswith(other) for other in literals)
    )


def _gates(literals: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The fewest searches that rule all literals out: what they all start with, if that is rare."""
    low, high = min(literals), max(literals)
    same = 0
    while same < len(low) and low[same] == high[same]:
        same += 1
    return (low[:same],) if same >= _SHORTEST_GATE else _shortest(literals)
