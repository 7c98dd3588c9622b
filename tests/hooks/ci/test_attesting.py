"""`antkey check --attest`: what is signed is the commit, judged by what the commit says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.ci.gate import POLICY, Antkey, Run
from tests.scanner.git.conftest import Git


def change(git: Git) -> None:
    git.write("readme", "changed\n")


def stage(git: Git) -> None:
    git.write("new", "new\n")
    git("add", "new")


def remove(git: Git) -> None:
    (git.path / "readme").unlink()


def hide(git: Git) -> None:
    git("update-index", "--assume-unchanged", "readme")
    git.write("readme", "changed\n")


def leave_out(git: Git) -> None:
    git("update-index", "--skip-worktree", "readme")
    (git.path / "readme").unlink()


@pytest.mark.parametrize("make_dirty", [change, stage, remove, hide, leave_out])
def test_what_is_not_the_commit_is_not_attested(
    attest: Run, git: Git, file: Path, make_dirty: Callable[[Git], None]
) -> None:
    attest()
    make_dirty(git)
    done = attest()
    assert (done.returncode, file.exists()) == (2, False)
    assert "what is judged" in done.stderr


def test_without_a_commit_nothing_is_attested(attest: Run, git: Git, file: Path) -> None:
    git("update-ref", "-d", "HEAD")
    done = attest()
    assert (done.returncode, file.exists()) == (2, False)
    assert "there is none yet" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--exclude", "*.env"),
        ("--follow-gitignore",),
        ("--max-file-size", "1k"),
        ("--depth", "1"),
        ("--staged",),
        ("--range", "HEAD~..HEAD"),
        ("--no-config",),
        ("--now", "2026-01-01T00:00:00Z"),
        ("--exit-zero",),
    ],
    ids=lambda options: options[0],
)
def test_a_verdict_that_the_command_line_bends_is_not_attested(
    attest: Run, file: Path, options: tuple[str, ...]
) -> None:
    done = attest(*options)
    assert (done.returncode, file.exists()) == (2, False)
    assert f"{options[0]} changes that" in done.stderr


def test_a_part_of_the_commit_is_not_attested(attest: Run, git: Git, file: Path) -> None:
    git.commit("folder", **{"src__app.py": "1\n"})
    for done in (attest("src"), attest(at="src")):
        assert (done.returncode, file.exists()) == (2, False)
        assert "vouches for the whole commit" in done.stderr
    assert attest(".").returncode == 0


def test_a_run_that_fails_leaves_no_older_attestation(
    attest: Run, verify: Run, git: Git, file: Path
) -> None:
    attest()
    git.commit("broken policy", **{"antkey.toml": "profile = 7\n"})
    assert attest().returncode == 2
    assert not file.exists()


@pytest.mark.parametrize("name", ["antkey.toml", ".antkey-baseline.json"])
def test_what_was_obeyed_has_to_be_in_the_commit(
    antkey: Antkey, attest: Run, git: Git, file: Path, name: str, make_key: Callable[..., str]
) -> None:
    """Whoever reads the commit later could not know what it was judged by."""
    git.commit("leak", **{"app.env": make_key()})
    antkey("baseline", "create")
    if name == "antkey.toml":
        git("rm", "-q", "--cached", name)
        git("add", ".antkey-baseline.json")
        git("commit", "-q", "-m", "untracked")
    done = attest()
    assert (done.returncode, file.exists()) == (2, False)
    assert f"{name} was obeyed and is not in the commit" in done.stderr


def test_a_policy_of_somebody_elses_is_attested_by_its_hash(
    attest: Run, verify: Run, tmp_path: Path
) -> None:
    policy = tmp_path / "company.toml"
    policy.write_text(POLICY + "# ours\n")
    assert attest("--policy", str(policy)).returncode == 0
    digest = hashlib.sha256(policy.read_bytes()).hexdigest()
    assert verify("--policy-sha256", digest).returncode == 0


def test_the_baseline_is_part_of_what_is_attested(
    antkey: Antkey, attest: Run, verify: Run, git: Git, make_key: Callable[..., str]
) -> None:
    git.commit("leak", **{"app.env": make_key()})
    antkey("baseline", "create")
    git.commit("accepted")
    attest()
    told = json.loads(verify("-f", "json").stdout)

    real = hashlib.sha256((git.path / ".antkey-baseline.json").read_bytes()).hexdigest()
    assert (told["verdict"], told["baseline_sha256"]) == ("pass", real)
