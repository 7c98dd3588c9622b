"""Which repositories were in scope, and the commits that they stand at.

Told by reading files, as all of git is read here; git itself is never started.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from antkey_scanner import system
from antkey_scanner.errors import SourceError
from antkey_scanner.git.refs import BrokenRef, lookup, symbolic_target
from antkey_scanner.git.repository import Repository as Store
from antkey_scanner.globs import Globs
from antkey_scanner.model import Repository, Skip
from antkey_scanner.policy import Policy
from antkey_scanner.policy.anchor import root_below, seen_from
from antkey_scanner.sources.objects import Source

_BRANCHES = "refs/heads/"


def searched(source: Source) -> tuple[Repository, ...]:
    """The repositories whose objects a scan reads anyway: naming them costs nothing more."""
    # Not told by their classes: a hook, which reads the index, does not import what reads histories.
    several = getattr(source, "repositories", None) or [getattr(source, "repository", None)]
    return _named(store for store in several if isinstance(store, Store))


def below(targets: Sequence[str], folder: str) -> tuple[Repository, ...]:
    """The repositories at and below what is scanned, and the one that it lies in.

    folder: that the command was started in; what lies around it is the user's own. What cannot be read
    is left out here: the scan says so.
    """
    from antkey_scanner.git.discover import repositories
    from antkey_scanner.sources import files

    named = [target for target in targets if target != "-"]
    places = [each for each in files.targets(named) if isinstance(each, files.Target)]
    folders = [(each.folder, each.shown) for each in places if each.name is None]
    found = [each for each in repositories(folders) if not isinstance(each, Skip)]
    around = _around(folder)
    if (
        around is not None
        and all(each.objects[0] != around.objects[0] for each in found)
        and any(_lies_in(each.folder, around.work_tree) for each in places)
    ):
        found.insert(0, around)
    return _named(found)


def kept(
    found: Sequence[Repository], policy: Policy, targets: Sequence[str], more: Sequence[str]
) -> tuple[Repository, ...]:
    """Those that are not left out. more: globs of the command line, beside the policy's."""
    globs = Globs((*seen_from(policy.scan.exclude, root_below(policy.folder, targets)), *more))
    return tuple(each for each in found if each.path == "." or not globs.match_folder(each.path))


def _around(folder: str) -> Store | None:
    from antkey_scanner.git.enclosing import enclosing

    try:
        return enclosing(folder, os.environ)
    except SourceError:
        return None


def _lies_in(path: str, folder: str | None) -> bool:
    return folder is not None and os.path.join(path, "").startswith(os.path.join(folder, ""))


def _named(stores: Iterable[Store]) -> tuple[Repository, ...]:
    return tuple(sorted(map(_head, stores), key=lambda each: each.path))


def _head(store: Store) -> Repository:
    path = system.show(store.shown.rstrip(os.sep)).replace(os.sep, "/") or "."
    try:
        oid = lookup(store, b"HEAD")
    except BrokenRef:
        oid = None
    target = symbolic_target(store, b"HEAD")
    ref = None if target is None else system.show(os.fsdecode(target)).removeprefix(_BRANCHES)
    return Repository(path, None if oid is None else oid.hex(), ref)
