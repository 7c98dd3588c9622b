"""Promises that repositories which do not hold all of their history, or not in a known form, say so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.discovered import look

MakeGit = Callable[..., Git]


def test_a_git_folder_without_objects_is_named(make_git: MakeGit, tmp_path: Path) -> None:
    (tmp_path / "empty/.git").mkdir(parents=True)
    shutil.rmtree(make_git("lost").path / ".git/objects")
    assert look(tmp_path) == (
        [],
        [(f"{name}/.git", "a git folder without objects") for name in ("empty", "lost")],
    )


@pytest.mark.parametrize("part", ["HEAD", "refs"])
def test_objects_are_read_when_the_rest_is_lost(git: Git, part: str) -> None:
    path = git.path / ".git" / part
    path.unlink() if path.is_file() else shutil.rmtree(path)
    found, skips = look(git.path)
    assert len(found) == 1
    assert len(skips) == 1


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("core.repositoryformatversion", "9", "its format is of the unknown version 9"),
        ("extensions.novel", "1", "its format has the unknown extension novel"),
        ("extensions.refstorage", "x", "its refs are stored in the unknown form x"),
    ],
)
def test_unknown_formats_are_named(git: Git, key: str, value: str, reason: str) -> None:
    if key.startswith("extensions"):
        git("config", "core.repositoryformatversion", "1")
    git("config", key, value)
    found, skips = look(git.path)
    assert len(found) == 1
    assert skips == [(".git", reason)]


def test_an_unknown_hash_is_refused(git: Git) -> None:
    git("config", "extensions.objectformat", "md5")
    assert look(git.path) == ([], [(".git", "its objects are named by the unknown hash md5")])


def test_a_malformed_configuration_is_named(git: Git) -> None:
    git.write(".git/config", "[core\n")
    assert look(git.path)[1] == [(".git", "config: line 1 is no git configuration")]


def limits_of(path: Path) -> list[str]:
    return [reason.partition(":")[0].partition(" (")[0] for _, reason in look(path)[1]]


def test_shallow_clones_are_named(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    git.commit(a="1")
    git.commit(a="2")
    Git(tmp_path)("clone", "-q", "--depth=1", f"file://{git.path}", "b")
    assert limits_of(tmp_path / "b") == ["a shallow clone"]


def test_partial_clones_are_named(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    git.commit(a="1")
    git("config", "uploadpack.allowFilter", "true")
    Git(tmp_path)("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{git.path}", "b")
    assert limits_of(tmp_path / "b") == ["a partial clone"]
    (tmp_path / "b/.git/config").write_text("[core]\n")  # the pack itself says so as well
    assert limits_of(tmp_path / "b") == ["a partial clone"]


def test_grafts_are_named(git: Git) -> None:
    git.commit(a="1")
    git.write(".git/info/grafts", git.oid("HEAD").hex() + "\n")
    assert limits_of(git.path) == ["grafts"]


def test_replaced_objects_are_named_loose_and_packed(git: Git) -> None:
    git.commit(a="1")
    git.commit(a="2")
    git("replace", "HEAD", "HEAD~1")
    assert len(limits_of(git.path)) == 1
    git("pack-refs", "--all")
    assert limits_of(git.path) == [
        "refs/replace stand in for objects; both were read as they are stored"
    ]
