"""Decides over raw bytes whether anything else has to happen; nearly all bytes end here.

A key in plain sight holds a rule's anchor (`sk-ant-`). A key in any encoding, however nested, is one
long *token*: a run of characters without spaces, quotes, commas or dots. So instead of dozens of
encoded anchors there are two questions for each block: does an anchor stand in it, and does it hold
a run of `RUN` token bytes? (docs/adr/005-engine.md has the figures.)

Uses stringzilla and hyperscan where they are installed, plain `bytes` methods where not; both give
the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from antkey_scanner.buffers import find
from antkey_scanner.tokens import LONG, RUN, RUN_OF_ONES, TOKEN_CLASS, Tokens, token_mask

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

BLOCK = 640 << 10
"""Bytes per block: it stays in the second-level cache while several searches pass over it."""

SPLIT_ANCHORS = (b'sk-"', b"sk-'", b'sk-ant"', b"sk-ant'")
"""An anchor that string concatenation has cut in two; only looked for in inputs of source size."""

SPLIT_ANCHORS_LIMIT = 4 << 20

_SHORTEST_GATE = 3

_LONGEST_WAIT = 63
"""Blocks that are not asked for blanks after others that hardly had any."""

_FEW = 40
"""So often what literals start with is looked at more closely."""


def always(_: Buffer) -> bool:
    """Every block is searched for runs: for inputs too small to ask first."""
    return True


def bulk_has_run() -> Callable[[Buffer], bool]:
    """Tells whether a block of a big input holds a run: three times as fast as `runs`, but 3 ms to
    load."""
    try:
        import hyperscan
    except ImportError:
        return always

    def matcher(expression: bytes) -> Callable[[Buffer], bool]:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[expression],
            ids=[0],
            elements=1,
            flags=[hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL],
        )
        hits: list[bool] = []

        def on_match(*_: object) -> None:
            hits.append(True)

        def matches(block: Buffer) -> bool:
            hits.clear()
            database.scan(block, match_event_handler=on_match)  # type: ignore[type-var]  # takes any buffer
            return bool(hits)

        return matches

    return _after_blanks(matcher(b"[^ ]{%d}" % RUN), matcher(TOKEN_CLASS + b"{%d}" % RUN))


def _after_blanks(
    has_words: Callable[[Buffer], bool], has_run: Callable[[Buffer], bool]
) -> Callable[[Buffer], bool]:
    """Asks first whether a block has `RUN` bytes without a blank, which takes two thirds of the time; less
    and less often in inputs of which nearly all blocks do."""
    passed_over = wait = 0

    def check(block: Buffer) -> bool:
        nonlocal passed_over, wait
        if passed_over < wait:
            passed_over += 1
            return has_run(block)
        passed_over = 0
        if not has_words(block):
            wait = 0
            return False
        wait = min(2 * wait + 1, _LONGEST_WAIT)
        return has_run(block)

    return check


class Seeds:
    """What the prefilter saw in one buffer.

    anchors: offsets where a rule's anchor stands; tokens: (start, end) of long token runs and of
    split anchors; wide: whether UTF-16 and UTF-32 must be tried, because NUL bytes were seen.
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
        self._longest = max(map(len, self._literals))
        alike = len(self._gates) == 1
        self._ends = tuple(each[len(self._gates[0]) :] for each in self._literals if alike)
        """What follows the one gate, if there is but one."""
        # What is a digest to Anthropic's keys may be a short secret of another kind.
        self.digests = self.anchors == (b"sk-ant-",)
        self._bulk: Callable[[Buffer], bool] | None = None
        self._tokens = Tokens(digests=self.digests)

    def quiet(self, buffer: Buffer) -> bool:
        """Whether `seeds` has nothing to say of a buffer of source size."""
        return (
            token_mask(buffer).find(RUN_OF_ONES) < 0
            and find(buffer, b"\0") < 0
            and not self._is_open(buffer)
        )

    def seeds(
        self,
        buffer: Buffer,
        *,
        bulk: bool = False,
        source: bool = False,
        passed: Callable[[int], None] | None = None,
    ) -> Seeds:
        """Everything worth a closer look in `buffer`.

        bulk: the input is many megabytes long; source: it is short enough to be source code, in
        which a concatenation may have split the anchor itself; passed: told the end of each block while
        that is in the cache (of inputs below `LONG` it is told nothing).
        """
        size = len(buffer)
        if source and size < LONG:
            return self._seeds_of_file(buffer, size)
        seeds = Seeds()
        check: Callable[[Buffer], bool] = always
        if bulk:
            check = self._bulk = self._bulk or bulk_has_run()
        view = memoryview(buffer)
        for start in range(0, size, BLOCK):
            end = min(start + BLOCK, size)
            self._block(seeds, view, view[start : end + RUN], start, end, source, check)
            if passed is not None:
                passed(end)
        if seeds.wide and source and not (seeds.anchors or seeds.tokens):
            seeds.wide = _may_be_wide(buffer, token_mask(buffer))
        return seeds

    def _seeds_of_file(self, buffer: Buffer, size: int) -> Seeds:
        """The hot path: four searches over what is a whole file most of the time."""
        mask = token_mask(buffer)
        first = mask.find(RUN_OF_ONES)
        wide = find(buffer, b"\0") >= 0
        is_open = self._is_open(buffer)
        if first < 0 and not is_open and not (wide and _may_be_wide(buffer, mask)):
            return NOTHING
        seeds = Seeds()
        if is_open:
            self._all_literals(seeds, buffer, 0, size)
        seeds.wide = wide
        if first >= 0:
            seeds.tokens += self._tokens.behind(first, memoryview(buffer), mask, 0, size)
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
        if check(block):  # first: the slowest has the block come into the cache on its way
            seeds.tokens += self._tokens.between(buffer, start, end)
        if not source:
            for literal in self.anchors:
                self._literal(seeds, block, literal, start, end)
        elif self._is_open(block):
            self._all_literals(seeds, block, start, end)
        if not seeds.wide and find(block, b"\0") >= 0:
            seeds.wide = True

    def _is_open(self, block: Buffer) -> bool:
        """Whether a literal may stand in a block."""
        for gate in self._gates:
            at = find(block, gate)
            if at >= 0:
                return not self._ends or self._begins(block, at)
        return False

    def _begins(self, block: Buffer, at: int) -> bool:
        """Where all literals start alike, as many words do (`task-`), whether one may stand in a block:
        what follows is looked at, as long as that is sooner than to look for each literal."""
        width, tail = len(self._gates[0]), self._longest
        for _ in range(_FEW):
            if bytes(block[at + width : at + tail]).startswith(self._ends):
                return True
            at = find(block, self._gates[0], at + 1)
            if at < 0:
                return False
        return True

    def _all_literals(self, seeds: Seeds, block: Buffer, start: int, end: int) -> None:
        for literal in self._literals:
            self._literal(seeds, block, literal, start, end)

    def _literal(self, seeds: Seeds, block: Buffer, literal: bytes, start: int, end: int) -> None:
        at = find(block, literal)
        while 0 <= at < end - start:
            if literal in self.anchors:
                seeds.anchors.append(start + at)
            else:
                seeds.tokens.append((start + at, start + at + len(literal) - 1))
            at = find(block, literal, at + 1)


def _may_be_wide(buffer: Buffer, mask: bytes) -> bool:
    """Whether the NUL bytes in a buffer may be those of wide characters; in catalogues, fonts and pictures
    they are not."""
    from antkey_scanner.decode.wide import may_be_wide

    return may_be_wide(buffer, mask)


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
