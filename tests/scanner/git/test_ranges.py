"""Promises that ranges hold the commits that git lists, whatever their dates and wherever one asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot
from tests.scanner.git.rangesearch import files, opened, search

from antkey_scanner.errors import PolicyError
from antkey_scanner.git.revisions import parse_range

MakeGit = Callable[..., Git]


@pytest.mark.parametrize("text", ["HEAD", "", "main light"])
def test_a_single_revision_is_no_range(merged: Git, text: str) -> None:
    with pytest.raises(PolicyError, match="is no range; name where it begins"):
        parse_range(*opened(merged), text)


def test_unknown_options_of_rev_list_are_refused(merged: Git) -> None:
    with pytest.raises(PolicyError, match="--since=1 is not known"):
        parse_range(*opened(merged), "HEAD --since=1")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("light..HEAD", "light..HEAD"),
        ("light..", "light..HEAD"),
        ("..feature/side", "HEAD..feature/side"),
        ("light...HEAD", "light..HEAD"),
        ("HEAD ^light", "light..HEAD"),
        ("HEAD --not light", "light..HEAD"),
        ("--branches --not light", "light..HEAD"),
        ("HEAD --not --tags", "light..HEAD"),
        ("--all --not --branches=feature", "feature/side..HEAD"),
        ("v1..feature/side", "v1..feature/side"),
    ],
)
def test_ranges_hold_the_commits_that_git_lists(merged: Git, text: str, same: str) -> None:
    listed = merged("rev-list", "--reverse", "--topo-order", same).decode().split()
    found = search(merged, text)[0]
    assert {oid.hex() for oid in found.commits} == set(listed)
    places = {oid: place for place, oid in enumerate(found.commits)}
    for oid in found.commits:
        for parent in found.links[oid].parents:
            assert places.get(parent, -1) < places[oid]


def test_unrelated_histories(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "--orphan", "other")
    git.commit(b="2")
    assert files(git, "main..other") == [("a", "1"), ("b", "2")]
    assert files(git, "main...other") == [("a", "1"), ("b", "2")]


def test_zeros_mean_no_commit(merged: Git) -> None:
    zeros = "0" * 40
    assert len(search(merged, f"{zeros}..HEAD")[0].commits) == 5
    assert search(merged, f"HEAD..{zeros}")[0].commits == ()
    assert parse_range(*opened(merged), f"HEAD..{zeros}").include == ()


def test_tags_of_the_range_are_given_for_their_messages(git: Git) -> None:
    git.commit(a="1")
    git.commit(a="2")
    git("tag", "-a", "inner", "-m", "inner")
    git("tag", "-a", "outer", "-m", "outer", "inner")
    found = search(git, "HEAD~1..outer")[0]
    assert found.tags == (git.oid("outer"), git.oid("inner"))
    assert search(git, "inner..outer")[0].tags == (git.oid("outer"),)


def test_wrong_clocks_do_not_bring_old_commits_back(git: Git) -> None:
    git.commit(a="0")
    for number in range(12):  # old commits that say they are from the future, and the reverse
        date = f"@{(2_000_000_000 if number % 2 else 1_000_000_000) + number} +0000"
        git.write("a", str(number + 1))
        git("commit", "-qam", "x", env={"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date})
    for back in range(1, 12):
        listed = git("rev-list", f"HEAD~{back}..HEAD").split()
        assert len(search(git, f"HEAD~{back}..HEAD")[0].commits) == len(listed) == back


def test_sha256_repositories(make_git: MakeGit) -> None:
    git = make_git("a", "--object-format=sha256")
    git.commit(a="1")
    git.commit(b="2")
    assert files(git, f"HEAD~1..{git.oid('HEAD').hex()[:9]}") == [("b", "2")]


def test_replaced_and_grafted_history_is_read_as_it_is_stored(git: Git) -> None:
    git.commit(a="1")
    git.commit(a="2")
    git.commit(a="3")
    git("replace", "HEAD", "HEAD~2")
    assert files(git, "HEAD~1..HEAD") == [("a", "3")]


def test_nothing_is_written(merged: Git) -> None:
    before = snapshot(merged.path)
    files(merged, "v1..HEAD")
    assert snapshot(merged.path) == before


def test_a_repository_without_commits_has_no_head(git: Git) -> None:
    with pytest.raises(PolicyError, match="no branch, tag or commit here"):
        parse_range(*opened(git), "HEAD~1..HEAD")


def test_refs_of_the_whole_repository_in_a_linked_worktree(
    make_git: MakeGit, tmp_path: Path
) -> None:
    make_git("a").commit(a="1")
    Git(tmp_path)("clone", "-q", "a", "b")
    main = Git(tmp_path / "b")
    main("update-ref", "refs/remotes/origin/loose", "HEAD")
    main("worktree", "add", "-q", "-b", "topic", "../tree")
    tree = Git(tmp_path / "tree")
    tree.commit(b="2")
    assert files(tree, "topic --not --remotes") == [("b", "2")]
    assert files(tree, "HEAD --not --branches=main") == [("a", "1"), ("b", "2")]
    assert files(tree, "main..HEAD") == [("b", "2")]
