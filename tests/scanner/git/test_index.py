"""Promises that the index is read in all of its forms, and that one which cannot be read is named."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.staging import files, look

from antkey_scanner.git.trees import File
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("cache", ["valid", "old", "none"])
def test_every_version_of_the_index(make_git: MakeGit, version: int, cache: str) -> None:
    git = make_git()
    git.commit(**{f"folder{i}__sub__file{j}": f"{i}{j}" for i in range(5) for j in range(9)})
    git("config", "index.version", str(version))
    for i in range(4):
        git.write(f"folder{i}/sub/file{i}", "changed")
        git.write(f"folder{i}/added/{'long' * 60}", "added")
    git.write('\udcff\n"name', "odd")
    git("add", "-A")
    git("update-index", f"--index-version={max(version, 2)}")
    if version == 3:
        git("update-index", "--skip-worktree", "folder4/sub/file1")
    if cache == "valid":
        git("write-tree")
    elif cache == "none":
        git("read-tree", "--empty")
        git("add", "-A")
        assert git("ls-files", "--stage")
    data = (git.path / ".git/index").read_bytes()
    assert data[7] == version or version == 3
    found = {each.path for each in look(git.path) if isinstance(each, File)}
    assert {os.fsdecode(path) for path in found} == {
        os.fsdecode(name)
        for name in git(
            "diff", "--cached", "--no-renames", "--name-only", "-z", "--diff-filter=d", "HEAD"
        ).split(b"\0")
        if name
    }
    assert len(found) == 9


def test_names_of_all_lengths_are_read(git: Git) -> None:
    names = ["n" * length for length in (1, 2, 3, 4, 5, 6, 7, 8, 9, 63, 254)]
    deep = "/".join(["d" * 200] * 18)  # a path longer than the index's field for its length
    for name in names:
        git.write(name, name)
    oid = git.blob("deep").hex()
    git("add", "-A")
    git("update-index", "--index-info", stdin=f"100644 {oid}\t{deep}/f\n".encode())
    assert set(files(git)) == {*names, f"{deep}/f"}


def test_a_split_index(git: Git) -> None:
    git.commit(**{f"f{i:02}": "1" for i in range(70)})
    git("update-index", "--split-index")
    git.write("f03", "changed")
    git.write("new", "new")
    git("rm", "-q", "f10", "f11")
    git("add", "-A")
    assert list((git.path / ".git").glob("sharedindex.*"))
    assert files(git) == {"f03": b"changed", "new": b"new"}


def test_a_split_index_without_the_shared_one_is_named(git: Git) -> None:
    git.commit(a="1")
    git("update-index", "--split-index")
    git.write("a", "changed")
    git("add", "-A")
    for path in (git.path / ".git").glob("sharedindex.*"):
        path.unlink()
    (skip,) = look(git.path)
    assert isinstance(skip, Skip)
    assert skip.counts
    assert "shares an index" in skip.reason


def test_a_bitmap_that_claims_to_be_huge_is_named(git: Git) -> None:
    git.commit(a="1")
    git("update-index", "--split-index")
    path = git.path / ".git/index"
    data = path.read_bytes()
    at = data.index(b"link")
    shared = data[at + 8 : at + 28]
    word = struct.pack(">Q", 1 | 0xFFFFFFFF << 1)  # set bits, as many as fit
    bitmap = struct.pack(">II", 0xFFFFFFFF, 1) + word + bytes(4)
    link = shared + bitmap + bitmap
    path.write_bytes(data[:at] + b"link" + struct.pack(">I", len(link)) + link + bytes(20))
    (skip,) = look(git.path)
    assert isinstance(skip, Skip)
    assert skip.reason == "does not fit the index that it shares"


def test_a_sparse_index(git: Git) -> None:
    git.commit(a__x="1", b__x="1", b__y__z="2", c="3")
    git("sparse-checkout", "init", "--cone", "--sparse-index")
    git("sparse-checkout", "set", "a")
    assert b"b/" in git("ls-files", "--sparse").split(b"\n")
    git.write("a/x", "changed")
    git("add", "a/x")
    assert files(git) == {"a/x": b"changed"}


def test_untracked_cache_and_resolved_conflicts_do_not_disturb(git: Git) -> None:
    git.commit(a="base")
    git("checkout", "-q", "-b", "side")
    git.commit(a="theirs")
    git("checkout", "-q", "main")
    git.commit(a="ours")
    git("update-index", "--force-untracked-cache")
    git("merge", "side", check=False)
    git.write("a", "resolved")
    git("add", "a")
    git.write("TREE", "x")
    git("status")
    assert files(git) == {"a": b"resolved"}


def test_an_index_without_a_checksum(git: Git) -> None:
    git.commit(a="1")
    git.write("a", "2")
    git("add", "-A")
    path = git.path / ".git/index"
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))
    assert files(git) == {"a": b"2"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: b"", "is too short for an index"),
        (lambda data: b"JUNK" + data[4:], "is no index"),
        (lambda data: data[:7] + b"\x09" + data[8:], "is an index of the unknown version 9"),
        (
            lambda data: data[:8] + b"\xff\xff\xff\xff" + data[12:],
            "is shorter than its header says",
        ),
        (lambda data: data[:100], "is shorter than its header says"),
        (lambda data: data[:12] + bytes(len(data) - 12), "has a malformed extension"),
        (lambda data: data[:-20] + b"xyzw\0\0\0\0" + data[-20:], "needs the unknown extension"),
    ],
)
def test_a_damaged_index_is_named(git: Git, change: Callable[[bytes], bytes], reason: str) -> None:
    git.commit(a="1", b="2", c="3")
    git.write("d", "4")
    git("add", "-A")
    path = git.path / ".git/index"
    path.write_bytes(change(path.read_bytes()))
    (skip,) = look(git.path)
    assert isinstance(skip, Skip)
    assert skip.counts
    assert skip.path == ".git/index"
    assert reason in skip.reason
