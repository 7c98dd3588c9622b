from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot

from antkey_scanner.errors import SourceError
from antkey_scanner.git.enclosing import enclosing, index_path, path_in
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.staged import staged_files
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.git.trees import File
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


def around(path: Path, env: dict[str, str] | None = None) -> Repository:
    found = enclosing(str(path), env or {})
    assert found is not None
    return found


def look(path: Path, env: dict[str, str] | None = None, *names: bytes) -> list[File | Skip]:
    repository = around(path, env)
    store = ObjectStore(repository.objects, repository.hash_size)
    return list(
        staged_files(repository, store, index_path(repository, str(path), env or {}), names)
    )


def files(git: Git, env: dict[str, str] | None = None, *names: bytes) -> dict[str, bytes]:
    """What is staged: paths with contents."""
    repository = around(git.path, env)
    store = ObjectStore(repository.objects, repository.hash_size)
    found = look(git.path, env, *names)
    assert not [each for each in found if isinstance(each, Skip)]
    return {
        each.path.decode(): store.get(each.oid).data for each in found if isinstance(each, File)
    }


def staged_by_git(git: Git) -> set[str]:
    said = git("diff", "--cached", "--no-renames", "--name-only", "-z", "--diff-filter=d", "HEAD")
    return {name.decode() for name in said.split(b"\0") if name}


def test_changed_and_new_files_with_their_staged_content(git: Git) -> None:
    git.commit(a="1", b__c="2", d="3")
    git.write("a", "staged")
    git.write("b/new", "new")
    git("add", "-A")
    git.write("a", "only in the work tree")
    git.write("untracked", "x")
    git("rm", "-q", "d")
    assert files(git) == {"a": b"staged", "b/new": b"new"} == {**files(git)}
    assert set(files(git)) == staged_by_git(git)


def test_nothing_staged_is_nothing(git: Git) -> None:
    git.commit(a="1")
    git.write("a", "2")
    assert files(git) == {}


def test_everything_is_staged_before_the_first_commit(git: Git) -> None:
    assert look(git.path) == []
    git.write("a", "1")
    git.write("b/c", "2")
    git("add", "-A")
    assert files(git) == {"a": b"1", "b/c": b"2"}


def test_an_orphan_branch_has_all_files_staged(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "--orphan", "other")
    assert files(git) == {"a": b"1"}


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("cache", ["valid", "old", "none"])
def test_every_version_of_the_index(make_git: MakeGit, version: int, cache: str) -> None:
    git = make_git()
    git.commit(**{f"folder{i}__sub__file{j}": f"{i}{j}" for i in range(5) for j in range(9)})
    git("config", "index.version", str(version))
    for i in range(4):
        git.write(f"folder{i}/sub/file{i}", "changed")
        git.write(f"folder{i}/added/{'long' * 60}", "added")
    git.write('\udcff\n"name', "odd")
    git("add", "-A")
    git("update-index", f"--index-version={max(version, 2)}")
    if version == 3:
        git("update-index", "--skip-worktree", "folder4/sub/file1")
    if cache == "valid":
        git("write-tree")
    elif cache == "none":
        git("read-tree", "--empty")
        git("add", "-A")
        assert git("ls-files", "--stage")
    data = (git.path / ".git/index").read_bytes()
    assert data[7] == version or version == 3
    found = {each.path for each in look(git.path) if isinstance(each, File)}
    assert {os.fsdecode(path) for path in found} == {
        os.fsdecode(name)
        for name in git(
            "diff", "--cached", "--no-renames", "--name-only", "-z", "--diff-filter=d", "HEAD"
        ).split(b"\0")
        if name
    }
    assert len(found) == 9


def test_names_of_all_lengths_are_read(git: Git) -> None:
    names = ["n" * length for length in (1, 2, 3, 4, 5, 6, 7, 8, 9, 63, 254)]
    deep = "/".join(["d" * 200] * 18)  # a path longer than the index's field for its length
    for name in names:
        git.write(name, name)
    oid = git.blob("deep").hex()
    git("add", "-A")
    git("update-index", "--index-info", stdin=f"100644 {oid}\t{deep}/f\n".encode())
    assert set(files(git)) == {*names, f"{deep}/f"}


def test_sha256_repositories(make_git: MakeGit) -> None:
    git = make_git("a", "--object-format=sha256")
    git.commit(a="1", b__c="2")
    git.write("b/c", "3")
    git("add", "-A")
    assert files(git) == {"b/c": b"3"}
    git("write-tree")
    assert files(git) == {"b/c": b"3"}


def test_conflicts_give_all_sides(git: Git) -> None:
    git.commit(a="base", b="same")
    git("checkout", "-q", "-b", "side")
    git.commit(a="theirs")
    git("checkout", "-q", "main")
    git.commit(a="ours")
    git("merge", "side", check=False)
    found = [each for each in look(git.path) if isinstance(each, File)]
    contents = {git("cat-file", "blob", each.oid.hex()) for each in found}
    assert {each.path for each in found} == {b"a"}
    assert contents == {b"base", b"ours", b"theirs"}


def test_a_merge_is_compared_with_head(git: Git) -> None:
    git.commit(a="1")
    git("checkout", "-q", "-b", "side")
    git.commit(b="2")
    git("checkout", "-q", "main")
    git.commit(c="3")
    git("merge", "-q", "--no-commit", "side")
    assert files(git) == {"b": b"2"}


def test_a_planned_file_has_no_content_yet(git: Git) -> None:
    git.commit(a="1")
    git.write("new", "x")
    git("add", "--intent-to-add", "new")
    assert files(git) == {}


def test_links_are_content_and_submodules_are_not(make_git: MakeGit, git: Git) -> None:
    make_git("sub").commit(a="b")
    git.commit(a="1")
    (git.path / "link").symlink_to("target")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../sub", "s")
    git("add", "-A")
    found = [each for each in look(git.path) if isinstance(each, File)]
    assert {each.path: stat.S_IFMT(each.mode) for each in found} == {
        b".gitmodules": stat.S_IFREG,
        b"link": stat.S_IFLNK,
    }


def test_a_renamed_file_is_a_new_path(git: Git) -> None:
    git.commit(a="1")
    git("mv", "a", "b")
    assert files(git) == {"b": b"1"}


def test_a_new_mode_is_no_new_content(git: Git) -> None:
    git.commit(a="1")
    git("update-index", "--chmod=+x", "a")
    assert files(git) == {}


def test_a_file_that_became_a_folder_and_back(git: Git) -> None:
    git.commit(a="1", b__c="2")
    for name in ("a", "b"):
        git("rm", "-q", "-r", name)
    git.write("a/x", "3")
    git.write("b", "4")
    git("add", "-A")
    assert files(git) == {"a/x": b"3", "b": b"4"}
    git("write-tree")
    assert files(git) == {"a/x": b"3", "b": b"4"}


def test_a_split_index(git: Git) -> None:
    git.commit(**{f"f{i:02}": "1" for i in range(70)})
    git("update-index", "--split-index")
    git.write("f03", "changed")
    git.write("new", "new")
    git("rm", "-q", "f10", "f11")
    git("add", "-A")
    assert list((git.path / ".git").glob("sharedindex.*"))
    assert files(git) == {"f03": b"changed", "new": b"new"}


def test_a_split_index_without_the_shared_one_is_named(git: Git) -> None:
    git.commit(a="1")
    git("update-index", "--split-index")
    git.write("a", "changed")
    git("add", "-A")
    for path in (git.path / ".git").glob("sharedindex.*"):
        path.unlink()
    (skip,) = look(git.path)
    assert isinstance(skip, Skip)
    assert skip.counts
    assert "shares an index" in skip.reason


def test_a_bitmap_that_claims_to_be_huge_is_named(git: Git) -> None:
    git.commit(a="1")
    git("update-index", "--split-index")
    path = git.path / ".git/index"
    data = path.read_bytes()
    at = data.index(b"link")
    shared = data[at + 8 : at + 28]
    word = struct.pack(">Q", 1 | 0xFFFFFFFF << 1)  # set bits, as many as fit
    bitmap = struct.pack(">II", 0xFFFFFFFF, 1) + word + bytes(4)
    link = shared + bitmap + bitmap
    path.write_bytes(data[:at] + b"link" + struct.pack(">I", len(link)) + link + bytes(20))
    (skip,) = look(git.path)
    assert isinstance(skip, Skip)
    assert skip.reason == "does not fit the index that it shares"


def test_a_sparse_index(git: Git) -> None:
    git.commit(a__x="1", b__x="1", b__y__z="2", c="3")
    git("sparse-checkout", "init", "--cone", "--sparse-index")
    git("sparse-checkout", "set", "a")
    assert b"b/" in git("ls-files", "--sparse").split(b"\n")
    git.write("a/x", "changed")
    git("add", "a/x")
    assert files(git) == {"a/x": b"changed"}


def test_untracked_cache_and_resolved_conflicts_do_not_disturb(git: Git) -> None:
    git.commit(a="base")
    git("checkout", "-q", "-b", "side")
    git.commit(a="theirs")
    git("checkout", "-q", "main")
    git.commit(a="ours")
    git("update-index", "--force-untracked-cache")
    git("merge", "side", check=False)
    git.write("a", "resolved")
    git("add", "a")
    git.write("TREE", "x")
    git("status")
    assert files(git) == {"a": b"resolved"}


def test_an_index_without_a_checksum(git: Git) -> None:
    git.commit(a="1")
    git.write("a", "2")
    git("add", "-A")
    path = git.path / ".git/index"
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))
    assert files(git) == {"a": b"2"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: b"", "is too short for an index"),
        (lambda data: b"JUNK" + data[4:], "is no index"),
        (lambda data: data[:7] + b"\x09" + data[8:], "is an index of the unknown version 9"),
        (
            lambda data: data[:8] + b"\xff\xff\xff\xff" + data[12:],
            "is shorter than its header says",
        ),
        (lambda data: data[:100], "is shorter than its header says"),
        (lambda data: data[:12] + bytes(len(data) - 12), "has a malformed extension"),
        (lambda data: data[:-20] + b"xyzw\0\0\0\0" + data[-20:], "needs the unknown extension"),
    ],
)
def test_a_damaged_index_is_named(git: Git, change: Callable[[bytes], bytes], reason: str) -> None:
    git.commit(a="1", b="2", c="3")
    git.write("d", "4")
    git("add", "-A")
    path = git.path / ".git/index"
    path.write_bytes(change(path.read_bytes()))
    (skip,) = look(git.path)
    assert isinstance(skip, Skip)
    assert skip.counts
    assert skip.path == ".git/index"
    assert reason in skip.reason


def test_named_files_are_given_even_when_unchanged(git: Git) -> None:
    git.commit(a="1", b__c="2", b__d="3", e="4")
    git.write("e", "5")
    git("add", "-A")
    assert files(git, None, b"e") == {"e": b"5"}
    assert files(git, None, b"a", b"e") == {"a": b"1", "e": b"5"}
    assert files(git, None, b"b") == {"b/c": b"2", "b/d": b"3", "e": b"5"}


def test_named_files_that_are_not_in_the_index_are_skips(git: Git) -> None:
    git.commit(a="1")
    assert look(git.path, None, b"nowhere") == [Skip("nowhere", "is not in the index")]


HOOK = """#!{python}
import os, sys
sys.path[:0] = {path!r}
from antkey_scanner.git.enclosing import enclosing, index_path
from antkey_scanner.git.staged import staged_files
from antkey_scanner.git.store import ObjectStore
repository = enclosing(os.getcwd(), os.environ)
store = ObjectStore(repository.objects, repository.hash_size)
with open({out!r}, "w") as out:
    for each in staged_files(repository, store, index_path(repository, os.getcwd(), os.environ)):
        print(each.path.decode(), store.get(each.oid).data.decode(), file=out)
"""


@pytest.fixture
def hooked(make_git: MakeGit, tmp_path: Path) -> Callable[[Git], Callable[[], list[str]]]:
    """Installs a pre-commit hook that notes what it sees staged."""

    def install(git: Git) -> Callable[[], list[str]]:
        out = tmp_path / "seen"
        hook = Path(os.fsdecode(git("rev-parse", "--git-path", "hooks/pre-commit")))
        hook = git.path / hook
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK.format(python=sys.executable, path=sys.path, out=str(out)))
        hook.chmod(0o755)
        return lambda: sorted(out.read_text().splitlines())

    return install


Hooked = Callable[[Git], Callable[[], list[str]]]


def test_hook_of_a_plain_commit(git: Git, hooked: Hooked) -> None:
    git.commit(a="1", b="2")
    seen = hooked(git)
    git.write("a", "3")
    git("add", "a")
    git.write("b", "not staged")
    git("commit", "-q", "-m", "x")
    assert seen() == ["a 3"]


def test_hook_of_commit_all(git: Git, hooked: Hooked) -> None:
    git.commit(a="1", b="2")
    seen = hooked(git)
    git.write("a", "3")
    git.write("b", "4")
    git("commit", "-q", "-a", "-m", "x")
    assert seen() == ["a 3", "b 4"]


def test_hook_of_commit_of_a_path(git: Git, hooked: Hooked) -> None:
    git.commit(a="1", b="2", c="3")
    seen = hooked(git)
    git.write("a", "4")
    git.write("b", "5")
    git("add", "b")
    git("commit", "-q", "-m", "x", "--", "a")
    assert seen() == ["a 4"]


def test_hook_of_a_commit_of_parts(git: Git, hooked: Hooked) -> None:
    git.commit(a="".join(f"{line}\n" for line in range(30)))
    seen = hooked(git)
    lines = [f"{line}\n" for line in range(30)]
    git.write("a", "".join(["first\n", *lines, "last\n"]))
    git("commit", "-q", "-p", "-m", "x", stdin=b"y\nn\n")
    assert "first" in " ".join(seen())
    assert "last" not in " ".join(seen())


def test_hook_of_amend_sees_what_differs_from_head(git: Git, hooked: Hooked) -> None:
    git.commit(a="1")
    seen = hooked(git)
    git.write("a", "2")
    git("commit", "-q", "-a", "--amend", "-m", "x")
    assert seen() == ["a 2"]


def test_hook_in_a_linked_worktree(make_git: MakeGit, tmp_path: Path, hooked: Hooked) -> None:
    main = make_git("z")
    main.commit(a="1")
    main("worktree", "add", "-q", "../tree")
    seen = hooked(main)
    git = Git(tmp_path / "tree")
    git.write("b", "2")
    git("add", "b")
    git("commit", "-q", "-m", "x")
    assert seen() == ["b 2"]
    assert around(git.path).git_dir == str(main.path / ".git/worktrees/tree")


def test_hook_in_a_submodule(make_git: MakeGit, hooked: Hooked) -> None:
    make_git("sub").commit(a="b")
    top = make_git("top")
    top("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../sub", "s")
    git = Git(top.path / "s")
    seen = hooked(git)
    git.write("c", "d")
    git("add", "c")
    git("commit", "-q", "-m", "x")
    assert seen() == ["c d"]


def test_borrowed_objects_of_the_own_repository_are_read(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a").commit(a="1", b="2")
    Git(tmp_path)("clone", "-q", "--shared", "a", "b")
    git = Git(tmp_path / "b")
    git.write("a", "3")
    git("add", "-A")
    assert files(git) == {"a": b"3"}
    assert len(around(git.path).objects) == 2


def test_objects_of_a_push_that_is_not_accepted_yet(git: Git, tmp_path: Path) -> None:
    other = str(tmp_path / 'odd"name')
    env = {
        "GIT_DIR": ".git",
        "GIT_OBJECT_DIRECTORY": "objects-of-push",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{tmp_path}/odd\\"name"{os.pathsep}plain',
    }
    found = enclosing(str(git.path), env)
    assert found is not None
    own = (str(git.path / name) for name in ("objects-of-push", ".git/objects"))
    assert found.objects == (*own, other, str(git.path / "plain"))


def test_the_repository_is_found_from_a_folder_below(git: Git) -> None:
    git.commit(a__b__c="1")
    assert around(git.path / "a/b").work_tree == str(git.path)
    assert enclosing("/", {}) is None


def test_a_git_file_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    with pytest.raises(SourceError, match="a git folder without objects"):
        enclosing(str(tmp_path), {})


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        (".", "a", b"a"),
        ("d", "a", b"d/a"),
        ("d", "../a", b"a"),
        (".", "./d//a", b"d/a"),
        (".", "../outside", None),
        (".", "into/a", b"d/a"),
        (".", "link", b"link"),
        (".", ".", b""),
    ],
)
def test_named_files_become_paths_in_the_repository(
    git: Git, folder: str, name: str, path: bytes | None
) -> None:
    git.commit(a="1", d__a="2")
    (git.path / "into").symlink_to("d")
    (git.path / "link").symlink_to("a")
    assert path_in(around(git.path), str(git.path / folder), name) == path


def test_nothing_is_written_and_nothing_runs(git: Git, tmp_path: Path) -> None:
    git.commit(a="1")
    git.write("a", "2")
    git("add", "-A")
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{canary}'\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "filter.x.clean", "diff.external", "core.sshCommand"):
        git("config", key, str(program))
    before = snapshot(git.path)
    assert files(git) == {"a": b"2"}
    assert snapshot(git.path) == before
    assert not canary.exists()


def test_the_hook_path_imports_nothing_heavy() -> None:
    code = (
        "import sys, antkey_scanner.git.staged, antkey_scanner.git.enclosing\n"
        "heavy = {'numpy', 'subprocess', 'dataclasses', 'inspect', 'hashlib', 'datetime', 'pathlib',"
        " 'sqlite3', 'multiprocessing', 'logging', 'tempfile', 'dulwich', 'isal'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
