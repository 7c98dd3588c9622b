"""Runs a scan: lists the targets, has the tasks done here or by workers, and gathers findings.

Small inputs are searched in this process; workers are forked once there is more to do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.errors import PolicyError
from antkey_scanner.findings import findings
from antkey_scanner.model import Finding, PatternRule, Rule, Skip, Stats
from antkey_scanner.named import NamedTuple
from antkey_scanner.ranged import Ranged
from antkey_scanner.sourcecode import most_read
from antkey_scanner.sources.files import (
    GIT_OBJECTS,
    Pipe,
    Target,
    batches,
    ignoring,
    nothing,
    targets,
)
from antkey_scanner.tally import Row, preferred
from antkey_scanner.tasks import (
    LARGE,
    RANGE,
    Files,
    Large,
    Objects,
    Outcome,
    Piece,
    Range,
    Task,
    file_of,
    smaller,
    weight,
)
from antkey_scanner.worker import Settings, Worker, run_task

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from antkey_scanner.sources.ignore import Ignore
    from antkey_scanner.sources.objects import Gathered, Source

__all__ = ["Progress", "Scanned", "Settings", "scan"]

_DIED = "a worker died while it was searched"

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
    source: Source | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Scanned:
    """Search files, folders and (as `-`) the descriptor `stdin`, and git objects.

    jobs: how many processes; executor: used instead of forked workers when given; source: which git
    objects; meanwhile: done while workers have the first of what they do, if there are any: what the
    caller would have to do afterwards. Raises PolicyError when there is nothing to scan.
    """
    run = _Run(rules, settings, progress, source, meanwhile)
    found = list(targets([path for path in paths if path != "-"]))
    skips = [each for each in found if isinstance(each, Skip)]
    roots = [each for each in found if isinstance(each, Target)]
    pipes = [each for each in found if isinstance(each, Pipe)]
    if not roots and not pipes and "-" not in paths and source is None:
        raise PolicyError(nothing(skips))
    run.skips.extend(skips)
    if "-" in paths and stdin is not None:
        run.stream("<stdin>", stdin)
    for pipe in pipes:
        run.stream(pipe.shown, pipe.path)
    listing = run.listing(
        roots, ignoring(settings.exclude, roots, follow=settings.follow_gitignore)
    )
    run.search(listing, jobs, executor)
    return run.scanned()


class _Run:
    """The state of one scan."""

    def __init__(
        self,
        rules: Sequence[PatternRule],
        settings: Settings,
        progress: Callable[[Progress], None] | None,
        source: Source | None,
        meanwhile: Callable[[], None],
    ) -> None:
        self._meanwhile = meanwhile
        self._told: dict[str, Rule] = {}
        self._rules = {rule.rule.id: rule for rule in rules}
        self._settings = settings
        self._progress = progress
        self._source = source
        self._gathered: Gathered | None = None
        self._walks = source.walks if source is not None else ()
        self.worker = Worker(rules, settings, walks=self._walks)
        self.skips: list[Skip] = []
        self._rows: dict[tuple[str, str, str], Row] = {}
        self._ranged: dict[str, Ranged] = {}
        self._files = self._blobs = self._bytes = self._commits = self._listed = 0
        self._objects = 0
        self._all_listed = False

    def stream(self, shown: str, source: int | str) -> None:
        """Search standard input or a pipe to its end."""
        try:
            with open(source, "rb", buffering=0, closefd=isinstance(source, str)) as stream:
                self.take(self.worker.stream(shown, stream))
        except OSError as error:
            self.skips.append(Skip(shown, error.strerror or type(error).__name__))

    def listing(self, roots: Sequence[Target], ignore: Ignore) -> Iterator[Task]:
        """The batches of files below the roots; what is left out goes to the skips."""
        for batch in batches(roots, ignore, self._settings.own):
            if isinstance(batch, Skip):
                if batch.reason != GIT_OBJECTS or not self._walks:
                    self.skips.append(batch)
                continue
            self._listed += sum(len(names) for _, _, names in batch.folders)
            yield batch
        if self._source is not None:
            self.take(self.worker.names(self._source.paths))
            self._listed += self._source.count
            self._all_listed = True
            yield from self._source.tasks()
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
            if jobs > 1 and sum(weight(task) for task in more) > 4 * LARGE:
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

        rules = tuple(self._rules.values())
        pool.spread(tasks, rules, self._settings, self._walks, self._handle, jobs, self._meanwhile)

    def _handle(self, task: Task, outcome: Outcome | None) -> Iterable[Task]:
        if outcome is None:
            return self._after_death(task)
        match task:
            case Range():
                self._range_done(task, outcome)
                return ()
            case Objects() | Piece():
                self._gather(task, outcome)
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
        self._ranged[file_of(large)] = ranged
        return list(ranged.ranges)

    def _range_done(self, task: Range, outcome: Outcome) -> None:
        self._ranged[file_of(task)].done[task.start] = outcome
        self.take(outcome._replace(rows=(), blobs=0, files=0))

    def _after_death(self, task: Task) -> Iterable[Task]:
        """A worker died: try the task's inputs one by one, and give up on the one that kills."""
        singles = smaller(task)
        if singles:
            return singles
        match task:
            case Objects(_, _, (oid,)):
                self._gather(task, Outcome(problems=((oid.hex(), "", _DIED),)))
            case Piece(_, _, _, (_, file, _, _)):
                self._gather(task, Outcome(problems=(("", file, _DIED),)))
            case Files(((_, shown, (name,)),)) | Large(_, shown, name) | Range(_, shown, name):
                self.skips.append(Skip(system.show(shown + name), _DIED))
            case _:
                pass  # a task without input
        return ()

    def take(self, outcome: Outcome) -> None:
        """Add one outcome to what was found."""
        self._files += outcome.files
        self._blobs += outcome.blobs
        self._bytes += outcome.bytes
        self.skips.extend(outcome.skips)
        for row in outcome.rows:
            self._add(row)
        self._report()

    def _gather(self, task: Objects | Piece, outcome: Outcome) -> None:
        """Add the outcome of a task about git objects; where they stand is asked at the end."""
        self._files += outcome.files
        self._blobs += outcome.blobs
        self._bytes += outcome.bytes
        self._commits += outcome.commits
        self._objects += outcome.objects_read
        if self._gathered is None:
            from antkey_scanner.sources.objects import Gathered

            self._gathered = Gathered()
        self._gathered.take(task, outcome)
        if self._walks and isinstance(task, Piece):
            self._walks[task.number].take(outcome.links)
        self._report()

    def _report(self) -> None:
        if self._progress is not None:
            total = self._listed if self._all_listed else None
            found = len(self._rows) + len(self._gathered or ())
            self._progress(Progress(self._files + self._objects, self._bytes, found, total))

    def _add(self, row: Row) -> None:
        if row.rule not in self._rules:
            self._rule_about_files(row.rule)  # now, while workers have something to do
        key = (row.path, row.rule, row.sha256)
        other = self._rows.get(key)
        self._rows[key] = row if other is None else preferred(other, row)

    def scanned(self) -> Scanned:
        """The result, in an order that does not depend on the workers."""
        for ranged in self._ranged.values():
            for row in ranged.placed():
                self._add(row)
        self._place()
        found = findings(self._rows.values(), self._rules_of_rows())
        stats = Stats(
            self._files,
            self._blobs,
            self._bytes,
            self._commits,
            objects=self._objects,
            known=0 if self._source is None else self._source.known,
        )
        return Scanned(found, tuple(sorted(set(self.skips))), stats)

    def _rules_of_rows(self) -> dict[str, Rule]:
        """The rules by their ids; of those about files the ones that have found something: loading all
        takes as long as searching a thousand files."""
        for row in self._rows.values():
            if row.rule not in self._rules:
                self._rule_about_files(row.rule)
        return self._told | {name: pattern.rule for name, pattern in self._rules.items()}

    def _rule_about_files(self, name: str) -> None:
        if name not in self._told and self._settings.code is not None:
            self._told[name] = self._settings.code.rule_of(name)

    def _place(self) -> None:
        """Give what was found in git objects its paths, and join it with what was found in files."""
        if self._source is None:
            return
        from antkey_scanner.sources.objects import Gathered

        gathered = Gathered() if self._gathered is None else self._gathered  # its length is of rows
        judged = () if self._settings.code is None else self._judged(self._source)
        rows, skips = gathered.placed(self._source, self._rows.values(), judged)
        self.skips += skips
        self._rows = {(row.path, row.rule, row.sha256): row for row in rows}

    def _judged(self, source: Source) -> Iterator[Row]:
        """What is wrong in source code and settings among git objects, where it stands."""
        for text in source.texts(most_read):
            if isinstance(text, Skip):
                self.skips.append(text)
                continue
            origin = text.origin
            outcome = self.worker.code(origin.path, text.data)
            self.take(outcome._replace(rows=()))
            for row in outcome.rows:
                yield row._replace(
                    blob=text.blob,
                    commit=origin.commit,
                    first_seen=origin.first_seen,
                    refs=origin.refs,
                )
