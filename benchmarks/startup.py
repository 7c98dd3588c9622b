"""Says which imports a start of antkey pays for, from Python's own -X importtime."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import run
from benchmarks.race import Stand
from benchmarks.table import row

_LINE = re.compile(rb"^import time: +(\d+) \| +(\d+) \|( +)(\S+)$", re.MULTILINE)
_RUNS = 5
_SHOWN = 12
_LIMIT = 60.0


class Import(NamedTuple):
    """An imported module. own, cumulated: microseconds, without and with what it imports itself."""

    name: str
    own: int
    cumulated: int


class Startup(NamedTuple):
    """The imports of `python -c pass`, and those that antkey has on top of them. what: antkey's work."""

    what: str
    python: tuple[Import, ...]
    antkey: tuple[Import, ...]


def startup(what: str, arguments: Sequence[str], folder: Path, stand: Stand) -> Startup:
    """The quickest of some runs each of antkey with these arguments, in this working folder."""
    stand = stand._replace(folder=folder)
    python = [stand.tools["python"].path, "-X", "importtime"]
    plain = _quickest([*python, "-c", "pass"], stand)
    own = _quickest([*python, stand.tools["antkey"].path, *arguments], stand)
    known = {each.name for each in plain}
    return Startup(what, plain, tuple(each for each in own if each.name not in known))


def imports(listing: bytes) -> tuple[Import, ...]:
    """What -X importtime printed, in its order."""
    return tuple(
        Import(name.decode(), int(own), int(cumulated))
        for own, cumulated, _, name in _LINE.findall(listing)
    )


def startup_table(measured: Startup) -> list[str]:
    """Totals, then the modules that cost most with all that they bring."""
    largest = sorted(measured.antkey, key=lambda each: -each.cumulated)[:_SHOWN]
    return [
        f"Python itself imports {_total(measured.python)}; {measured.what} imports "
        f"{_total(measured.antkey)} on top of that (with `-X importtime`, which slows it down).",
        "",
        "| module | with what it imports | alone |",
        "|---|--:|--:|",
        *(row(f"`{each.name}`", _time(each.cumulated), _time(each.own)) for each in largest),
    ]


def _quickest(argv: Sequence[str], stand: Stand) -> tuple[Import, ...]:
    listings = [
        imports(run(argv, stand.folder, stand.environment, _LIMIT).errors) for _ in range(_RUNS)
    ]
    return min(listings, key=lambda listing: sum(each.own for each in listing))


def _total(listing: Sequence[Import]) -> str:
    return f"{len(listing)} modules in {_time(sum(each.own for each in listing))}"


def _time(microseconds: int) -> str:
    return f"{microseconds / 1000:.1f} ms"
