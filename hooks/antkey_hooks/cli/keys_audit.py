"""`antkey keys audit`: from an inventory to findings, controls, reports and an exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import Opened, opened, working_folder
from antkey_hooks.cli.render import deliver
from antkey_hooks.cli.switched import shown_off, without_off
from antkey_rules.catalogue import CATALOGUE
from antkey_rules.keys import load_key_rules
from antkey_rules.load import load_key_controls
from antkey_scanner import __version__
from antkey_scanner.assess import exit_code, is_complete
from antkey_scanner.errors import ExitCode
from antkey_scanner.inventory.index import replacements
from antkey_scanner.inventory.judge import judge, key_ref
from antkey_scanner.inventory.leaks import leaks_of
from antkey_scanner.inventory.records import Inventory, KeyRecord
from antkey_scanner.inventory.rule import Case, Leak
from antkey_scanner.inventory.times import DAY
from antkey_scanner.inventory.verdict import assess_keys, undecided
from antkey_scanner.model import Finding, KeyRef, Result, Run, Severity, Stats
from antkey_scanner.policy import load_policy
from antkey_scanner.policy.anchor import root_below
from antkey_scanner.suppress import accept_skips, weigh_findings

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_MOST_SHOWN = 2_000
"""So many keys, those due first, are in the rotation table of a report."""


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Judge and report. Raises PolicyError for a broken inventory, EvidenceError for one never made."""
    result = judged(operands, options)
    if not (operands or options.quiet) and result.run.complete:
        _tell_idle(result, options)
    return deliver(result, options)


def judged(
    operands: Sequence[str],
    options: Options,
    leaked: Sequence[Finding] | None = None,
    found: Opened | None = None,
) -> Result:
    """Judge, without telling anybody yet. leaked: what a scan has just found; found: the inventory, if it
    was read already. Raises as `run` does."""
    clock = Clock(options.now, os.environ)
    if found is None:
        if options.report:
            _refuse_places(operands, options, clock)
        found = opened(operands, options, clock)
    inventory = found.loaded.inventory
    leaks = _leaks(options.leaks, inventory) if leaked is None else leaks_of(leaked, inventory)
    case = Case(inventory, found.keys_policy, found.now, leaks)
    rules = load_key_rules()
    verdicts = judge(case, rules)
    count = len(inventory.keys)
    missing = undecided(verdicts, count)
    policy, below = found.policy, root_below(found.policy.folder, [os.curdir])
    findings = weigh_findings(verdicts.findings, policy, below)
    if options.baseline is not None:
        findings = _accepted(findings, options.baseline)
    findings = without_off(findings, policy)
    skips = accept_skips(found.loaded.skips, policy.scan.accept, below)
    fail_on = options.fail_on or Severity.LOW
    code = exit_code(
        findings,
        skips,
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=options.allow_incomplete,
        undecided=missing,
    )
    unread = sum(skip.counts for skip in skips)
    return Result(
        run=_run(found, options, clock, code)._replace(
            complete=is_complete(skips), undecided=missing
        ),
        findings=findings,
        assessments=shown_off(
            assess_keys(load_key_controls(), verdicts, findings, count, unread, fail_on), policy
        ),
        skips=skips,
        stats=Stats(files=len(found.files), keys=count),
        keys=tuple(_due_first(case)),
    )


def _tell_idle(result: Result, options: Options) -> None:
    """Tell of the waivers that cover nothing of what the whole inventory shows."""
    policy = load_policy(
        options.policy, working_folder(), Clock(options.now, os.environ).judged, CATALOGUE
    )
    if policy.waivers:
        from antkey_hooks.cli.idle import idle, judged_rules

        output.say(*idle(policy, result.findings, judged_rules(result)))


def _refuse_places(operands: Sequence[str], options: Options, clock: Clock) -> None:
    """Refuse reports over what is read, before much of it is. Raises PolicyError."""
    from antkey_hooks.cli.destinations import refuse_all

    policy = load_policy(options.policy, working_folder(), clock.judged, CATALOGUE)
    refuse_all(options, policy, (*operands, *options.leaks))


def _accepted(findings: tuple[Finding, ...], path: str) -> tuple[Finding, ...]:
    """The findings with what a baseline accepts marked. Raises PolicyError."""
    from antkey_hooks.cli.accepted import scope_of_working_folder
    from antkey_scanner.baseline import accept_findings
    from antkey_scanner.baseline.read import read_baseline

    baseline = read_baseline(path)
    return accept_findings(findings, baseline.entries, scope_of_working_folder(baseline.folder))


def _run(found: Opened, options: Options, clock: Clock, code: ExitCode) -> Run:
    """The circumstances, but for what the judging told."""
    return Run(
        command="keys audit",
        targets=tuple(file.shown for file in found.files),
        policy=found.policy.ref,
        started_at=clock.started_at(),
        finished_at=clock.finished_at(),
        seconds=clock.seconds(),
        version=__version__,
        fail_on=options.fail_on or Severity.LOW,
        exit_code=code,
        complete=True,
        allow_incomplete=options.allow_incomplete,
    )


def _leaks(paths: Sequence[str], inventory: Inventory) -> tuple[Leak, ...] | None:
    """What saved results show of the inventory's keys. Raises PolicyError."""
    if not paths:
        return None
    from antkey_hooks.cli.report import read

    return leaks_of((finding for path in paths for finding in read(path).findings), inventory)


def _due_first(case: Case) -> list[KeyRef]:
    """The active keys, those that are due first; before them those whose age nobody knows. Behind them
    the keys that they have replaced and that are not active any more."""
    from heapq import nsmallest

    keys = case.inventory.keys
    order = ((_due(key, case), at) for at, key in enumerate(keys) if key.is_active)
    shown = [keys[at] for _, at in nsmallest(_MOST_SHOWN, order)]
    named = set(map(id, shown))
    shown += [
        pair.older
        for pair in replacements(keys).pairs
        if id(pair.newer) in named and not pair.older.is_active
    ]
    return [key_ref(key, case) for key in shown]


def _due(key: KeyRecord, case: Case) -> float:
    if key.created_at is None:
        return -inf
    return key.created_at + case.policy.limits_of(key.environment).max_age_days * DAY
