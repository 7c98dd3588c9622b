"""`antkey scan --staged` judges what the next commit would hold, not the work tree."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import Maker, Report, head, incomplete, zipped
from tests.scanner.git.conftest import Git, snapshot

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey

Staged = Callable[..., Report]


@pytest.fixture
def staged(tmp_path: Path, command: list[str], environment: dict[str, str]) -> Staged:
    """Scans what is staged in a folder, in which nothing may change by that."""
    import subprocess

    def scan(*arguments: str, at: str = "repo", **extra: str) -> Report:
        before = snapshot(tmp_path / "repo")
        done = subprocess.run(
            [*command, "scan", "--staged", "-f", "json", *arguments],
            cwd=tmp_path / at,
            env={**environment, **extra},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert snapshot(tmp_path / "repo") == before
        assert b"Traceback" not in done.stderr
        return Report(done)

    return scan


def test_what_is_staged_and_not_what_lies_around(git: Git, staged: Staged, make_key: Maker) -> None:
    inside, outside = make_key(), make_key()
    git.commit("first", **{"app.env": "KEY=\n"})
    git.write("app.env", f"\nKEY={inside}\n")
    git("add", "app.env")
    git.write("app.env", f"KEY={outside}\n")
    report = staged()
    place = report.place(inside)
    assert (place["path"], place["line"], place["column"]) == ("app.env", 2, 5)
    assert place["blob"] == head(git, ":app.env")
    assert (place["commit"], place["refs"]) == (None, None)
    assert not report.of(outside)
    assert (report.code, report.stats["files"]) == (1, 1)


def test_a_key_that_is_in_head_and_in_another_file_is_not_told(
    git: Git, staged: Staged, make_key: Maker
) -> None:
    git.commit("first", **{"old.env": f"{make_key()}\n"})
    git.write("new.env", "KEY=\n")
    git("add", "new.env")
    assert staged().code == 0


def test_the_whole_content_of_a_changed_file_is_judged(
    git: Git, staged: Staged, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", **{"app.env": f"KEY={key}\n"})
    git.write("app.env", f"KEY={key}\nOTHER=1\n")
    git("add", "app.env")
    assert staged().place(key)["path"] == "app.env"


def test_nothing_staged_is_complete(git: Git, staged: Staged) -> None:
    git.commit("first", readme="nothing\n")
    report = staged()
    assert (report.code, report.document["complete"]) == (0, True)


def test_the_first_commit_of_all(git: Git, staged: Staged, make_key: Maker) -> None:
    key = make_key()
    git.write("app.env", f"{key}\n")
    git("add", "app.env")
    assert staged().place(key)["path"] == "app.env"


def test_commit_all_and_commit_of_a_path(
    tmp_path: Path, git: Git, make_key: Maker, command: list[str], environment: dict[str, str]
) -> None:
    """Git gives hooks another index for them: in `GIT_INDEX_FILE`."""
    git.commit("first", **{"a.env": "1\n", "b.env": "1\n"})
    hook = git.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {' '.join(command)} scan --staged -q >&2\n")
    hook.chmod(0o755)
    python = {"PYTHONPATH": environment.get("PYTHONPATH", "")}
    for options in (["-a"], ["a.env"], ["-i", "a.env"]):
        git.write("a.env", f"{make_key()}\n")
        before = head(git)
        git("commit", "-q", "-m", "refused", *options, check=False, env=python)
        assert head(git) == before
        git.write("a.env", f"harmless {options}\n")
        git("commit", "-q", "-m", "passes", *options, env=python)
        assert head(git) != before


@pytest.mark.parametrize("form", ["added", "renamed", "link", "utf-16", "zip"])
def test_forms_of_a_change(git: Git, staged: Staged, make_key: Maker, form: str) -> None:
    key = make_key()
    git.commit("first", **{"old.env": f"{key} {'x' * 99}\n"})
    match form:
        case "added":
            git.write("new", f"{key}\n")
        case "renamed":
            git("mv", "old.env", "new")
        case "link":
            (git.path / "new").symlink_to(f"/secrets/{key}")
        case "utf-16":
            git.write("new", f"\ufeff{key}\n".encode("utf-16-le"))
        case "zip":
            git.write("new", zipped("inner.env", key.encode()))
    git("add", "-A")
    path = staged().place(key)["path"]
    assert path == {"zip": "new!/inner.env"}.get(form, "new")


def test_the_name_of_a_staged_file(git: Git, staged: Staged, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.write(f"exports/{key}.txt", "nothing\n")
    git("add", "-A")
    assert staged().of(key)


def test_a_conflict_that_is_resolved(git: Git, staged: Staged, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", **{"app.env": "1\n"})
    git("checkout", "-q", "-b", "side")
    git.commit("side", **{"app.env": "2\n"})
    git("checkout", "-q", "main")
    git.commit("main", **{"app.env": "3\n"})
    git("merge", "-q", "side", check=False)
    git.write("app.env", f"{key}\n")
    git("add", "app.env")
    assert staged().place(key)["path"] == "app.env"


def test_files_that_are_named_are_judged_as_they_are_in_the_index(
    git: Git, staged: Staged, make_key: Maker
) -> None:
    """`pre-commit run --all-files` names them all."""
    key = make_key()
    git.commit("first", **{"sub__app.env": f"{key}\n"})
    git.write("sub/app.env", "not staged\n")
    assert staged().code == 0
    assert staged("sub/app.env").place(key)["path"] == "sub/app.env"
    assert staged("app.env", at="repo/sub").place(key)["path"] == "sub/app.env"


def test_paths_that_are_left_out(git: Git, staged: Staged, make_key: Maker) -> None:
    keys = [make_key() for _ in range(2)]
    git.write("tests/a.env", f"{keys[0]}\n")
    git.write("b.env", f"{keys[1]}\n")
    git("add", "-A")
    report = staged("--exclude", "tests/**")
    assert [bool(report.of(key)) for key in keys] == [False, True]


def test_in_a_linked_worktree(tmp_path: Path, git: Git, staged: Staged, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("worktree", "add", "-q", "tree", "-b", "side")
    tree = Git(git.path / "tree")
    tree.write("app.env", f"{key}\n")
    tree("add", "app.env")
    assert staged(at="repo/tree").place(key)["path"] == "app.env"
    assert staged().code == 0


def test_in_a_sha_256_repository(tmp_path: Path, staged: Staged, make_key: Maker) -> None:
    key = make_key()
    git = Git(tmp_path / "repo").init("--object-format=sha256")
    git.write("app.env", f"{key}\n")
    git("add", "app.env")
    assert len(staged().place(key)["blob"]) == 64


def test_a_large_file(git: Git, staged: Staged, make_key: Maker) -> None:
    key = make_key()
    git("config", "core.bigFileThreshold", "100k")
    git.write("app.log", "line of a log\n" * 200_000 + key)
    git("add", "app.log")
    assert staged().place(key)["line"] == 200_001


def test_a_missing_object_is_incomplete(git: Git, staged: Staged) -> None:
    git.write("app.env", "nothing\n")
    git("add", "app.env")
    oid = head(git, ":app.env")
    (git.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    incomplete(staged(), "app.env", oid[:12])


@pytest.mark.parametrize("damage", [b"", b"DIRC", b"DIRC\0\0\0\x09\0\0\0\1", b"x" * 200])
def test_a_damaged_index_is_no_clean_scan(git: Git, antkey: Antkey, damage: bytes) -> None:
    git.write("app.env", "nothing\n")
    git("add", "app.env")
    git.write(".git/index", damage)
    done = antkey("scan", "--staged", GIT_DIR=os.fspath(git.path / ".git"))
    assert done.returncode in {2, 3}
    assert b"index" in done.stdout + done.stderr


def test_no_repository_is_refused(antkey: Antkey, tmp_path: Path) -> None:
    done = antkey("scan", "--staged", GIT_CEILING_DIRECTORIES=os.fspath(tmp_path.parent))
    assert done.returncode == 2
    assert b"not in a git repository" in done.stderr


def test_a_mark_beside_the_key_counts(git: Git, staged: Staged, make_key: Maker) -> None:
    git.write(
        "a.py", f'KEY = "{make_key()}"  # antkey: ignore[anthropic-api-key] made up for a test\n'
    )
    git("add", "a.py")
    report = staged()
    assert (report.code, report.findings[0]["status"]) == (0, "waived")
    assert staged("--no-config").code == 1
