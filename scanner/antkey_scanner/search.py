"""Finds keys in one buffer of bytes, in plain sight and in up to `DEPTH` layers of encoding.

Prefilter first; rules are tried only where their anchor stands; what the prefilter calls a token is
decoded one layer at a time and searched again. Knows nothing of files, lines or reports.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from antkey_scanner import pepper  # noqa: F401 - before workers are forked: they share it
from antkey_scanner.buffers import find
from antkey_scanner.containers import detect
from antkey_scanner.hunt import Exhausted, Hunt, Piece
from antkey_scanner.model import Confidence, PatternRule
from antkey_scanner.named import NamedTuple
from antkey_scanner.prefilter import Prefilter, Seeds
from antkey_scanner.readings import Embedded, Match, longest_per_place, one_per_place

if TYPE_CHECKING:
    from antkey_scanner.decode import Decoded
    from antkey_scanner.dull import Dull
    from antkey_scanner.windows import Buffer

DEPTH = 5
"""How many layers of encoding are undone."""

LONGEST_REGION = 8 << 20
"""A region of encoded text that grows beyond this is searched in pieces."""

OVERLAP = 64 << 10
"""Bytes at a window's end that are searched again in the next: longer than the longest encoded key."""

_TELLING = 5
"""An anchor shorter than this stands in many words (`task-`, `taxai-`)."""

_JOIN = b"\n "
_BATCH = 1 << 20
_CONFIDENCE = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}


class Found(NamedTuple):
    """What one buffer held.

    settled: offset at which the next window has to start, 0 when it must be longer; exhausted:
    decoding stopped early because it put out too much.
    """

    matches: list[Match]
    embedded: list[Embedded]
    settled: int
    exhausted: bool


class Searcher:
    """A set of rules made ready to search.

    visible: characters of a masked key that may be shown before it counts as exposed.
    """

    def __init__(self, rules: Sequence[PatternRule], *, visible: int) -> None:
        self._rules = sorted(rules, key=lambda rule: _CONFIDENCE[rule.rule.confidence])
        self._compiled: dict[bytes, re.Pattern[bytes]] = {}
        self._visible = visible
        self._prefilter = Prefilter(anchor for rule in self._rules for anchor in rule.anchors)
        self._digests = self._prefilter.digests
        self._one_value: bool | None = None
        self._dull: Dull | None = None
        self._telling = () if self._digests else _telling(self._rules)

    def remember(self) -> None:
        """Keep in mind which encoded regions nothing comes of: for inputs that repeat each other, as the
        versions of a file do."""
        if self._dull is None:
            from antkey_scanner.dull import Dull

            self._dull = Dull()

    def names_anchor(self, text: bytes) -> bool:
        """Whether any rule's anchor stands in a short text, such as the names in a folder."""
        for anchor in self._prefilter.anchors:  # noqa: SIM110 - asked of every tree of a history
            if find(text, anchor) >= 0:
                return True
        return False

    @property
    def one_value(self) -> bool:
        """Whether all that can be found lies between two commas or colons, whatever encodes it."""
        if self._one_value is None:
            from antkey_scanner.novel import is_one_value

            self._one_value = self._digests and all(is_one_value(r.pattern) for r in self._rules)
        return self._one_value

    def quiet(self, buffer: Buffer) -> bool:
        """Whether `seeds` gives nothing: quicker to tell than what it gives."""
        return self._prefilter.quiet(buffer)

    def seeds(self, buffer: Buffer) -> Seeds:
        """What the prefilter sees in a whole input of source size: nothing in most."""
        return self._prefilter.seeds(buffer, source=True)

    def search(
        self,
        buffer: Buffer,
        *,
        final: bool = True,
        bulk: bool = False,
        source: bool = False,
        seeds: Seeds | None = None,
        passed: Callable[[int], None] | None = None,
    ) -> Found:
        """All keys in `buffer`, which is a window of a longer input unless `final`.

        bulk, source, passed: see `Prefilter.seeds`; seeds: what that gave for this buffer, if it is known.
        """
        if seeds is None:
            seeds = self._prefilter.seeds(buffer, bulk=bulk, source=source, passed=passed)
        size = len(buffer)
        settled = size if final else max(0, size - OVERLAP)
        if not seeds:
            return Found([], [], settled, False)
        hunt = Hunt(size)
        exhausted = False
        open_anchors = self._match_anchors(buffer, seeds, hunt, _same, ())
        try:
            if not final:
                from antkey_scanner.decode.regions import unsettled

                tokens = self._tokens(seeds, open_anchors)
                settled = min(settled, unsettled(buffer, tokens, LONGEST_REGION))
            self._decode(buffer, seeds, open_anchors, settled, hunt, _same, ())
        except Exhausted:
            exhausted = True
        else:
            self._keep_in_mind(hunt)
        matches = [match for match in hunt.matches if final or match.start < settled]
        return Found(one_per_place(matches), longest_per_place(hunt.embedded), settled, exhausted)

    def _keep_in_mind(self, hunt: Hunt) -> None:
        for (_, name), cost in hunt.costs.items():
            if self._dull is not None:
                self._dull.add(name, cost)

    def _match_anchors(
        self,
        buffer: Buffer,
        seeds: Seeds,
        hunt: Hunt,
        place: Callable[[int], int],
        outer: tuple[str, ...],
    ) -> list[int]:
        """Match in plain sight; the anchors that no rule of high confidence explains come back."""
        unexplained: list[int] = []
        end = -1
        for at in sorted(seeds.anchors):
            if at < end:
                continue
            match = self._match_at(buffer, at)
            if match is not None:
                shift = place(at)
                end = match.end if match.rank == 0 else end
                hunt.matches.append(match._replace(start=shift, encodings=outer))
            if (match is None or match.rank > 0) and (self._digests or self._is_cut(buffer, at)):
                unexplained.append(at)
        return unexplained

    def _match_at(self, buffer: Buffer, at: int) -> Match | None:
        for rule in self._rules:
            pattern = self._compiled.get(rule.pattern)
            if pattern is None:
                pattern = self._compiled[rule.pattern] = re.compile(rule.pattern, re.VERBOSE)
            found = pattern.match(buffer, at)
            if found is not None and self._genuine(rule, found):
                from antkey_scanner.secret import secret_ref

                rank = _CONFIDENCE[rule.rule.confidence]
                return Match(at, found.end(), rule, rank, (), secret_ref(rule, found))
        return None

    def _is_cut(self, buffer: Buffer, at: int) -> bool:
        """Whether an anchor that nothing explains may be the start of a key in pieces: not the name of
        a variable, nor a few letters that stand in many words."""
        return any(anchor == bytes(buffer[at : at + len(anchor)]) for anchor in self._telling)

    def _genuine(self, rule: PatternRule, found: re.Match[bytes]) -> bool:
        from antkey_scanner.plausible import is_placeholder
        from antkey_scanner.secret import random_part

        shown = random_part(found)
        if "visible" in rule.filters and len(shown) <= self._visible:
            return False
        if "uneven" in rule.filters:
            from antkey_scanner.variety import is_uneven

            if is_uneven(shown):
                return False
        return not ("placeholder" in rule.filters and is_placeholder(shown))

    @staticmethod
    def _tokens(seeds: Seeds, anchors: list[int]) -> list[tuple[int, int]]:
        return sorted([*seeds.tokens, *((at, at + 1) for at in anchors)])

    def _decode(
        self,
        buffer: Buffer,
        seeds: Seeds,
        anchors: list[int],
        stop: int,
        hunt: Hunt,
        place: Callable[[int], int],
        outer: tuple[str, ...],
    ) -> None:
        """Undo one layer of every region that starts before `stop` and search what comes out."""
        batch: list[Piece] = []
        size = 0
        tokens = self._tokens(seeds, anchors)
        dull = None if outer else self._dull
        for piece in self._pieces(buffer, tokens, stop, hunt, dull, wide=seeds.wide):
            hunt.spend(len(piece.data), piece)
            batch.append(piece)
            size += len(piece.data)
            if size >= _BATCH:
                self._search_pieces(batch, hunt, place, outer)
                batch, size = [], 0
        if batch:
            self._search_pieces(batch, hunt, place, outer)

    def _pieces(
        self,
        buffer: Buffer,
        tokens: list[tuple[int, int]],
        stop: int,
        hunt: Hunt,
        dull: Dull | None,
        *,
        wide: bool,
    ) -> Iterator[Piece]:
        """What comes out of one layer, but for regions that nothing came of before."""
        for start, region in self._regions(buffer, tokens, stop) if tokens else ():
            name = b"" if dull is None else dull.name(region)
            if dull is not None and name:
                cost = dull.cost(name)
                if cost is not None:
                    hunt.spend(cost)
                    continue
                hunt.costs[start, name] = 0
            for decoded in _decodings(region):
                yield Piece(start, decoded.encoding, decoded.data, decoded.origin, name)
        for start, _, decoded in _narrow(buffer) if wide else ():
            yield Piece(start, decoded.encoding, decoded.data, decoded.origin)

    def _regions(
        self, buffer: Buffer, tokens: list[tuple[int, int]], stop: int
    ) -> Iterator[tuple[int, bytes]]:
        from antkey_scanner.decode.regions import regions
        from antkey_scanner.digests import is_digest

        view = memoryview(buffer)
        for start, end in regions(buffer, tokens):
            if start >= stop:
                break
            region = bytes(view[start:end])
            if not (self._digests and is_digest(region)):
                yield start, region

    def _search_pieces(
        self,
        pieces: list[Piece],
        hunt: Hunt,
        place: Callable[[int], int],
        outer: tuple[str, ...],
    ) -> None:
        for piece in pieces:
            if detect(piece.data) is not None:
                chain = (*outer, piece.encoding)
                hunt.embedded.append(Embedded(place(piece.place(0)), chain, piece.data))
                hunt.costs.pop(piece.region, None)
        for piece in self._promising(pieces):
            before = hunt.state()
            self._search_piece(piece, hunt, place, outer)
            hunt.settle(piece, before)

    def _search_piece(
        self, piece: Piece, hunt: Hunt, place: Callable[[int], int], outer: tuple[str, ...]
    ) -> None:
        def deeper(offset: int) -> int:
            return place(piece.place(offset))

        chain = (*outer, piece.encoding)
        seeds = self._prefilter.seeds(piece.data, source=True)
        anchors = self._match_anchors(piece.data, seeds, hunt, deeper, chain)
        if len(chain) < DEPTH:
            self._decode(piece.data, seeds, anchors, len(piece.data), hunt, deeper, chain)

    def _promising(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces in which the prefilter sees anything: one search over all of them together."""
        joined = _JOIN.join(piece.data for piece in pieces)
        seeds = self._prefilter.seeds(joined, source=True)
        places = [*seeds.anchors, *(start for start, _ in seeds.tokens)]
        if seeds.wide:
            places += [start for start, _, _ in _narrow(joined)]
        if not places:
            return []
        starts = [0, *accumulate(len(piece.data) + len(_JOIN) for piece in pieces)]
        return [
            pieces[number] for number in sorted({bisect_right(starts, at) - 1 for at in places})
        ]


def _telling(rules: Sequence[PatternRule]) -> tuple[bytes, ...]:
    """The anchors that are long enough to tell a key by, and part of it."""
    return tuple(
        {
            anchor
            for rule in rules
            if b"(?P<secret>" not in rule.pattern
            for anchor in rule.anchors
            if len(anchor) >= _TELLING
        }
    )


def _decodings(region: bytes) -> Iterator[Decoded]:
    from antkey_scanner.decode import decodings

    return decodings(region)


def _narrow(buffer: Buffer) -> Iterator[tuple[int, int, Decoded]]:
    from antkey_scanner.decode.wide import narrow

    return narrow(buffer)


def _same(offset: int) -> int:
    return offset
