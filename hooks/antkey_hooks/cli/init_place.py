"""Where `antkey init` writes: inside of one folder, never through a link, never over what is there.

What stands there was written by others and may be hostile: it is read with a limit, and only as text.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from antkey_hooks.cli.output import replace_file
from antkey_scanner.errors import PolicyError

_MOST_BYTES = 1 << 20


class Step(NamedTuple):
    """What became of one file. path: relative to the top, `/` between folders; add: the text that was
    written or that somebody has to add; well: whether it is as it should be."""

    path: str
    said: str
    add: str = ""
    well: bool = True


class Place(NamedTuple):
    """The folder that is set up. dry: whether nothing is written."""

    top: str
    dry: bool = False

    def read(self, path: str) -> str | None:
        """The text of a regular file that lies inside, None for anything else."""
        target = self._inside(path)
        try:
            if target is None or not stat.S_ISREG(os.lstat(target).st_mode):
                return None
            with open(target, "rb") as file:
                data = file.read(_MOST_BYTES + 1)
            return data.decode() if len(data) <= _MOST_BYTES else None
        except (OSError, UnicodeDecodeError):
            return None

    def has(self, path: str) -> bool:
        """Whether something stands there, a link included."""
        return os.path.lexists(os.path.join(self.top, *path.split("/")))

    def has_folder(self, path: str) -> bool:
        """Whether a folder lies there that is no link."""
        inside = self._inside(f"{path}/x")
        return inside is not None and os.path.isdir(os.path.dirname(inside))

    def names(self, path: str) -> list[str]:
        """What lies in a folder, sorted; nothing where there is none."""
        if not self.has_folder(path):
            return []
        return sorted(os.listdir(os.path.join(self.top, *path.split("/"))))

    def create(self, path: str, text: str, said: str = "") -> Step:
        """Write a file that is not there yet."""
        target = self._inside(path)
        if target is None:
            return Step(
                path, "would lie behind a link; take the link away, then run this again", well=False
            )
        if not self.dry:
            try:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "x", encoding="utf-8", newline="\n") as file:
                    file.write(text)
            except OSError as error:
                raise PolicyError(f"{path}: cannot be written ({_reason(error)})") from None
        return Step(path, f"{'would write' if self.dry else 'wrote'} it{said}", text)

    def replace(self, path: str, text: str, said: str, added: str) -> Step:
        """Write a file anew that `read` has given, its permissions kept."""
        target = self._inside(path)
        assert target is not None
        if not self.dry:
            try:
                replace_file(target, text.encode(), durable=True)
            except OSError as error:
                raise PolicyError(
                    f"{path}: cannot be written ({_reason(error)}); it is as it was"
                ) from None
        return Step(path, f"{'would add' if self.dry else 'added'} {said}", added)

    def is_bare(self) -> bool:
        """Whether this is a repository's own folder, or lies in one, where there is no file of a project."""
        at = self.top
        while True:
            if os.path.isfile(os.path.join(at, "HEAD")) and all(
                os.path.isdir(os.path.join(at, name)) for name in ("objects", "refs")
            ):
                return True
            at, before = os.path.dirname(at), at
            if at == before:
                return False

    def _inside(self, path: str) -> str | None:
        """Where a path leads; None when a folder on the way is a link, or none at all."""
        *folders, name = path.split("/")
        at = self.top
        for folder in folders:
            at = os.path.join(at, folder)
            if os.path.lexists(at) and not stat.S_ISDIR(os.lstat(at).st_mode):
                return None
        return os.path.join(at, name)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
