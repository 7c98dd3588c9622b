"""What is new in ranges of commits: the files that they brought, their messages and those of tags."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from antkey_scanner import system
from antkey_scanner.git import commits
from antkey_scanner.git.objects import COMMIT, ObjectError
from antkey_scanner.git.ranges import new, new_files
from antkey_scanner.git.revisions import parse_range
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.globs import Globs
from antkey_scanner.model import Skip
from antkey_scanner.sources.objects import Origin, Searched, Text
from antkey_scanner.sources.staged import batches, repository_around, shown_below, texts_of
from antkey_scanner.tasks import Task


class Revisions:
    """The objects that are new in some ranges of the repository around a folder. A `Source`.

    ranges: see `antkey_scanner.git.revisions.parse_range`; where one begins at a commit that is not here,
    all that is there counts as new, and that is a skip. Raises PolicyError and SourceError.
    """

    walks = ()
    known = 0

    def __init__(self, folder: str, environment: Mapping[str, str], ranges: Sequence[str]) -> None:
        self.repository = repository_around(folder, environment)
        self.top = self.repository.work_tree or self.repository.git_dir
        self.skips: list[Skip] = []
        self._store = ObjectStore(self.repository.objects, self.repository.hash_size)
        self._origins: dict[bytes, dict[str, Origin]] = {}
        self._messages: set[bytes] = set()
        for text in ranges:
            self._add(text)

    def _add(self, text: str) -> None:
        missing: list[str] = []
        found = new(self._store, *parse_range(self.repository, self._store, text, missing))
        self.skips += [Skip(".", reason) for reason in missing]
        self.skips += found.skips
        for file in new_files(self._store, found):
            if isinstance(file, Skip):
                self.skips.append(file)
                continue
            path = system.show(os.fsdecode(file.path)) or f"object:{file.oid.hex()}"
            self._place(file.oid, path, file.commit)
        self._messages.update(found.commits, found.tags)
        for oid in found.commits:
            self._place(oid, f"commit:{oid.hex()}", oid)
        for oid in found.tags:
            self._place(oid, f"tag:{oid.hex()}", b"")

    def _place(self, oid: bytes, path: str, commit: bytes) -> None:
        origin = Origin(path, commit.hex() or None)
        self._origins.setdefault(oid, {}).setdefault(path, origin)

    @property
    def paths(self) -> Sequence[str]:
        return [
            path
            for oid, places in self._origins.items()
            if oid not in self._messages
            for path in places
        ]

    @property
    def count(self) -> int:
        return len(self._origins)

    def leave_out(self, exclude: Sequence[str]) -> None:
        """Not search what globs name, relative to the repository's top."""
        excluded = Globs(exclude)
        for oid, places in list(self._origins.items()):
            for path in [path for path in places if excluded.match(path)]:
                del places[path]
                self.skips.append(Skip(path, "excluded", counts=False))
            if not places:
                del self._origins[oid]

    def tasks(self) -> Iterator[Task]:
        """All of it, in batches."""
        yield from batches(self.repository, list(self._origins))

    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]:
        """Where objects came in, with the dates of those commits."""
        return {
            oid: [self._dated(origin) for origin in self._origins[bytes.fromhex(oid)].values()]
            for oid in oids
        }

    def _dated(self, origin: Origin) -> Origin:
        if origin.commit is None:
            return origin
        try:
            found = self._store.get(bytes.fromhex(origin.commit))
        except ObjectError:
            return origin
        if found.kind != COMMIT:
            return origin
        return origin._replace(first_seen=commits.date(found.data))

    def pointers(self, _: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """None: no files are read besides."""
        return {}

    def texts(self, most: Callable[[str], int]) -> Iterator[Text | Skip]:
        """The files that the commits brought, as `texts_of` gives them: in each content, with the commit."""
        placed = (
            (oid, places.values())
            for oid, places in self._origins.items()
            if oid not in self._messages
        )
        for text in texts_of(self._store, placed, most):
            yield (
                text if isinstance(text, Skip) else text._replace(origin=self._dated(text.origin))
            )

    def show(self, path: str) -> str:
        """A file of the repository's as it is printed."""
        return shown_below(self.top, path)

    def done(self, searched: Mapping[tuple[str, ...], Searched]) -> None:
        """Nothing to remember: ranges are small."""
