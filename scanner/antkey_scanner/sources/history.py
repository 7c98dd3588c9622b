"""Everything that was ever stored in the repositories at and below the scanned folders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.objects import BLOB, COMMIT, TAG, Problem
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.walk import Walk
from antkey_scanner.globs import Globs
from antkey_scanner.model import Skip
from antkey_scanner.sources.objects import Origin
from antkey_scanner.sources.staged import shown_below
from antkey_scanner.tasks import Piece, Task

_KINDS = 1 << COMMIT | 1 << BLOB | 1 << TAG


class History:
    """All objects of all repositories. A `Source`.

    roots: folders, each with what precedes paths in it when printed.
    """

    paths = ()

    def __init__(self, roots: Sequence[tuple[str, str]], kinds=_KINDS) -> None:
        self.skips: list[Skip] = []
        self.repositories: list[Repository] = []
        self.walks: list[Walk] = []
        self.count = 0
        self._roots = roots
        self._tasks: list[Task] = []
        self._excluded = Globs(())
        for found in repositories(roots):
            if isinstance(found, Skip):
                self.skips.append(found)
            else:
                self._plan(found, kinds)

    def _plan(self, repository: Repository, kinds) -> None:
        walk = Walk(repository.objects, repository.hash_size, kinds=kinds)
        plan = walk.plan()
        number = len(self.walks)
        self.repositories.append(repository)
        self.walks.append(walk)
        self.count += plan.objects
        self.skips += [self._problem(problem) for problem in plan.problems]
        self._tasks += [
            Piece(number, repository.objects, repository.hash_size, piece) for piece in plan.pieces
        ]

    def leave_out(self, exclude: Sequence[str]) -> None:
        """Not report what stands at paths that globs name."""
        self._excluded = Globs(exclude)

    def tasks(self) -> Iterator[Task]:
        """All of it, in pieces."""
        yield from self._tasks

    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]:
        return {oid: [Origin(f"blob:{oid}")] for oid in oids}

    def show(self, path: str) -> str:
        """A file of a repository's as it is printed."""
        return shown_below(self._roots[0][0], path)

    def _problem(self, problem: Problem) -> Skip:
        return Skip(self.show(problem.path), problem.reason)

    def done(self, clean: bytes) -> None:
        pass
