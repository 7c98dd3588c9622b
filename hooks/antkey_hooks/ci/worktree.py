"""Whether the work tree is a commit and nothing else: what is vouched for has to be what was looked at.

Git is asked here, and not while scanning: only git knows what its filters make of a file. This is the
repository of whoever signs; hooks and the file system monitor are not started all the same.
"""

from __future__ import annotations

import os
import subprocess
from typing import NamedTuple

from antkey_scanner.errors import PolicyError

_SECONDS = 300
_QUIET = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


class Commit(NamedTuple):
    """A commit that is checked out whole and unchanged. top: of its work tree; ids in hex."""

    top: str
    id: str
    tree: str


def checked_out(folder: str) -> Commit:
    """The commit that the work tree around a folder is. Raises PolicyError when it is none."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        raise PolicyError(
            "--attest: is about a commit, and this is no work tree of git's; run it in one"
        )
    commit = _git(folder, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")
    tree = _git(folder, "rev-parse", "--quiet", "--verify", "HEAD^{tree}")
    if not commit or not tree:
        raise PolicyError("--attest: is about a commit, and there is none yet; commit first")
    changes = _git(
        top, "status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=none"
    )
    listed = _git(top, "ls-files", "-z", "-v")
    if changes is None or listed is None:
        raise PolicyError(
            "--attest: git does not tell whether the work tree is clean; see git status"
        )
    if changes:
        raise PolicyError(
            "--attest: the work tree has changes, so that what is judged is not the commit; commit or"
            " undo them (git status shows which)"
        )
    if any(_is_set_aside(line) for line in listed.split("\0")):
        raise PolicyError(
            "--attest: git is told not to look at some files (sparse checkout, assume-unchanged), so that"
            " what is judged may not be the commit; check out all of it (git ls-files -v shows which)"
        )
    return Commit(os.path.realpath(top), commit, tree)


def is_left_out(commit: Commit, path: str) -> bool:
    """Whether a file lies in the work tree and is no part of the commit. What lies elsewhere is not."""
    path = os.path.realpath(path)
    if not path.startswith(os.path.join(commit.top, "")):
        return False
    below = os.path.relpath(path, commit.top)
    return not _git(
        commit.top, "ls-tree", "-z", "--name-only", commit.id, "--", f":(literal){below}"
    )


def _is_set_aside(line: str) -> bool:
    """Whether a line of `git ls-files -v` is about a file that is not compared."""
    return line[:1] == "S" or line[:1].islower()


def _git(folder: str, *arguments: str) -> str | None:
    """What git prints, None when it fails."""
    try:
        done = subprocess.run(
            ["git", *_QUIET, *arguments],
            cwd=folder,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else os.fsdecode(done.stdout).removesuffix("\n")
