"""Promises that revisions mean what git takes them for, and that what is none is an error of use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.rangesearch import opened

from antkey_scanner.errors import PolicyError, SourceError
from antkey_scanner.git.revisions import parse_range, resolve, tips

MakeGit = Callable[..., Git]


@pytest.mark.parametrize(
    "text",
    [
        "HEAD",
        "@",
        "main",
        "heads/main",
        "refs/heads/main",
        "feature/side",
        "light",
        "v1^{commit}",
        "v1^{}",
        "tags/v1^0",
        "HEAD^",
        "HEAD~",
        "HEAD~1^2",
        "HEAD~3",
        "HEAD^^1~1",
        "main~0",
        "@~2",
    ],
)
def test_names_mean_what_git_takes_them_for(merged: Git, text: str) -> None:
    assert resolve(*opened(merged), text) == merged.oid(text)


def test_a_tag_stays_a_tag_until_it_is_peeled(merged: Git) -> None:
    assert resolve(*opened(merged), "v1") == merged.oid("v1") != merged.oid("v1^{}")


@pytest.mark.parametrize("packed", [False, True])
def test_ids_may_be_abbreviated(merged: Git, packed: bool) -> None:
    if packed:
        merged("repack", "-q", "-a", "-d")
        merged("pack-refs", "--all")
    for name in ("HEAD", "v1", "light"):
        oid = merged.oid(name)
        for digits in (40, 39, 12):
            assert resolve(*opened(merged), oid.hex()[:digits]) == oid
            assert resolve(*opened(merged), oid.hex()[:digits].upper()) == oid
    assert resolve(*opened(merged), f"v1-2-g{merged.oid('HEAD').hex()[:8]}") == merged.oid("HEAD")


def test_an_ambiguous_abbreviation_prefers_the_commit(git: Git) -> None:
    head = git.commit(a="1").hex()
    number = 0
    while not git.blob(f"{number}").hex().startswith(head[:1]):
        number += 1
    with pytest.raises(PolicyError, match="no branch, tag or commit"):
        resolve(*opened(git), head[:3])  # too short for git, too


def test_a_tag_goes_before_a_branch_of_the_same_name(git: Git) -> None:
    git.commit(a="1")
    git("tag", "same")
    git.commit(a="2")
    git("branch", "same")
    assert resolve(*opened(git), "same") == git.oid("refs/tags/same")
    assert resolve(*opened(git), "heads/same") == git.oid("refs/heads/same")


def test_remote_branches_and_their_head(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a").commit(a="1")
    Git(tmp_path)("clone", "-q", "a", "b")
    git = Git(tmp_path / "b")
    for name in ("origin", "origin/main", "remotes/origin/main"):
        assert resolve(*opened(git), name) == git.oid(name)
    assert tips(opened(git)[0], b"refs/remotes/") == [git.oid("origin/main")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nowhere", "it is no branch, tag or commit here"),
        ("../../etc/passwd", "it is no branch, tag or commit here"),
        ("main@{1}", "are not resolved"),
        ("main@{upstream}", "are not resolved"),
        ("HEAD:a", "are not resolved"),
        (":/one", "are not resolved"),
        ("HEAD^5", "has 1 parents"),
        ("HEAD^{blob}", "it is no blob"),
        ("HEAD^{tree}", "it is a tree; name a commit"),
        ("HEAD^{/one}", "it is no /one"),
        ("main..", None),
    ],
)
def test_what_is_no_revision_is_an_error_of_use(
    merged: Git, text: str, problem: str | None
) -> None:
    with pytest.raises(PolicyError, match=problem):
        resolve(*opened(merged), text)


def test_a_commit_that_is_not_here_is_an_error_with_a_cure(merged: Git) -> None:
    with pytest.raises(SourceError, match="git fetch origin 1111"):
        resolve(*opened(merged), "1" * 40)
    with pytest.raises(SourceError, match="not here"):
        parse_range(*opened(merged), f"{'1' * 40}..HEAD")
