"""`antkey init` keeps what a check writes out of git."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "antkey-report/\n"),
        ("*.log", "*.log\nantkey-report/\n"),
        ("*.log\n", "*.log\nantkey-report/\n"),
        ("/antkey-report\n", "/antkey-report\n"),
        ("antkey-report/\n", "antkey-report/\n"),
    ],
)
def test_the_folder_of_reports_is_ignored_once(
    antkey: Antkey, tmp_path: Path, before: str, after: str
) -> None:
    Git(tmp_path).init()
    (tmp_path / ".gitignore").write_text(before)
    for _ in range(2):
        assert antkey("init").returncode == 0
        assert (tmp_path / ".gitignore").read_text() == after


def test_a_dry_run_changes_nothing(antkey: Antkey, tmp_path: Path) -> None:
    Git(tmp_path).init()
    (tmp_path / ".gitignore").write_text("*.log\n")
    done = antkey("init", "--dry-run")
    assert b".gitignore: would add antkey-report/" in done.stdout
    assert (tmp_path / ".gitignore").read_text() == "*.log\n"


def test_without_a_gitignore_it_is_said_and_none_is_made(antkey: Antkey, tmp_path: Path) -> None:
    Git(tmp_path).init()
    done = antkey("init")
    assert b"antkey-report/: is what antkey check writes; keep it out of git" in done.stdout
    assert not (tmp_path / ".gitignore").exists()
