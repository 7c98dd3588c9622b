"""Asks git about revisions of the developer's own repository, for pre-push."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

_SECONDS = 60


def resolve(revision: str) -> str | None:
    """The id that a revision names, None when it names nothing here."""
    if revision.startswith("-"):
        return None
    return _answer("rev-parse", "--quiet", "--verify", revision) or None


def present(oids: Sequence[str]) -> list[str]:
    """Which of these are here, and are commits or lead to one."""
    if not oids:
        return []
    asked = "".join(f"{oid}^{{commit}}\n" for oid in oids)
    answers = (_answer("cat-file", "--batch-check", asking=asked) or "").splitlines()
    if len(answers) != len(oids):
        return []
    return [oid for oid, told in zip(oids, answers, strict=True) if told.split()[1:2] == ["commit"]]


def has_history() -> bool:
    """Whether there is a commit at all."""
    return resolve("HEAD") is not None


def _answer(*arguments: str, asking: str = "") -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1"},
            input=asking.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.decode(errors="replace").strip()
