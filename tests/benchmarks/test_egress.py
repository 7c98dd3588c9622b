"""The load that `antkey egress run` bears, and what of it counts as met."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from benchmarks.egress import LOADS, Borne, Start, borne, bounds, load_table
from benchmarks.peers import Tool
from benchmarks.race import Stand

LOAD = LOADS[0]
GOOD = Borne(LOAD, 0.001, 0.0005, 40 * 10**6, 0)


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    antkey = tmp_path / "antkey"
    antkey.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m antkey_hooks.cli "$@"\n')
    antkey.chmod(0o755)
    (tmp_path / ".git").mkdir()
    tools = {"antkey": Tool(str(antkey), "", None), "python": Tool(sys.executable, "", None)}
    return Stand(tools, tmp_path, os.environ, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process costs is read from /proc")
@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 50])
@pytest.mark.parametrize("way", ["base-url", "proxy"])
def test_no_request_is_lost(
    stand: Stand, way: str, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = LOAD._replace(way=way, requests=1000, connections=connections)
    monkeypatch.setattr("benchmarks.egress.LOADS", (load,))
    monkeypatch.setattr("benchmarks.egress._RUNS", 1)
    (only,) = borne(stand, lambda _: None)
    assert only.lost == 0
    assert only.cpu > 0
    assert only.memory > 10**6


def test_everything_met_is_said_to_be() -> None:
    rows = bounds(Start(0.3, 0.2, 60 * 10**6), [GOOD, GOOD._replace(cpu=0.001, wall=0.003)])
    assert [row.rpartition("| met |")[1] for row in rows] == ["| met |"] * 5


@pytest.mark.parametrize(
    ("started", "load", "missed"),
    [
        (Start(0.31, 0.2, 1), GOOD, "start"),
        (Start(0.1, 0.2, 61 * 10**6), GOOD, "memory"),
        (Start(0.1, 0.2, 1), GOOD._replace(memory=61 * 10**6), "memory"),
        (Start(0.1, 0.2, 1), GOOD._replace(wall=0.0031), "kept-alive"),
        (Start(0.1, 0.2, 1), GOOD._replace(cpu=0.0011), "requests/s"),
        (Start(0.1, 0.2, 1), GOOD._replace(lost=1), "lost"),
    ],
)
def test_each_bound_is_judged_by_itself(started: Start, load: Borne, missed: str) -> None:
    failed = [row for row in bounds(started, [load]) if "**not met**" in row]
    assert len(failed) == 1
    assert missed in failed[0]


def test_all_loads_are_in_the_table() -> None:
    lines = load_table(Start(0.1, 0.1, 1), [GOOD._replace(load=load) for load in LOADS])
    assert all(any(load.title in line for line in lines) for load in LOADS)
