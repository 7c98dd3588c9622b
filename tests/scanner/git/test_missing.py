"""Promises that whatever a repository names but lacks is told, and that a whole repository lacks nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.missing import Presence, Stored, absent_tips, report
from antkey_scanner.git.objects import COMMIT, TAG, TREE, Object
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.git.walk import Walk

MakeGit = Callable[..., Git]


def missing(path: Path) -> tuple[set[bytes], list[str]]:
    """What is missing from a repository, and what is said about it."""
    repository = next(r for r in repositories([(str(path), "")]) if isinstance(r, Repository))
    present = Presence(repository.objects, repository.hash_size)
    found, _ = absent_tips(repository, present.__contains__)
    kinds = 1 << COMMIT | 1 << TREE | 1 << TAG
    walk = Walk(repository.objects, repository.hash_size, kinds=kinds)
    for piece in walk.plan().pieces:
        for item in walk.run(piece):
            if isinstance(item, Object):
                found |= present.absent(item.kind, item.data)
    skips = list(report(repository, found))
    assert all(skip.counts for skip in skips)
    return found, [skip.reason for skip in skips]


def remove(git: Git, oid: bytes) -> None:
    name = oid.hex()
    (git.path / ".git/objects" / name[:2] / name[2:]).unlink()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_whole_repositories_lack_nothing(make_git: MakeGit, packed: bool, hash_name: str) -> None:
    make_git("sub").commit(a="1")
    git = make_git("a", f"--object-format={hash_name}")
    git.commit(a="1", d__b="2", empty="")
    git("tag", "-a", "v1", "-m", "x")
    git("commit", "-q", "--allow-empty", "-m", "x")
    git.write("a", "3")
    git("stash", "-q")
    git(
        "update-index",
        "--add",
        "--cacheinfo",
        f"160000,{'1' * (40 if hash_name == 'sha1' else 64)},s",
    )
    git("commit", "-q", "-m", "submodule")
    if packed:
        git("gc", "-q")
    assert missing(git.path) == (set(), [])


@pytest.mark.parametrize("name", ["HEAD:a", "HEAD:d", "HEAD~1", "HEAD~1^{tree}", "v1^{}"])
def test_what_is_lost_is_named(git: Git, name: str) -> None:
    git.commit(x="0")
    git.commit(y="0")
    git("tag", "-a", "v1", "-m", "x")
    git.commit(a="1", d__b="2")
    lost = git.oid(name)
    remove(git, lost)
    found, reasons = missing(git.path)
    assert found == {lost}
    assert reasons == [
        f"1 object is missing from its history, {lost.hex()}; git fsck tells what needs them"
    ]


def test_a_ref_to_nothing_is_named(git: Git) -> None:
    git.commit(a="1")
    git.write(".git/refs/heads/gone", "1" * 40 + "\n")
    assert missing(git.path)[0] == {b"\x11" * 20}


def test_a_staged_file_that_is_lost_is_named(git: Git) -> None:
    git.commit(a="1")
    git.write("b", "2")
    git("add", "b")
    lost = git.oid(":b")
    remove(git, lost)
    assert missing(git.path)[0] == {lost}


def test_what_only_reflogs_name_may_be_gone(git: Git) -> None:
    git.commit(a="1")
    lost = git.commit(a="2")
    git("reset", "-q", "--hard", "HEAD~1")
    remove(git, lost)
    assert missing(git.path) == (set(), [])


def test_a_shallow_clone_lacks_what_it_says(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    for number in range(4):
        git.commit(a=str(number))
    Git(tmp_path)("clone", "-q", "--depth=2", f"file://{git.path}", "b")
    found, reasons = missing(tmp_path / "b")
    assert len(found) == 1
    assert reasons == []


def test_a_partial_clone_lacks_files(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    for number in range(5):
        git.commit(a=str(number))
    git("config", "uploadpack.allowFilter", "true")
    Git(tmp_path)("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{git.path}", "b")
    found, reasons = missing(tmp_path / "b")
    assert len(found) == 5
    assert reasons[0].startswith("5 objects are missing from its history, ")
    assert " and others; " in reasons[0]


def test_a_store_that_is_asked_gives_the_same(git: Git) -> None:
    git.commit(a="1", d__b="2")
    git("tag", "-a", "v1", "-m", "x")
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},s")
    git("commit", "-q", "-m", "submodule")
    git.commit(c="3")
    objects = [str(git.path / ".git/objects")]
    remove(git, git.oid("HEAD:d/b"))
    remove(git, git.oid("HEAD~2"))
    present, stored = Presence(objects, 20), Stored(ObjectStore(objects, 20), 20)
    walk = Walk(objects, 20, kinds=1 << COMMIT | 1 << TREE | 1 << TAG)
    absent = 0
    for piece in walk.plan().pieces:
        for item in walk.run(piece):
            if isinstance(item, Object):
                assert stored.absent_of(item) == present.absent_of(item)
                absent += len(present.absent_of(item))
    assert absent == 3  # the file in one folder, the commit below another one and behind the tag
    assert stored.absent_of(Object(bytes(20), TREE, b"cut")) == set()


def test_malformed_trees_take_linear_time() -> None:
    present = Presence([], 20)
    for data in (b"1 " * 500_000, b"1" * 1_000_000, b"40000 " * 200_000, b"\0" * 1_000_000):
        assert present.absent(TREE, data) == set()


@pytest.mark.parametrize("removed", [0, 3, 57, 199])
def test_a_missing_file_of_one_version_of_a_large_folder(make_git: MakeGit, removed: int) -> None:
    git = make_git()
    files = {f"file-with-a-name-of-some-length-{number:03}": f"{number}\n" for number in range(200)}
    git.commit("first", **files)
    for round_ in range(6):
        changed = list(files)[removed::67]
        git.commit(f"more {round_}", **{name: f"{name} {round_}\n" for name in changed})
    lost = git.oid(f"HEAD~3:{list(files)[removed]}")
    git("repack", "-adfq", "--depth=50", "--window=50")
    present = Presence([str(git.path / ".git/objects")], 20)
    present._present.discard(lost)
    walk = Walk([str(git.path / ".git/objects")], 20, kinds=1 << TREE)
    by_delta: set[bytes] = set()
    by_lines: set[bytes] = set()
    for piece in walk.plan().pieces:
        for item in walk.run(piece):
            if isinstance(item, Object):
                by_delta |= present.absent_of(item)
                by_lines |= present.absent(item.kind, item.data)
    assert by_delta == by_lines == {lost}
