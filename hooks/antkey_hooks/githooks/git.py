"""Asks git about single revisions of the developer's own repository, for pre-push."""

from __future__ import annotations

import subprocess

_SECONDS = 60


def resolve(revision: str) -> str | None:
    """The id that a revision names, None when it names nothing here."""
    if revision.startswith("-"):
        return None
    return _answer("rev-parse", "--quiet", "--verify", revision) or None


def has_commit(oid: str) -> bool:
    """Whether a commit is here."""
    return _answer("cat-file", "-e", f"{oid}^{{commit}}") is not None


def has_history() -> bool:
    """Whether there is a commit at all."""
    return resolve("HEAD") is not None


def _answer(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.decode(errors="replace").strip()
