"""Asks git where a repository's hooks belong, and judges whether they may be put there."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import NamedTuple

from antkey_scanner.errors import PolicyError
from antkey_scanner.system import show

_SECONDS = 30


class HooksFolder(NamedTuple):
    """Where hooks are to stand.

    path: absolute; bare: whether the repository receives pushes and has no work tree; shared: whether
    the folder is part of the work tree, so that what stands there is for other machines too.
    """

    path: str
    bare: bool
    shared: bool


def hooks_folder(folder: str, wanted: str | None) -> HooksFolder:
    """The folder in which git looks for the hooks of the repository around `folder`.

    wanted: the one that the user names instead. Raises PolicyError when there is no repository, or
    when the folder serves other repositories too and was not asked for.
    """
    bare = _ask(folder, "rev-parse", "--is-bare-repository") == "true"
    common = os.path.join(folder, _ask(folder, "rev-parse", "--git-common-dir"))
    work_tree = None if bare else _work_tree(folder)
    inside = [os.path.realpath(path) for path in (common, work_tree) if path is not None]
    path = os.path.join(common, "hooks")
    if wanted is not None:
        path = os.path.join(folder, wanted)
    else:
        configured = _configured(folder)
        if configured is not None:
            path = os.path.join(work_tree or common, configured)
            _check(path, configured, inside)
    real = os.path.realpath(path)
    shared = work_tree is not None and _lies_in(real, inside[1]) and not _lies_in(real, inside[0])
    return HooksFolder(os.path.abspath(path), bare, shared)


def _check(path: str, configured: str, inside: list[str]) -> None:
    real = os.path.realpath(path)
    if not any(_lies_in(real, top) for top in inside):
        raise PolicyError(
            f"core.hooksPath: {show(configured)} lies outside of this repository, and every repository"
            " that uses it would run what is installed there; if that is wanted:"
            f" antkey init --git-hooks --hooks-dir {shlex.quote(show(configured))}"
        )
    if os.path.basename(real) == "_" and os.path.basename(os.path.dirname(real)) == ".husky":
        raise PolicyError(
            "core.hooksPath: husky writes this folder anew each time; add a line to .husky/pre-commit"
            ' instead, and so for commit-msg and pre-push: antkey hook pre-commit "$@"'
        )


def _work_tree(folder: str) -> str:
    try:
        return _ask(folder, "rev-parse", "--show-toplevel")
    except PolicyError:
        raise PolicyError(
            f"{show(folder)}: lies in a git folder; start from the work tree beside it"
        ) from None


def _lies_in(path: str, top: str) -> bool:
    return os.path.join(path, "").startswith(os.path.join(top, ""))


def _ask(folder: str, *arguments: str) -> str:
    """What git answers. Raises PolicyError with what it complains about."""
    done = _git(folder, *arguments)
    if done.returncode:
        lines = os.fsdecode(done.stderr).strip().splitlines() or ["failed"]
        raise PolicyError(f"{show(folder)}: git says: {show(lines[0])}; start from a repository")
    return os.fsdecode(done.stdout).removesuffix("\n")


def _configured(folder: str) -> str | None:
    """`core.hooksPath`, None when it is not set."""
    done = _git(folder, "config", "--type=path", "--get", "core.hooksPath")
    return None if done.returncode else os.fsdecode(done.stdout).removesuffix("\n")


def _git(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise PolicyError("git: is not installed, or not on the PATH; hooks need it") from None
    except subprocess.TimeoutExpired:
        raise PolicyError(f"git {arguments[0]}: gave no answer; try it by hand") from None
