from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]


def look(path: Path, shown: str = "") -> tuple[list[Repository], list[tuple[str, str]]]:
    """The repositories found, and what was skipped: each skip has to count."""
    found = list(repositories([(str(path), shown)]))
    skips = [each for each in found if isinstance(each, Skip)]
    assert all(skip.counts for skip in skips)
    return (
        [each for each in found if isinstance(each, Repository)],
        [(skip.path, skip.reason) for skip in skips],
    )


def one(path: Path) -> Repository:
    found, skips = look(path)
    assert skips == []
    assert len(found) == 1
    return found[0]


def test_a_work_tree(git: Git) -> None:
    found = one(git.path)
    assert found == Repository(
        shown="",
        work_tree=str(git.path),
        git_dir=str(git.path / ".git"),
        common_dir=str(git.path / ".git"),
        objects=(str(git.path / ".git/objects"),),
        hash_size=20,
        lfs=None,
        git_dirs=(str(git.path / ".git"),),
    )


def test_a_repository_below_is_shown_with_its_path(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a/b")
    assert one(tmp_path / "a").shown == f"b{os.sep}"


def test_a_bare_repository(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a.git", "--bare")
    found = one(tmp_path)
    assert (found.shown, found.work_tree) == (f"a.git{os.sep}", None)


def test_the_git_folder_itself(git: Git) -> None:
    assert one(git.path / ".git").work_tree is None


def test_ids_of_sha256_repositories_are_32_bytes(make_git: MakeGit) -> None:
    assert one(make_git("a", "--object-format=sha256").path).hash_size == 32


def test_a_repository_inside_of_a_repository(make_git: MakeGit) -> None:
    outer = make_git("a")
    make_git("a/b/c")
    make_git("a/.git/hooks/d")
    assert sorted(each.shown for each in look(outer.path)[0]) == ["", ".git/hooks/d/", "b/c/"]


def test_linked_worktrees_share_one_store(make_git: MakeGit, tmp_path: Path) -> None:
    main = make_git("z")
    main.commit(a="b")
    main("worktree", "add", "-q", "../a")
    found = one(tmp_path)
    assert found.work_tree == str(main.path)
    assert found.git_dirs == (str(main.path / ".git"), str(main.path / ".git/worktrees/a"))


def test_worktrees_of_a_bare_repository(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("z").commit(a="b")
    bare = Git(tmp_path / "p/.bare")
    Git(tmp_path)("clone", "-q", "--bare", "z", "p/.bare")
    bare("worktree", "add", "-q", "../tree", "main")
    found = one(tmp_path / "p")
    assert (found.shown, found.work_tree) == (f".bare{os.sep}", None)
    assert len(found.git_dirs) == 2


def test_a_linked_worktree_alone_is_refused(make_git: MakeGit, tmp_path: Path) -> None:
    main = make_git("z")
    main.commit(a="b")
    main("worktree", "add", "-q", "../a")
    reason = "leads to a git folder outside of what is scanned; not followed"
    assert look(tmp_path / "a") == ([], [(".git", reason)])


def test_what_several_scanned_folders_hold_together_is_inside(
    make_git: MakeGit, tmp_path: Path
) -> None:
    main = make_git("z")
    main.commit(a="b")
    main("worktree", "add", "-q", "../a")
    found = list(repositories([(str(tmp_path / "a"), "a/"), (str(tmp_path / "z"), "z/")]))
    assert [each.shown for each in found if isinstance(each, Repository)] == ["z/"]
    assert len(found) == 1


def test_submodules_have_stores_of_their_own(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("sub").commit(a="b")
    top = make_git("top")
    top("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../sub", "lib/s")
    found, skips = look(top.path)
    assert skips == []
    assert [(each.shown, each.git_dir) for each in found] == [
        ("", str(top.path / ".git")),
        (f"lib{os.sep}s{os.sep}", str(top.path / ".git/modules/lib/s")),
    ]
    shutil.rmtree(top.path / "lib")
    assert look(top.path)[0][1].shown == ".git/modules/lib/s/"


def test_a_separate_git_folder(tmp_path: Path, make_git: MakeGit) -> None:
    make_git("a", f"--separate-git-dir={tmp_path / 'elsewhere'}").commit(a="b")
    found = one(tmp_path)
    assert (found.shown, found.git_dir) == (f"a{os.sep}", str(tmp_path / "elsewhere"))


def test_alternates_inside_are_followed_and_outside_are_refused(
    make_git: MakeGit, tmp_path: Path
) -> None:
    make_git("a").commit(a="b")
    Git(tmp_path)("clone", "-q", "--shared", "a", "b")
    Git(tmp_path)("clone", "-q", "--shared", "b", "c")
    stores = {each.shown: each.objects for each in look(tmp_path)[0]}
    assert stores[f"c{os.sep}"] == tuple(str(tmp_path / x / ".git/objects") for x in "cba")
    found, skips = look(tmp_path / "c")
    assert found[0].objects == (str(tmp_path / "c/.git/objects"),)
    assert skips == [
        (".git", "borrows objects from outside of what is scanned; not followed"),
    ]


def test_alternates_in_a_circle_end(make_git: MakeGit, tmp_path: Path) -> None:
    a, b = make_git("a"), make_git("b")
    a.write(".git/objects/info/alternates", "../../../b/.git/objects\n")
    b.write(".git/objects/info/alternates", '# note\n"../../../\\141/.git/objects"\n')
    assert {len(each.objects) for each in look(tmp_path)[0]} == {2}


def test_alternates_that_are_not_there_or_on_a_server_are_named(git: Git) -> None:
    git.write(".git/objects/info/alternates", "missing\n")
    git.write(".git/objects/info/http-alternates", "http://example.invalid/\n")
    assert [reason for _, reason in look(git.path)[1]] == [
        "has alternates on a server; never fetched",
        "borrows objects from a folder that is not there",
    ]


@pytest.mark.parametrize("link", ["objects", "objects/pack"])
def test_links_to_objects_outside_are_refused(make_git: MakeGit, tmp_path: Path, link: str) -> None:
    git = make_git("in/a")
    outside = tmp_path / "outside"
    shutil.move(git.path / ".git" / link, outside)
    (git.path / ".git" / link).symlink_to(outside)
    _, skips = look(git.path)
    assert len(skips) == 1
    assert "link" in skips[0][1]


def test_a_link_named_git_is_followed_only_inside(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    other = tmp_path / "b"
    other.mkdir()
    (other / ".git").symlink_to(git.path / ".git")
    assert one(tmp_path).git_dir == str(git.path / ".git")
    reason = "a link that leads out of what is scanned; not followed"
    assert look(other) == ([], [(".git", reason)])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is neither a git folder nor a file that leads to one"),
        (b"\0\xff\n", "is neither a git folder nor a file that leads to one"),
        (b"gitdir: \n", "is neither a git folder nor a file that leads to one"),
        (b"gitdir: a\0b\n", "is neither a git folder nor a file that leads to one"),
        (b"gitdir: nowhere\n", "a git folder without objects"),
        (b"gitdir: /\n", "leads to a git folder outside of what is scanned; not followed"),
    ],
)
def test_a_file_that_leads_nowhere_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / ".git").write_bytes(content)
    assert look(tmp_path) == ([], [(".git", reason)])


def test_a_git_folder_without_objects_is_named(make_git: MakeGit, tmp_path: Path) -> None:
    (tmp_path / "empty/.git").mkdir(parents=True)
    shutil.rmtree(make_git("lost").path / ".git/objects")
    assert look(tmp_path) == (
        [],
        [(f"{name}/.git", "a git folder without objects") for name in ("empty", "lost")],
    )


@pytest.mark.parametrize("part", ["HEAD", "refs"])
def test_objects_are_read_when_the_rest_is_lost(git: Git, part: str) -> None:
    path = git.path / ".git" / part
    path.unlink() if path.is_file() else shutil.rmtree(path)
    found, skips = look(git.path)
    assert len(found) == 1
    assert len(skips) == 1


def test_a_pipe_named_git_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")
    assert look(tmp_path) == ([], [(".git", "named pipe")])


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("core.repositoryformatversion", "9", "its format is of the unknown version 9"),
        ("extensions.novel", "1", "its format has the unknown extension novel"),
        ("extensions.refstorage", "x", "its refs are stored in the unknown form x"),
    ],
)
def test_unknown_formats_are_named(git: Git, key: str, value: str, reason: str) -> None:
    if key.startswith("extensions"):
        git("config", "core.repositoryformatversion", "1")
    git("config", key, value)
    found, skips = look(git.path)
    assert len(found) == 1
    assert skips == [(".git", reason)]


def test_an_unknown_hash_is_refused(git: Git) -> None:
    git("config", "extensions.objectformat", "md5")
    assert look(git.path) == ([], [(".git", "its objects are named by the unknown hash md5")])


def test_a_malformed_configuration_is_named(git: Git) -> None:
    git.write(".git/config", "[core\n")
    assert look(git.path)[1] == [(".git", "config: line 1 is no git configuration")]


def limits_of(path: Path) -> list[str]:
    return [reason.partition(":")[0].partition(" (")[0] for _, reason in look(path)[1]]


def test_shallow_clones_are_named(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    git.commit(a="1")
    git.commit(a="2")
    Git(tmp_path)("clone", "-q", "--depth=1", f"file://{git.path}", "b")
    assert limits_of(tmp_path / "b") == ["a shallow clone"]


def test_partial_clones_are_named(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    git.commit(a="1")
    git("config", "uploadpack.allowFilter", "true")
    Git(tmp_path)("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{git.path}", "b")
    assert limits_of(tmp_path / "b") == ["a partial clone"]
    (tmp_path / "b/.git/config").write_text("[core]\n")  # the pack itself says so as well
    assert limits_of(tmp_path / "b") == ["a partial clone"]


def test_grafts_are_named(git: Git) -> None:
    git.commit(a="1")
    git.write(".git/info/grafts", git.oid("HEAD").hex() + "\n")
    assert limits_of(git.path) == ["grafts"]


def test_replaced_objects_are_named_loose_and_packed(git: Git) -> None:
    git.commit(a="1")
    git.commit(a="2")
    git("replace", "HEAD", "HEAD~1")
    assert len(limits_of(git.path)) == 1
    git("pack-refs", "--all")
    assert limits_of(git.path) == [
        "refs/replace stand in for objects; both were read as they are stored"
    ]


def test_a_folder_inside_of_a_repository_does_not_read_as_clean(git: Git) -> None:
    git.commit(a__b="1")
    assert look(git.path / "a") == (
        [],
        [(".", "lies inside of a repository; name its top folder to scan its history")],
    )


def test_a_folder_without_a_repository_has_none(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "refs").mkdir()
    assert look(tmp_path) == ([], [])


def test_deep_folders_do_not_end_the_walk(tmp_path: Path) -> None:
    deep = tmp_path / "r"
    deep.mkdir()
    descriptor = os.open(deep, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("dddd", dir_fd=descriptor)
        inner = os.open("dddd", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    assert look(deep) == ([], [])
    subprocess.run(["rm", "-rf", str(deep)], check=True)


def test_settings_that_run_programs_run_nothing(make_git: MakeGit, tmp_path: Path) -> None:
    git = make_git("a")
    git.commit(a="1")
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{canary}'\n")
    program.chmod(0o755)
    shell = f"!{program}"
    git.write(".git/more", f"[core]\n\tfsmonitor = {program}\n")
    for key, value in [
        ("core.fsmonitor", str(program)),
        ("core.hooksPath", str(tmp_path)),
        ("core.sshCommand", str(program)),
        ("core.worktree", "/"),
        ("diff.x.textconv", str(program)),
        ("filter.x.smudge", str(program)),
        ("filter.x.process", str(program)),
        ("gpg.program", str(program)),
        ("include.path", "more"),
        ("remote.origin.url", f"ext::{program}"),
        ("remote.origin.uploadpack", str(program)),
        ("alias.status", shell),
    ]:
        git("config", key, value)
    before = snapshot(git.path)
    found = one(git.path)
    assert found.work_tree == str(git.path)
    assert snapshot(git.path) == before
    assert not canary.exists()
    # The canary does sing when git itself looks at this repository.
    git("-c", "core.worktree=.", "status", check=False)
    assert canary.exists()
