"""Promises that what differs between index and HEAD is found with its staged content."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from tests.scanner.git.conftest import Git, snapshot
from tests.scanner.git.staging import files, look

from antkey_scanner.git.trees import File
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


def staged_by_git(git: Git) -> set[str]:
    said = git("diff", "--cached", "--no-renames", "--name-only", "-z", "--diff-filter=d", "HEAD")
    return {name.decode() for name in said.split(b"\0") if name}


def test_changed_and_new_files_with_their_staged_content(git: Git) -> None:
    git.commit(a="1", b__c="2", d="3")
    git.write("a", "staged")
    git.write("b/new", "new")
    git("add", "-A")
    git.write("a", "only in the work tree")
    git.write("untracked", "x")
    git("rm", "-q", "d")
    assert files(git) == {"a": b"staged", "b/new": b"new"} == {**files(git)}
    assert set(files(git)) == staged_by_git(git)


def test_nothing_staged_is_nothing(git: Git) -> None:
    git.commit(a="1")
    git.write("a", "2")
    assert files(git) == {}


def test_everything_is_staged_before_the_first_commit(git: Git) -> None:
    assert look(git.path) == []
    git.write("a", "1")
    git.write("b/c", "2")
    git("add", "-A")
    assert files(git) == {"a": b"1", "b/c": b"2"}


def test_an_orphan_branch_has_all_files_staged(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "--orphan", "other")
    assert files(git) == {"a": b"1"}


def test_sha256_repositories(make_git: MakeGit) -> None:
    git = make_git("a", "--object-format=sha256")
    git.commit(a="1", b__c="2")
    git.write("b/c", "3")
    git("add", "-A")
    assert files(git) == {"b/c": b"3"}
    git("write-tree")
    assert files(git) == {"b/c": b"3"}


def test_conflicts_give_all_sides(git: Git) -> None:
    git.commit(a="base", b="same")
    git("checkout", "-q", "-b", "side")
    git.commit(a="theirs")
    git("checkout", "-q", "main")
    git.commit(a="ours")
    git("merge", "side", check=False)
    found = [each for each in look(git.path) if isinstance(each, File)]
    contents = {git("cat-file", "blob", each.oid.hex()) for each in found}
    assert {each.path for each in found} == {b"a"}
    assert contents == {b"base", b"ours", b"theirs"}


def test_a_merge_is_compared_with_head(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "-b", "side")
    git.commit(b="2")
    git("checkout", "-q", "main")
    git.commit(c="3")
    git("merge", "-q", "--no-commit", "side")
    assert files(git) == {"b": b"2"}


def test_a_planned_file_has_no_content_yet(git: Git) -> None:
    git.commit(a="1")
    git.write("new", "x")
    git("add", "--intent-to-add", "new")
    assert files(git) == {}


def test_links_are_content_and_submodules_are_not(make_git: MakeGit, git: Git) -> None:
    make_git("sub").commit(a="b")
    git.commit(a="1")
    (git.path / "link").symlink_to("target")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../sub", "s")
    git("add", "-A")
    found = [each for each in look(git.path) if isinstance(each, File)]
    assert {each.path: stat.S_IFMT(each.mode) for each in found} == {
        b".gitmodules": stat.S_IFREG,
        b"link": stat.S_IFLNK,
    }


def test_a_renamed_file_is_a_new_path(git: Git) -> None:
    git.commit(a="1")
    git("mv", "a", "b")
    assert files(git) == {"b": b"1"}


def test_a_new_mode_is_no_new_content(git: Git) -> None:
    git.commit(a="1")
    git("update-index", "--chmod=+x", "a")
    assert files(git) == {}


def test_a_file_that_became_a_folder_and_back(git: Git) -> None:
    git.commit(a="1", b__c="2")
    for name in ("a", "b"):
        git("rm", "-q", "-r", name)
    git.write("a/x", "3")
    git.write("b", "4")
    git("add", "-A")
    assert files(git) == {"a/x": b"3", "b": b"4"}
    git("write-tree")
    assert files(git) == {"a/x": b"3", "b": b"4"}


def test_named_files_are_given_even_when_unchanged(git: Git) -> None:
    git.commit(a="1", b__c="2", b__d="3", e="4")
    git.write("e", "5")
    git("add", "-A")
    assert files(git, None, b"e") == {"e": b"5"}
    assert files(git, None, b"a", b"e") == {"a": b"1", "e": b"5"}
    assert files(git, None, b"b") == {"b/c": b"2", "b/d": b"3", "e": b"5"}


def test_named_files_that_are_not_in_the_index_are_skips(git: Git) -> None:
    git.commit(a="1")
    assert look(git.path, None, b"nowhere") == [Skip("nowhere", "is not in the index")]


def test_nothing_is_written_and_nothing_runs(git: Git, tmp_path: Path) -> None:
    git.commit(a="1")
    git.write("a", "2")
    git("add", "-A")
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{canary}'\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "filter.x.clean", "diff.external", "core.sshCommand"):
        git("config", key, str(program))
    before = snapshot(git.path)
    assert files(git) == {"a": b"2"}
    assert snapshot(git.path) == before
    assert not canary.exists()
