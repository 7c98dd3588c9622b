"""Real repositories, made by git, for tests of what reads them without git."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antkey_scanner.git import walk

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
ENVIRONMENT = CLEAN | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Git:
    """A repository at `path` that git is run in. Each commit is a minute later than the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._minutes = 0

    def __call__(
        self,
        *arguments: str | bytes,
        stdin: bytes = b"",
        check: bool = True,
        env: dict[str, str] | None = None,
    ) -> bytes:
        """Run git; its standard output without the newline at the end."""
        date = f"2026-03-01T{10 + self._minutes // 60:02}:{self._minutes % 60:02}:00+02:00"
        person = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "Ann Other"), ("EMAIL", "ann@example.com"), ("DATE", date))
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=ENVIRONMENT | person | (env or {}),
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        if check and done.returncode:
            pytest.fail(f"git {arguments} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout.removesuffix(b"\n")

    def init(self, *arguments: str) -> Git:
        self.path.mkdir(parents=True, exist_ok=True)
        self("init", "-q", "-b", "main", *arguments)
        return self

    def write(self, name: str | bytes, content: str | bytes) -> None:
        path = os.fsencode(self.path) + b"/" + os.fsencode(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str = "change", **files: str) -> bytes:
        """Commit all that is in the work tree, and `files` (`__` in a name for `/`); the commit's id."""
        for name, content in files.items():
            self.write(name.replace("__", "/"), content)
        self._minutes += 1
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", message)
        return self.oid("HEAD")

    def oid(self, revision: str) -> bytes:
        """The id of what a revision names."""
        return bytes.fromhex(self("rev-parse", "--verify", revision).decode())

    def blob(self, content: str | bytes) -> bytes:
        """Store a blob; its id."""
        data = content.encode() if isinstance(content, str) else content
        return bytes.fromhex(self("hash-object", "-w", "--stdin", stdin=data).decode())


@pytest.fixture
def make_git(tmp_path: Path) -> Callable[..., Git]:
    """Makes a repository in a folder of that name: `make_git("a", "--bare")`."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")

    def make(name: str = "repo", *arguments: str) -> Git:
        return Git(tmp_path / name).init(*arguments)

    return make


@pytest.fixture
def git(make_git: Callable[..., Git]) -> Git:
    """An empty repository with a work tree."""
    return make_git()


@pytest.fixture
def merged(git: Git) -> Git:
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


@pytest.fixture(params=["plain", "bulk", "uncompiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way of the walk: as for small packs, as for large ones, and without compiled code."""
    way: str = request.param
    if way == "bulk":
        pytest.importorskip("numpy")
        monkeypatch.setattr(walk, "BULK", 0)
        monkeypatch.setattr(walk, "SMALL", 0)
    if way == "uncompiled":
        for name in ("isal", "isal.isal_zlib", "isal.igzip_lib", "dulwich", "dulwich._pack"):
            monkeypatch.setitem(sys.modules, name, None)
    return way


def snapshot(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, time of change and content of everything below a folder: what reading must not change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, hashlib.sha256(data).hexdigest())
    return found
