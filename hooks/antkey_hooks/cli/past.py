"""Remembers a check in the history of runs, and adds what the history tells to its result."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Status
from antkey_scanner.policy import Policy
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_hooks.history.record import Remembered

_LOOKED = ("exclude", "follow_gitignore", "max_file_size", "depth", "rules", "history", "no_config")
"""The options that decide what of the paths is read and found."""


def history_folder(policy: Policy, options: Options) -> str | None:
    """The folder beside which a run is remembered; None where it is not.

    Without a policy file there is no place for a history, and what only looks at a change (`--staged`,
    `--range`) is no run among others.
    """
    if options.no_history or policy.ref.path is None or options.staged or options.range:
        return None
    return policy.folder or os.curdir


def remembered(result: Result, policy: Policy, targets: Sequence[str], options: Options) -> Result:
    """The result with its trend, after the run is written into the history beside the policy.

    targets: the paths that were scanned. A history that cannot be used is told on standard error and
    changes nothing.
    """
    folder = history_folder(policy, options)
    if folder is None or policy.ref.path is None:
        return result
    from antkey_hooks.history.record import record
    from antkey_hooks.history.scope import scope_name
    from antkey_hooks.history.store import FILE, FOLDER, HistoryError

    looked = [(name, getattr(options, name)) for name in _LOOKED]
    name = os.path.join(folder, os.path.basename(policy.ref.path))
    try:
        scope = scope_name(name, targets, looked)
        told = record(result, folder, scope, keep=not _is_to_come(result))
    except HistoryError as trouble:
        path = os.path.join(folder, FOLDER, FILE)
        output.say(f"{show(path)}: {trouble}; the run goes on without its history")
        return result
    return _with(result, told)


def _is_to_come(result: Result) -> bool:
    """Whether `--now` is later than the clock: what may be due one day is no part of the past."""
    return result.run.started_at > Clock(None, {}).started_at()


def _with(result: Result, told: Remembered) -> Result:
    now = result.run.started_at
    findings = tuple(_dated(one, told, now) for one in result.findings)
    return result._replace(trend=told.trend, findings=findings)


def _dated(finding: Finding, told: Remembered, now: str) -> Finding:
    """The finding with when it was first seen, and a note of that where git does not tell of an earlier
    day. now: when the run started."""
    today, at = now[:10], told.since.get(fingerprint(finding))
    if finding.status is Status.OPEN:
        finding = finding._replace(detected=at or now)
    day = (at or now)[:10]
    known = (finding.location.first_seen or today)[:10]
    if day >= today or known <= day:
        return finding
    said = f"open since {day}"
    return finding._replace(note=said if finding.note is None else f"{finding.note}; {said}")
