"""Promises that every repository below what is scanned is found once, and that nothing in it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.scanner.git.conftest import Git, snapshot
from tests.scanner.git.discovered import look, one

from antkey_scanner.git.repository import Repository

MakeGit = Callable[..., Git]


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


def test_a_pipe_named_git_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")
    assert look(tmp_path) == ([], [(".git", "named pipe")])


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
