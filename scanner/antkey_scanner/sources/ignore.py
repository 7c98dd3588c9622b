"""Which paths are left out: the policy's and command line's globs, and `.gitignore` when asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Split = tuple[list[str], list[str], list[tuple[str, str]]]


class Ignore(Protocol):
    """Splits the entries of one folder into files, folders, and (name, reason) of what is left out.

    below: the folder's path below the root, `""` or ending in `/`.
    """

    def split(self, below: str, names: list[str], folders: list[str]) -> Split: ...


class NoIgnore:
    """Leaves nothing out."""

    def split(self, below: str, names: list[str], folders: list[str]) -> Split:  # noqa: ARG002 - the protocol's
        return names, folders, []


class Globs:
    """Leaves out what matches one of `exclude`, and what the `.gitignore` files below `root` name.

    Patterns have git's syntax. root: None when `.gitignore` files are not followed.
    """

    def __init__(self, exclude: Sequence[str], root: str | None = None) -> None:
        from pathspec import GitIgnoreSpec

        self._exclude = GitIgnoreSpec.from_lines(exclude)
        self._root = root
        self._ignored: dict[str, GitIgnoreSpec | None] = {}

    def split(self, below: str, names: list[str], folders: list[str]) -> Split:
        left_out: list[tuple[str, str]] = []
        kept_names = [name for name in names if self._keep(below, name, "", left_out)]
        kept_folders = [name for name in folders if self._keep(below, name, "/", left_out)]
        return kept_names, kept_folders, left_out

    def _keep(self, below: str, name: str, slash: str, left_out: list[tuple[str, str]]) -> bool:
        path = f"{below}{name}{slash}"
        if self._exclude.match_file(path) or (slash and self._exclude.match_file(f"{path}x")):
            left_out.append((name, "excluded"))
            return False
        if self._root is not None and self._git_ignores(path):
            left_out.append((name, "ignored by .gitignore (--follow-gitignore)"))
            return False
        return True

    def _git_ignores(self, path: str) -> bool:
        """The nearest `.gitignore` with an opinion decides, as in git."""
        parts = path.rstrip("/").split("/")
        for depth in range(len(parts) - 1, -1, -1):
            folder = "/".join(parts[:depth])
            spec = self._spec(folder)
            if spec is None:
                continue
            include = spec.check_file(path[len(folder) + 1 if folder else 0 :]).include
            if include is not None:
                return include
        return False

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._ignored:
            from pathspec import GitIgnoreSpec

            assert self._root is not None
            path = os.path.join(self._root, folder, ".gitignore")
            try:
                with open(path, encoding="utf-8", errors="surrogateescape") as file:
                    self._ignored[folder] = GitIgnoreSpec.from_lines(file)
            except OSError:
                self._ignored[folder] = None
        return self._ignored[folder]
