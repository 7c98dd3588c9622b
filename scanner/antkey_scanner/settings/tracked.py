"""Finds files of environment variables that hold a key and that git knows, or would take with the next `git
add`. Reads the index and the ignore rules of the scanned repositories by itself; git is never started.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from antkey_scanner import system
from antkey_scanner.git.indexed import indexed
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.smallfile import read_if_there
from antkey_scanner.model import Finding, Location, Rule, Skip
from antkey_scanner.settings.names import is_key_name, public_prefix
from antkey_scanner.settings.places import is_environment_file, is_example, is_test
from antkey_scanner.settings.read import Entry, read
from antkey_scanner.settings.values import is_reference, is_something
from antkey_scanner.sources.ignore import GitIgnores

TRACKED, NOT_IGNORED = "config-env-tracked", "config-env-not-ignored"
"""The rules that this judges by."""

MOST_BYTES = 1 << 20
_FOLDERS = 200_000
_NEVER = frozenset((".git", "node_modules", ".venv", "venv", "__pycache__"))


class _File(NamedTuple):
    """path: in the repository, with `/`; entry: its first that holds a key."""

    path: str
    entry: Entry


def findings(
    repositories: Iterable[Repository], rule: Callable[[str], Rule]
) -> Iterator[Finding | Skip]:
    """What is wrong with the environments of some repositories' work trees.

    repositories: as `git.discover.repositories` gives them; those without a work tree are passed over.
    rule: gives a rule by its id. An index that cannot be read is a skip.
    """
    for repository in repositories:
        if repository.work_tree is not None:
            yield from _of_repository(repository, repository.work_tree, rule)


def _of_repository(
    repository: Repository, work_tree: str, rule: Callable[[str], Rule]
) -> Iterator[Finding | Skip]:
    files = list(_files(work_tree))
    if not files:
        return
    known: set[str] = set()
    for row in indexed(repository):
        if isinstance(row, Skip):
            yield row
            return
        known.add(os.fsdecode(row[0]))
    ignores = GitIgnores(work_tree)
    excluded = _Excluded(repository.common_dir)
    for file in files:
        is_ignored = _is_ignored(ignores, file.path) or excluded.has(file.path)
        broken = verdict(file.path in known, is_ignored)
        if broken is not None:
            yield _finding(rule(broken), repository, file)


def verdict(is_tracked: bool, is_ignored: bool) -> str | None:
    """The rule that a file with a key breaks, None where it breaks none."""
    if is_tracked:
        return TRACKED
    return None if is_ignored else NOT_IGNORED


def _is_ignored(ignores: GitIgnores, path: str) -> bool:
    """Whether git leaves a file out, by itself or by a folder that it is in."""
    parts = path.split("/")
    return ignores.ignores(path) or any(
        ignores.ignores("/".join(parts[:depth]) + "/") for depth in range(1, len(parts))
    )


def _finding(rule: Rule, repository: Repository, file: _File) -> Finding:
    what = "is tracked by git" if rule.id == TRACKED else "is not ignored by git"
    place = Location(
        system.show(repository.shown + file.path), file.entry.span.line, file.entry.span.column
    )
    return Finding(rule, place, f"holds a value for {file.entry.name} and {what}", file.entry.name)


def _files(work_tree: str) -> Iterator[_File]:
    """The environments below a folder that hold a key. What cannot be read, the scan itself
    skips."""
    pending = [""]
    seen = 0
    while pending and seen < _FOLDERS:
        below = pending.pop()
        seen += 1
        try:
            with system.Folder.open(os.path.join(work_tree, below)) as opened:
                entries = opened.listing()
                folders = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
                names = [each.name for each in entries if each.is_file(follow_symlinks=False)]
        except OSError:
            continue
        if below and ".git" in folders:  # a repository of its own
            continue
        for name in sorted(names):
            path = f"{below}{name}"
            text = _text(os.path.join(work_tree, path)) if is_meant(path) else None
            entry = None if text is None else key_in(path, text)
            if entry is not None:
                yield _File(path, entry)
        pending.extend(
            f"{below}{name}/" for name in sorted(folders, reverse=True) if name not in _NEVER
        )


def is_meant(path: str) -> bool:
    """Whether a file in a repository is one of environment variables, and neither example nor test."""
    return is_environment_file(path) and not is_example(path) and not is_test(path)


def key_in(path: str, text: str) -> Entry | None:
    """The first variable of an environment's file that is an Anthropic key with a value."""
    for entry in read(path, text).entries:
        name = entry.name.removeprefix(public_prefix(entry.name) or "")
        if is_key_name(name) and not is_reference(entry.value) and is_something(entry.value):
            return entry
    return None


def _text(path: str) -> str | None:
    try:
        data = read_if_there(path, MOST_BYTES)
    except OSError:
        return None
    return None if data is None else data.decode("utf-8", "replace")


class _Excluded:
    """The repository's own list of what it ignores, `info/exclude`."""

    def __init__(self, common_dir: str) -> None:
        self._path = os.path.join(common_dir, "info", "exclude")

    def has(self, path: str) -> bool:
        from pathspec import GitIgnoreSpec

        try:
            data = read_if_there(self._path)
        except OSError:
            return False
        if data is None:
            return False
        try:
            spec = GitIgnoreSpec.from_lines(data.decode("utf-8", "surrogateescape").splitlines())
        except ValueError:
            return False
        return spec.match_file(path)
