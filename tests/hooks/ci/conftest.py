"""A repository with a branch that holds a key for one commit, and antkey run on clones of it in CI."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.hooks.ci.gate import POLICY, SECRET, Antkey
from tests.hooks.ci.services import without_ci
from tests.scanner.git.conftest import ENVIRONMENT, Git


class World(NamedTuple):
    """origin: the server's repository; old: in main's history; base: where `side` left main; main: its
    tip; leak: the commit with the key; side: the branch's tip, without it; merge: of both."""

    origin: Git
    key: str
    old: str
    base: str
    main: str
    leak: str
    side: str
    merge: str


class Run(NamedTuple):
    """A finished scan. words: standard error."""

    code: int
    words: str
    found: list[tuple[str, str]]
    commits: int


@pytest.fixture
def world(tmp_path: Path, make_key: Callable[..., str]) -> World:
    git = Git(tmp_path / "origin").init()
    key, older = make_key(), make_key()
    old = git.commit("old leak", **{"old.env": f"{older}\n"}).hex()
    git("rm", "-q", "old.env")
    base = git.commit("base", readme="1\n").hex()
    git("checkout", "-q", "-b", "side")
    leak = git.commit("leak", **{"leak.env": f"{key}\n"}).hex()
    git("rm", "-q", "leak.env")
    side = git.commit("gone", side="1\n").hex()
    git("checkout", "-q", "main")
    main = git.commit("main goes on", readme="2\n").hex()
    git("checkout", "-q", "--detach")
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = git.oid("HEAD").hex()
    git("update-ref", "refs/pull/7/merge", merge)
    git("update-ref", "refs/pull/7/head", side)
    git("checkout", "-q", "main")
    return World(git, key, old, base, main, leak, side, merge)


@pytest.fixture
def clone(world: World, tmp_path: Path) -> Callable[..., Git]:
    """Clones as a runner does: some refspecs, detached."""

    def make(commit: str, *refspecs: str, depth: int | None = None) -> Git:
        git = Git(tmp_path / "clone").init()
        git("remote", "add", "origin", f"file://{world.origin.path}")
        wanted = refspecs or ("+refs/heads/*:refs/remotes/origin/*", "+refs/pull/7/*:refs/pull/7/*")
        shallow = (f"--depth={depth}",) if depth else ()
        world.origin("config", "uploadpack.allowAnySHA1InWant", "true")
        git("fetch", "-q", *shallow, "origin", *wanted)
        git("checkout", "-q", "--detach", commit)
        return git

    return make


@pytest.fixture
def scan() -> Callable[..., Run]:
    """`antkey scan --range auto` in a clone, and nothing of it may change by that."""

    def run(git: Git, environment: dict[str, str], *options: str) -> Run:
        command = [
            sys.executable,
            "-m",
            "antkey_hooks.cli",
            "scan",
            "--range",
            "auto",
            "-f",
            "json",
        ]
        done = subprocess.run(
            [*command, *options],
            cwd=git.path,
            env={**without_ci(ENVIRONMENT), **environment},
            capture_output=True,
            timeout=60,
            check=False,
        )
        words = done.stderr.decode()
        assert "Traceback" not in words
        if not done.stdout:
            return Run(done.returncode, words, [], 0)
        told = json.loads(done.stdout)
        found = [(one["location"]["path"], one["location"]["commit"]) for one in told["findings"]]
        return Run(done.returncode, words, found, told["stats"]["commits"])

    return run


@pytest.fixture
def git(tmp_path: Path) -> Git:
    git = Git(tmp_path / "repo").init()
    git.write(".gitignore", "antkey-report\n")
    git.write("antkey.toml", POLICY)
    git.commit("first", readme="nothing\n")
    return git


@pytest.fixture
def antkey(git: Git) -> Antkey:
    def run(
        *arguments: str, secret: str = SECRET, at: str = "."
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "antkey_hooks.cli", *arguments],
            cwd=git.path / at,
            env={**ENVIRONMENT, "ANTKEY_ATTEST_KEY": secret},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert SECRET not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "attestation.json"


@pytest.fixture
def attest(antkey: Antkey, file: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    return lambda *options, **more: antkey("check", "--attest", str(file), *options, **more)


@pytest.fixture
def verify(antkey: Antkey, git: Git, file: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*options: str, **more: str) -> subprocess.CompletedProcess[str]:
        commit = more.pop("commit", git.oid("HEAD").hex())
        return antkey("verify", str(file), "--commit", commit, *options, **more)

    return run
