"""Promises that ranges of damaged, shallow and hostile histories end and never pass for clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.rangesearch import files, opened, search

from antkey_scanner.errors import SourceError
from antkey_scanner.git.ranges import new
from antkey_scanner.git.revisions import parse_range

MakeGit = Callable[..., Git]


def test_a_shallow_clone_does_not_pass_for_a_whole_one(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    for number in range(5):
        git.commit(a=f"{number}")
    Git(tmp_path)("clone", "-q", "--depth=3", f"file://{git.path}", "b")
    clone = Git(tmp_path / "b")
    assert files(clone, "HEAD~1..HEAD") == [("a", "4")]
    with pytest.raises(SourceError, match="depth"):
        parse_range(*opened(clone), f"{git.oid('HEAD~4').hex()}..HEAD")
    _, store = opened(clone)
    found = new(store, [git.oid("HEAD")], [git.oid("HEAD~4")])
    assert [skip.counts for skip in found.skips] == [True]
    assert "git fetch --unshallow" in found.skips[0].reason
    assert len(found.commits) == 3


def test_a_missing_tree_is_named_and_the_rest_is_given(git: Git) -> None:
    git.commit(a="1")
    git.commit(d__x="2", b="2")
    git.commit(c="3")
    oid = git.oid("HEAD~1:d").hex()
    (git.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    _, found, skips = search(git, "HEAD~2..HEAD")
    assert [one.path for one in found] == [b"b", b"c"]
    assert [skip.path for skip in skips] == [f"commit:{git.oid('HEAD~1').hex()}"]


def test_trees_that_hold_each_other_many_times_end(git: Git) -> None:
    git.commit(a="1")
    line = f"100644 blob {git.blob('bomb').hex()}\t"
    tree = git("mktree", stdin="".join(f"{line}{n}\n" for n in range(10)).encode()).decode()
    for _ in range(12):
        lines = "".join(f"040000 tree {tree}\t{n}\n" for n in range(10))
        tree = git("mktree", stdin=lines.encode()).decode()
    commit = git("commit-tree", "-p", "HEAD", "-m", "bomb", tree)
    git("update-ref", "refs/heads/main", commit)
    found = files(git, "HEAD~1..HEAD")
    assert {content for _, content in found} == {"bomb"}
    assert len(found) == 2560


@pytest.mark.parametrize(
    "data",
    [
        b"1 " * 500_000,
        b"1" * 1_000_000,
        b"100644 x" * 100_000,
        b"100644 a\0" + b"x" * 19,
        b"100644 a\0" + b"x" * 20 + b"junk",
        b"\0" * 1_000_000,
    ],
)
def test_malformed_trees_are_named_in_linear_time(git: Git, data: bytes) -> None:
    git.commit(a="1")
    said = git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=data)
    person = "A <a@example.com> 1 +0000"
    text = f"tree {said.decode()}\nauthor {person}\ncommitter {person}\n\nx\n"
    odd = git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=text.encode())
    _, found, skips = search(git, f"{odd.decode()} --not HEAD")
    assert found == []
    assert [skip.reason for skip in skips] == ["is a malformed tree"]
