"""Repositories for the hook's row: what is staged, and that a scanner which lets a key pass is seen."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from benchmarks.gitcalls import git
from benchmarks.peers import Tool
from benchmarks.race import Stand, race
from benchmarks.rows import ANTKEY, Contender, Work
from benchmarks.staged import STAGED, WITH_KEY, WRITABLE, staged

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

KEY = re.compile(rb"sk-ant-api03-[A-Za-z0-9_-]{93}AA")


def test_ten_files_are_staged_and_nothing_else_has_changed(tmp_path: Path) -> None:
    corpus = staged(tmp_path, 2)
    assert git(corpus.path, "status", "--porcelain").decode().split("\n")[:-1] == [
        f"M  {name}" for name in STAGED
    ]
    assert len(git(corpus.path, "ls-files").splitlines()) == 2 * 40 + 10


@pytest.mark.parametrize(("name", "keys"), [("clean", 0), (WRITABLE, 0), (WITH_KEY, 1)])
def test_key_is_staged_in_one_of_the_repositories(tmp_path: Path, name: str, keys: int) -> None:
    repository = staged(tmp_path, 2).path.with_name(name)
    assert len(KEY.findall(git(repository, "diff", "--cached"))) == keys


REFUSING = "import sys, os; sys.exit(os.path.basename(os.getcwd()) == 'with-key')"


@pytest.mark.parametrize(("code", "refused"), [(REFUSING, 1), ("pass", 0)])
def test_race_says_which_scanner_refuses_the_key(tmp_path: Path, code: str, refused: int) -> None:
    tool = Tool(sys.executable, "3", None)
    stand = Stand({"gitleaks": tool}, tmp_path, os.environ, tmp_path / "literals")
    contender = Contender(ANTKEY, f'{{gitleaks}} -c "{code}"')
    work = Work("hook", "hook", "X", 1, (contender,), (), probe=WITH_KEY, inside=True)
    (measured,) = race(work, staged(tmp_path, 2), stand, 1, lambda _: None)
    assert (measured.found, measured.planted, measured.remark) == (refused, 1, None)
