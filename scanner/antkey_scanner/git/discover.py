"""Finds the repositories at and below folders, each object store once.

A scanned folder is a boundary: nothing outside of it is looked at, neither a repository around it
nor one that a `.git` file, `commondir`, link or alternate leads to; what leads out is a skip that
counts. `antkey_scanner.git.enclosing` looks upward, for the developer's own repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from antkey_scanner import system
from antkey_scanner.git import smallfile
from antkey_scanner.git.enclosing import lies_inside
from antkey_scanner.git.limits import limits
from antkey_scanner.git.repository import (
    Layout,
    Refused,
    Repository,
    layout,
    pointed_git_dir,
    worktree_git_dirs,
)
from antkey_scanner.model import Skip

INSIDE = "lies inside of a repository; name its top folder to scan its history"
"""Why nothing is known of a folder's history."""


class _Candidate(NamedTuple):
    """A git folder that the walk came by. shown: of the work tree, or of itself when there is none."""

    git_dir: str
    shown: str
    work_tree: str | None


def repositories(roots: Iterable[tuple[str, str]]) -> Iterator[Repository | Skip]:
    """The repositories of some folders, each given with what precedes paths in it when printed.

    Besides, a skip for each git folder that cannot or may not be read, and for each reason why a
    history is incomplete (see `limits`). Folders that cannot be listed are skips too, the same as
    those of `antkey_scanner.sources.files`.
    """
    finder = _Finder(list(roots))
    skips = list(finder.walk())
    for found in finder.stores():
        if isinstance(found, Repository):
            yield found
            yield from limits(found)
        else:
            skips.append(found)
    skips += finder.missed()
    yield from dict.fromkeys(skips)


class _Finder:
    """One walk and what it came by."""

    def __init__(self, roots: list[tuple[str, str]]) -> None:
        self._roots = [(os.path.realpath(folder), shown) for folder, shown in roots]
        self._prefixes = tuple(os.path.join(folder, "") for folder, _ in self._roots)
        self._candidates: dict[str, _Candidate] = {}

    def _within(self, path: str) -> bool:
        return os.path.join(path, "").startswith(self._prefixes)

    def walk(self) -> Iterator[Skip]:
        pending = [(folder, shown) for folder, shown in reversed(self._roots)]
        while pending:
            path, shown = pending.pop()
            try:
                with system.Folder.open(path) as opened:
                    entries = opened.listing()
                    folders = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
            except OSError as error:
                yield Skip(system.show(shown).rstrip("/") or ".", smallfile.reason(error))
                continue
            names = {entry.name for entry in entries}
            if ".git" in names:
                yield from self._git(path, shown, is_folder=".git" in folders)
            if self._looks_like_git(path, names):
                self._add(_Candidate(path, shown, None))
                folders = [name for name in folders if name != "objects"]
            folders.sort(reverse=True)
            pending.extend((f"{path}{os.sep}{name}", f"{shown}{name}{os.sep}") for name in folders)

    def _looks_like_git(self, path: str, names: set[str]) -> bool:
        if "HEAD" in names and "commondir" in names and "gitdir" in names:
            return True
        if "objects" not in names or names.isdisjoint({"HEAD", "packed-refs", "refs"}):
            return False
        if "HEAD" in names and "refs" in names:
            return True
        if os.path.basename(path) == ".git":
            return True
        inside = (os.path.join(path, "objects", name) for name in ("pack", "info"))
        return any(map(os.path.isdir, inside))

    def _git(self, path: str, shown: str, *, is_folder: bool) -> Iterator[Skip]:
        """What is called `.git`: a folder, a file that leads to one, or a link."""
        place = os.path.join(path, ".git")
        printed = system.show(f"{shown}.git")
        if is_folder:
            self._add(_Candidate(place, shown, path))
            return
        if os.path.islink(place):
            target = os.path.realpath(place)
            if self._within(target) and os.path.isfile(target):
                place = target
            elif self._within(target):
                self._add(_Candidate(target, shown, path))
                return
            else:
                yield Skip(printed, "a link that leads out of what is scanned; not followed")
                return
        try:
            git_dir = pointed_git_dir(place)
        except OSError as error:
            yield Skip(printed, smallfile.reason(error))
            return
        if git_dir is None:
            yield Skip(printed, "is neither a git folder nor a file that leads to one")
        elif not self._within(git_dir):
            yield Skip(printed, "leads to a git folder outside of what is scanned; not followed")
        else:
            self._add(_Candidate(git_dir, shown, path))

    def _add(self, candidate: _Candidate) -> None:
        """Keep a git folder once, with its work tree when one is known."""
        known = self._candidates.get(candidate.git_dir)
        if known is None or known.work_tree is None:
            self._candidates[candidate.git_dir] = candidate

    def missed(self) -> Iterator[Skip]:
        """Scanned folders without a repository that lie in one: silence would read as clean."""
        for (folder, shown), prefix in zip(self._roots, self._prefixes, strict=True):
            if any(
                os.path.join(each.work_tree or each.git_dir, "").startswith(prefix)
                for each in self._candidates.values()
            ):
                continue
            named = os.path.lexists(os.path.join(folder, ".git"))  # then it is a skip by itself
            if not named and lies_inside(os.path.dirname(folder)):
                yield Skip(system.show(shown).rstrip("/") or ".", INSIDE)

    def stores(self) -> Iterator[Repository | Skip]:
        """The git folders grouped by the store that they share."""
        groups: dict[str, list[tuple[_Candidate, Layout]]] = {}
        for candidate in self._candidates.values():
            printed = system.show(candidate.shown) + (".git" if candidate.work_tree else "")
            printed = printed.rstrip("/") or "."
            try:
                found = layout(candidate.git_dir, self._within)
            except Refused as refused:
                yield Skip(printed, str(refused))
                continue
            for problem in found.problems:
                yield Skip(printed, problem)
            groups.setdefault(found.objects[0], []).append((candidate, found))
        for members in groups.values():
            yield _merged(members)


def _merged(members: list[tuple[_Candidate, Layout]]) -> Repository:
    """One repository of all git folders that share a store; the main work tree names it."""
    candidate, found = min(
        members, key=lambda each: (each[0].git_dir != each[1].common_dir, each[0].work_tree is None)
    )
    git_dirs = [candidate.git_dir, *sorted(other.git_dir for other, _ in members)]
    for common_dir in dict.fromkeys(each.common_dir for _, each in members):
        git_dirs += [common_dir, *worktree_git_dirs(common_dir)]
    return Repository(
        shown=candidate.shown,
        work_tree=candidate.work_tree,
        git_dir=candidate.git_dir,
        common_dir=found.common_dir,
        objects=found.objects,
        hash_size=found.hash_size,
        lfs=found.lfs,
        git_dirs=tuple(dict.fromkeys(git_dirs)),
        reftable=found.reftable,
    )
