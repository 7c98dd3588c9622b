"""Runs a scan: lists the targets, has the tasks done here or by workers, and gathers findings.

Small inputs are searched in this process; workers are forked once there is more to do.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner import system
from antkey_scanner.errors import PolicyError
from antkey_scanner.findings import findings
from antkey_scanner.model import Finding, PatternRule, Skip, Stats
from antkey_scanner.ranged import Ranged
from antkey_scanner.sources.files import Pipe, Target, batches, targets
from antkey_scanner.tally import Row, preferred
from antkey_scanner.tasks import LARGE, RANGE, Files, Large, Outcome, Range, Task
from antkey_scanner.worker import Settings, Worker, run_task

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from antkey_scanner.sources.ignore import Ignore

__all__ = ["Progress", "Scanned", "Settings", "scan"]

_SMALL = 48
"""So few files are searched sooner than workers are forked."""


class Progress(NamedTuple):
    """How far a scan is. total_files: None while folders are still being listed."""

    files: int
    bytes: int
    findings: int
    total_files: int | None


class Scanned(NamedTuple):
    """What a scan found, what it could not read, and how much it looked at."""

    findings: tuple[Finding, ...]
    skips: tuple[Skip, ...]
    stats: Stats


def scan(
    paths: Sequence[str],
    rules: Sequence[PatternRule],
    settings: Settings,
    *,
    jobs: int,
    stdin: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    executor: Executor | None = None,
) -> Scanned:
    """Search files, folders and (as `-`) the descriptor `stdin`.

    jobs: how many processes; executor: used instead of forked workers when given. Raises
    PolicyError when there is nothing to scan.
    """
    run = _Run(rules, settings, progress)
    found = list(targets([path for path in paths if path != "-"]))
    skips = [each for each in found if isinstance(each, Skip)]
    roots = [each for each in found if isinstance(each, Target)]
    pipes = [each for each in found if isinstance(each, Pipe)]
    if not roots and not pipes and "-" not in paths:
        raise PolicyError(_nothing(skips))
    run.skips.extend(skips)
    if "-" in paths and stdin is not None:
        run.stream("<stdin>", stdin)
    for pipe in pipes:
        run.stream(pipe.shown, pipe.path)
    listing = run.listing(roots, _ignore(settings, roots))
    run.search(listing, jobs, executor)
    return run.scanned()


def _nothing(skips: Sequence[Skip]) -> str:
    if not skips:
        return "nothing to scan; name a file, a folder or `-`"
    return "; ".join(f"{skip.path}: {skip.reason}" for skip in skips) + "; name what exists"


def _ignore(settings: Settings, roots: Sequence[Target]) -> Ignore | None:
    if not settings.exclude and not settings.follow_gitignore:
        return None
    from antkey_scanner.sources.ignore import Exclusions

    root = roots[0].folder if settings.follow_gitignore and roots else None
    return Exclusions(settings.exclude, root)


class _Run:
    """The state of one scan."""

    def __init__(
        self,
        rules: Sequence[PatternRule],
        settings: Settings,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._rules = {rule.rule.id: rule for rule in rules}
        self._settings = settings
        self._progress = progress
        self.worker = Worker(rules, settings)
        self.skips: list[Skip] = []
        self._rows: dict[tuple[str, str, str], Row] = {}
        self._ranged: dict[str, Ranged] = {}
        self._files = self._blobs = self._bytes = self._listed = 0
        self._all_listed = False

    def stream(self, shown: str, source: int | str) -> None:
        """Search standard input or a pipe to its end."""
        try:
            with open(source, "rb", buffering=0, closefd=isinstance(source, str)) as stream:
                self.take(self.worker.stream(shown, stream))
        except OSError as error:
            self.skips.append(Skip(shown, error.strerror or type(error).__name__))

    def listing(self, roots: Sequence[Target], ignore: Ignore | None) -> Iterator[Task]:
        """The batches of files below the roots; what is left out goes to the skips."""
        for batch in batches(roots, ignore):
            if isinstance(batch, Skip):
                self.skips.append(batch)
                continue
            self._listed += sum(len(names) for _, _, names in batch.folders)
            yield batch
        self._all_listed = True

    def search(self, listing: Iterator[Task], jobs: int, executor: Executor | None) -> None:
        """Do all tasks, and those that follow from them."""
        if executor is not None:
            from antkey_scanner import pool

            work = partial(run_task, tuple(self._rules.values()), self._settings)
            pool.run_with_executor(listing, work, self._handle, executor)
            return
        first = next(listing, None)
        if first is None:
            return
        second = next(listing, None)
        if second is None and self._listed <= _SMALL:
            more = list(self._handle(first, self.worker.run(first)))
            if jobs > 1 and sum(_weight(task) for task in more) > 4 * LARGE:
                self._spread(more, jobs)
            else:
                self._run_here(more)
            return
        listing = chain((task for task in (first, second) if task is not None), listing)
        if jobs > 1:
            self._spread(listing, jobs)
        else:
            self._run_here(listing)

    def _run_here(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            more = deque(self._handle(task, self.worker.run(task)))
            while more:
                follower = more.popleft()
                more.extend(self._handle(follower, self.worker.run(follower)))

    def _spread(self, tasks: Iterable[Task], jobs: int) -> None:
        from antkey_scanner import pool

        rules, settings = tuple(self._rules.values()), self._settings
        if system.can_fork():
            pool.run_forked(
                tasks, lambda: Worker(rules, settings, mapped=True).run, self._handle, jobs
            )
            return
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(jobs) as executor:
            work = partial(run_task, rules, settings)
            pool.run_with_executor(tasks, work, self._handle, executor)

    def _handle(self, task: Task, outcome: Outcome | None) -> Iterable[Task]:
        if outcome is None:
            return self._after_death(task)
        match task:
            case Range():
                self._range_done(task, outcome)
                return ()
            case _:
                self.take(outcome)
                return [
                    piece
                    for large, divisible in outcome.large
                    for piece in self._divide(large, divisible=divisible)
                ]

    def _divide(self, large: Large, *, divisible: bool) -> list[Task]:
        limit = self._settings.max_file_size
        if not divisible or large.size < 2 * RANGE or (limit is not None and large.size > limit):
            return [large]
        self._files += 1
        self._blobs += 1
        ranged = Ranged(large)
        self._ranged[_key(large)] = ranged
        return list(ranged.ranges)

    def _range_done(self, task: Range, outcome: Outcome) -> None:
        self._ranged[_key(task)].done[task.start] = outcome
        self.take(outcome._replace(rows=(), blobs=0, files=0))

    def _after_death(self, task: Task) -> Iterable[Task]:
        """A worker died: try the task's files one by one, and give up on the one that kills."""
        match task:
            case Files(folders):
                single = [
                    Files(((folder, shown, (name,)),))
                    for folder, shown, names in folders
                    for name in names
                ]
                if len(single) > 1:
                    return single
                path = folders[0][1] + folders[0][2][0]
            case _:
                path = task.shown + task.name
        self.skips.append(Skip(system.show(path), "a worker died while it was searched"))
        return ()

    def take(self, outcome: Outcome) -> None:
        """Add one outcome to what was found."""
        self._files += outcome.files
        self._blobs += outcome.blobs
        self._bytes += outcome.bytes
        self.skips.extend(outcome.skips)
        for row in outcome.rows:
            self._add(row)
        if self._progress is not None:
            total = self._listed if self._all_listed else None
            self._progress(Progress(self._files, self._bytes, len(self._rows), total))

    def _add(self, row: Row) -> None:
        key = (row.path, row.rule, row.sha256)
        other = self._rows.get(key)
        self._rows[key] = row if other is None else preferred(other, row)

    def scanned(self) -> Scanned:
        """The result, in an order that does not depend on the workers."""
        for ranged in self._ranged.values():
            for row in ranged.placed():
                self._add(row)
        found = findings(self._rows.values(), self._rules)
        stats = Stats(files=self._files, blobs=self._blobs, bytes=self._bytes)
        return Scanned(found, tuple(sorted(set(self.skips))), stats)


def _key(task: Large | Range) -> str:
    return os.path.join(task.folder, task.name)


def _weight(task: Task) -> int:
    return task.size if isinstance(task, Large | Range) else 0
