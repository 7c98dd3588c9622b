"""Finds the places of one sort that stand inside another place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TypeVar

from antkey_scanner.code.module import Assign, Call, Returned, Span
from antkey_scanner.code.rule import Source

_Placed = TypeVar("_Placed", Assign, Returned, Call)


def in_span(
    source: Source, name: str, values: tuple[_Placed, ...], inside: Span
) -> Iterator[_Placed]:
    """Those of a file's places that are inside of one. name: of the sort."""
    starts = source.owner.once(f"starts of {name}", lambda: [one.span.start for one in values])
    for at in range(bisect_left(starts, inside.start), len(values)):
        if starts[at] >= inside.end:
            return
        if values[at].span.end <= inside.end:
            yield values[at]
