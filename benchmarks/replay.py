"""How fast `antkey egress replay` judges recorded traffic, and in how much memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple

from benchmarks import exchanges, traffic
from benchmarks.corpora import megabytes
from benchmarks.measure import peak_memory, run
from benchmarks.race import Stand
from benchmarks.table import NONE, row, seconds

SPEED, MEMORY = 50 * 10**6, 100 * 10**6
"""Bounds: bytes a second of one core's time, the start of the program with it; bytes."""

SIZE = 100 * 10**6
"""Bytes of a recording."""

_RUNS = 5
_LIMIT = 300.0
_POLICY = """\
profile = "strict-byok"
[inventory]
files = ["keys.json"]
[egress]
tenant_from = ["field:tenant", "header:x-tenant"]
[egress.fields]
time = "ts"
key_sha256 = "key"
key_hint = "hint"
"""


class Recording(NamedTuple):
    """A kind of recording. written: its text up to a size in bytes, piece by piece; jobs: processes;
    is_bound: whether the bounds are for it."""

    title: str
    written: Callable[[int], Iterator[str]]
    jobs: int = 1
    size: int = SIZE
    is_bound: bool = True


class Judged(NamedTuple):
    """What came of a recording. size, requests: of it; wall, cpu: seconds, medians; memory: bytes; code:
    antkey's exit code."""

    recording: Recording
    size: int
    requests: int
    wall: float
    cpu: float
    memory: int
    code: int


RECORDINGS = (
    Recording("JSON lines, all alike", traffic.alike),
    Recording("JSON lines, varied", traffic.json_lines),
    Recording("JSON lines, varied, two processes", traffic.json_lines, jobs=2),
    Recording("evidence of its own, varied", traffic.evidence),
    Recording("access log, varied", traffic.access_log),
    Recording("spans (OTLP JSON), varied", traffic.spans),
    Recording("HAR, varied", exchanges.har),
    Recording("cassette (YAML), varied", exchanges.cassette, size=SIZE // 5, is_bound=False),
)


def judged(stand: Stand, say: Callable[[str], None]) -> Iterator[Judged]:
    """Every recording, made in the working folder and removed again."""
    files = {"keys.json": json.dumps(traffic.inventory()), "antkey.toml": _POLICY}
    for name, text in files.items():
        (stand.folder / name).write_text(text)
    try:
        for recording in RECORDINGS:
            yield _judged(recording, stand)
            say(f"egress: replay of {recording.title}")
    finally:
        for name in (*files, "recording"):
            (stand.folder / name).unlink(missing_ok=True)


def bounds(all_judged: list[Judged]) -> list[str]:
    """Rows of the bounds' table. Several processes have no bound: a machine may have one core."""
    lines = []
    for each in all_judged:
        if each.recording.jobs > 1 or not each.recording.is_bound:
            continue
        what, speed = f"antkey egress replay, {each.recording.title}", each.size / each.cpu
        lines += [
            _bound(
                what,
                "speed on one core (at least)",
                _speed(SPEED),
                _speed(speed),
                speed >= SPEED and not each.code,
            ),
            _bound(
                what, "memory", megabytes(MEMORY), megabytes(each.memory), each.memory <= MEMORY
            ),
        ]
    return lines


def table(all_judged: list[Judged]) -> list[str]:
    """All figures."""
    return [
        "| recording | size | requests | wall | processor | a core's speed | memory | exit code |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *(
            row(
                each.recording.title,
                megabytes(each.size),
                f"{each.requests:,}",
                seconds(each.wall),
                seconds(each.cpu),
                _speed(each.size / each.cpu),
                megabytes(each.memory),
                str(each.code),
            )
            for each in all_judged
        ),
    ]


def _judged(recording: Recording, stand: Stand) -> Judged:
    path = stand.folder / "recording"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(recording.written(recording.size))
    argv = [
        stand.tools["antkey"].path,
        "egress",
        "replay",
        "-f",
        "json",
        "--now",
        "2026-12-01T00:00:00Z",
    ]
    argv += ["-j", str(recording.jobs), "recording"]
    costs = [run(argv, stand.folder, stand.environment, _LIMIT) for _ in range(_RUNS + 1)][1:]
    document: dict[str, Any] = json.loads(costs[-1].output)
    return Judged(
        recording,
        path.stat().st_size,
        document["stats"]["requests"],
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        peak_memory(argv, stand.folder, stand.environment, _LIMIT),
        costs[-1].code,
    )


def _speed(value: float) -> str:
    return f"{value / 10**6:.0f} MB/s"


def _bound(what: str, measure: str, most: str, measured: str, is_met: bool) -> str:
    return row(what, measure, most, NONE, measured, "met" if is_met else "**not met**")
