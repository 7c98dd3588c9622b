"""Promises that a hook before a commit sees what that commit will hold."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.staging import around

MakeGit = Callable[..., Git]


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
