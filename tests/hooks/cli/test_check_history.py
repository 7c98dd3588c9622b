"""`antkey check` and the history of runs: what it adds to the reports, and that it can change no verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

Check = Callable[..., tuple[int, Any, str]]
FILE = ".antkey/history.sqlite"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "antkey.toml").write_text('profile = "key-hygiene"\n[scan]\npaths = ["src"]\n')
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("print('fine')\n")
    return tmp_path


@pytest.fixture
def check(antkey: Antkey, world: Path) -> Check:
    """A check at noon of a day in November 2025, which is past whatever the clock says."""

    def run(day: int, *arguments: str) -> tuple[int, Any, str]:
        now = f"2025-11-{day:02}T12:00:00Z"
        done = antkey("check", "--now", now, "--report-dir", "out", *arguments)
        document = json.loads((world / "out" / "results.json").read_text())
        assert document["exit_code"] == done.returncode
        return done.returncode, document, done.stderr.decode()

    return run


@pytest.fixture
def leak(world: Path, make_key: Callable[..., str]) -> Path:
    path = world / "src" / "leak.env"
    path.write_text(f"KEY={make_key()}\n")
    return path


def changes(document: Any) -> list[tuple[int, int]]:
    return [(run["new"], run["fixed"]) for run in document["trend"]["runs"]]


def test_each_run_adds_to_the_trend(check: Check, leak: Path) -> None:
    check(1)
    check(3)
    leak.unlink()
    _, document, _ = check(6)
    assert changes(document) == [(0, 0), (0, 0), (0, 1)]
    assert document["trend"]["days_to_fix"] == 5


def test_a_finding_says_since_when_it_is_open(check: Check, leak: Path) -> None:
    (first,) = check(1)[1]["findings"]
    (again,) = check(3)[1]["findings"]
    assert (first["note"], again["note"]) == (None, "open since 2025-11-01")


def test_a_plan_counts_from_when_the_key_was_first_seen(
    check: Check, leak: Path, world: Path
) -> None:
    (first,) = check(1)[1]["findings"]
    (again,) = check(3)[1]["findings"]
    assert first["detected"] == again["detected"] == "2025-11-01T12:00:00Z"
    page = (world / "out" / "index.html").read_text()
    assert "2025-11-01 12:00 UTC, by the history of runs" in page
    assert "by 2025-11-01 12:05 UTC, which is past" in page
    (alone,) = check(4, "--no-history")[1]["findings"]
    assert alone["detected"] is None
    assert "by this run; no history tells" in (world / "out" / "index.html").read_text()


def test_every_report_tells_of_the_history(check: Check, leak: Path, world: Path) -> None:
    check(1)
    check(3, "--report", "text=out/text.txt")
    for name in ("text.txt", "summary.md", "junit.xml"):
        assert "2 runs since 2025-11-01" in (world / "out" / name).read_text()


def test_the_same_time_gives_the_same_reports(check: Check, leak: Path, world: Path) -> None:
    def reports() -> dict[str, bytes]:
        check(3, "--report", "oscal=out/oscal.json")
        return {path.name: path.read_bytes() for path in (world / "out").iterdir()}

    check(1)
    assert reports() == reports()


@pytest.mark.parametrize("options", [["--no-history"], ["--no-config"], ["--range", "HEAD"]])
def test_what_is_not_to_be_kept_is_not(
    antkey: Antkey, world: Path, leak: Path, options: list[str]
) -> None:
    antkey("check", "src", "--report-dir", "out", *options)
    assert not (world / ".antkey").exists()


def test_without_a_policy_there_is_no_place_for_a_history(
    antkey: Antkey, world: Path, leak: Path
) -> None:
    (world / "antkey.toml").unlink()
    antkey("check", "src", "--report-dir", "out")
    assert not (world / ".antkey").exists()


def test_a_scan_is_not_kept(antkey: Antkey, world: Path) -> None:
    antkey("scan")
    assert not (world / ".antkey").exists()


def test_a_run_that_tolerates_findings_is_kept_all_the_same(check: Check, leak: Path) -> None:
    assert check(1, "--exit-zero")[0] == 0
    assert check(2)[1]["trend"]["runs"][0]["open"] == [1, 0, 0, 0, 0]


def test_a_time_to_come_is_compared_and_not_kept(
    antkey: Antkey, check: Check, leak: Path, world: Path
) -> None:
    check(1)
    antkey("check", "--now", "2999-01-01T00:00:00Z", "--report-dir", "far")
    told = json.loads((world / "far" / "results.json").read_text())
    assert len(told["trend"]["runs"]) == 2
    assert changes(check(2)[1]) == [(0, 0), (0, 0)]


@pytest.mark.parametrize("options", [["--exclude", "*.env"], ["--depth", "0"], ["src/app.py"]])
def test_a_run_that_looks_at_less_fixes_nothing(
    check: Check, leak: Path, options: list[str]
) -> None:
    check(1)
    assert changes(check(2, *options)[1]) == [(0, 0)]
    assert changes(check(3)[1]) == [(0, 0), (0, 0)]


def test_the_working_folder_makes_no_difference(
    antkey: Antkey, check: Check, leak: Path, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(1)
    _, document, _ = check(2, str(world / "src"))
    assert len(document["trend"]["runs"]) == 2


def test_an_incomplete_run_fixes_nothing(check: Check, leak: Path, world: Path) -> None:
    check(1)
    leak.unlink()
    broken = world / "src" / "cut.gz"
    broken.write_bytes(b"\x1f\x8b\x08\x00")
    code, document, _ = check(2)
    assert (code, changes(document)[-1]) == (3, (0, 0))
    broken.unlink()
    assert changes(check(3)[1])[-1] == (0, 1)


@pytest.mark.parametrize("content", [b"", b"junk" * 99, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_history_that_cannot_be_used_changes_no_verdict(
    check: Check, leak: Path, world: Path, content: bytes
) -> None:
    (world / ".antkey").mkdir()
    (world / FILE).write_bytes(content)
    code, document, told = check(1)
    assert code == 1
    assert len(document["findings"]) == 1
    if content:
        assert document["trend"] is None
        assert "history.sqlite: is " in told
        assert "; the run goes on without its history" in told
    else:
        assert len(document["trend"]["runs"]) == 1  # an empty file is as good as none


def test_no_key_is_in_the_file(check: Check, leak: Path, world: Path) -> None:
    key = leak.read_text().partition("=")[2].strip()
    leak.rename(leak.with_name(f"{key}.env"))
    check(1)
    content = (world / FILE).read_bytes()
    assert b"sk-ant" not in content
    assert key.encode()[13:25] not in content
