"""Writes a run into the history and tells what became of findings over time.

Kept are a run's time, exit code and counts, and for each finding its fingerprint, rule, severity and when it
came and went. No path, no message and nothing of a key: a fingerprint is a hash over these.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from antkey_hooks.history.gone import looked_for
from antkey_hooks.history.store import HistoryError, opened
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Severity, Status
from antkey_scanner.trend import Past, Trend

RUNS_SHOWN = 100
RUNS_KEPT = 500
SCOPES_KEPT = 50

FIXED, ACCEPTED, CHANGED = "fixed", "accepted", "changed"
"""How a span ends. `changed`: gone after the policy or antkey changed, which may be why."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_WORST_FIRST = tuple(reversed(Severity))


class Remembered(NamedTuple):
    """What the history tells of a run. since: of open findings that were open before, by fingerprint, when
    they were first seen."""

    trend: Trend
    since: Mapping[str, str]


class _Span(NamedTuple):
    """A finding that was open after the run before. first: when it was first seen."""

    first: str
    rule: str


class _Run(NamedTuple):
    """A run. scope: its number in the store; judge: what else than the world can change what is found;
    open: its open findings by fingerprint; present: the fingerprints of all."""

    scope: int
    at: str
    judge: str
    open: Mapping[str, Finding]
    present: frozenset[str]
    result: Result


class _Change(NamedTuple):
    """What a run changed. ends: by fingerprint, how what was open ended."""

    new: frozenset[str]
    ends: Mapping[str, str]
    is_first: bool

    @property
    def counts(self) -> tuple[int, int]:
        """(new, fixed) against the run before; without one nothing is new."""
        fixed = sum(how == FIXED for how in self.ends.values())
        return 0 if self.is_first else len(self.new), fixed


def record(result: Result, folder: str, scope: str, *, keep: bool = True) -> Remembered:
    """Write a run into the history beside a policy, and read what it tells.

    folder: the policy's; scope: a name for what runs are comparable with this one; keep: whether to write
    it. A run at the time of the latest takes its place; one that is older is compared with those before it
    and not written. Raises HistoryError, and nothing is written then.
    """
    if _TIME.fullmatch(result.run.started_at) is None:
        raise HistoryError("takes no run whose time is not known")
    with opened(folder) as store:
        return _recorded(store, _run(store, result, scope), keep=keep)


def _recorded(store: sqlite3.Connection, run: _Run, *, keep: bool) -> Remembered:
    (latest,) = store.execute("SELECT max(at) FROM runs WHERE scope = ?", (run.scope,)).fetchone()
    keep = keep and (latest is None or _time(latest) <= run.at)
    if keep:
        _undo(store, run)
    before = store.execute(
        "SELECT at, judge FROM runs WHERE scope = ? AND at < ? ORDER BY at DESC LIMIT 1",
        (run.scope, run.at),
    ).fetchone()
    active = {} if before is None else _active(store, run, str(before[0]))
    change = _Change(
        new=frozenset(run.open.keys() - active.keys()),
        ends=_ends(run, active, same_judge=before is not None and before[1] == run.judge),
        is_first=before is None,
    )
    days = _days_to_fix(store, run)
    days += [_days(active[name].first, run.at) for name, how in change.ends.items() if how == FIXED]
    if keep:
        _write(store, run, change)
        _prune(store, run)
    trend = Trend((*_earlier(store, run), _past(run, change)), _mean(days))
    return Remembered(trend, {name: active[name].first for name in run.open if name in active})


def _run(store: sqlite3.Connection, result: Result, scope: str) -> _Run:
    store.execute("INSERT OR IGNORE INTO scopes (name) VALUES (?)", (scope,))
    (number,) = store.execute("SELECT id FROM scopes WHERE name = ?", (scope,)).fetchone()
    named = [(fingerprint(finding), finding) for finding in result.findings]
    return _Run(
        scope=number,
        at=result.run.started_at,
        judge=f"{result.run.policy.sha256} {result.run.version}",
        open={name: finding for name, finding in named if finding.status is Status.OPEN},
        present=frozenset(name for name, _ in named),
        result=result,
    )


def _undo(store: sqlite3.Connection, run: _Run) -> None:
    """Take back the run of this time, if there is one: it is the latest."""
    at = (run.scope, run.at)
    store.execute("DELETE FROM spans WHERE scope = ? AND first = ?", at)
    store.execute("UPDATE spans SET ended = NULL, how = NULL WHERE scope = ? AND ended = ?", at)
    store.execute("DELETE FROM runs WHERE scope = ? AND at = ?", at)


def _active(store: sqlite3.Connection, run: _Run, at: str) -> dict[str, _Span]:
    """What was open after the run of that time."""
    rows = store.execute(
        "SELECT fingerprint, first, rule FROM spans"
        " WHERE scope = ? AND first <= ? AND (ended IS NULL OR ended > ?)",
        (run.scope, at, at),
    )
    return {str(name): _Span(_time(first), str(rule)) for name, first, rule in rows}


def _ends(run: _Run, active: Mapping[str, _Span], *, same_judge: bool) -> dict[str, str]:
    """What is not open any more, and how it ended. What was not looked for stays open."""
    would_find = looked_for(run.result)
    ends = {}
    for name in active.keys() - run.open.keys():
        if name in run.present:
            ends[name] = ACCEPTED
        elif would_find(active[name].rule):
            ends[name] = FIXED if same_judge else CHANGED
    return ends


def _write(store: sqlite3.Connection, run: _Run, change: _Change) -> None:
    new, fixed = change.counts
    past = run.result.run
    store.execute(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(run.scope, run.at, int(past.exit_code), int(past.complete), run.judge),
            *_by_severity(run),
            *(new, fixed),
        ),
    )
    store.executemany(
        "INSERT INTO spans VALUES (?, ?, ?, NULL, NULL, ?, ?)",
        (
            (run.scope, name, run.at, finding.rule.id, finding.rule.severity.value)
            for name, finding in run.open.items()
            if name in change.new
        ),
    )
    store.executemany(
        "UPDATE spans SET ended = ?, how = ? WHERE scope = ? AND fingerprint = ? AND ended IS NULL",
        ((run.at, how, run.scope, name) for name, how in change.ends.items()),
    )


def _by_severity(run: _Run) -> tuple[int, int, int, int, int]:
    found = [finding.rule.severity for finding in run.open.values()]
    critical, high, medium, low, info = (found.count(severity) for severity in _WORST_FIRST)
    return critical, high, medium, low, info


def _prune(store: sqlite3.Connection, run: _Run) -> None:
    """Forget what is too old to be shown, so that the file grows with what is open and no further."""
    oldest = store.execute(
        "SELECT at FROM runs WHERE scope = ? ORDER BY at DESC LIMIT 1 OFFSET ?",
        (run.scope, RUNS_KEPT - 1),
    ).fetchone()
    if oldest is not None:
        at = (run.scope, oldest[0])
        store.execute("DELETE FROM runs WHERE scope = ? AND at < ?", at)
        store.execute("DELETE FROM spans WHERE scope = ? AND ended < ?", at)
    stale = store.execute(
        "SELECT scope FROM runs GROUP BY scope ORDER BY max(at) DESC LIMIT -1 OFFSET ?",
        (SCOPES_KEPT,),
    ).fetchall()
    for (scope,) in stale:
        for table, column in (("runs", "scope"), ("spans", "scope"), ("scopes", "id")):
            store.execute(f"DELETE FROM {table} WHERE {column} = ?", (scope,))  # noqa: S608 - our names


def _past(run: _Run, change: _Change) -> Past:
    past = run.result.run
    return Past(run.at, int(past.exit_code), past.complete, _by_severity(run), *change.counts)


def _earlier(store: sqlite3.Connection, run: _Run) -> list[Past]:
    rows = store.execute(
        "SELECT at, exit_code, complete, critical, high, medium, low, info, new, fixed FROM runs"
        " WHERE scope = ? AND at < ? ORDER BY at DESC LIMIT ?",
        (run.scope, run.at, RUNS_SHOWN - 1),
    ).fetchall()
    return [_read(row) for row in reversed(rows)]


def _read(row: tuple[object, ...]) -> Past:
    at, exit_code, complete, *counts = row
    critical, high, medium, low, info, new, fixed = map(_count, counts)
    open_ones = (critical, high, medium, low, info)
    return Past(_time(at), _count(exit_code), bool(_count(complete)), open_ones, new, fixed)


def _time(value: object) -> str:
    if not isinstance(value, str) or _TIME.fullmatch(value) is None:
        raise ValueError("is no time of ours")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("is no count of ours")
    return value


def _days_to_fix(store: sqlite3.Connection, run: _Run) -> list[float]:
    """How long each finding that is fixed was open, in days."""
    rows = store.execute(
        "SELECT first, ended FROM spans WHERE scope = ? AND how = ? AND ended < ?",
        (run.scope, FIXED, run.at),
    )
    return [_days(_time(first), _time(ended)) for first, ended in rows]


def _days(first: str, ended: str) -> float:
    return (_moment(ended) - _moment(first)) / 86_400


def _moment(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _mean(days: list[float]) -> float | None:
    return round(sum(days) / len(days), 2) if days else None
