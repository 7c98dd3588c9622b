"""Promises that all refs, heads and reflogs are read as git reads them, and that broken ones are named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.refs import BrokenRef, Ref, is_safe, lookup, reflogs, refs
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


def opened(path: Path) -> Repository:
    return next(r for r in repositories([(str(path), "")]) if isinstance(r, Repository))


def look(path: Path) -> tuple[dict[bytes, bytes], list[Skip]]:
    found = list(refs(opened(path)))
    skips = [each for each in found if isinstance(each, Skip)]
    return {each.name: each.oid for each in found if isinstance(each, Ref)}, skips


def by_git(git: Git) -> dict[bytes, bytes]:
    lines = git("for-each-ref", "--format=%(objectname) %(refname)").split(b"\n")
    return {
        name: bytes.fromhex(oid.decode())
        for oid, _, name in (line.partition(b" ") for line in lines)
    }


def clean(git: Git) -> dict[bytes, bytes]:
    found, skips = look(git.path)
    assert skips == []
    return {name: oid for name, oid in found.items() if name.startswith(b"refs/")}


@pytest.fixture
def history(git: Git) -> Git:
    git.commit(a="1")
    git("tag", "light")
    git("tag", "-a", "v1", "-m", "x")
    git("branch", "feature/one")
    git.commit(a="2")
    git("notes", "add", "-m", "x")
    git.write("a", "3")
    git("stash", "-q")
    git("update-ref", "refs/odd/x", "HEAD")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main")
    git("update-ref", "refs/bisect/bad", "HEAD")
    return git


def test_refs_of_all_kinds_loose_and_packed(history: Git) -> None:
    assert clean(history) == by_git(history)
    history("pack-refs", "--all", "--prune")
    assert clean(history) == by_git(history)
    history.commit(a="4")  # a loose one over a packed one
    assert clean(history) == by_git(history)


def test_packed_tags_tell_what_they_are_of(history: Git) -> None:
    history("pack-refs", "--all")
    found = {each.name: each for each in refs(opened(history.path)) if isinstance(each, Ref)}
    assert found[b"refs/tags/v1"].peeled == history.oid("v1^{}")
    assert found[b"refs/tags/light"].peeled is None


def test_heads_and_what_merges_and_fetches_leave(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a").commit(a="1")
    Git(tmp_path)("clone", "-q", "a", "b")
    git = Git(tmp_path / "b")
    git.commit(a="2")
    git("fetch", "-q")
    git("checkout", "-q", "-b", "side", "HEAD~1")
    git.commit(a="3")
    git("merge", "main", check=False)
    found, skips = look(git.path)
    assert skips == []
    for name in ("HEAD", "FETCH_HEAD", "MERGE_HEAD"):
        assert found[name.encode()] == git.oid(name)


def test_worktrees_have_heads_and_refs_of_their_own(make_git: MakeGit, tmp_path: Path) -> None:
    main = make_git("z")
    main.commit(a="1")
    main("worktree", "add", "-q", "--detach", "../tree")
    tree = Git(tmp_path / "tree")
    oid = tree.commit(b="2")
    tree("update-ref", "refs/bisect/good", "HEAD")
    found, skips = look(tmp_path)
    assert skips == []
    assert found[b"worktrees/tree/HEAD"] == oid
    assert found[b"worktrees/tree/refs/bisect/good"] == oid
    assert found[b"HEAD"] == main.oid("HEAD")
    logs = dict(each for each in reflogs(opened(tmp_path)) if not isinstance(each, Skip))
    assert logs[b"worktrees/tree/HEAD"][-1] == oid


def test_reflogs_have_old_and_new_ids_once(git: Git) -> None:
    first = git.commit(a="1")
    second = git.commit(a="2")
    git("reset", "-q", "--hard", "HEAD~1")
    logs = dict(each for each in reflogs(opened(git.path)) if not isinstance(each, Skip))
    assert logs[b"HEAD"] == logs[b"refs/heads/main"] == [first, second]


def test_a_head_before_the_first_commit_is_no_problem(git: Git) -> None:
    assert look(git.path) == ({}, [])
    assert lookup(opened(git.path), b"HEAD") is None


def test_names_with_any_bytes(git: Git) -> None:
    head = git.commit(a="1")
    names = [b"refs/heads/\xff\xfe", "refs/heads/ü/日本".encode(), b"refs/heads/a'b\"c$d;e&f<g>"]
    for name in names:
        git("update-ref", name, "HEAD")
    assert {name: clean(git)[name] for name in names} == dict.fromkeys(names, head)
    git("pack-refs", "--all")
    assert {name: clean(git)[name] for name in names} == dict.fromkeys(names, head)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no ref"),
        (b"junk", "is no ref"),
        (b"12345\n", "is no ref"),
        (b"g" * 40, "is no ref"),
        (b"a" * 41, "is no ref"),
        (b"a" * 38 + b"  ", "is no ref"),
        (b"0" * 40, "is all zeros"),
        (b"ref: ../../../../etc/passwd\n", "is a symbolic ref to what is no ref"),
        (b"ref: /etc/passwd\n", "is a symbolic ref to what is no ref"),
        (b"ref: refs/heads/x\n", "is a symbolic ref that leads to too many others"),
    ],
)
def test_a_malformed_ref_is_named(git: Git, content: bytes, reason: str) -> None:
    git.commit(a="1")
    git.write(".git/refs/heads/x", content)
    found, skips = look(git.path)
    assert b"refs/heads/main" in found
    assert skips == [Skip(".git/refs/heads/x", reason)]


def test_a_symbolic_ref_to_a_lost_branch_loses_nothing(git: Git) -> None:
    git.commit(a="1")
    git.write(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/main\n")
    skips = look(git.path)[1]
    assert [(skip.path, skip.counts) for skip in skips] == [
        (".git/refs/remotes/origin/HEAD", False)
    ]


def test_malformed_lines_of_packed_refs_are_counted(git: Git) -> None:
    oid = git.commit(a="1").hex()
    git.write(
        ".git/packed-refs",
        f"# pack-refs with: peeled\n{oid} refs/tags/a\n^{oid}\njunk\n{oid}\n^{oid}\n{oid} refs/tags/b",
    )
    found, skips = look(git.path)
    assert {b"refs/tags/a", b"refs/tags/b"} <= set(found)
    assert skips == [Skip(".git/packed-refs", "3 lines are malformed")]


def test_links_are_symbolic_refs_and_lead_nowhere_else(git: Git, tmp_path: Path) -> None:
    head = git.commit(a="1")
    (git.path / ".git/HEAD").unlink()
    (git.path / ".git/HEAD").symlink_to("refs/heads/main")
    assert lookup(opened(git.path), b"HEAD") == head
    outside = tmp_path / "outside"
    outside.write_text(head.hex() + "\n")
    (git.path / ".git/refs/heads/x").symlink_to(outside)
    (git.path / ".git/refs/tags/y").symlink_to(tmp_path)
    found, skips = look(git.path)
    assert b"refs/heads/x" not in found
    assert {skip.path for skip in skips} == {".git/refs/heads/x", ".git/refs/tags/y"}


def test_a_pipe_does_not_block(git: Git) -> None:
    git.commit(a="1")
    for name in ("refs/heads/pipe", "packed-refs", "logs/pipe"):
        os.mkfifo(git.path / ".git" / name)
    assert {skip.path for skip in look(git.path)[1]} == {
        ".git/refs/heads/pipe",
        ".git/packed-refs",
    }
    logs = list(reflogs(opened(git.path)))
    assert [each.path for each in logs if isinstance(each, Skip)] == [".git/logs/pipe"]


@pytest.mark.parametrize(
    "name",
    [b"HEAD", b"ORIG_HEAD", b"refs/heads/main", b"refs/x/\xff", b"refs/heads/@", b"refs/a.b"],
)
def test_names_that_git_allows(name: bytes) -> None:
    assert is_safe(name)


@pytest.mark.parametrize(
    "name",
    [
        b"",
        b"head",
        b"config",
        b"../HEAD",
        b"HEAD/x",
        b"refs/",
        b"refs/../x",
        b"refs/heads/../../x",
        b"refs//x",
        b"refs/.x",
        b"refs/x.lock",
        b"refs/x.lock/y",
        b"refs/x.",
        b"refs/a b",
        b"refs/a\0b",
        b"refs/a\x1bb",
        b"refs/a@{b",
        b"refs/a*",
        b"refs/a^",
    ],
)
def test_names_that_git_does_not_allow(name: bytes) -> None:
    assert not is_safe(name)


def test_a_lookup_of_an_unsafe_name_opens_nothing(git: Git) -> None:
    git.commit(a="1")
    with pytest.raises(BrokenRef):
        lookup(opened(git.path), b"refs/../../../etc/passwd")


def test_many_packed_refs_take_little_memory(git: Git) -> None:
    oid = git.commit(a="1").hex()
    lines = "".join(f"{oid} refs/tags/t{number:06}\n" for number in range(100_000))
    git.write(".git/packed-refs", "# pack-refs with: peeled fully-peeled sorted\n" + lines)
    repository = opened(git.path)
    assert sum(1 for each in refs(repository) if isinstance(each, Ref)) == 100_002
    assert lookup(repository, b"refs/tags/t099999") == git.oid("HEAD")
    assert lookup(repository, b"refs/tags/t") is None


def test_nothing_is_written(history: Git) -> None:
    before = snapshot(history.path)
    clean(history)
    list(reflogs(opened(history.path)))
    assert snapshot(history.path) == before
