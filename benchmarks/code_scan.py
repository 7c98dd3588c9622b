"""What the rules about source code cost: a scan of a tree with them and without, parsing and judging on one
core, and a commit with a file that they parse.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import code_corpus
from benchmarks.corpora import Corpus, Unavailable, megabytes
from benchmarks.measure import Cost, run
from benchmarks.race import Stand
from benchmarks.table import NONE, row, seconds

RATIO, SPEED, ABOVE = 2.0, 4 * 10**6, 0.15
"""Bounds: processor time of a scan with the rules, of that without, and the same by the clock; bytes a second
of one core's time, to parse and to judge; seconds of a commit above `python -c pass`."""

_RUNS, _STARTS = 5, 15
_LIMIT = 300.0
_REAPS = 36
"""PR_SET_CHILD_SUBREAPER of Linux: what outlives its parent becomes a child of this process."""


class Told(NamedTuple):
    """What was measured. tree, size: bytes of all files and of those that speak of Anthropic; all_files,
    files: how many; on, off: runs of a scan with the rules and without, (wall, processor) seconds each;
    parse, judge: seconds of one core; commit, python: wall seconds of runs; found: violations."""

    tree: int
    all_files: int
    files: int
    size: int
    on: tuple[tuple[float, float], ...]
    off: tuple[tuple[float, float], ...]
    parse: float
    judge: float
    commit: tuple[float, ...]
    python: tuple[float, ...]
    found: int


def measured(cache: Path, tree: Corpus, stand: Stand, say: Callable[[str], None]) -> Told:
    """Measure all of it. Raises Unavailable where processor times of grandchildren are not to be had."""
    if sys.platform != "linux":
        raise Unavailable("the processor time of all processes is only known on Linux")
    services = code_corpus.anchored(cache, tree)
    say(f"code: {services.files:,} files of {megabytes(services.bytes)} beside {tree.files:,}")
    on, off = _scans([str(tree.path), str(services.path)], cache, stand)
    say("code: scanned")
    figures = _speeds(services.path, stand)
    commit, python = _commits(code_corpus.staged(cache).path, stand)
    say("code: judged and committed")
    return Told(
        tree.bytes + services.bytes,
        tree.files + services.files,
        int(figures["files"]),
        int(figures["bytes"]),
        on,
        off,
        figures["parse"],
        figures["judge"],
        commit,
        python,
        int(figures["found"]),
    )


def bounds(told: Told) -> list[str]:
    """Rows of the bounds' table."""
    ratios = {
        "processor time ÷ scan without": _cpu(told.on) / _cpu(told.off),
        "wall ÷ scan without": _wall(told.on) / _wall(told.off),
    }
    above = median(told.commit) - median(told.python)
    parse, judge = told.size / told.parse, told.size / told.judge
    nothing = "" if told.found else "**not met**: found nothing"
    return [
        *(
            row(
                "code rules, 2 % of files",
                what,
                f"{RATIO:.2f}",
                NONE,
                f"{ratio:.2f}",
                nothing or _verdict(ratio <= RATIO),
            )
            for what, ratio in ratios.items()
        ),
        _speed("parsing", parse),
        _speed("judging", judge),
        row(
            "commit with a file to parse",
            "time above python -c pass",
            seconds(ABOVE),
            NONE,
            seconds(above),
            _verdict(above <= ABOVE),
        ),
    ]


def table(told: Told) -> list[str]:
    """All figures."""
    return [
        f"{told.all_files:,} files, {megabytes(told.tree)}; {told.files:,} of them, {megabytes(told.size)},"
        f" speak of Anthropic, and {told.found} places in them break a rule. Judging has parsing in it."
        f" Medians, but the least processor time of {len(told.on)} runs; that of all processes, also of those"
        " that judge.",
        "",
        "| what | wall | processor |",
        "|---|--:|--:|",
        row("scan without the rules", seconds(_wall(told.off)), seconds(_cpu(told.off))),
        row("scan with the rules", seconds(_wall(told.on)), seconds(_cpu(told.on))),
        row("parsing, one core", NONE, seconds(told.parse)),
        row("judging, one core", NONE, seconds(told.judge)),
        row("commit of ten files, one to parse", seconds(median(told.commit)), NONE),
        row("python -c pass", seconds(median(told.python)), NONE),
    ]


def _speed(what: str, value: float) -> str:
    at_least, found = (f"{megabytes(int(each))}/s" for each in (SPEED, value))
    what = f"{what} of source code"
    return row(what, "speed per core, at least", at_least, NONE, found, _verdict(value >= SPEED))


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "**not met**"


def _wall(runs: Sequence[tuple[float, float]]) -> float:
    return median(wall for wall, _ in runs)


def _cpu(runs: Sequence[tuple[float, float]]) -> float:
    return min(cpu for _, cpu in runs)


_Runs = tuple[tuple[float, float], ...]


def _scans(paths: Sequence[str], cache: Path, stand: Stand) -> tuple[_Runs, _Runs]:
    ctypes.CDLL(None).prctl(_REAPS, 1, 0, 0, 0)
    policies = {}
    for name, text in (("on", ""), ("off", "[scan]\ncode = false\n")):
        policies[name] = cache / f"code-{name}.toml"
        policies[name].write_text(text)
    runs: dict[str, list[tuple[float, float]]] = {"on": [], "off": []}
    for number in range(_RUNS + 1):
        for name, policy in policies.items():
            argv = [
                stand.tools["antkey"].path,
                "scan",
                "-f",
                "json",
                "--policy",
                str(policy),
                *paths,
            ]
            cost = _counted(argv, stand)
            if number:
                runs[name].append((cost.wall, cost.cpu))
    return tuple(runs["on"]), tuple(runs["off"])


def _counted(argv: Sequence[str], stand: Stand) -> Cost:
    """A run, with the processor time of what it left behind."""
    cost = run(argv, stand.folder, stand.environment, _LIMIT)
    more = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        more += usage.ru_utime + usage.ru_stime
    if cost.code not in (0, 1, 3):
        raise Unavailable(f"antkey scan ended with {cost.code}")
    return cost._replace(cpu=cost.cpu + more)


def _speeds(folder: Path, stand: Stand) -> dict[str, float]:
    script = Path(__file__).with_name("code_speed.py")
    argv = [stand.tools["python"].path, str(script), str(folder)]
    cost = run(argv, stand.folder, stand.environment, _LIMIT)
    if cost.code:
        raise Unavailable(f"code_speed.py ended with {cost.code}")
    figures: dict[str, float] = json.loads(cost.output)
    return figures


def _commits(repository: Path, stand: Stand) -> tuple[tuple[float, ...], tuple[float, ...]]:
    hook = [stand.tools["antkey"].path, "hook", "pre-commit", *code_corpus.STAGED]
    plain = [stand.tools["python"].path, "-c", "pass"]
    walls: tuple[list[float], list[float]] = ([], [])
    for number in range(_STARTS + 1):
        for argv, into in ((hook, walls[0]), (plain, walls[1])):
            cost = run(argv, repository, stand.environment, _LIMIT)
            if cost.code:
                raise Unavailable(f"{argv[1]} ended with {cost.code}")
            if number:
                into.append(cost.wall)
    return tuple(walls[0]), tuple(walls[1])
