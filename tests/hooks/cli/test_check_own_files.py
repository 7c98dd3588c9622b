"""`antkey check` does not judge what it writes itself, and nobody can hide a key by that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git

NOW = "2025-11-20T12:00:00Z"
STORE = ".antkey/history.sqlite"
REPORTS = ("index.html", "junit.xml", "results.json", "results.sarif", "summary.md")
Check = Callable[..., tuple[int, Any]]


@pytest.fixture
def check(antkey: Antkey, tmp_path: Path) -> Check:
    (tmp_path / "antkey.toml").write_text('profile = "key-hygiene"\n')
    (tmp_path / "app.py").write_text("print('fine')\n")

    def run(*arguments: str) -> tuple[int, Any]:
        done = antkey("check", "--now", NOW, *arguments, SOURCE_DATE_EPOCH="1763640000")
        return done.returncode, json.loads((tmp_path / "antkey-report/results.json").read_text())

    return run


def left_out(document: Any) -> dict[str, str]:
    return {each["path"]: each["reason"] for each in document["skipped"]}


def test_a_second_run_writes_the_same_bytes(check: Check, tmp_path: Path) -> None:
    folder = tmp_path / "antkey-report"
    check()
    first = {name: (folder / name).read_bytes() for name in REPORTS}
    check()
    assert {name: (folder / name).read_bytes() for name in REPORTS} == first


def test_what_is_left_out_is_told(check: Check) -> None:
    code, document = check()
    told = left_out(document)
    assert code == 0
    assert told[STORE] == "antkey's own history of runs"
    for name in REPORTS:
        assert told[f"antkey-report/{name}"] == "a report that this run writes anew"
    assert not any(each["counts"] for each in document["skipped"])


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0" + b"\xff" * 4000, b"\x1f\x8b\x08"])
def test_a_damaged_history_changes_no_verdict(check: Check, tmp_path: Path, damage: bytes) -> None:
    check()
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"{STORE}{ending}").write_bytes(damage)
    assert check()[0] == 0


def test_a_key_beside_the_reports_is_found(
    check: Check, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    check()
    for place in ("antkey-report/more.md", ".antkey/more.sqlite", "docs/index.html"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(make_key())
        assert check()[0] == 1, place
        (tmp_path / place).unlink()


@pytest.mark.parametrize("place", [STORE, "antkey-report/index.html", ".antkey/.gitignore"])
def test_a_key_that_was_committed_in_such_a_place_is_found(
    check: Check, tmp_path: Path, make_key: Callable[..., str], place: str
) -> None:
    (tmp_path / "antkey.toml").write_text("[scan]\nhistory = false\n")
    git = Git(tmp_path).init()
    git.commit(**{place: make_key()})
    code, document = check()
    assert code == 1
    assert [finding["location"]["path"] for finding in document["findings"]] == [place]
    assert place not in left_out(document)


def test_an_index_that_cannot_be_read_leaves_nothing_out(
    check: Check, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "antkey.toml").write_text("[scan]\nhistory = false\n")
    git = Git(tmp_path).init()
    git.commit(**{"antkey-report/index.html": make_key()})
    (tmp_path / ".git" / "index").write_bytes(b"DIRC\0\0\0\x02broken")
    assert check()[0] == 1


def test_the_folder_of_another_run_is_judged(
    check: Check, antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "antkey-report").mkdir()
    (tmp_path / "antkey-report" / "index.html").write_text(make_key())
    assert antkey("check", "--report-dir", "elsewhere").returncode == 1
    shutil.rmtree(tmp_path / "elsewhere")
    (tmp_path / "antkey-report" / "index.html").unlink()
    assert check()[0] == 0


def test_a_report_that_is_named_itself_is_scanned(
    check: Check, antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    check()
    (tmp_path / "antkey-report" / "summary.md").write_text(make_key())
    assert antkey("check", "antkey-report/summary.md").returncode == 1
