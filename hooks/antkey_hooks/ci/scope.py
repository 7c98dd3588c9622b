"""`--range auto`: from what a CI service says to what is looked at, which is never less than what is new.

What cannot be told apart from what was there before is looked at as well, in the end the whole history.
Names and ids from the environment are looked up here and go no further than as ids that are in the
repository.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.ci.build import Build, is_id, is_short_id
from antkey_hooks.ci.services import NAMES, detect
from antkey_scanner.errors import PolicyError, SourceError
from antkey_scanner.git import commits, refs
from antkey_scanner.git.objects import COMMIT, ObjectError
from antkey_scanner.git.prefixes import with_prefix
from antkey_scanner.git.ranges import new
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.sources.staged import repository_around

if TYPE_CHECKING:
    from antkey_scanner.git.repository import Repository

_DIGITS = 12


class Scope(NamedTuple):
    """What to look at, besides the files as they are. top: of the repository; range: a value of
    `--range`, None for all of the history that there is; told: one line on why; missing: what of the
    history is not here, None where all that is asked for is."""

    top: str
    range: str | None
    told: str
    missing: str | None = None


def detected(
    operands: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    *,
    trusts_tree: bool,
) -> Scope:
    """What the CI service that runs this asks for.

    operands: none, or the repository; trusts_tree: whether a policy in the tree is obeyed. Raises
    PolicyError, and SourceError where it cannot be told whose tree is checked out.
    """
    build = detect(environment)
    if build is None:
        raise PolicyError(
            f"--range auto: no CI service is known from the environment ({NAMES}); write the range"
            " yourself, such as --range origin/main..HEAD"
        )
    if len(operands) > 1:
        raise PolicyError("--range takes one repository; name one folder, or none")
    repository = repository_around(operands[0] if operands else folder, environment)
    place = _Place(build, repository)
    if build.foreign and trusts_tree:
        place.refuse_foreign()
    top = repository.work_tree or repository.git_dir
    try:
        text, why = place.range()
    except SourceError as error:
        return Scope(top, None, f"{error}; what is here is looked at", str(error))
    what = "the whole history" if text is None else "what is new"
    return Scope(top, text, f"{build.service}, {build.event}: files and {what} ({why})")


class _Place:
    """A build in its repository."""

    def __init__(self, build: Build, repository: Repository) -> None:
        self._build = build
        self._repository = repository
        self._store = ObjectStore(repository.objects, repository.hash_size)
        self._is_shallow = os.path.exists(os.path.join(repository.common_dir, "shallow"))

    def range(self) -> tuple[str | None, str]:
        """The range and why it is that. Raises SourceError when the history is not there for it."""
        tips = self._tips()
        why = self._build.why
        for name in self._build.known:
            known = self._commit(name)
            if known is None:
                why = "what was there before is not here"
                continue
            found = new(self._store, tips, (known,))
            if found.skips:
                why = "the history does not reach back to what was there before"
            elif found.commits:
                text = " ".join((*(tip.hex() for tip in tips), "--not", known.hex()))
                return text, f"since {known.hex()[:_DIGITS]}"
            else:
                why = "nothing is new against what is known"
        if self._is_shallow:
            raise self._cut_off(f"this is a shallow clone; {why}")
        return None, why

    def _tips(self) -> tuple[bytes, ...]:
        build = self._build
        tips = {name: self._commit(name) for name in build.tips or ("HEAD",)}
        for name, tip in tips.items():
            if tip is None:
                raise self._cut_off(f"the commit {name} is not here")
        more = map(self._commit, build.more)
        return tuple(dict.fromkeys(oid for oid in (*tips.values(), *more) if oid is not None))

    def refuse_foreign(self) -> None:
        """Raises PolicyError when a stranger's commits are checked out, and with them their policy."""
        head = self._commit("HEAD")
        tips = self._tips()
        if not self._build.tips or head is None or new(self._store, tips, (head,)).commits:
            return
        raise PolicyError(
            f"{self._build.service}, {self._build.event}: what the pull request brings is checked out, and"
            " with it a policy of its own; check out the target, its commits are read from git's objects"
            " (or trust nothing in the tree: --no-config)"
        )

    def _commit(self, name: str) -> bytes | None:
        """The commit that an id, the beginning of one, or a full name leads to; None when it is not here."""
        for oid in self._named(name):
            try:
                oid, kind, _ = commits.peel(self._store, oid)
            except ObjectError:
                continue
            if kind == COMMIT:
                return oid
        return None

    def _named(self, name: str) -> Sequence[bytes]:
        size = self._repository.hash_size
        if is_id(name):
            return (bytes.fromhex(name),) if len(name) == 2 * size else ()
        if is_short_id(name):  # never a branch of that name, which anybody may make
            found = with_prefix(self._repository.objects, size, name)
            return found if len(found) == 1 else ()
        try:
            oid = refs.lookup(self._repository, os.fsencode(name))
        except (refs.BrokenRef, ValueError):
            return ()
        return () if oid is None else (oid,)

    def _cut_off(self, what: str) -> SourceError:
        build = self._build
        return SourceError(f"{build.service}, {build.event}: {what}; {build.depth}")
