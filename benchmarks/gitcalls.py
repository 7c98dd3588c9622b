"""Runs git for making corpora: no configuration of the user or machine, fixed names and dates."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from benchmarks.corpora import Unavailable

WHO = "Bench <bench@example.com> 1767225600 +0000"
"""Author and committer, as fast-import wants them."""


def environment() -> dict[str, str]:
    """For git alone; the measured programs have another."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    who: dict[str, str] = {}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {
            f"GIT_{role}_NAME": "Bench",
            f"GIT_{role}_EMAIL": "bench@example.com",
            f"GIT_{role}_DATE": "1767225600 +0000",
        }
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    return {**kept, **plain, **who, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}


def git(folder: Path, *arguments: str, data: bytes = b"") -> bytes:
    """What git prints. Raises Unavailable when it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment(),
            input=data,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise Unavailable("no git on PATH; install git") from None
    if done.returncode:
        raise Unavailable(f"git {arguments[0]} failed: {last_line(done.stderr)}")
    return done.stdout


def last_line(said: bytes) -> str:
    """What a program said last."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a word"
