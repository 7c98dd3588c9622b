"""File names that frameworks append are told apart from options that the user wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from antkey_hooks.githooks.words import told_apart
from antkey_scanner.errors import PolicyError


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "-x.txt", "--staged", "-q", "--policy", "--exclude=x", "-f.md", "high"):
        (tmp_path / name).touch()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], []),
        (["a.txt"], ["a.txt"]),
        (["--fail-on", "high", "a.txt"], ["--fail-on", "high", "a.txt"]),
        (["-v", "a.txt", "-x.txt", "-f.md"], ["-v", "a.txt", "--", "-x.txt", "-f.md"]),
        (["--fail-on=high", "--", "-q", "a.txt"], ["--fail-on=high", "--", "-q", "a.txt"]),
    ],
)
def test_names_come_behind_options(words: list[str], told: list[str]) -> None:
    assert told_apart("hook pre-commit", words) == told


@pytest.mark.parametrize("name", ["-q", "--policy", "--exclude=x", "--staged"])
def test_what_could_be_both_is_refused(name: str) -> None:
    with pytest.raises(PolicyError, match="is an option and the name of a file"):
        told_apart("hook pre-commit", ["a.txt", name])
