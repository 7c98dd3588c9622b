"""Where `antkey init` writes nothing: among git's own files, and behind links."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git, snapshot


@pytest.mark.parametrize("below", [".", "hooks"])
def test_a_bare_repository_is_left_alone_and_the_hook_is_named(
    below: str, tmp_path: Path, antkey: Antkey
) -> None:
    Git(tmp_path)("init", "-q", "--bare", ".")
    (tmp_path / below).mkdir(exist_ok=True)
    before = snapshot(tmp_path)
    command = [sys.executable, "-m", "antkey_hooks.cli", "init"]
    done = subprocess.run(
        command, cwd=tmp_path / below, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert b"is a bare repository" in done.stderr
    assert b"antkey init --git-hooks" in done.stderr
    assert done.stdout == b""
    assert snapshot(tmp_path) == before
    assert antkey("init", "--git-hooks").returncode == 0


def test_a_job_that_is_not_written_is_told_in_one_line(tmp_path: Path, antkey: Antkey) -> None:
    Git(tmp_path).init()
    (tmp_path / ".github").symlink_to("/nowhere")
    done = antkey("init", "--ci", "github")
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert "would lie behind a link; take the link away, then run this again" in line
    assert "\\n" not in line
    assert b"ANTKEY_REQUIREMENT" not in done.stdout
