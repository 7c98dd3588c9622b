from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot

from antkey_scanner.errors import PolicyError, SourceError
from antkey_scanner.git.enclosing import enclosing
from antkey_scanner.git.ranges import New, NewFile, new, new_files
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.revisions import parse_range, resolve, tips
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


def opened(git: Git) -> tuple[Repository, ObjectStore]:
    repository = enclosing(str(git.path), {})
    assert repository is not None
    return repository, ObjectStore(repository.objects, repository.hash_size)


def search(git: Git, text: str) -> tuple[New, list[NewFile], list[Skip]]:
    repository, store = opened(git)
    include, exclude = parse_range(repository, store, text)
    found = new(store, include, exclude)
    each = list(new_files(store, found))
    skips = [*found.skips, *(one for one in each if isinstance(one, Skip))]
    assert all(skip.counts for skip in skips)
    return found, [one for one in each if isinstance(one, NewFile)], skips


def files(git: Git, text: str) -> list[tuple[str, str]]:
    """Paths and contents that are new in a range, in the order in which they came."""
    _, found, skips = search(git, text)
    assert skips == []
    _, store = opened(git)
    return [(one.path.decode(), store.get(one.oid).data.decode()) for one in found]


@pytest.fixture
def history(git: Git) -> Git:
    """main: one, two, merge of side, three; tags v1 (annotated) on one, light on two."""
    git.commit("one", a="1", dir__b="1")
    git("tag", "-a", "v1", "-m", "first")
    git.commit("two", a="2")
    git("tag", "light")
    git("checkout", "-q", "-b", "feature/side", "HEAD~1")
    git.commit("side", c="3")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "feature/side")
    git.commit("three", dir__b="4")
    return git


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
def test_names_mean_what_git_takes_them_for(history: Git, text: str) -> None:
    assert resolve(*opened(history), text) == history.oid(text)


def test_a_tag_stays_a_tag_until_it_is_peeled(history: Git) -> None:
    assert resolve(*opened(history), "v1") == history.oid("v1") != history.oid("v1^{}")


@pytest.mark.parametrize("packed", [False, True])
def test_ids_may_be_abbreviated(history: Git, packed: bool) -> None:
    if packed:
        history("repack", "-q", "-a", "-d")
        history("pack-refs", "--all")
    for name in ("HEAD", "v1", "light"):
        oid = history.oid(name)
        for digits in (40, 39, 12):
            assert resolve(*opened(history), oid.hex()[:digits]) == oid
            assert resolve(*opened(history), oid.hex()[:digits].upper()) == oid
    assert resolve(*opened(history), f"v1-2-g{history.oid('HEAD').hex()[:8]}") == history.oid(
        "HEAD"
    )


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
    history: Git, text: str, problem: str | None
) -> None:
    with pytest.raises(PolicyError, match=problem):
        resolve(*opened(history), text)


def test_a_commit_that_is_not_here_is_an_error_with_a_cure(history: Git) -> None:
    with pytest.raises(SourceError, match="git fetch origin 1111"):
        resolve(*opened(history), "1" * 40)
    with pytest.raises(SourceError, match="not here"):
        parse_range(*opened(history), f"{'1' * 40}..HEAD")


@pytest.mark.parametrize("text", ["HEAD", "", "main light"])
def test_a_single_revision_is_no_range(history: Git, text: str) -> None:
    with pytest.raises(PolicyError, match="is no range; name where it begins"):
        parse_range(*opened(history), text)


def test_unknown_options_of_rev_list_are_refused(history: Git) -> None:
    with pytest.raises(PolicyError, match="--since=1 is not known"):
        parse_range(*opened(history), "HEAD --since=1")


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
def test_ranges_hold_the_commits_that_git_lists(history: Git, text: str, same: str) -> None:
    listed = history("rev-list", "--reverse", "--topo-order", same).decode().split()
    found = search(history, text)[0]
    assert {oid.hex() for oid in found.commits} == set(listed)
    places = {oid: place for place, oid in enumerate(found.commits)}
    for oid in found.commits:
        for parent in found.links[oid].parents:
            assert places.get(parent, -1) < places[oid]


def test_new_content_with_its_first_commit(history: Git) -> None:
    assert files(history, "light..HEAD") == [("c", "3"), ("dir/b", "4")]
    _, found, _ = search(history, "light..HEAD")
    assert [one.commit for one in found] == [history.oid("feature/side"), history.oid("HEAD")]


def test_added_and_removed_within_the_range(git: Git) -> None:
    git.commit(a="1")
    git.commit(b="secret")
    (git.path / "b").unlink()
    git.commit("gone")
    assert files(git, "HEAD~2..HEAD") == [("b", "secret")]
    assert git("diff", "--name-only", "HEAD~2", "HEAD") == b""


def test_a_merge_brings_nothing_of_its_own(history: Git) -> None:
    merge = history.oid("HEAD~1")
    assert merge not in [one.commit for one in search(history, "v1..HEAD")[1]]


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


def test_unrelated_histories(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "--orphan", "other")
    git.commit(b="2")
    assert files(git, "main..other") == [("a", "1"), ("b", "2")]
    assert files(git, "main...other") == [("a", "1"), ("b", "2")]


def test_the_first_push_of_a_branch(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a").commit(a="1")
    Git(tmp_path)("clone", "-q", "a", "b")
    git = Git(tmp_path / "b")
    git("checkout", "-q", "-b", "topic")
    git.commit(b="2")
    assert files(git, "topic --not --remotes") == [("b", "2")]
    assert files(git, "topic --not --remotes=origin") == [("b", "2")]
    assert files(git, "topic --not --remotes=other") == [("a", "1"), ("b", "2")]


def test_zeros_mean_no_commit(history: Git) -> None:
    zeros = "0" * 40
    assert len(search(history, f"{zeros}..HEAD")[0].commits) == 5
    assert search(history, f"HEAD..{zeros}")[0].commits == ()
    assert parse_range(*opened(history), f"HEAD..{zeros}").include == ()


def test_a_force_push(git: Git) -> None:
    git.commit(a="1")
    old = git.commit(b="2").hex()
    git("reset", "-q", "--hard", "HEAD~1")
    git.commit(c="3")
    assert files(git, f"{old}..HEAD") == [("c", "3")]
    git("reflog", "expire", "--expire=all", "--all")
    git("gc", "-q", "--prune=now")
    with pytest.raises(SourceError, match="force push"):
        parse_range(*opened(git), f"{old}..HEAD")


def test_tags_of_the_range_are_given_for_their_messages(git: Git) -> None:
    git.commit(a="1")
    git.commit(a="2")
    git("tag", "-a", "inner", "-m", "inner")
    git("tag", "-a", "outer", "-m", "outer", "inner")
    found = search(git, "HEAD~1..outer")[0]
    assert found.tags == (git.oid("outer"), git.oid("inner"))
    assert search(git, "inner..outer")[0].tags == (git.oid("outer"),)


def test_what_a_tag_of_a_file_or_folder_leads_to_is_new(git: Git) -> None:
    git.commit(d__a="1")
    _, store = opened(git)
    blob, tree = git.blob("tagged"), git.oid("HEAD^{tree}")
    git("tag", "-a", "file", "-m", "x", blob.hex())
    git("tag", "-a", "folder", "-m", "x", tree.hex())
    found = new(store, [git.oid("file"), git.oid("folder")], [git.oid("HEAD")])
    each = list(new_files(store, found))
    assert [one.path for one in each if isinstance(one, NewFile)] == [b"", b"d/a"]


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


def test_nothing_is_written(history: Git) -> None:
    before = snapshot(history.path)
    files(history, "v1..HEAD")
    assert snapshot(history.path) == before


def test_a_repository_without_commits_has_no_head(git: Git) -> None:
    with pytest.raises(PolicyError, match="no branch, tag or commit here"):
        parse_range(*opened(git), "HEAD~1..HEAD")


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


PRE_RECEIVE = """#!{python}
import os, sys
sys.path[:0] = {path!r}
from antkey_scanner.git.enclosing import enclosing
from antkey_scanner.git.ranges import new, new_files
from antkey_scanner.git.revisions import parse_range
from antkey_scanner.git.store import ObjectStore
repository = enclosing(os.getcwd(), os.environ)
store = ObjectStore(repository.objects, repository.hash_size)
with open({out!r}, "a") as out:
    for line in sys.stdin:
        old, pushed, name = line.split()
        found = new(store, *parse_range(repository, store, pushed + " --not --all"))
        for each in new_files(store, found):
            print(name, each.path.decode(), store.get(each.oid).data.decode(), file=out)
sys.exit(1)
"""


def test_a_push_is_seen_before_it_is_accepted(make_git: MakeGit, tmp_path: Path) -> None:
    server = make_git("server.git", "--bare")
    git = make_git("a")
    git.commit(a="1")
    git("push", "-q", "../server.git", "main")
    out = tmp_path / "seen"
    hook = server.path / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PRE_RECEIVE.format(python=sys.executable, path=sys.path, out=str(out)))
    hook.chmod(0o755)
    git.commit(b="2")
    git("checkout", "-q", "-b", "topic")
    git.commit(c="3")
    git("push", "../server.git", "main", "topic", check=False)
    assert out.read_text().splitlines() == [
        "refs/heads/main b 2",
        "refs/heads/topic b 2",
        "refs/heads/topic c 3",
    ]
    out.unlink()
    git("push", "../server.git", ":main", check=False)
    assert out.read_text() == ""


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
