"""Promises that all content that is new in a range is given once, with the commit that brought it."""

from __future__ import annotations

from collections.abc import Callable

from tests.scanner.git.conftest import Git
from tests.scanner.git.rangesearch import files, opened, search

from antkey_scanner.git.ranges import NewFile, new, new_files

MakeGit = Callable[..., Git]


def test_new_content_with_its_first_commit(merged: Git) -> None:
    assert files(merged, "light..HEAD") == [("c", "3"), ("dir/b", "4")]
    _, found, _ = search(merged, "light..HEAD")
    assert [one.commit for one in found] == [merged.oid("feature/side"), merged.oid("HEAD")]


def test_added_and_removed_within_the_range(git: Git) -> None:
    git.commit(a="1")
    git.commit(b="secret")
    (git.path / "b").unlink()
    git.commit("gone")
    assert files(git, "HEAD~2..HEAD") == [("b", "secret")]
    assert git("diff", "--name-only", "HEAD~2", "HEAD") == b""


def test_a_merge_brings_nothing_of_its_own(merged: Git) -> None:
    merge = merged.oid("HEAD~1")
    assert merge not in [one.commit for one in search(merged, "v1..HEAD")[1]]


def test_an_evil_merge_is_new_content(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "-b", "side")
    git.commit(b="2")
    git("checkout", "-q", "main")
    git.commit(c="3")
    git("merge", "-q", "--no-commit", "side")
    git.write("evil", "in no parent")
    git.write("a", "another")
    git.commit("merge")
    git.commit(d="4")
    # From both sides of the merge on, so that only what it brought itself is new.
    assert files(git, "HEAD~1 ^HEAD~1^1 ^HEAD~1^2") == [("a", "another"), ("evil", "in no parent")]


def test_an_octopus(git: Git) -> None:
    git.commit(base="0")
    for name in ("x", "y", "z"):
        git("checkout", "-q", "-b", name, "main")
        git.commit(**{name: name})
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "octopus", "x", "y", "z")
    assert sorted(files(git, "HEAD~1..HEAD")) == [("x", "x"), ("y", "y"), ("z", "z")]
    assert files(git, "HEAD ^x ^y ^z") == []


def test_a_rename_is_a_new_path(git: Git) -> None:
    git.commit(a="1")
    git("mv", "a", "b")
    git.commit("rename")
    assert files(git, "HEAD~1..HEAD") == [("b", "1")]


def test_a_new_mode_a_submodule_and_a_lost_folder_are_no_new_content(
    make_git: MakeGit, git: Git
) -> None:
    make_git("sub").commit(a="b")
    git.commit(a="1", d__x="1")
    (git.path / "a").chmod(0o755)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../sub", "s")
    git("rm", "-q", "-r", "d")
    git.commit("change")
    assert [path for path, _ in files(git, "HEAD~1..HEAD")] == [".gitmodules"]


def test_what_a_tag_of_a_file_or_folder_leads_to_is_new(git: Git) -> None:
    git.commit(d__a="1")
    _, store = opened(git)
    blob, tree = git.blob("tagged"), git.oid("HEAD^{tree}")
    git("tag", "-a", "file", "-m", "x", blob.hex())
    git("tag", "-a", "folder", "-m", "x", tree.hex())
    found = new(store, [git.oid("file"), git.oid("folder")], [git.oid("HEAD")])
    each = list(new_files(store, found))
    assert [one.path for one in each if isinstance(one, NewFile)] == [b"", b"d/a"]
