from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.lfs import LargeFile, large_files, pointers
from antkey_scanner.git.provenance import Provenance, Seen, provenance
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


def look(git: Git, *hits: bytes) -> Provenance:
    found = [r for r in repositories([(str(git.path), "")]) if isinstance(r, Repository)]
    repository = next(each for each in found if each.git_dir.startswith(str(git.path)))
    store = ObjectStore(repository.objects, repository.hash_size)
    return provenance(repository, store, hits)


def seen(git: Git, hit: bytes) -> tuple[Seen, ...]:
    found = look(git, hit)
    assert found.skips == ()
    return found.seen[hit]


def one(git: Git, hit: bytes) -> Seen:
    (found,) = seen(git, hit)
    return found


def test_the_earliest_commit_with_its_author_date_and_branch(git: Git) -> None:
    git.commit(other="x")
    first = git.commit(d__f="secret")
    git.commit(other="y")
    assert one(git, git.oid("HEAD:d/f")) == Seen(
        path="d/f",
        commit=first.hex(),
        author_date="2026-03-01T08:02:00Z",
        refs=("refs/heads/main",),
        ref_count=1,
        dangling=False,
        in_index=True,
    )


def test_content_that_was_removed_again(git: Git) -> None:
    first = git.commit(f="secret")
    hit = git.oid("HEAD:f")
    git.commit(f="clean")
    found = one(git, hit)
    assert (found.commit, found.in_index, found.dangling) == (first.hex(), False, False)


def test_every_path_with_its_own_first_commit(git: Git) -> None:
    first = git.commit(a="secret")
    git("mv", "a", "b")
    second = git.commit("rename")
    git.write("dir/sub/c", "secret")
    third = git.commit("copy")
    found = seen(git, git.oid("HEAD:b"))
    assert [(each.path, each.commit) for each in found] == [
        ("a", first.hex()),
        ("b", second.hex()),
        ("dir/sub/c", third.hex()),
    ]


def test_the_first_of_two_branches_wins(git: Git) -> None:
    git.commit(base="1")
    git("checkout", "-q", "-b", "late")
    git("checkout", "-q", "-b", "early")
    early = git.commit("early", f="secret")
    git("checkout", "-q", "late")
    git.commit("late", f="secret")
    assert one(git, git.oid("late:f")).commit == early.hex()
    assert one(git, git.oid("late:f")).refs == ("refs/heads/late", "refs/heads/early")


def test_an_ancestor_is_earlier_whatever_its_date(git: Git) -> None:
    git.write("f", "secret")
    git("add", "-A")
    future = {"GIT_COMMITTER_DATE": "@4000000000 +0000", "GIT_AUTHOR_DATE": "@4000000000 +0000"}
    git("commit", "-q", "-m", "x", env=future)
    first = git.oid("HEAD")
    git("rm", "-q", "f")
    git.commit("gone")
    git.commit("back", f="secret")
    assert one(git, git.oid("HEAD:f")).commit == first.hex()


def test_an_evil_merge_and_second_parents(git: Git) -> None:
    git.commit(base="1")
    git("checkout", "-q", "-b", "side")
    side = git.commit("side", s="from the side")
    git("checkout", "-q", "main")
    git.commit("main", m="1")
    git("merge", "-q", "--no-commit", "side")
    git.write("evil", "in no parent")
    merge = git.commit("merge")
    git("branch", "-D", "side")
    assert one(git, git.oid("HEAD:evil")).commit == merge.hex()
    assert one(git, git.oid("HEAD:s")).commit == side.hex()


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


def test_what_is_only_staged(git: Git) -> None:
    git.commit(a="1")
    git.write("new", "staged")
    git("add", "-A")
    hit = git.oid(":new")
    assert one(git, hit) == Seen("new", None, None, (), 0, False, True)


def test_a_resolved_conflict_that_the_index_remembers(git: Git) -> None:
    git.commit(a="base")
    git("checkout", "-q", "-b", "side")
    git.commit(a="theirs")
    git("checkout", "-q", "main")
    git.commit(a="ours")
    git("merge", "side", check=False)
    git.write("a", "resolved")
    git("add", "a")
    assert one(git, git.oid("side:a")).path == "a"


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


def test_a_tree_has_the_path_of_its_folder(git: Git) -> None:
    first = git.commit(d__e__f="1")
    found = one(git, git.oid("HEAD:d/e"))
    assert (found.path, found.commit) == ("d/e/", first.hex())
    assert one(git, git.oid("HEAD^{tree}")).path == f"tree:{git.oid('HEAD^{tree}').hex()}"


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


def test_names_are_shown_as_paths_are(git: Git) -> None:
    git.write(b"d\xff/n\n\"'", "odd")
    git.commit()
    assert one(git, git.blob("odd")).path == "d\\xff/n\n\"'"


def test_file_names_that_look_like_folders_do_not_confuse(git: Git) -> None:
    git.write("40000 a/40000 b", "secret")
    git.write("x 40000 y", "secret")
    git.commit()
    found = seen(git, git.blob("secret"))
    assert {each.path for each in found} == {"40000 a/40000 b", "x 40000 y"}


def test_many_hits_are_found_as_few_are(git: Git) -> None:
    for number in range(30):
        git.write(f"d{number % 3}/f{number}", f"secret {number}")
    git.commit()
    hits = [git.oid(f"HEAD:d{number % 3}/f{number}") for number in range(30)]
    found = look(git, *hits).seen
    assert [found[hit][0].path for hit in hits] == [f"d{n % 3}/f{n}" for n in range(30)]
    assert all(len(places) == 1 for places in found.values())


def test_packed_and_loose_give_the_same(git: Git) -> None:
    git.commit(a__b="1", c="2")
    git.commit(a__b="3")
    git("tag", "-a", "v1", "-m", "x")
    hits = [git.oid("HEAD~1:a/b"), git.oid("HEAD:c"), git.oid("HEAD"), git.oid("v1")]
    loose = look(git, *hits)
    git("repack", "-q", "-a", "-d")
    git("pack-refs", "--all")
    assert look(git, *hits) == loose


def test_sha256_repositories(make_git: MakeGit) -> None:
    git = make_git("a", "--object-format=sha256")
    first = git.commit(d__f="secret")
    assert one(git, git.oid("HEAD:d/f")).commit == first.hex()


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


def test_a_bare_clone_without_a_local_copy_of_anything_else(
    make_git: MakeGit, tmp_path: Path
) -> None:
    make_git("a").commit(f="secret")
    Git(tmp_path)("clone", "-q", "--bare", "a", "b.git")
    git = Git(tmp_path / "b.git")
    assert one(git, git.oid("HEAD:f")).refs == ("refs/heads/main",)


def test_large_files_lead_to_their_pointers(git: Git) -> None:
    sha256 = "ab" * 32
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize 12345\n"
    first = git.commit(d__large=pointer)
    hits = pointers(sha256, 12345, 20)
    found = look(git, *hits).seen
    places = [each for hit in hits for each in found[hit] if each.commit]
    assert [(each.path, each.commit) for each in places] == [("d/large", first.hex())]


def test_large_files_are_listed(git: Git) -> None:
    sha256 = "ab" * 32
    git.write(f".git/lfs/objects/ab/ab/{sha256}", "content")
    git.write(".git/lfs/objects/ab/ab/other", "content")
    (git.path / ".git/lfs/objects/ab/ab/zlink").symlink_to("/etc")
    found = next(r for r in repositories([(str(git.path), "")]) if isinstance(r, Repository))
    assert found.lfs == str(git.path / ".git/lfs/objects")
    listed = list(large_files(str(found.lfs), ".git/lfs/objects/"))
    path = str(git.path / f".git/lfs/objects/ab/ab/{sha256}")
    assert listed[0] == LargeFile(path, sha256, 7)
    assert (listed[1].path, listed[1].sha256) == (path.replace(sha256, "other"), "")
    assert isinstance(listed[2], Skip)
    assert not listed[2].counts


def test_no_hits_need_no_search(git: Git) -> None:
    assert look(git) == Provenance({}, ())


@pytest.mark.parametrize("packed", [False, True])
def test_nothing_is_written(git: Git, packed: bool) -> None:
    git.commit(f="secret")
    hit = git.oid("HEAD:f")
    if packed:
        git("gc", "-q")
    before = snapshot(git.path)
    assert one(git, hit).path == "f"
    assert snapshot(git.path) == before
