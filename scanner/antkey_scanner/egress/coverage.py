"""What was seen for each tenant, surface and scenario, and what was not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Literal

from antkey_scanner.egress.judge import Judge, Seen
from antkey_scanner.egress.rule import NO_KEY_SCENARIO
from antkey_scanner.model import Cell

_MOST_NOT_SEEN = 10_000

_Outcome = Literal["proven", "platform", "failed", "undecided"]


def coverage_of(
    judges: Sequence[Judge],
    tenants: Sequence[str] = (),
    surfaces: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    failed: Collection[str] = (),
) -> tuple[Cell, ...]:
    """The cells of the coverage matrix, by tenant, surface and scenario.

    tenants, surfaces, scenarios: those that had to be seen, in the order in which they are shown; without
    scenarios those that were seen count. failed: the scenarios whose command failed, so that silence in
    them proves nothing.
    """
    seen = _merged(judges)
    order = (
        _ordered(tenants, (cell.tenant for cell in seen)),
        _ordered(surfaces, (cell.surface for cell in seen)),
        _ordered(scenarios, (cell.scenario for cell in seen)),
    )
    cells = [_cell(place, counts) for place, counts in seen.items()]
    is_never = bool(judges) and all(judge.policy.fallback == "never" for judge in judges)
    wanted = (place for place in _wanted(*order) if place not in seen)
    for place in islice(wanted, _MOST_NOT_SEEN):
        is_held = is_never and place.scenario == NO_KEY_SCENARIO and place.scenario not in failed
        cells.append(Cell(*place, "proven" if is_held else "not-seen", 0))
    ranks = [{name: rank for rank, name in enumerate(names)} for names in order]
    cells.sort(key=lambda cell: tuple(ranks[n].get(part, -1) for n, part in enumerate(cell[:3])))
    return tuple(cells)


def _merged(judges: Iterable[Judge]) -> dict[Seen, Counter[str]]:
    seen: dict[Seen, Counter[str]] = {}
    for judge in judges:
        for place, counts in judge.seen.items():
            seen.setdefault(place, Counter()).update(counts)
    return seen


def _cell(place: Seen, counts: Counter[str]) -> Cell:
    outcome: _Outcome = "proven"
    if counts["failed"]:
        outcome = "failed"
    elif counts["undecided"]:
        outcome = "undecided"
    elif counts["platform"]:
        outcome = "platform"
    return Cell(*place, outcome, counts.total())


def _ordered(given: Sequence[str], seen: Iterable[str | None]) -> list[str | None]:
    """Those that are given in their order, then the others by name, and what has none."""
    others = set(seen) - set(given)
    named = sorted(name for name in others if name is not None)
    return [*dict.fromkeys(given), *named, *([None] if None in others else [])]


def _wanted(
    tenants: Sequence[str | None],
    surfaces: Sequence[str | None],
    scenarios: Sequence[str | None],
) -> Iterator[Seen]:
    """What there could be. Nothing is expected of requests that name no tenant, or no surface where
    others name one."""
    named = [name for name in tenants if name not in (None, "…")]
    return (Seen(*place) for place in product(named, _known(surfaces), _known(scenarios)))


def _known(names: Sequence[str | None]) -> list[str | None]:
    known: list[str | None] = [name for name in names if name not in (None, "…")]
    return known or [None]
