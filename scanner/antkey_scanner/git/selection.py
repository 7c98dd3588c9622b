"""Says which of many objects are to be read: each once, and none that is known already."""

from __future__ import annotations

from collections.abc import Sequence

from antkey_scanner.git.names import Names, Selection


def select(places: Sequence[Names], known: bytes, *, bulk: bool) -> Selection:
    """known: sorted ids, one after the other; bulk: numpy may be used, if there is one."""
    if not known and len(places) <= 1:
        return Selection([None] * len(places), frozenset(), sum(place.count for place in places))
    if bulk:
        try:
            from antkey_scanner.git.bulkselection import select_bulk
        except ImportError:
            pass
        else:
            return select_bulk(places, known)
    return _select(places, known)


def _select(places: Sequence[Names], known: bytes) -> Selection:
    size = places[0].size if places else 1
    old = {known[at : at + size] for at in range(0, len(known), size)}
    seen: set[bytes] = set()
    twice = set()
    wanted: list[bytearray | None] = []
    total = 0
    for place in places:
        here: set[bytes] = set()
        flags = bytearray(b"\1" * place.count)
        for number, oid in enumerate(place):
            if oid in old:
                flags[number] = 0
            elif oid in seen:
                flags[number] = 0
                twice.add(oid)
            else:
                here.add(oid)
        seen |= here
        wanted.append(flags)
        total += flags.count(1)
    return Selection(wanted, frozenset(twice), total)
