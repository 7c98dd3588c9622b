"""Adds to a scan what detect-secrets' detectors find in the same files, and what its baseline accepts.

The detectors run in worker processes only; this one never imports detect-secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from antkey_scanner import pool, system
from antkey_scanner.bridge import detectors
from antkey_scanner.bridge.baseline import FILE_NAME
from antkey_scanner.bridge.plan import ACCEPTED, Plan
from antkey_scanner.engine import Scanned, Settings
from antkey_scanner.findings import findings
from antkey_scanner.model import Accepted, Finding, Skip, Status
from antkey_scanner.sources.files import Pipe, Target, batches, ignoring, targets
from antkey_scanner.tally import Row, preferred
from antkey_scanner.tasks import Files, Objects, Outcome, Task, smaller

if TYPE_CHECKING:
    from antkey_scanner.sources.objects import Origin, Source

_BATCH = 16
"""Files in one task, so that the workers end together."""

_Key = tuple[str, str, str]


def add_detect_secrets(
    scanned: Scanned,
    paths: Sequence[str],
    settings: Settings,
    plan: Plan,
    *,
    jobs: int,
    source: Source | None = None,
) -> Scanned:
    """A scan's result with what the detectors find in the files below the same paths.

    source: git objects to search, relative to `plan.top`.
    """
    gathered = _Gathered()
    if "-" in paths:
        gathered.skip("<stdin>", "it is no file")
    objects = [] if source is None else gathered.objects(source)
    plan = plan._replace(places=tuple(gathered.places().items()))
    tasks = chain(_smaller(objects), _smaller(_files(paths, settings, gathered)))
    _spread(tasks, plan, gathered.handle, jobs)
    if plan.baseline is not None:
        gathered.skips += plan.baseline.skips
    found = (*scanned.findings, *gathered.findings())
    return scanned._replace(
        findings=tuple(sorted((gathered.judged(each) for each in found), key=_place)),
        skips=tuple(sorted({*scanned.skips, *gathered.skips})),
    )


def _place(finding: Finding) -> tuple[str, int, int, str]:
    where = finding.location
    return where.path, where.line or 0, where.column or 0, finding.rule.id


def _files(paths: Sequence[str], settings: Settings, gathered: _Gathered) -> Iterator[Task]:
    """The files below the paths. What is left out, the scan itself has said."""
    found = list(targets([path for path in paths if path != "-"]))
    roots = [each for each in found if isinstance(each, Target)]
    for each in found:
        if isinstance(each, Pipe):
            gathered.skip(each.shown, "it is no file")
    ignore = ignoring(settings.exclude, roots, follow=settings.follow_gitignore)
    for batch in batches(roots, ignore, settings.own):
        if isinstance(batch, Files):
            yield batch


def _smaller(tasks: Iterable[Task]) -> Iterator[Task]:
    """The tasks in pieces: antkey's own search is a thousand times as fast."""
    for task in tasks:
        match task:
            case Files(folders):
                for folder, shown, names in folders:
                    for start in range(0, len(names), _BATCH):
                        yield Files(((folder, shown, names[start : start + _BATCH]),))
            case Objects(folders=stores, hash_size=size, oids=oids):
                for start in range(0, len(oids), _BATCH):
                    yield Objects(stores, size, oids[start : start + _BATCH])
            case _:
                yield task


def _spread(
    tasks: Iterable[Task],
    plan: Plan,
    handle: Callable[[Task, Outcome | None], Iterable[Task]],
    jobs: int,
) -> None:
    if system.can_fork():
        pool.run_forked(tasks, lambda: partial(_run_here, plan, []), handle, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as executor:
        pool.run_with_executor(tasks, partial(_run_anew, plan), handle, executor)


def _run_here(plan: Plan, made: list[Callable[[Task], Outcome]], task: Task) -> Outcome:
    """In a worker: the detectors are loaded when the first task has come. made: the one that has been."""
    if not made:
        from antkey_scanner.bridge.worker import BridgeWorker

        made.append(BridgeWorker(plan).run)
    return made[0](task)


def _run_anew(plan: Plan, task: Task) -> Outcome:
    """In a process of an executor, which knows nothing of what came before."""
    return _run_here(plan, [], task)


class _Gathered:
    """What the workers have sent home."""

    def __init__(self) -> None:
        self.skips: list[Skip] = []
        self._rows: dict[_Key, Row] = {}
        self._accepted: set[_Key] = set()
        self._origins: dict[str, Sequence[Origin]] = {}

    def objects(self, source: Source) -> list[Task]:
        """The tasks about single objects; those about whole packs are for antkey's own search only."""
        single = [task for task in source.tasks() if isinstance(task, Objects)]
        self._origins.update(source.origins({oid.hex() for task in single for oid in task.oids}))
        return list(single)

    def places(self) -> dict[bytes, tuple[str, ...]]:
        """The paths of the objects, by their ids."""
        return {
            bytes.fromhex(oid): tuple(origin.path for origin in origins)
            for oid, origins in self._origins.items()
        }

    def skip(self, path: str, reason: str) -> None:
        self.skips.append(Skip(path, f"not searched by detect-secrets: {reason}"))

    def handle(self, task: Task, outcome: Outcome | None) -> Iterable[Task]:
        """Keep a task's outcome; after a worker's death try its files one by one."""
        if outcome is None:
            return self._after_death(task)
        self.skips += outcome.skips
        for row in outcome.rows:
            if row.rule.startswith(ACCEPTED):
                self._accepted.add((row.path, row.rule.removeprefix(ACCEPTED), row.sha256))
            else:
                key = (row.path, row.rule, row.sha256)
                row = self._placed(row)
                self._rows[key] = preferred(self._rows.get(key, row), row)
        return ()

    def _placed(self, row: Row) -> Row:
        for origin in self._origins.get(row.blob, ()):
            if origin.path == row.path:
                return row._replace(
                    commit=origin.commit, first_seen=origin.first_seen, refs=origin.refs
                )
        return row

    def _after_death(self, task: Task) -> Iterable[Task]:
        single = smaller(task)
        if single:
            return single
        match task:
            case Files(folders=((_, shown, (name,)),)):
                paths: tuple[str, ...] = (system.show(shown + name),)
            case Objects(oids=(oid,)):
                paths = self.places()[oid]
            case _:
                paths = ("detect-secrets",)
        for path in paths:
            self.skip(path, "a worker died of it")
        return ()

    def findings(self) -> tuple[Finding, ...]:
        """One finding for each row."""
        rules = {rule.id: rule for rule in detectors.rules()}
        return findings(self._rows.values(), rules)

    def judged(self, finding: Finding) -> Finding:
        """The finding, as accepted if the baseline of detect-secrets accepts it."""
        key = (finding.location.path, finding.rule.id, finding.anchor)
        if finding.status is not Status.OPEN or key not in self._accepted:
            return finding
        return finding._replace(
            status=Status.BASELINE, accepted=Accepted("baseline", f"listed in {FILE_NAME}")
        )
