"""Turns measurements into Markdown: the bounds with their verdicts, then every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.corpora import megabytes
from benchmarks.race import NO_EFFECT, Measured
from benchmarks.rows import ANTKEY, Bound, Work

NONE = "-"
ALL = 0.999
"""This share of the bytes counts as all: empty and vanishing files."""
BOUNDS_HEAD = (
    "| work | measure | at most | aim | measured | verdict |",
    "|---|---|--:|--:|--:|---|",
)
_RUNS_HEAD = (
    "| | wall, median | range | antkey ÷ this | processor | memory | keys | bytes | runs |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
)


def bound_line(work: Work, bound: Bound, measured: Mapping[str, Measured]) -> str:
    """The row of one bound."""
    value, verdict = judge(bound, measured)
    what = {
        "ratio": f"time ÷ {bound.against}",
        "above": f"time above {bound.against}",
        "memory": "memory",
    }[bound.measure]
    what = what if bound.own == ANTKEY else f"{bound.own}: {what}"
    figures = (
        figure(bound, bound.at_most),
        figure(bound, bound.aim),
        figure(bound, value),
    )
    return row(work.title, what, *figures, verdict)


def judge(bound: Bound, measured: Mapping[str, Measured]) -> tuple[float | None, str]:
    """The measured value and what it means. A time counts only when antkey did all of the work; where
    the other one did not, that is said."""
    own = measured.get(bound.own)
    other = measured.get(bound.against) if bound.against is not None else None
    value = _value(bound, own, other)
    fault = shortfall(own) if own is not None else None
    if fault == NO_EFFECT:
        return None, f"not measured: {bound.own}: {fault}"
    if fault is not None:
        return value, f"**not met**: {bound.own}: {fault}"
    if value is None:
        reasons = [other.remark] if other is not None and other.remark else []
        return None, ": ".join(["not measured", *reasons])
    if bound.at_most is None:
        verdict = "no bound"
    elif value > bound.at_most:
        verdict = "**not met**"
    elif bound.aim is None:
        verdict = "met"
    else:
        verdict = "met, aim too" if value <= bound.aim else "met, aim not"
    fault = shortfall(other) if other is not None else None
    return value, verdict if fault is None else f"{verdict} (the other: {fault})"


def _value(bound: Bound, own: Measured | None, other: Measured | None) -> float | None:
    if own is None:
        return None
    if bound.measure == "memory":
        return own.memory
    if other is None or not own.walls or not other.walls:
        return None
    if bound.measure == "above":
        return median(own.walls) - median(other.walls)
    return median(own.walls) / median(other.walls)


def shortfall(measured: Measured) -> str | None:
    """What a contender did not do, or None."""
    if measured.remark is not None:
        return measured.remark
    if measured.scanned is not None and measured.scanned < ALL:
        return f"{100 * measured.scanned:.1f} % of the bytes"
    if measured.found is not None and measured.found < measured.planted:
        return f"{measured.found} of {measured.planted} keys"
    return None


def runs_table(measured: Sequence[Measured]) -> list[str]:
    """A row for each contender, then the command lines."""
    own = next((median(each.walls) for each in measured if each.walls), None)
    lines = [*_RUNS_HEAD, *(_runs_line(each, own) for each in measured), ""]
    lines += [f"* {each.contender.name}: `{each.command}`" for each in measured]
    return lines


def _runs_line(measured: Measured, own: float | None) -> str:
    name = measured.contender.name
    if measured.remark is not None:
        name += f" ({measured.remark})"
    if not measured.walls:
        return row(name, *[NONE] * 8)
    middle = median(measured.walls)
    keys = NONE
    if measured.found is not None and measured.planted:
        keys = f"{measured.found} of {measured.planted}"
        keys = keys if measured.found >= measured.planted else f"**{keys}**"
    return row(
        name,
        seconds(middle),
        f"{seconds(min(measured.walls))} to {seconds(max(measured.walls))}",
        f"{own / middle:.2f}" if own is not None else NONE,
        seconds(median(measured.cpus)),
        megabytes(measured.memory) if measured.memory is not None else NONE,
        keys,
        _share(measured.scanned),
        str(len(measured.walls)),
    )


def _share(scanned: float | None) -> str:
    """How much of the corpus a program says it looked at; more than all when it unpacked members."""
    if scanned is None:
        return NONE
    return f"{100 * scanned:.0f} %" if scanned >= ALL else f"**{100 * scanned:.1f} %**"


def figure(bound: Bound, value: float | None) -> str:
    """A bound's value in its unit."""
    if value is None:
        return NONE
    if bound.measure == "ratio":
        return f"{value:.2f}"
    return f"{value * 1000:.0f} ms" if bound.measure == "above" else megabytes(int(value))


def seconds(value: float) -> str:
    """A time for readers."""
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.2f} s"


def row(*cells: str) -> str:
    """A table row; no cell can end itself."""
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"
