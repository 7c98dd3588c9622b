"""Lays out the timeline of keys: for each a bar from its creation to the day it is due.

Places across are percentages of the drawing's width, so that it fits a telephone, and text keeps its
size. Keys are drawn in blocks with an axis each: the axis stays in sight, and paper can break between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from antkey_reports.overlap import Overlap
from antkey_reports.rotation import Rotation, Row, State
from antkey_reports.wording import plural

_MOST_BARS = 60
_BARS_IN_BLOCK = 15
_DAY = timedelta(days=1)
_EARLIEST = 400 * _DAY
_LATEST = 400 * _DAY
"""How far from now the axis reaches at most: one old key must not squeeze the others."""
_MARGIN = 7 * _DAY
_MOST_TICKS = 12
_STEPS = (1, 2, 3, 6)
_MOST_CHARACTERS = 80
_LABEL = 7.0
_NARROW_LABEL = 20.0
"""The width of a month's label on a desk and on a telephone, in percent."""
_NARROW_EVERY = 3


class Frame(NamedTuple):
    """Stands around the time in which a key and the one that replaced it both worked."""

    x: str
    width: str


class Bar(NamedTuple):
    """One key's. x, used, left, late: where it starts, and how wide are the time it was in order, the
    time that is left, and the time since it was due; before, after: it goes on beyond the axis."""

    label: str
    left_text: str
    state: State
    x: str
    used: str
    left_x: str
    left: str
    late_x: str
    late: str
    before: bool
    frames: tuple[Frame, ...]


class Tick(NamedTuple):
    """The first of a month. label: empty where it would not fit; narrow: it fits a telephone, too."""

    x: str
    label: str
    narrow: bool


class Block(NamedTuple):
    """One drawing. described: what it shows, for those who do not see it."""

    id: str
    title: str
    described: str
    bars: tuple[Bar, ...]


class Timeline(NamedTuple):
    """now_at_end: the label of the line for now stands left of it."""

    blocks: tuple[Block, ...]
    ticks: tuple[Tick, ...]
    now_x: str
    now_at_end: bool
    now_label: str
    shown: int


class _Axis:
    """From dates to percentages."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.end = end

    def at(self, time: datetime) -> float:
        share = (time - self.start) / (self.end - self.start)
        return 100 * min(max(share, 0.0), 1.0)


def timeline(shown: Rotation) -> Timeline | None:
    """The drawing of the keys that have both dates, the most urgent first; None when there are none."""
    rows = list(islice(_together([row for row in shown.rows if _is_drawn(row)]), _MOST_BARS))
    if not rows:
        return None
    axis = _axis(rows, shown.now)
    bars = [_bar(row, axis, shown.now) for row in rows]
    now = axis.at(shown.now)
    return Timeline(
        blocks=tuple(_blocks(rows, bars)),
        ticks=tuple(_ticks(axis, now)),
        now_x=_percent(now),
        now_at_end=now > 50,
        now_label=f"now, {shown.now.date().isoformat()}",
        shown=len(rows),
    )


def _is_drawn(row: Row) -> bool:
    created, end = row.standing.created, _end(row)
    return created is not None and end is not None and created <= end


def _end(row: Row) -> datetime | None:
    """Where a key's bar ends but for the time that it is overdue."""
    return row.standing.due or row.ended


def _together(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows in their order, but for those of keys that worked beside each other, which stand together:
    the newer first, where the first of them stood."""
    places = {row.key.name: at for at, row in reversed(list(enumerate(rows)))}
    told: set[int] = set()
    for at, row in enumerate(rows):
        by, of = row.beside
        newer = places.get(by.newer.name, at) if by else at
        older = places.get(of.older.name, at) if of else at
        for place in (newer, at, older):
            if place not in told:
                told.add(place)
                yield rows[place]


def _axis(rows: Sequence[Row], now: datetime) -> _Axis:
    first = min(row.standing.created or now for row in rows)
    last = max(_end(row) or now for row in rows)
    start = max(first, _moved(now, -_EARLIEST))
    end = min(last, _moved(now, _LATEST))
    return _Axis(_moved(min(start, now), -_MARGIN), _moved(max(end, now), _MARGIN))


def _moved(time: datetime, by: timedelta) -> datetime:
    try:
        return time + by
    except OverflowError:
        return time


def _bar(row: Row, axis: _Axis, now: datetime) -> Bar:
    created = row.standing.created or now
    x, here, end = axis.at(created), axis.at(now), axis.at(_end(row) or now)
    used_to = min(max(here, x), end)
    return Bar(
        label=_short(row.name),
        left_text=row.left or (f"revoked {row.ended.date().isoformat()}" if row.ended else ""),
        state=row.standing.state,
        x=_percent(x),
        used=_percent(used_to - x),
        left_x=_percent(used_to),
        left=_percent(end - used_to),
        late_x=_percent(end),
        late=_percent(0 if row.ended else max(here - end, 0)),
        before=created < axis.start,
        frames=tuple(_frame(one, axis) for one in row.beside if one is not None),
    )


def _frame(overlap: Overlap, axis: _Axis) -> Frame:
    x, end = axis.at(overlap.start), axis.at(overlap.end)
    return Frame(_percent(x), _percent(end - x))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _blocks(rows: Sequence[Row], bars: Sequence[Bar]) -> Iterator[Block]:
    for at in range(0, len(bars), _BARS_IN_BLOCK):
        part = rows[at : at + _BARS_IN_BLOCK]
        numbers = f"{at + 1} to {at + len(part)}" if len(part) > 1 else f"{at + 1}"
        yield Block(
            id=f"timeline-{at // _BARS_IN_BLOCK + 1}",
            title=f"Timeline of rotation, {'keys' if len(part) > 1 else 'key'} {numbers} of {len(bars)}",
            described=_described(part),
            bars=tuple(bars[at : at + _BARS_IN_BLOCK]),
        )


def _described(rows: Sequence[Row]) -> str:
    states = [row.standing.state for row in rows]
    counts = [f"{states.count(state)} {state.value}" for state in State if state in states]
    beside = [
        f"{_short(row.name)} was {told}. "
        for row in rows
        for told in row.beside.told[:1]
        if row.beside.by
    ]
    return f"{plural(len(rows), 'key')}: {', '.join(counts)}. {''.join(beside)}The table has all dates."


def _ticks(axis: _Axis, now: float) -> Iterator[Tick]:
    months = list(_months(axis.start, axis.end))
    step = next((step for step in _STEPS if len(months) / step <= _MOST_TICKS), _STEPS[-1])
    kept = [month for month in months if (month.month - 1) % step == 0]
    for number, month in enumerate(kept):
        x = axis.at(month)
        label = month.strftime("%b %Y") if _has_room(x, _LABEL, now) else ""
        narrow = number % _NARROW_EVERY == 0 and _has_room(x, _NARROW_LABEL, now)
        yield Tick(_percent(x), label, narrow)


def _has_room(x: float, width: float, now: float) -> bool:
    """Whether a label ends before the drawing does, and the line for now does not cross it."""
    return x + width <= 100 and not x <= now <= x + width


def _months(start: datetime, end: datetime) -> Iterator[datetime]:
    """The first of each month between two times."""
    year, month = start.year, start.month
    while (year, month) < (end.year, end.month):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        yield datetime(year, month, 1, tzinfo=UTC)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
