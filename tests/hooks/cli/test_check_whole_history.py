"""`antkey check` searches git's history unless it is told not to, and then its evidence says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git

Check = Callable[..., tuple[int, dict[str, Any]]]
NOT_SEARCHED = "git's history was not searched: "


@pytest.fixture
def repository(tmp_path: Path, make_key: Callable[..., str]) -> Git:
    """A repository in the test's folder, of which a key was committed and deleted."""
    git = Git(tmp_path).init()
    (tmp_path / "antkey.toml").write_text('profile = "key-hygiene"\n')
    (tmp_path / "app.py").write_text("print('fine')\n")
    git.commit(**{"leak.env": f"KEY={make_key()}\n"})
    (tmp_path / "leak.env").unlink()
    git("commit", "-qam", "Take the key out")
    return git


@pytest.fixture
def check(antkey: Antkey, repository: Git, tmp_path: Path) -> Check:
    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        done = antkey("check", "--no-history", *arguments)
        document = json.loads((tmp_path / "antkey-report" / "results.json").read_text())
        assert document["exit_code"] == done.returncode, done.stderr
        return done.returncode, leaks(document)

    return run


def leaks(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = (each for each in document["controls"] if each["id"] == "no-leaked-key")
    return dict(found)


def test_a_key_that_was_committed_and_deleted_fails_a_check(check: Check) -> None:
    code, control = check()
    assert (code, control["status"]) == (1, "fail")
    assert NOT_SEARCHED not in control["evidence"]


def test_it_fails_without_a_policy_too(check: Check, tmp_path: Path) -> None:
    (tmp_path / "antkey.toml").unlink()
    assert check()[0] == 1
    assert check("--no-config")[0] == 1


def test_a_policy_that_leaves_the_history_out_is_quoted_in_the_evidence(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "antkey.toml").write_text("[scan]\nhistory = false\n")
    code, control = check()
    assert (code, control["status"]) == (0, "pass")
    assert f"{NOT_SEARCHED}[scan] history = false" in control["evidence"]


def test_a_part_of_a_repository_says_that_it_is_one(check: Check, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("print('fine')\n")
    (tmp_path / "antkey.toml").write_text('[scan]\npaths = ["src"]\n')
    code, control = check()
    assert code == 0
    assert f"{NOT_SEARCHED}only a part of a repository" in control["evidence"]


def test_a_folder_outside_of_every_repository_says_nothing_of_history(
    antkey: Antkey, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text("print('fine')\n")
    assert antkey("check").returncode == 0
    text = (tmp_path / "antkey-report" / "results.json").read_text()
    assert "history was not searched" not in text


def test_a_shallow_clone_is_incomplete(antkey: Antkey, repository: Git, tmp_path: Path) -> None:
    repository("clone", "-q", "--depth", "1", f"file://{tmp_path}", "clone")
    done = antkey("check", "--no-history", "clone")
    assert done.returncode == 3, done.stderr
    assert b"shallow" in done.stdout


@pytest.mark.usefixtures("repository")
def test_a_scan_of_files_says_that_the_history_is_not_among_them(antkey: Antkey) -> None:
    document = json.loads(antkey("scan", "-f", "json").stdout)
    assert document["exit_code"] == 0
    assert f"{NOT_SEARCHED}--history searches it" in leaks(document)["evidence"]
    assert (
        "not searched"
        not in leaks(json.loads(antkey("scan", "-f", "json", "app.py").stdout))["evidence"]
    )
