"""Which paths are left out: the policy's and command line's globs, and `.gitignore` when asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from antkey_scanner.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Exclusions:
    """Leaves out what one of the globs `exclude` matches, and what `.gitignore` files name.

    root: the folder whose `.gitignore` files are followed, None to follow none.
    """

    def __init__(self, exclude: Sequence[str], root: str | None = None) -> None:
        self._exclude = Globs(exclude)
        self._git = GitIgnores(root) if root is not None else None

    def split(self, below: str, names: list[str], folders: list[str]) -> Split:
        left_out: list[tuple[str, str]] = []
        kept_names = [name for name in names if not self._leaves_out(below, name, "", left_out)]
        kept_folders = [
            name for name in folders if not self._leaves_out(below, name, "/", left_out)
        ]
        return kept_names, kept_folders, left_out

    def _leaves_out(
        self, below: str, name: str, slash: str, left_out: list[tuple[str, str]]
    ) -> bool:
        path = f"{below}{name}"
        excluded = self._exclude.match_folder(path) if slash else self._exclude.match(path)
        if excluded:
            left_out.append((name, "excluded"))
        elif self._git is not None and self._git.ignores(path + slash):
            left_out.append((name, "ignored by .gitignore (--follow-gitignore)"))
        else:
            return False
        return True


class GitIgnores:
    """The `.gitignore` files below `root`, read when their folder is met."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._specs: dict[str, GitIgnoreSpec | None] = {}

    def ignores(self, path: str) -> bool:
        """Whether git would leave out `path`, a folder if it ends in `/`: as in git, the nearest
        file with an opinion decides."""
        parts = path.rstrip("/").split("/")
        for depth in range(len(parts) - 1, -1, -1):
            folder = "/".join(parts[:depth])
            spec = self._spec(folder)
            if spec is not None:
                include = spec.check_file(path[len(folder) + 1 if folder else 0 :]).include
                if include is not None:
                    return include
        return False

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            from pathspec import GitIgnoreSpec

            path = os.path.join(self._root, folder, ".gitignore")
            try:
                with open(path, encoding="utf-8", errors="surrogateescape") as file:
                    self._specs[folder] = GitIgnoreSpec.from_lines(file)
            except (OSError, ValueError):
                self._specs[folder] = None
        return self._specs[folder]
