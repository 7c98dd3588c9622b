"""What is staged for the next commit: the index's content, not the work tree's.

Part of the pre-commit hook: imports and reads as little as it can.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from antkey_scanner import system
from antkey_scanner.errors import PolicyError
from antkey_scanner.git.enclosing import enclosing, index_path
from antkey_scanner.git.objects import ObjectError
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.staged import staged_files
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.globs import Globs
from antkey_scanner.model import Skip
from antkey_scanner.sourcecode import is_source
from antkey_scanner.sources.objects import Origin, Searched, Text
from antkey_scanner.tasks import Objects, Task

BATCH = 64
"""Objects in one task."""


def repository_around(folder: str, environment: Mapping[str, str]) -> Repository:
    """The developer's own repository. Raises PolicyError when there is none, SourceError when it cannot
    be read."""
    found = enclosing(folder, environment)
    if found is None:
        shown = system.show(os.path.realpath(folder))
        raise PolicyError(f"{shown} is not in a git repository; run it in one, or `git init`")
    return found


class Staged:
    """The files of an index that differ from HEAD, and those that are named. A `Source`.

    folder: where names count from. Raises as `repository_around` does, and PolicyError for names
    outside of the repository.
    """

    walks = ()
    known = 0

    def __init__(
        self,
        folder: str,
        environment: Mapping[str, str],
        names: Sequence[str],
    ) -> None:
        self.repository = repository_around(folder, environment)
        self.top = self.repository.work_tree or self.repository.git_dir
        self.skips: list[Skip] = []
        self._origins: dict[bytes, list[Origin]] = {}
        store = self._store = ObjectStore(self.repository.objects, self.repository.hash_size)
        index = index_path(self.repository, folder, environment)
        wanted = [_below(self.top, os.path.join(folder, name)) for name in names]
        for found in staged_files(self.repository, store, index, wanted):
            if isinstance(found, Skip):
                self.skips.append(found)
            else:
                place = Origin(system.show(os.fsdecode(found.path)))
                self._origins.setdefault(found.oid, []).append(place)

    @property
    def paths(self) -> Sequence[str]:
        return [each.path for places in self._origins.values() for each in places]

    @property
    def count(self) -> int:
        return len(self._origins)

    def leave_out(self, exclude: Sequence[str]) -> None:
        """Not search what globs name, relative to the repository's top."""
        excluded = Globs(exclude)
        for oid, places in list(self._origins.items()):
            kept = [place for place in places if not excluded.match(place.path)]
            self.skips += [
                Skip(place.path, "excluded", counts=False) for place in places if place not in kept
            ]
            if kept:
                self._origins[oid] = kept
            else:
                del self._origins[oid]

    def tasks(self) -> Iterator[Task]:
        """All of it, in batches."""
        yield from batches(self.repository, list(self._origins))

    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]:
        """The paths of objects in the index."""
        return {oid: self._origins[bytes.fromhex(oid)] for oid in oids}

    def pointers(self, _: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """None: no files are read besides."""
        return {}

    def texts(self, most: Callable[[str], int]) -> Iterator[Text | Skip]:
        """The files to judge, as `texts_of` gives them."""
        yield from texts_of(self._store, self._origins.items(), most)

    def show(self, path: str) -> str:
        """A file of the repository's as it is printed."""
        return shown_below(self.top, path)

    def done(self, searched: Mapping[tuple[str, ...], Searched]) -> None:
        """Nothing to remember: an index is soon another."""


def texts_of(
    store: ObjectStore,
    placed: Iterable[tuple[bytes, Iterable[Origin]]],
    most: Callable[[str], int],
) -> Iterator[Text | Skip]:
    """The contents of objects in their places. most: bytes that what lies at a path may have; what is larger
    is a skip, and what cannot be read in those of the search."""
    for oid, places in placed:
        wanted = [(place, limit) for place in places if (limit := most(place.path))]
        if not wanted:
            continue
        try:
            size = store.describe(oid)[1]
            data = store.get(oid).data if any(size <= limit for _, limit in wanted) else b""
        except ObjectError:
            continue
        for place, limit in wanted:
            if size <= limit:
                yield Text(oid.hex(), place, data)
            else:
                # Settings of such a size are data. Source code may be a wrong "clean".
                yield Skip(
                    place.path,
                    "not judged as source code or settings: too large",
                    counts=is_source(place.path),
                )


def batches(repository: Repository, oids: Sequence[bytes]) -> Iterator[Task]:
    """Objects of a repository as tasks."""
    for start in range(0, len(oids), BATCH):
        some = tuple(oids[start : start + BATCH])
        yield Objects(repository.objects, repository.hash_size, some)


def shown_below(top: str, path: str) -> str:
    """A path as it is printed: relative when it lies below `top`."""
    below = os.path.relpath(path, top) if path else "."
    return system.show(path if below.startswith(os.pardir) else below)


def _below(top: str, path: str) -> bytes:
    """A path in the repository, with `/` between its parts. Raises PolicyError."""
    folder, name = os.path.split(os.path.normpath(path))
    below = os.path.relpath(os.path.join(os.path.realpath(folder), name), top)
    if below == os.pardir or below.startswith(os.pardir + os.sep):
        raise PolicyError(f"{system.show(path)} is outside of the repository; name what is in it")
    return os.fsencode(below.replace(os.sep, "/"))
