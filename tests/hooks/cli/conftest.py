"""Whole processes of antkey, in an environment that nothing of the tester's own reaches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest
from tests.hooks.cli.histories import Report, Scan
from tests.hooks.cli.played import PRELUDE, Done, Play
from tests.scanner.git.conftest import Git, snapshot

LEFT_OUT = ("NO_COLOR", "CI", "SOURCE_DATE_EPOCH", "TERM", "_ANTKEY_COMPLETE", "COLUMNS")


class Antkey(Protocol):
    """Runs a command line in the test's folder."""

    def __call__(
        self, *arguments: str | os.PathLike[str], stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[bytes]: ...


@pytest.fixture
def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in LEFT_OUT}


@pytest.fixture
def command() -> list[str]:
    """What starts antkey."""
    return [sys.executable, "-m", "antkey_hooks.cli"]


@pytest.fixture
def antkey(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    command: list[str],
) -> Antkey:
    monkeypatch.chdir(tmp_path)

    def run(
        *arguments: str | os.PathLike[str], stdin: bytes = b"", **extra: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*command, *map(os.fspath, arguments)],
            input=stdin,
            capture_output=True,
            env={**environment, **extra},
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def play(tmp_path: Path, antkey: Antkey) -> Play:
    """Runs an application that is given as Python behind `PRELUDE`."""
    (tmp_path / ".git").mkdir()

    def run(app: str, *options: str, policy: str = "") -> Done:
        (tmp_path / "antkey.toml").write_text(policy)
        (tmp_path / "app.py").write_text(PRELUDE + app)
        command = [sys.executable, "app.py"]
        return Done(antkey("egress", "run", "-f", "json", *options, "--", *command))

    return run


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """An empty repository in the folder `repo`."""
    return Git(tmp_path / "repo").init()


@pytest.fixture
def history(antkey: Antkey, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Scans `repo`, or what is named, with its history; nothing in it may change by that."""
    cache = str(tmp_path_factory.mktemp("cache"))

    def scan(*options: str, at: str = "repo") -> Report:
        before = snapshot(tmp_path / at)
        done = antkey("scan", "--history", at, "-f", "json", *options, XDG_CACHE_HOME=cache)
        assert snapshot(tmp_path / at) == before
        assert b"Traceback" not in done.stderr
        return Report(done)

    return scan
