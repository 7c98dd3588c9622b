"""What is found of repositories, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip


def look(path: Path, shown: str = "") -> tuple[list[Repository], list[tuple[str, str]]]:
    """The repositories found, and what was skipped: each skip has to count."""
    found = list(repositories([(str(path), shown)]))
    skips = [each for each in found if isinstance(each, Skip)]
    assert all(skip.counts for skip in skips)
    return (
        [each for each in found if isinstance(each, Repository)],
        [(skip.path, skip.reason) for skip in skips],
    )


def one(path: Path) -> Repository:
    found, skips = look(path)
    assert skips == []
    assert len(found) == 1
    return found[0]
