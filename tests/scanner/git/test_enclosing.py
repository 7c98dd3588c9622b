"""Promises that the repository around a folder is found as git finds it, with all of its stores."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.staging import around, files

from antkey_scanner.errors import SourceError
from antkey_scanner.git.enclosing import enclosing, path_in

MakeGit = Callable[..., Git]


def test_borrowed_objects_of_the_own_repository_are_read(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a").commit(a="1", b="2")
    Git(tmp_path)("clone", "-q", "--shared", "a", "b")
    git = Git(tmp_path / "b")
    git.write("a", "3")
    git("add", "-A")
    assert files(git) == {"a": b"3"}
    assert len(around(git.path).objects) == 2


def test_objects_of_a_push_that_is_not_accepted_yet(git: Git, tmp_path: Path) -> None:
    other = str(tmp_path / 'odd"name')
    env = {
        "GIT_DIR": ".git",
        "GIT_OBJECT_DIRECTORY": "objects-of-push",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{tmp_path}/odd\\"name"{os.pathsep}plain',
    }
    found = enclosing(str(git.path), env)
    assert found is not None
    own = (str(git.path / name) for name in ("objects-of-push", ".git/objects"))
    assert found.objects == (*own, other, str(git.path / "plain"))


def test_the_repository_is_found_from_a_folder_below(git: Git) -> None:
    git.commit(a__b__c="1")
    assert around(git.path / "a/b").work_tree == str(git.path)
    assert enclosing("/", {}) is None


def test_a_git_file_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    with pytest.raises(SourceError, match="a git folder without objects"):
        enclosing(str(tmp_path), {})


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        (".", "a", b"a"),
        ("d", "a", b"d/a"),
        ("d", "../a", b"a"),
        (".", "./d//a", b"d/a"),
        (".", "../outside", None),
        (".", "into/a", b"d/a"),
        (".", "link", b"link"),
        (".", ".", b""),
    ],
)
def test_named_files_become_paths_in_the_repository(
    git: Git, folder: str, name: str, path: bytes | None
) -> None:
    git.commit(a="1", d__a="2")
    (git.path / "into").symlink_to("d")
    (git.path / "link").symlink_to("a")
    assert path_in(around(git.path), str(git.path / folder), name) == path
