"""Where a finding is as code hosts name places: a file of the repository, and a commit. Not escaped."""

from __future__ import annotations

from antkey_scanner.model import Location, Repository

UNKNOWN_COMMIT = "0" * 40
"""GitLab demands a commit; this is git's own word for none."""


def outermost(path: str) -> str:
    """The file that is in the repository, of `archive.zip!/inner`."""
    return path.partition("!/")[0]


def commit_of(where: Location, repositories: tuple[Repository, ...]) -> str:
    """The commit that holds it, else the one that its repository stood at."""
    if where.commit:
        return where.commit
    around = [one for one in repositories if one.commit and _lies_in(where.path, one.path)]
    nearest = max(around, key=lambda one: -1 if one.path == "." else len(one.path), default=None)
    return UNKNOWN_COMMIT if nearest is None or nearest.commit is None else nearest.commit


def _lies_in(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")
