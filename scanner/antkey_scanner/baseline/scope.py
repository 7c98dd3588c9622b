"""What a scan was about, seen from the folder of a baseline: its paths are relative to that.

So a baseline that was made at a repository's root holds wherever one scans from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from antkey_scanner.baseline import Entry, Scope
from antkey_scanner.fingerprint import comparable_path
from antkey_scanner.model import Skip

_INNER = "!/"
_STDIN = "<stdin>"
"""Has no place: nothing can be said of it when it is not there."""


def scope_of(
    folder: str,
    targets: Sequence[str],
    skips: Iterable[Skip],
    *,
    files: bool = True,
    history: bool = False,
) -> Scope:
    """The scope of a scan of `targets`.

    folder: that of the baseline; skips: of the scan; files: whether all files there were read, and not
    only those that are staged or new in a range; history: whether git history was.
    """
    view = _View(folder, targets)
    unread = {view.absolute(view.place(skip.path)) for skip in skips}
    reached = {comparable_path(os.path.realpath(target)) for target in targets}

    def looked_at(entry: Entry) -> bool:
        if not (history if entry.history else files):
            return False
        if entry.path.partition(_INNER)[0] == _STDIN:
            return False
        around = set(_around(view.absolute(entry.path)))
        return not around.isdisjoint(reached) and around.isdisjoint(unread)

    return Scope(view.place, looked_at, view.gone)


class _View:
    """Paths as seen from a folder."""

    def __init__(self, folder: str, targets: Sequence[str]) -> None:
        self._folder = os.path.realpath(folder)
        alone = len(targets) == 1 and os.path.isdir(targets[0])
        self._root = os.path.realpath(targets[0] if alone else os.curdir)
        self._folders: dict[str, str] = {}

    def place(self, shown: str) -> str:
        """A path that a scan shows, relative to the folder; with `../` where it lies outside."""
        outer, inner, rest = shown.partition(_INNER)
        if outer == _STDIN:
            return shown
        head, name = os.path.split(os.path.join(self._root, outer))
        real = self._folders.get(head)
        if real is None:
            real = self._folders[head] = os.path.realpath(head)
        path = os.path.normpath(os.path.join(real, name))
        try:
            path = os.path.relpath(path, self._folder)
        except ValueError:
            pass  # another drive
        return path.replace(os.sep, "/") + inner + rest

    def absolute(self, path: str) -> str:
        outer, inner, rest = comparable_path(path).partition(_INNER)
        whole = os.path.normpath(os.path.join(self._folder, outer))
        return comparable_path(whole) + inner + rest

    def gone(self, path: str) -> bool:
        outer = path.partition(_INNER)[0]
        if "\\" in outer or "sk-ant-" in outer or outer == _STDIN:
            return False  # not as it is written on the disk
        return not os.path.lexists(os.path.join(self._folder, outer))


def _around(path: str) -> Iterator[str]:
    """A path, the containers and the folders that it lies in."""
    yield path
    for at in range(len(path) - 1, 0, -1):
        if path[at] == "/":
            yield path[:at].removesuffix("!")
    yield "/"
