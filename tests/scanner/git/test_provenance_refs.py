"""Promises that content is told with the refs that lead to it, or as dangling when none does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.scanner.git.conftest import Git
from tests.scanner.git.sightings import one

from antkey_scanner.git.provenance import Seen

MakeGit = Callable[..., Git]


def test_stashes_with_untracked_files_old_ones_too(git: Git) -> None:
    git.commit(a="1")
    git.write("a", "stashed first")
    git("stash", "-q")
    old = git.oid("stash:a")
    git.write("new", "untracked")
    git("stash", "-q", "--include-untracked")
    untracked = git.oid("stash^3:new")
    assert one(git, old).refs == ("refs/stash@{1}",)
    assert not one(git, old).dangling
    found = one(git, untracked)
    assert (found.path, found.refs) == ("new", ("refs/stash",))


def test_notes(git: Git) -> None:
    head = git.commit(a="1")
    git("notes", "add", "-m", "noted")
    found = one(git, git.oid(f"refs/notes/commits:{head.hex()}"))
    assert (found.path, found.refs) == (head.hex(), ("refs/notes/commits",))


def test_what_only_a_reflog_leads_to_is_dangling(git: Git) -> None:
    git.commit(a="1")
    lost = git.commit(f="secret")
    hit = git.oid("HEAD:f")
    git("reset", "-q", "--hard", "HEAD~1")
    found = one(git, hit)
    assert (found.path, found.commit, found.refs) == ("f", lost.hex(), ())
    assert found.dangling


def test_what_nothing_leads_to_is_dangling_with_its_path(git: Git) -> None:
    git.commit(a="1")
    lost = git.commit(d__f="secret")
    hit = git.oid("HEAD:d/f")
    git("reset", "-q", "--hard", "HEAD~1")
    git("reflog", "expire", "--expire=all", "--all")
    (git.path / ".git/ORIG_HEAD").unlink()
    assert (one(git, hit).path, one(git, hit).commit) == ("d/f", lost.hex())
    commit = lost.hex()
    (git.path / ".git/objects" / commit[:2] / commit[2:]).unlink()
    found = one(git, hit)
    assert (found.path, found.commit, found.dangling) == ("d/f", None, True)


def test_a_blob_in_no_tree_is_named_by_its_id(git: Git) -> None:
    git.commit(a="1")
    hit = git.blob("loose")
    assert one(git, hit) == Seen(f"blob:{hit.hex()}", None, None, (), 0, True, False)


def test_messages_and_authors_of_commits_and_tags(git: Git) -> None:
    head = git.commit("secret", a="1")
    git("tag", "-a", "v1", "-m", "secret")
    git.commit("more", a="2")
    found = one(git, head)
    assert found == Seen(
        f"commit:{head.hex()}",
        head.hex(),
        "2026-03-01T08:01:00Z",
        ("refs/heads/main", "refs/tags/v1"),
        2,
        False,
        False,
    )
    tag = git.oid("v1")
    found = one(git, tag)
    assert (found.path, found.commit) == (f"tag:{tag.hex()}", None)
    assert (found.author_date, found.refs) == ("2026-03-01T08:01:00Z", ("refs/tags/v1",))
    git("tag", "-d", "v1")
    assert one(git, tag).dangling


def test_refs_to_tags_of_tags_blobs_and_trees(git: Git) -> None:
    git.commit(a="1")
    blob = git.blob("tagged blob")
    git("tag", "-a", "inner", "-m", "x", blob.hex())
    git("tag", "-a", "outer", "-m", "x", "inner")
    found = one(git, blob)
    assert (found.path, found.dangling) == (f"blob:{blob.hex()}", False)
    assert set(found.refs) == {"refs/tags/inner", "refs/tags/outer"}
    tree = git("mktree", stdin=f"100644 blob {git.blob('in a tree').hex()}\tname\n".encode())
    git("tag", "tree", tree.decode())
    assert one(git, git.blob("in a tree")).path == "name"
    assert not one(git, git.blob("in a tree")).dangling


def test_some_refs_are_named_and_all_are_counted(git: Git) -> None:
    git.commit(f="secret")
    for number in range(9):
        git("branch", f"b{number}")
        git("tag", f"t{number}")
    found = one(git, git.oid("HEAD:f"))
    assert found.ref_count == 19
    assert found.refs[0] == "refs/heads/main"
    assert len(found.refs) == 5


def test_other_worktrees_and_detached_heads(make_git: MakeGit, tmp_path: Path) -> None:
    main = make_git("all/z")
    main.commit(a="1")
    main("worktree", "add", "-q", "--detach", "../tree")
    tree = Git(tmp_path / "all/tree")
    tree.commit(f="secret")
    tree.write("g", "staged there")
    tree("add", "g")
    git = Git(tmp_path / "all")
    assert one(git, tree.oid("HEAD:f")).refs == ("worktrees/tree/HEAD",)
    assert one(git, tree.oid(":g")).in_index


def test_a_bare_clone_without_a_local_copy_of_anything_else(
    make_git: MakeGit, tmp_path: Path
) -> None:
    make_git("a").commit(f="secret")
    Git(tmp_path)("clone", "-q", "--bare", "a", "b.git")
    git = Git(tmp_path / "b.git")
    assert one(git, git.oid("HEAD:f")).refs == ("refs/heads/main",)
