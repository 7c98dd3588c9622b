"""Promises that objects are borrowed, and links followed, only inside of what is scanned."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.discovered import look, one

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.repository import Repository

MakeGit = Callable[..., Git]


def test_a_linked_worktree_alone_is_refused(make_git: MakeGit, tmp_path: Path) -> None:
    main = make_git("z")
    main.commit(a="b")
    main("worktree", "add", "-q", "../a")
    reason = "leads to a git folder outside of what is scanned; not followed"
    assert look(tmp_path / "a") == ([], [(".git", reason)])


def test_what_several_scanned_folders_hold_together_is_inside(
    make_git: MakeGit, tmp_path: Path
) -> None:
    main = make_git("z")
    main.commit(a="b")
    main("worktree", "add", "-q", "../a")
    found = list(repositories([(str(tmp_path / "a"), "a/"), (str(tmp_path / "z"), "z/")]))
    assert [each.shown for each in found if isinstance(each, Repository)] == ["z/"]
    assert len(found) == 1


def test_alternates_inside_are_followed_and_outside_are_refused(
    make_git: MakeGit, tmp_path: Path
) -> None:
    make_git("a").commit(a="b")
    Git(tmp_path)("clone", "-q", "--shared", "a", "b")
    Git(tmp_path)("clone", "-q", "--shared", "b", "c")
    stores = {each.shown: each.objects for each in look(tmp_path)[0]}
    assert stores[f"c{os.sep}"] == tuple(str(tmp_path / x / ".git/objects") for x in "cba")
    found, skips = look(tmp_path / "c")
    assert found[0].objects == (str(tmp_path / "c/.git/objects"),)
    assert skips == [
        (".git", "borrows objects from outside of what is scanned; not followed"),
    ]


def test_alternates_in_a_circle_end(make_git: MakeGit, tmp_path: Path) -> None:
    a, b = make_git("a"), make_git("b")
    a.write(".git/objects/info/alternates", "../../../b/.git/objects\n")
    b.write(".git/objects/info/alternates", '# note\n"../../../\\141/.git/objects"\n')
    assert {len(each.objects) for each in look(tmp_path)[0]} == {2}


def test_alternates_that_are_not_there_or_on_a_server_are_named(git: Git) -> None:
    git.write(".git/objects/info/alternates", "missing\n")
    git.write(".git/objects/info/http-alternates", "http://example.invalid/\n")
    assert [reason for _, reason in look(git.path)[1]] == [
        "has alternates on a server; never fetched",
        "borrows objects from a folder that is not there",
    ]


@pytest.mark.parametrize("link", ["objects", "objects/pack"])
def test_links_to_objects_outside_are_refused(make_git: MakeGit, tmp_path: Path, link: str) -> None:
    git = make_git("in/a")
    outside = tmp_path / "outside"
    shutil.move(git.path / ".git" / link, outside)
    (git.path / ".git" / link).symlink_to(outside)
    _, skips = look(git.path)
    assert len(skips) == 1
    assert "link" in skips[0][1]


def test_a_link_named_git_is_followed_only_inside(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    other = tmp_path / "b"
    other.mkdir()
    (other / ".git").symlink_to(git.path / ".git")
    assert one(tmp_path).git_dir == str(git.path / ".git")
    reason = "a link that leads out of what is scanned; not followed"
    assert look(other) == ([], [(".git", reason)])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is neither a git folder nor a file that leads to one"),
        (b"\0\xff\n", "is neither a git folder nor a file that leads to one"),
        (b"gitdir: \n", "is neither a git folder nor a file that leads to one"),
        (b"gitdir: a\0b\n", "is neither a git folder nor a file that leads to one"),
        (b"gitdir: nowhere\n", "a git folder without objects"),
        (b"gitdir: /\n", "leads to a git folder outside of what is scanned; not followed"),
    ],
)
def test_a_file_that_leads_nowhere_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / ".git").write_bytes(content)
    assert look(tmp_path) == ([], [(".git", reason)])
