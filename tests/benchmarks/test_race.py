"""What the race says of a second scan: only one that left something out counts as such."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from benchmarks.corpora import Corpus
from benchmarks.peers import Tool
from benchmarks.race import NO_EFFECT, Stand, race
from benchmarks.rows import ANTKEY, Contender, Work

CODE = "import os; print(os.environ['SAID'], os.environ.get('XDG_CACHE_HOME', 'none'))"


def raced(tmp_path: Path, stats: dict[str, int], *, again: bool) -> tuple[str | None, float | None]:
    said = json.dumps({"complete": True, "stats": stats})
    environment = {**os.environ, "SAID": said}
    environment.pop("XDG_CACHE_HOME", None)
    tools = {"antkey": Tool(sys.executable, "3", None)}
    stand = Stand(tools, tmp_path, environment, tmp_path / "literals")
    contender = Contender(ANTKEY, f'{{antkey}} -c "{CODE}"', again=again)
    corpus = Corpus(tmp_path, 1, 1000, ())
    (measured,) = race(
        Work("git", "git", "X", 1, (contender,), ()), corpus, stand, 1, lambda _: None
    )
    return measured.remark, measured.scanned


@pytest.mark.parametrize(
    ("stats", "remark"),
    [({"bytes": 10, "known": 90}, None), ({"bytes": 1000, "known": 0}, NO_EFFECT), ({}, NO_EFFECT)],
)
def test_second_scan_that_leaves_nothing_out_is_none(
    tmp_path: Path, stats: dict[str, int], remark: str | None
) -> None:
    assert raced(tmp_path, stats, again=True) == (remark, None)


def test_first_scan_is_judged_by_its_bytes(tmp_path: Path) -> None:
    assert raced(tmp_path, {"bytes": 10, "known": 0}, again=False) == (None, 0.01)
