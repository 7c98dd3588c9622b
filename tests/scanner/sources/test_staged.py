"""The index as a source: which objects, at which paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git

from antkey_scanner.errors import PolicyError
from antkey_scanner.sources.objects import Origin
from antkey_scanner.sources.staged import Staged
from antkey_scanner.tasks import Objects


@pytest.fixture
def git(tmp_path: Path) -> Git:
    git = Git(tmp_path / "repo").init()
    git.commit("first", readme="1", sub__old="2")
    return git


def _staged(git: Git, *names: str, folder: str = "") -> Staged:
    return Staged(str(git.path / folder), {}, names)


def _read(source: Staged) -> list[bytes]:
    return [oid for task in source.tasks() if isinstance(task, Objects) for oid in task.oids]


def test_one_content_at_two_paths_is_read_once(git: Git) -> None:
    git.write("a", "same")
    git.write("sub/b", "same")
    git("add", "-A")
    source = _staged(git)
    oid = git.oid(":a")
    assert _read(source) == [oid]
    assert source.count == 1
    assert source.paths == ["a", "sub/b"]
    assert source.origins([oid.hex()]) == {oid.hex(): [Origin("a"), Origin("sub/b")]}


def test_names_count_from_the_working_folder(git: Git) -> None:
    assert _staged(git, "old", folder="sub").paths == ["sub/old"]
    assert _staged(git, "../readme", folder="sub").paths == ["readme"]


@pytest.mark.parametrize("name", ["../elsewhere", "/etc/passwd"])
def test_names_outside_of_the_repository_are_refused(git: Git, name: str) -> None:
    with pytest.raises(PolicyError, match="outside of the repository"):
        _staged(git, name)


def test_what_is_left_out_is_not_read_and_told(git: Git) -> None:
    git.write("a", "same")
    git.write("sub/b", "same")
    git.write("sub/c", "other")
    git("add", "-A")
    source = _staged(git)
    source.leave_out(("sub/**",))
    assert source.paths == ["a"]
    assert _read(source) == [git.oid(":a")]
    assert [(skip.path, skip.counts) for skip in source.skips] == [
        ("sub/b", False),
        ("sub/c", False),
    ]


def test_a_name_that_is_no_utf_8_is_shown(git: Git) -> None:
    git.write(b"caf\xe9", "new")
    git("add", "-A")
    assert _staged(git).paths == ["caf\\xe9"]
