"""Open findings over time, as bars: one for each of the last runs. Not escaped."""

from __future__ import annotations

from typing import NamedTuple

from antkey_reports.moments import moment
from antkey_reports.verdict import SEVERITIES
from antkey_reports.wording import plural
from antkey_scanner.model import Result, Severity
from antkey_scanner.trend import Past

_MOST = 30
_WIDEST = 12
"""Fewer bars than these are as wide as these."""
HEIGHT = 120
"""The height of the highest bar, in CSS pixels."""


class Part(NamedTuple):
    """The findings of one severity in a bar. y: from the top of the drawing's bars, in pixels."""

    severity: Severity
    y: str
    height: str


class Bar(NamedTuple):
    """One run. x, width: in percent of the drawing; label: its day, empty where it would not fit."""

    run: Past
    day: str
    x: str
    width: str
    middle: str
    label: str
    parts: tuple[Part, ...]
    total: int
    top: str


class ShownTrend(NamedTuple):
    """highest: what the axis goes up to; earlier: how many runs are not drawn; to_fix: the mean time."""

    bars: tuple[Bar, ...]
    highest: int
    earlier: int
    to_fix: str | None
    described: str
    severities: tuple[Severity, ...]


def shown_trend(result: Result) -> ShownTrend | None:
    """The runs of a result's history; None when there are fewer than two."""
    if result.trend is None or len(result.trend.runs) < 2:
        return None
    runs = result.trend.runs[-_MOST:]
    highest = max(1, *map(_open, runs))
    bars = tuple(_bar(run, number, len(runs), highest) for number, run in enumerate(runs))
    first, last = _open(runs[0]), _open(runs[-1])
    return ShownTrend(
        bars=bars,
        highest=highest,
        earlier=len(result.trend.runs) - len(runs),
        to_fix=_days(result.trend.days_to_fix),
        described=(
            f"{plural(len(runs), 'run')} from {bars[0].day} to {bars[-1].day}: open findings went from"
            f" {first:,} to {last:,}, at most {highest:,}. The table has all numbers."
        ),
        severities=tuple(
            severity
            for number, severity in enumerate(SEVERITIES)
            if any(run.open[number] for run in runs)
        ),
    )


def _bar(run: Past, number: int, of: int, highest: int) -> Bar:
    step = 100 / max(of, _WIDEST)
    bottom = float(HEIGHT)
    parts = []
    for severity, count in reversed(list(zip(SEVERITIES, run.open, strict=True))):
        height = HEIGHT * count / highest
        if count > 0:
            bottom -= height
            parts.append(Part(severity, f"{bottom:.1f}", f"{height:.1f}"))
    every = max(of // 5, 1)
    day = _day(run.at)
    return Bar(
        run=run,
        day=day,
        x=f"{step * number + step * 0.14:.2f}%",
        width=f"{step * 0.72:.2f}%",
        middle=f"{step * (number + 0.5):.2f}%",
        label=day[5:] if (of - 1 - number) % every == 0 else "",
        parts=tuple(parts),
        total=_open(run),
        top=f"{bottom:.1f}",
    )


def _open(run: Past) -> int:
    return sum(count for count in run.open if count > 0)


def _day(at: str) -> str:
    time = moment(at)
    return time.date().isoformat() if time else at[:10]


def _days(mean: float | None) -> str | None:
    if mean is None:
        return None
    if mean < 1:
        return "less than a day"
    return f"{mean:.1f} days" if mean < 10 else plural(round(mean), "day")
