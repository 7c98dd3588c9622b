"""The inventory whose commands are measured, and what of it counts as met."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from benchmarks.inventories import COMMANDS, FORMS, KEYS, MEMORY, TIME, Taken, bounds, table, taken
from benchmarks.peers import Tool
from benchmarks.race import Stand

from antkey_scanner.inventory.files import read
from antkey_scanner.inventory.records import Place

GOOD = [Taken(command, form, TIME, 2.0, MEMORY) for command in COMMANDS for form in FORMS]


@pytest.mark.skipif(sys.platform != "linux", reason="what a process costs is read from /proc")
def test_every_command_tells_of_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    antkey = tmp_path / "antkey"
    antkey.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m antkey_hooks.cli "$@"\n')
    antkey.chmod(0o755)
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr("benchmarks.inventories.KEYS", 300)
    monkeypatch.setattr("benchmarks.inventories._RUNS", 1)
    stand = Stand({"antkey": Tool(str(antkey), "", None)}, tmp_path, os.environ, tmp_path)
    found = list(taken(tmp_path / "keys", stand, lambda _: None))
    assert [one.fault for one in found] == [None] * len(COMMANDS) * len(FORMS)
    made = {path.name: path for path in (tmp_path / "keys").iterdir()}
    assert made.keys() == {f"keys.{form}" for form in FORMS}
    [keys] = {
        tuple(key._replace(place=Place("")) for key in read(str(path), "").keys)
        for path in made.values()
    }
    assert len(keys) == 300


def test_everything_met_is_said_to_be() -> None:
    assert [line.endswith("| met |") for line in bounds(GOOD)] == [True] * (len(COMMANDS) + 1)
    assert len(table(GOOD)) == 4 + len(COMMANDS) * len(FORMS)


@pytest.mark.parametrize(
    ("worse", "missed"),
    [
        (GOOD[1]._replace(wall=TIME + 0.01), "audit | time"),
        (GOOD[1]._replace(memory=MEMORY + 1), "keys | memory"),
        (GOOD[1]._replace(fault="tells of 5 keys"), "audit | time"),
    ],
)
def test_the_slower_format_counts(worse: Taken, missed: str) -> None:
    lines = bounds([GOOD[0], worse, *GOOD[2:]])
    (line,) = (line for line in lines if "**not met**" in line)
    assert missed in line


def test_the_inventory_has_as_many_keys_as_is_said() -> None:
    assert KEYS == 100_000
