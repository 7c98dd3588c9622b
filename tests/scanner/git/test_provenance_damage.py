"""Promises that the search for where content stands ends, and finds the rest, in odd repositories."""

from __future__ import annotations

import os

from tests.scanner.git.conftest import Git
from tests.scanner.git.sightings import look, one, seen


def test_file_names_that_look_like_folders_do_not_confuse(git: Git) -> None:
    git.write("40000 a/40000 b", "secret")
    git.write("x 40000 y", "secret")
    git.commit()
    found = seen(git, git.blob("secret"))
    assert {each.path for each in found} == {"40000 a/40000 b", "x 40000 y"}


def test_trees_that_hold_each_other_many_times_end(git: Git) -> None:
    line = f"100644 blob {git.blob('bomb').hex()}\t"
    tree = git("mktree", stdin="".join(f"{line}{n}\n" for n in range(10)).encode()).decode()
    for _ in range(12):
        lines = "".join(f"040000 tree {tree}\t{n}\n" for n in range(10))
        tree = git("mktree", stdin=lines.encode()).decode()
    commit = git("commit-tree", "-m", "bomb", tree)
    git("update-ref", "refs/heads/main", commit)
    found = look(git, git.blob("bomb"))
    assert len(found.seen[git.blob("bomb")]) == 256
    assert [(skip.reason, skip.counts) for skip in found.skips] == [
        ("stands at more than 256 paths", False)
    ]


def test_deep_trees_end(git: Git) -> None:
    tree = git("mktree", stdin=f"100644 blob {git.blob('deep').hex()}\tf\n".encode()).decode()
    for _ in range(300):
        tree = git("mktree", stdin=f"040000 tree {tree}\td\n".encode()).decode()
    git("update-ref", "refs/heads/main", git("commit-tree", "-m", "deep", tree))
    assert one(git, git.blob("deep")).path == "d/" * 300 + "f"


def test_malformed_trees_commits_and_tags_do_not_end_the_search(git: Git) -> None:
    first = git.commit(f="secret")
    for kind, data in [
        ("tree", b"40000 " + b"40000 " * 1000),
        ("tree", b"100644 no end"),
        ("commit", b"tree 12\n"),
        ("commit", b""),
        ("tag", b"object 12\n"),
        ("commit", f"tree {'a' * 40}\nparent {'b' * 40}\nauthor x\ncommitter y\n\n".encode()),
    ]:
        git("hash-object", "-w", "-t", kind, "--literally", "--stdin", stdin=data)
    assert one(git, git.oid("HEAD:f")).commit == first.hex()


def test_a_commit_that_does_not_say_when(git: Git) -> None:
    git.commit(a="1")
    tree = git("mktree", stdin=f"100644 blob {git.blob('x').hex()}\tf\n".encode()).decode()
    for author in (
        "A <a@example.com>",
        "A <a@example.com> 99999999999999999999 +0000",
        "A -5 +0000",
    ):
        data = f"tree {tree}\nauthor {author}\ncommitter C <c@example.com> 1 +0000\n\nx\n"
        said = git(
            "hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=data.encode()
        )
        git("update-ref", "refs/heads/odd", said)
        found = one(git, git.blob("x"))
        assert (found.path, found.author_date) == ("f", None)
        git("update-ref", "-d", "refs/heads/odd")
        path = said.decode()
        os.unlink(git.path / ".git/objects" / path[:2] / path[2:])


def test_a_broken_ref_and_a_broken_index_are_named(git: Git) -> None:
    git.commit(f="secret")
    git.write(".git/refs/heads/broken", "junk\n")
    git.write(".git/index", "junk")
    found = look(git, git.oid("HEAD:f"))
    assert found.seen[git.oid("HEAD:f")][0].path == "f"
    assert {skip.path for skip in found.skips} == {".git/refs/heads/broken", ".git/index"}
