"""The recordings whose replay is measured, and what of it counts as met."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from benchmarks.peers import Tool
from benchmarks.race import Stand
from benchmarks.replay import MEMORY, RECORDINGS, SPEED, Judged, Recording, bounds, judged, table

GOOD = Judged(RECORDINGS[0], 2 * SPEED, 1000, 3.0, 2.0, MEMORY, 0)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda each: each.title)
def test_a_recording_is_as_large_as_it_is_to_be(recording: Recording) -> None:
    pieces = list(recording.written(200_000))
    assert 180_000 < sum(map(len, pieces)) < 220_000
    if "bytes" in recording.title:
        average = sum(map(len, pieces)) / len(pieces)
        assert abs(average - int(recording.title.split()[2])) < 10


@pytest.mark.skipif(sys.platform != "linux", reason="what a process costs is read from /proc")
def test_each_recording_is_judged_and_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antkey = tmp_path / "antkey"
    antkey.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m antkey_hooks.cli "$@"\n')
    antkey.chmod(0o755)
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr("benchmarks.replay.SIZE", 100_000)
    monkeypatch.setattr("benchmarks.replay._RUNS", 1)
    stand = Stand({"antkey": Tool(str(antkey), "", None)}, tmp_path, os.environ, tmp_path)
    before = sorted(tmp_path.iterdir())
    found = list(judged(stand, lambda _: None))
    assert [each.code for each in found] == [0] * len(RECORDINGS)
    assert all(each.requests > 5 for each in found)
    assert sorted(tmp_path.iterdir()) == before
    assert len(table(found)) == 2 + len(RECORDINGS)


def test_everything_met_is_said_to_be() -> None:
    assert [row.rpartition("| met |")[1] for row in bounds([GOOD])] == ["| met |"] * 2


@pytest.mark.parametrize(
    ("each", "missed"),
    [
        (GOOD._replace(cpu=2.01), "speed"),
        (GOOD._replace(memory=MEMORY + 1), "memory"),
        (GOOD._replace(code=4), "speed"),
    ],
)
def test_each_bound_is_judged_by_itself(each: Judged, missed: str) -> None:
    (row,) = (row for row in bounds([each]) if "**not met**" in row)
    assert missed in row


def test_several_processes_have_no_bound() -> None:
    assert not bounds([GOOD._replace(recording=GOOD.recording._replace(jobs=2))])
