"""Adds to a scan what detect-secrets' detectors find in the same files, and what its baseline accepts.

The detectors run in worker processes only; this one never imports detect-secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from antkey_scanner import pool, system
from antkey_scanner.bridge import detectors
from antkey_scanner.bridge.baseline import FILE_NAME
from antkey_scanner.bridge.plan import ACCEPTED, Plan
from antkey_scanner.engine import Scanned, Settings
from antkey_scanner.model import Accepted, Finding, Location, SecretRef, Skip, Status
from antkey_scanner.sources.files import Pipe, Target, batches, targets
from antkey_scanner.tally import Row, preferred
from antkey_scanner.tasks import Files, Outcome, Task

_BATCH = 16
"""Files in one task: much fewer than for antkey's own search, which is a thousand times as fast."""

_Key = tuple[str, str, str]


def add_detect_secrets(
    scanned: Scanned,
    paths: Sequence[str],
    settings: Settings,
    plan: Plan,
    *,
    jobs: int,
) -> Scanned:
    """A scan's result with what the detectors find in the files below the same paths."""
    gathered = _Gathered()
    if "-" in paths:
        gathered.skip("<stdin>", "it is no file")
    _spread(_tasks(paths, settings, gathered), plan, gathered.handle, jobs)
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


def _tasks(paths: Sequence[str], settings: Settings, gathered: _Gathered) -> Iterator[Task]:
    """The files below the paths, few at a time. What is left out, the scan itself has said."""
    ignore = None
    found = list(targets([path for path in paths if path != "-"]))
    roots = [each for each in found if isinstance(each, Target)]
    for each in found:
        if isinstance(each, Pipe):
            gathered.skip(each.shown, "it is no file")
    if settings.exclude or settings.follow_gitignore:
        from antkey_scanner.sources.ignore import Exclusions

        root = roots[0].folder if settings.follow_gitignore and roots else None
        ignore = Exclusions(settings.exclude, root)
    for batch in batches(roots, ignore):
        if isinstance(batch, Files):
            yield from _smaller(batch, _BATCH)


def _smaller(batch: Files, size: int) -> Iterator[Files]:
    for folder, shown, names in batch.folders:
        for start in range(0, len(names), size):
            yield Files(((folder, shown, names[start : start + size]),))


def _spread(
    tasks: Iterator[Task],
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
        self._rules = {rule.id: rule for rule in detectors.rules()}

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
                self._rows[key] = preferred(self._rows.get(key, row), row)
        return ()

    def _after_death(self, task: Task) -> Iterable[Task]:
        assert isinstance(task, Files)
        single = list(_smaller(task, 1))
        if len(single) > 1:
            return single
        _, shown, (name,) = task.folders[0]
        self.skip(system.show(shown + name), "a worker died of it")
        return ()

    def findings(self) -> Iterator[Finding]:
        for row in self._rows.values():
            rule = self._rules[row.rule]
            waived = row.waived is not None
            yield Finding(
                rule=rule,
                location=Location(row.path, row.line, row.column),
                message=f"{rule.title} {row.hint}",
                anchor=row.sha256,
                secret=SecretRef(row.kind, row.hint, row.sha256),
                status=Status.WAIVED if waived else Status.OPEN,
                accepted=Accepted("inline", row.waived) if waived else None,
                note=row.note,
            )

    def judged(self, finding: Finding) -> Finding:
        """The finding, as accepted if the baseline of detect-secrets accepts it."""
        key = (finding.location.path, finding.rule.id, finding.anchor)
        if finding.status is not Status.OPEN or key not in self._accepted:
            return finding
        return finding._replace(
            status=Status.BASELINE, accepted=Accepted("baseline", f"listed in {FILE_NAME}")
        )
