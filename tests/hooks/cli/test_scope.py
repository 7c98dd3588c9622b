"""Results name the repositories in scope, with the commits that they stand at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git


def scope(antkey: Antkey, *arguments: str) -> Any:
    done = antkey(*arguments, "-f", "json", "-q")
    assert b"Traceback" not in done.stderr
    return json.loads(done.stdout)["repositories"]


def committed(path: Path) -> Git:
    git = Git(path).init()
    (path / "a.txt").write_text("nothing\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return git


def head(git: Git) -> str:
    return git("rev-parse", "HEAD").decode()


def test_check_names_each_repository_below_with_its_commit(antkey: Antkey, tmp_path: Path) -> None:
    one, two = committed(tmp_path / "one"), committed(tmp_path / "two")
    two("checkout", "-q", "--detach")
    branch = one("rev-parse", "--abbrev-ref", "HEAD").decode()
    assert scope(antkey, "check", ".") == [
        {"path": "one", "commit": head(one), "ref": branch},
        {"path": "two", "commit": head(two), "ref": None},
    ]


def test_a_folder_in_the_user_s_own_repository_names_that(antkey: Antkey, tmp_path: Path) -> None:
    own = committed(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("pass\n")
    assert [(each["path"], each["commit"]) for each in scope(antkey, "check", "src")] == [
        (".", head(own))
    ]


def test_before_the_first_commit_there_is_none(antkey: Antkey, tmp_path: Path) -> None:
    Git(tmp_path).init()
    (tmp_path / "a.txt").write_text("nothing\n")
    (found,) = scope(antkey, "check", ".")
    assert (found["path"], found["commit"]) == (".", None)
    assert found["ref"]


def test_a_linked_worktree_stands_at_its_own_commit(antkey: Antkey, tmp_path: Path) -> None:
    main = committed(tmp_path / "main")
    main("worktree", "add", "-q", "-b", "side", "../side")
    side = Git(tmp_path / "side")
    side("commit", "-q", "--allow-empty", "-m", "second")
    found = {(each["path"], each["commit"]) for each in scope(antkey, "check", "main")}
    assert found == {(".", head(main))}


def test_a_scan_of_a_history_names_it(antkey: Antkey, tmp_path: Path) -> None:
    own = committed(tmp_path)
    (found,) = scope(antkey, "scan", "--history", ".")
    assert found["commit"] == head(own)


def test_outside_of_any_repository_there_is_none(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing\n")
    assert scope(antkey, "check", "a.txt") == []


def test_a_repository_that_is_left_out_is_not_in_scope(antkey: Antkey, tmp_path: Path) -> None:
    committed(tmp_path / "one")
    committed(tmp_path / "made" / "two")
    for options in ((), ("--history",)):
        found = scope(antkey, "check", ".", "--exclude", "made/**", *options)
        assert [each["path"] for each in found] == ["one"]
