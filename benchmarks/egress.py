"""What `antkey egress run` costs the command that it runs: time to its start, memory, time per request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.corpora import megabytes
from benchmarks.measure import run
from benchmarks.race import Stand
from benchmarks.table import NONE, row, seconds

READY, MEMORY, ADDED, RATE = 0.3, 60 * 10**6, 0.003, 1000
"""Bounds: seconds, bytes, seconds for each request on a kept connection, requests a second on one core."""

_CLIENT = Path(__file__).with_name("asking.py")
_STARTS = 9
_RUNS = 3
_LIMIT = 120.0


class Load(NamedTuple):
    """Requests that a client sends. connections: kept alive, and used in turn."""

    title: str
    way: str
    requests: int
    connections: int
    options: tuple[str, ...] = ()


LOADS = (
    Load("base URL, one connection", "base-url", 3000, 1),
    Load("proxy with TLS, one connection", "proxy", 3000, 1),
    Load("base URL, 50 connections", "base-url", 10000, 50),
    Load("proxy with TLS, 50 connections", "proxy", 10000, 50),
    Load("base URL, 50 connections, with evidence", "base-url", 10000, 50, ("--evidence", "lines")),
)


class Borne(NamedTuple):
    """What came of a load. wall, cpu: seconds for each request, cpu of antkey alone; lost: requests that
    were answered and are not in the result."""

    load: Load
    wall: float
    cpu: float
    memory: int
    lost: int


class Start(NamedTuple):
    """Seconds from antkey's start to the command's first line, above those without antkey; antkey's
    processor time until then; its memory in bytes."""

    wall: float
    cpu: float
    memory: int


def start(stand: Stand) -> Start:
    """How long a command waits for its start. Medians."""
    plain, wrapped = [], []
    for _ in range(_STARTS + 1):
        plain.append(_asked([], ["base-url", "0", "0"], stand))
        wrapped.append(_asked(_antkey(stand), ["base-url", "0", "0"], stand))
    del plain[0], wrapped[0]  # the first compiles what it imports
    return Start(
        median(each["waited"] for each in wrapped) - median(each["waited"] for each in plain),
        median(each["ready"] for each in wrapped),
        max(each["memory"] for each in wrapped),
    )


def borne(stand: Stand, say: Callable[[str], None]) -> Iterator[Borne]:
    """Every load: medians, the most memory, and all that was lost."""
    for load in LOADS:
        runs = [_load(load, stand) for _ in range(_RUNS)]
        yield Borne(
            load,
            median(each.wall for each in runs),
            median(each.cpu for each in runs),
            max(each.memory for each in runs),
            sum(each.lost for each in runs),
        )
        say(f"egress: {load.title}")


def bounds(started: Start, loads: list[Borne]) -> list[str]:
    """Rows of the bounds' table. The wall clock of one connection is what a request waits; what a core
    could do is reckoned from processor time, since client and server share the machine."""
    added = max(each.wall for each in loads if each.load.connections == 1)
    rate = min(1 / each.cpu for each in loads)
    memory = max(started.memory, *(each.memory for each in loads))
    lost = sum(each.lost for each in loads)
    ready, most = seconds(started.wall), f"{1000 * ADDED:.0f} ms"
    what = "antkey egress run"
    return [
        _bound(what, "time until the command starts", seconds(READY), ready, started.wall <= READY),
        _bound(what, "memory", megabytes(MEMORY), megabytes(memory), memory <= MEMORY),
        _bound(
            what, "time of a kept-alive request", most, f"{1000 * added:.2f} ms", added <= ADDED
        ),
        _bound(
            what, "requests/s on one core (at least)", f"{RATE:,}", f"{rate:,.0f}", rate >= RATE
        ),
        _bound(what, "requests lost", "0", f"{lost:,}", not lost),
    ]


def load_table(started: Start, loads: list[Borne]) -> list[str]:
    """All figures."""
    return [
        f"A command starts {seconds(started.wall)} later than without antkey, which has used "
        f"{seconds(started.cpu)} of processor time by then and {megabytes(started.memory)} of memory.",
        "",
        "| requests | each, wall | each, antkey's processor time | a core could do | memory | lost |",
        "|---|--:|--:|--:|--:|--:|",
        *(
            row(
                f"{each.load.requests:,} by {each.load.title}",
                f"{1000 * each.wall:.2f} ms",
                f"{1000 * each.cpu:.2f} ms",
                f"{1 / each.cpu:,.0f}/s",
                megabytes(each.memory),
                f"{each.lost:,}",
            )
            for each in loads
        ),
    ]


def _bound(what: str, measure: str, most: str, measured: str, is_met: bool) -> str:
    return row(what, measure, most, NONE, measured, "met" if is_met else "**not met**")


def _antkey(stand: Stand, *options: str) -> list[str]:
    return [stand.tools["antkey"].path, *("egress", "run", "-f", "json"), *options, "--"]


def _load(load: Load, stand: Stand) -> Borne:
    (stand.folder / "lines").unlink(missing_ok=True)
    words = [load.way, str(load.requests), str(load.connections)]
    said = _asked(_antkey(stand, *load.options), words, stand)
    seen = said["result"]["stats"]["requests"]
    return Borne(load, said["wall"], said["cpu"], said["memory"], abs(said["sent"] - seen))


def _asked(before: list[str], words: list[str], stand: Stand) -> dict[str, Any]:
    """What the client says, with antkey's result and how long it was waited for. Raises RuntimeError."""
    argv = [*before, stand.tools["python"].path, str(_CLIENT), *words]
    began = time.monotonic()
    cost = run(argv, stand.folder, stand.environment, _LIMIT)
    told = [line for line in cost.errors.splitlines() if line.startswith(b"{")]
    if not told:
        raise RuntimeError(cost.errors.decode(errors="replace"))
    said: dict[str, Any] = json.loads(told[-1])
    said["waited"] = said["began"] - began
    if before:
        said["result"] = json.loads(cost.output)
    return said
