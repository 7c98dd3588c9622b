"""Everything that was ever stored in the repositories at and below the scanned folders."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.idlists import split
from antkey_scanner.git.lfs import large_files, pointers
from antkey_scanner.git.missing import absent_tips, report
from antkey_scanner.git.objects import BLOB, COMMIT, TAG, TREE
from antkey_scanner.git.provenance import Seen, provenance
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.git.walk import Walk
from antkey_scanner.globs import Globs
from antkey_scanner.model import Skip
from antkey_scanner.sources.objects import Origin, Searched, Text, shown_refs
from antkey_scanner.sources.recall import Memory, Planned, plan
from antkey_scanner.sources.staged import shown_below
from antkey_scanner.tasks import Piece, Task

_LARGE_FILE = re.compile(r"(?:^|/)([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{60}\Z")
_KINDS = 1 << COMMIT | 1 << TREE | 1 << BLOB | 1 << TAG


class History:
    """All objects of all repositories at and below some folders. A `Source`.

    roots: the folders, each with what precedes paths in it when printed.
    """

    paths = ()

    def __init__(self, roots: Sequence[tuple[str, str]]) -> None:
        self.skips: list[Skip] = []
        self.repositories: list[Repository] = []
        self._roots = [(os.path.realpath(folder), shown) for folder, shown in roots]
        self._memory: Memory | None = None
        self._plans: list[Planned] = []
        self._trails: dict[int, bytes] = {}
        self._excluded = Globs(())
        for found in repositories(roots):
            if isinstance(found, Skip):
                self.skips.append(found)
            else:
                self.repositories.append(found)

    def remember(self, memory: Memory) -> None:
        """Leave out what was searched before, and keep in mind what will be."""
        self._memory = memory

    def _planned(self) -> Sequence[Planned]:
        """What to read of each repository; told once and before workers are forked."""
        for repository in self.repositories[len(self._plans) :]:
            if self._memory is None:
                planned = plan(repository, _KINDS)
            else:
                planned = self._memory.plan(repository, _KINDS)
            self._plans.append(planned)
            self.skips += [Skip(self.show(path), reason) for path, reason, _ in planned.problems]
        return self._plans

    @property
    def walks(self) -> Sequence[Walk]:
        return [planned.walk for planned in self._planned()]

    @property
    def count(self) -> int:
        return sum(planned.wanted for planned in self._planned())

    @property
    def known(self) -> int:
        return sum(planned.known for planned in self._planned())

    def leave_out(self, exclude: Sequence[str]) -> None:
        """Not report what stands at paths that globs name."""
        self._excluded = Globs(exclude)

    def tasks(self) -> Iterator[Task]:
        """All of it, in pieces."""
        for number, planned in enumerate(self._planned()):
            repository = self.repositories[number]
            for piece in planned.pieces:
                yield Piece(number, repository.objects, repository.hash_size, piece)

    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]:
        """Where objects stand in the histories of all repositories that have them."""
        found: dict[str, list[Origin]] = {oid: [] for oid in oids}
        for number, planned in enumerate(self._planned()):
            repository = self.repositories[number]
            store = ObjectStore(repository.objects, repository.hash_size)
            ids = [bytes.fromhex(oid) for oid in oids if len(oid) == 2 * repository.hash_size]
            held = [oid for oid in ids if oid in store]
            keep = self._memory is not None
            places = provenance(
                repository,
                store,
                held,
                trail=planned.trail,
                fresh=planned.fresh,
                keep=keep,
                links=planned.walk.links,
            )
            self._trails[number] = places.trail
            self.skips += places.skips
            for held_oid, seen in places.seen.items():
                found[held_oid.hex()] += [_origin(repository, each) for each in seen]
        for oid, origins in found.items():
            if not origins:  # in no store any more, or never listed there
                origins.append(Origin(f"object:{oid}"))
            kept = [each for each in origins if not self._excluded.match(each.path)]
            if len(kept) < len(origins):
                gone = {each.path for each in origins} - {each.path for each in kept}
                self.skips += [Skip(path, "excluded", counts=False) for path in gone]
            found[oid] = kept
        return found

    def pointers(self, paths: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """For files in git's large file storage, the ids that their pointers have."""
        found: dict[str, list[str]] = {}
        wanted = {path for path in paths if _LARGE_FILE.search(path)}
        for repository in self.repositories if wanted else ():
            if repository.lfs is None:
                continue
            store = ObjectStore(repository.objects, repository.hash_size)
            for file in large_files(repository.lfs, self.show(repository.lfs) + "/"):
                path = "" if isinstance(file, Skip) else self.show(file.path)
                if isinstance(file, Skip) or path not in wanted:
                    continue
                ids = pointers(file.sha256, file.size, repository.hash_size)
                held = [oid.hex() for oid in ids if oid in store]
                if held:
                    found[path] = held
        return found

    def texts(self, _: Callable[[str], int]) -> Iterator[Text | Skip]:
        """None: source code is judged as it is now, not as it was."""
        return iter(())

    def show(self, path: str) -> str:
        """A file of a repository's as it is printed."""
        for folder, shown in self._roots:
            if os.path.join(path, "").startswith(os.path.join(folder, "")):
                return shown + shown_below(folder, path)
        return shown_below("", path)

    def done(self, searched: Mapping[tuple[str, ...], Searched]) -> None:
        """Report what is missing, and remember the objects that hold nothing."""
        for number, planned in enumerate(self._planned()):
            repository = self.repositories[number]
            became = searched.get(repository.objects) or Searched()
            self._report_missing(repository, planned, became)
            if self._memory is not None:
                self._memory.learn(repository, planned, became, self._trails.get(number, b""))

    def _report_missing(self, repository: Repository, planned: Planned, became: Searched) -> None:
        """What objects, refs and indexes name and is not there."""
        store = ObjectStore(repository.objects, repository.hash_size)
        present = planned.walk.prepared or store
        missing, skips = absent_tips(repository, present.__contains__)
        missing.update(split(b"".join(became.missing), repository.hash_size))
        before = split(planned.missing, repository.hash_size)
        missing.update(oid for oid in before if oid not in present)
        self.skips += [*skips, *report(repository, missing)]


def _origin(repository: Repository, seen: Seen) -> Origin:
    path = repository.shown.replace("\\", "/") + seen.path
    only_staged = seen.in_index and not seen.commit
    refs = None if only_staged else shown_refs(seen.refs, seen.ref_count)
    return Origin(path, seen.commit, seen.author_date, refs)
