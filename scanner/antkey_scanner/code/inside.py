"""Finds the places of one sort that stand inside another place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from antkey_scanner.code.module import Span
from antkey_scanner.code.rule import Source


def in_span(source: Source, name: str, inside: Span) -> Iterator[Any]:
    """Those of a file's places that are inside of one, which is in one of its sections. name: of the sort."""
    section = source.module.section_of(inside.start)
    values = source.module.part(name, section)
    starts = source.owner.once(
        f"starts of {name} {section}", lambda: [one.span.start for one in values]
    )
    for at in range(bisect_left(starts, inside.start), len(values)):
        if starts[at] >= inside.end:
            return
        if values[at].span.end <= inside.end:
            yield values[at]
