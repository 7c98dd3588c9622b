"""Promises that what a push brings is found, first and forced ones too, before it is accepted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.rangesearch import files, opened

from antkey_scanner.errors import SourceError
from antkey_scanner.git.revisions import parse_range

MakeGit = Callable[..., Git]


def test_the_first_push_of_a_branch(make_git: MakeGit, tmp_path: Path) -> None:
    make_git("a").commit(a="1")
    Git(tmp_path)("clone", "-q", "a", "b")
    git = Git(tmp_path / "b")
    git("checkout", "-q", "-b", "topic")
    git.commit(b="2")
    assert files(git, "topic --not --remotes") == [("b", "2")]
    assert files(git, "topic --not --remotes=origin") == [("b", "2")]
    assert files(git, "topic --not --remotes=other") == [("a", "1"), ("b", "2")]


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
