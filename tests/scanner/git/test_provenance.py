"""Promises that content is told with its paths and with the commit that brought it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.scanner.git.conftest import Git, snapshot
from tests.scanner.git.sightings import look, one, seen

from antkey_scanner.git.provenance import Provenance, Seen

MakeGit = Callable[..., Git]


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


def test_a_tree_has_the_path_of_its_folder(git: Git) -> None:
    first = git.commit(d__e__f="1")
    found = one(git, git.oid("HEAD:d/e"))
    assert (found.path, found.commit) == ("d/e/", first.hex())
    assert one(git, git.oid("HEAD^{tree}")).path == f"tree:{git.oid('HEAD^{tree}').hex()}"


def test_names_are_shown_as_paths_are(git: Git) -> None:
    git.write(b"d\xff/n\n\"'", "odd")
    git.commit()
    assert one(git, git.blob("odd")).path == "d\\xff/n\n\"'"


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
