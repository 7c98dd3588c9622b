"""The example company: `make run` makes it, and antkey finds the four things that are wrong with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from antkey_scanner.policy.rawkey import raw_key_lines

WRONG = {
    "anthropic-api-key": 2,
    "leaked-key-still-active": 1,
    "key-past-rotation-age": 1,
    "egress-fallback-on-error": 2,
    "egress-platform-key": 2,
    "tenant-key-retried-on-platform-key": 1,
}
"""What is found, of those that fail, and how often."""


@pytest.fixture(scope="module")
def run(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    """`make run` in a folder that has what it needs; its installation is the one that runs the tests."""
    if shutil.which("make") is None:
        pytest.skip("no make here")
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(checkout / "Makefile", folder)
    shutil.copytree(checkout / "examples", folder / "examples")
    python = Path(sys.executable)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        [
            *("make", "-o", ".venv/installed", "run", "TARGET="),
            *(f"BIN={python.parent}", f"PY={python}", f"HERE={folder}"),
        ],
        cwd=folder,
        env={**kept, "XDG_CACHE_HOME": str(folder / "cache"), "PWD": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def folder_of(run: subprocess.CompletedProcess[str]) -> Path:
    last = run.stdout.rstrip().splitlines()[-1]
    return Path(last.removeprefix("Open the report in a browser: ")).parent


def results(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder_of(run) / "results.json").read_text())
    return loaded


def test_it_ends_well_and_says_how_to_open_the_report(
    run: subprocess.CompletedProcess[str],
) -> None:
    assert run.returncode == 0, run.stderr
    assert "antkey: there are findings (exit code 1)" in run.stdout
    assert (folder_of(run) / "index.html").stat().st_size > 10_000


def test_what_is_wrong_is_found_and_nothing_else(run: subprocess.CompletedProcess[str]) -> None:
    failing = [each["rule"] for each in results(run)["findings"] if each["severity"] != "info"]
    assert {rule: failing.count(rule) for rule in failing} == WRONG


def test_everything_was_seen(run: subprocess.CompletedProcess[str]) -> None:
    document = results(run)
    assert document["complete"] is True
    missing = [
        control["id"]
        for control in document["controls"]
        if control["status"] in {"not-assessed", "error"} and not control.get("optional", True)
    ]
    assert missing == []


def test_its_past_tells_when_what_was_found(run: subprocess.CompletedProcess[str]) -> None:
    runs = results(run)["trend"]["runs"]
    critical = [sum(each["open"][:1]) for each in runs]
    assert len(runs) == 5
    assert critical[0] == 0 < critical[1] <= critical[-1]


def test_no_report_holds_a_key(run: subprocess.CompletedProcess[str]) -> None:
    for name in ("index.html", "results.json", "results.sarif", "junit.xml", "summary.md"):
        assert raw_key_lines((folder_of(run) / name).read_text()) == []


def test_the_company_is_the_same_at_the_same_time(checkout: Path, tmp_path: Path) -> None:
    build = [sys.executable, str(checkout / "examples/company/build.py")]
    now = ["--now", "2026-11-20T12:00:00+00:00"]
    for name in ("one", "two"):
        subprocess.run([*build, name, *now], cwd=tmp_path, check=True)
    heads = {
        subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=tmp_path / name)
        for name in ("one", "two")
    }
    assert len(heads) == 1


def test_a_folder_that_is_there_is_left_alone(checkout: Path, tmp_path: Path) -> None:
    build = [sys.executable, str(checkout / "examples/company/build.py"), str(tmp_path)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is there; remove it or name another folder" in done.stderr
    assert list(tmp_path.iterdir()) == []
