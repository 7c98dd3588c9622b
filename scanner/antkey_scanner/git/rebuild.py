"""Rebuilds the objects of one part of a pack: each is inflated once and each delta applied once.

Goes down the delta trees with an explicit stack, what has the most below it last, so that few bases
are alive at one time. What fails is read again the careful way, which knows the reason.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from antkey_scanner.git import deltas
from antkey_scanner.git.inflating import ONE_GO, fastest
from antkey_scanner.git.objects import LIMIT, NAMES, CorruptObject, Object, ObjectError, Problem
from antkey_scanner.git.pack import BaseCache, Pack
from antkey_scanner.git.packindex import release
from antkey_scanner.git.store import ObjectStream
from antkey_scanner.git.table import ODD, Part

BIG = 2 << 20
"""Objects beyond this many bytes are counted while they are alive."""

ALIVE = 128 << 20
"""So many bytes of big objects may be alive as bases; beyond, some are rebuilt when needed."""

NAMED = 100
"""So many problems of a part are named, the others are counted."""

MOST = 64 << 30
"""So many bytes a part may give at most; packs that unpack to more are made to hurt."""

MAPPED = 64 << 20
"""So much of the pack may be in memory, as a guess: the pages around an object come with it."""

_AROUND = 17
"""Two to this power is how many bytes around an object are mapped with it."""

Item = Object | ObjectStream | Problem

_Stack = list[tuple[int, bytes | None, bytes]]
"""Numbers to rebuild, each with its base's content and id."""


def _plain(base: bytes, delta: bytes) -> list[bytes]:
    return [deltas.apply_delta(base, delta)]


class Rebuilder:
    """Rebuilds parts of one pack.

    kinds: bit set of those that are asked for (`1 << BLOB`); elsewhere: where to look for another copy
    of an object that cannot be read.
    """

    def __init__(self, pack: Pack, kinds: int, elsewhere: Callable[[bytes], Object | None]) -> None:
        self._pack = pack
        self._kinds = kinds
        self._elsewhere = elsewhere
        self._one_go, self._inflate = fastest()
        self._apply = deltas.compiled() or _plain
        self._cache = BaseCache()
        self._problems = 0

    def run(self, part: Part) -> Iterator[Item]:
        """Every wanted object of the part, once. Never raises for what is in the pack."""
        self._problems = 0
        yield from self._objects(part)
        if self._problems > NAMED:
            reason = f"{self._problems - NAMED} more objects cannot be read"
            yield Problem(self._pack.path, reason)
        release(self._pack.data)

    def _objects(self, part: Part) -> Iterator[Item]:  # noqa: PLR0912, PLR0915 - calls cost more
        heads, names, _, starts, stops, sizes, kinds, first, kids, wanted, deltas_ = part
        data, width = self._pack.data, self._pack.index.hash_size
        one_go, inflate, apply = self._one_go, self._inflate, self._apply
        make, bits = tuple.__new__, zlib.MAX_WBITS
        left = MOST
        mapped, around = 0, -1
        stack: _Stack = []
        push, pop = stack.append, stack.pop
        for head in heads:
            kind = kinds[head]
            push((head, None, b""))
            while stack:
                number, base, made_of = pop()
                start, stop, size = starts[number], stops[number], sizes[number]
                if start >> _AROUND != around:  # else its pages came with those of the last one
                    around = start >> _AROUND
                    mapped += (1 << _AROUND) + stop - start
                    if mapped > MAPPED:
                        release(self._pack.data)
                        mapped = 0
                delta = b""
                oid = names[number * width : number * width + width]
                try:
                    if stop - start <= ONE_GO:
                        # With room for one byte more the end of the stream is seen at once.
                        content = one_go(data[start:stop], bits, size + 1)
                        if len(content) != size:
                            raise CorruptObject
                    elif ODD < size <= LIMIT:
                        content = inflate(data[start:stop], size)
                    else:
                        raise CorruptObject
                    if base is not None:
                        delta = content
                        at = 0
                        while delta[at] > 0x7F:
                            at += 1
                        # Sizes of four digits, to the base 128, are 2 MiB and more.
                        if delta[at + 1] > 0x7F < delta[at + 2] and delta[at + 3] > 0x7F:
                            content = deltas.apply_delta(base, delta)
                        else:
                            content = apply(base, delta)[0]
                    elif deltas_[number]:
                        raise CorruptObject
                except Exception:  # noqa: BLE001 - the careful way says what it is
                    item, careful = self._careful(part, number)
                    if item is not None and self._is_told(item):
                        yield item
                    below = kids[first[number] : first[number + 1]]
                    stack += [(kid, careful, oid) for kid in below]
                    if careful is None:
                        continue
                    content = careful
                else:
                    if wanted is None or wanted[number]:
                        yield make(Object, (oid, kind, content, made_of, delta))
                    below = kids[first[number] : first[number + 1]]
                    if below:
                        for kid in below:
                            push((kid, content, oid))
                size = len(content)
                left -= size
                if left < 0:
                    yield Problem(self._pack.path, f"unpacks to more than {MOST} bytes")
                    return
                if size > BIG:
                    _shed(stack)

    def _is_told(self, item: Item) -> bool:
        """Whether an item is given; of many problems only the first ones are."""
        self._problems += isinstance(item, Problem)
        return not isinstance(item, Problem) or self._problems <= NAMED

    def _careful(self, part: Part, number: int) -> tuple[Item | None, bytes | None]:
        """What to yield for an object, and its content as a base."""
        width = self._pack.index.hash_size
        oid = part.names[number * width : number * width + width]
        wanted = part.wanted is None or part.wanted[number]
        place = part.places[number]
        pack = self._pack
        try:
            entry = pack.entry(place)
            if entry.size > LIMIT and entry.kind in NAMES:
                kind = entry.kind
                stream = ObjectStream(oid, kind, entry.size, pack.stream(entry))
                return (stream if wanted and self._kinds >> kind & 1 else None), None
            kind, content = pack.read(place, LIMIT, self._cache, 0)
            found = Object(oid, kind, content)
        except ObjectError as error:
            other = self._elsewhere(oid)
            if other is None:
                return Problem(pack.path, f"{oid.hex()} {error}", oid), None
            found = other
            kind, content = other.kind, other.data
        return (found if wanted and self._kinds >> kind & 1 else None), content


def _shed(stack: _Stack) -> None:
    """Let go of bases that are needed last, when too many bytes of them are alive."""
    room = ALIVE
    last: bytes | None = None
    for at in range(len(stack) - 1, -1, -1):
        number, base, made_of = stack[at]
        if base is None:
            continue
        if base is not last:
            last = base
            room -= len(base)
        if room < 0:
            stack[at] = (number, None, made_of)
