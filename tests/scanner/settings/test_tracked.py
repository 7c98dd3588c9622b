"""Files with keys that git knows or would take, in real repositories."""

from __future__ import annotations

import os
import random
import string
import subprocess
from pathlib import Path

import pytest

from antkey_rules.configuration import load_file_rule
from antkey_scanner.git.discover import repositories
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Finding, Skip
from antkey_scanner.settings.tracked import NOT_IGNORED, TRACKED, findings

VALUE = "".join(random.Random(3).choices(string.ascii_letters + string.digits, k=48))
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{who}_{what}": "a@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


def git(folder: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True
    )


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository without a commit."""
    git(tmp_path, "init", "-q")
    return tmp_path


def write(work: Path, path: str, text: str = f"A=1\nANTHROPIC_API_KEY={VALUE}\n") -> None:
    """Write a file with a key."""
    file = work / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def judged(work: Path) -> list[Finding | Skip]:
    """What is wrong with the repositories of a folder."""
    found = [one for one in repositories([(str(work), "")]) if isinstance(one, Repository)]
    return list(findings(found, load_file_rule))


def told(work: Path) -> set[tuple[str, str]]:
    """Rule and path of each finding."""
    return {(one.rule.id, one.location.path) for one in judged(work) if isinstance(one, Finding)}


@pytest.mark.parametrize(
    "path", [".env", ".env.local", "web/.env.production", "prod.env", ".envrc", ".dev.vars"]
)
def test_a_tracked_file_is_found(work: Path, path: str) -> None:
    write(work, path)
    git(work, "add", "-f", path)
    assert told(work) == {(TRACKED, path)}
    git(work, "commit", "-qm", "a")
    assert told(work) == {(TRACKED, path)}


def test_a_file_that_is_not_ignored_is_found(work: Path) -> None:
    write(work, "a/b/.env")
    assert told(work) == {(NOT_IGNORED, "a/b/.env")}


@pytest.mark.parametrize(
    "rule", [".env", "*.env\n.env*", "/a/", "a/b", "**/.env", ".env\n!.env.example"]
)
def test_an_ignored_file_is_fine(work: Path, rule: str) -> None:
    write(work, "a/b/.env")
    write(work, ".gitignore", rule + "\n")
    assert told(work) == set()


def test_the_repositorys_own_list_of_ignored_files_counts(work: Path) -> None:
    write(work, ".env")
    write(work, ".git/info/exclude", ".env\n")
    assert told(work) == set()


def test_a_tracked_file_is_not_fine_because_it_is_ignored(work: Path) -> None:
    write(work, ".env")
    write(work, ".gitignore", ".env\n")
    git(work, "add", "-f", ".env")
    assert told(work) == {(TRACKED, ".env")}


@pytest.mark.parametrize(
    "text",
    [
        "ANTHROPIC_API_KEY=\n",
        "ANTHROPIC_API_KEY=your-key-here\n",
        "ANTHROPIC_API_KEY=op://a/b/c\n",
        "A=1\n",
        "",
    ],
)
def test_a_file_without_a_key_is_fine(work: Path, text: str) -> None:
    write(work, ".env", text)
    assert told(work) == set()


@pytest.mark.parametrize(
    "path", [".env.example", ".env.sample", "template.env", "tests/.env", "env.py"]
)
def test_examples_and_tests_are_fine(work: Path, path: str) -> None:
    write(work, path)
    assert told(work) == set()


def test_a_finding_says_where_and_nothing_of_the_key(work: Path) -> None:
    write(work, ".env")
    (found,) = judged(work)
    assert isinstance(found, Finding)
    assert (found.location.line, found.location.column) == (2, 1)
    assert "ANTHROPIC_API_KEY" in found.message
    assert VALUE[:12] not in repr(found)


def test_an_index_that_cannot_be_read_is_a_skip(work: Path) -> None:
    write(work, ".env")
    (work / ".git/index").write_bytes(b"DIRC nothing")
    (found,) = judged(work)
    assert isinstance(found, Skip)


def test_a_folder_that_is_no_repository_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ".env")
    assert judged(tmp_path) == []


def test_a_repository_in_another_is_judged_by_itself(work: Path) -> None:
    write(work, ".gitignore", "inner/\n")
    (work / "inner").mkdir()
    git(work / "inner", "init", "-q")
    write(work, "inner/.env")
    assert told(work) == {(NOT_IGNORED, "inner/.env")}


def test_a_link_is_no_file(work: Path) -> None:
    write(work, "secrets/kept", f"ANTHROPIC_API_KEY={VALUE}\n")
    (work / ".env").symlink_to("secrets/kept")
    assert told(work) == set()
