"""The files that a check itself writes, which it does not judge: its reports and its history of runs.

Else what one run writes would change the verdict of the next. Nothing is left out by its name: only the very
paths that this run writes, and of those none that git tracks, so that nobody can commit a key to such a place
and have it passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli.past import history_folder
from antkey_hooks.history.store import ENDINGS, FILE, FOLDER, IGNORE
from antkey_scanner.errors import SourceError
from antkey_scanner.git.enclosing import enclosing
from antkey_scanner.git.indexed import indexed
from antkey_scanner.model import Skip
from antkey_scanner.policy import Policy
from antkey_scanner.sources.files import Own

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

REPORT = "a report that this run writes anew"
HISTORY = "antkey's own history of runs"


def own_files(policy: Policy, options: Options) -> Own:
    """The files that this run writes and that git does not track, each with why it is not read."""
    found = [(_real(path), REPORT) for _, path in options.report]
    if options.attest is not None:
        found.append((_real(options.attest), REPORT))
    folder = history_folder(policy, options)
    if folder is not None:
        found += _history(os.path.join(folder, FOLDER))
    return tuple(each for each in dict(found).items() if not _is_tracked(each[0]))


def _history(folder: str) -> Iterator[tuple[str, str]]:
    path = _real(os.path.join(folder, FILE))
    yield path, HISTORY
    for ending in ENDINGS:
        yield path + ending, ""  # they come and go
    beside = _real(os.path.join(folder, ".gitignore"))
    if _is_ours(beside):
        yield beside, HISTORY


def _real(path: str) -> str:
    """The path as a walk names it: its last part may be a link, which no walk follows."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _is_ours(path: str) -> bool:
    """Whether a file is what antkey writes there, or will be."""
    try:
        if os.path.getsize(path) != len(IGNORE):
            return False
        with open(path, "rb") as file:
            return file.read(len(IGNORE) + 1) == IGNORE.encode()
    except OSError:
        return not os.path.lexists(path)


def _is_tracked(path: str) -> bool:
    """Whether git knows a file that is there; also where that cannot be read."""
    if not os.path.lexists(path):
        return False
    try:
        repository = enclosing(os.path.dirname(path), {})
    except SourceError:
        return True
    if repository is None or repository.work_tree is None:
        return False
    name = os.path.relpath(path, os.path.realpath(repository.work_tree)).replace(os.sep, "/")
    return _holds(list(indexed(repository)), name)


def _holds(rows: Sequence[tuple[bytes, bytes] | Skip], name: str) -> bool:
    # Without regard to case, as some file systems see it: more is read, and never less.
    wanted = os.fsencode(name).lower()
    return any(isinstance(row, Skip) or row[0].lower() == wanted for row in rows)
