"""`antkey baseline create` and `prune`: from a scan to a changed baseline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.accepted import scope_of
from antkey_hooks.cli.baseline_file import update
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.request import Request, baseline_path, prepare, shorter
from antkey_hooks.cli.scan import look
from antkey_reports.escape import terminal
from antkey_reports.wording import plural
from antkey_scanner.assess import is_complete
from antkey_scanner.baseline.change import Change, created, pruned
from antkey_scanner.baseline.read import folder_of, read_baseline
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Skip
from antkey_scanner.policy import BASELINE_FILE_NAME, Policy
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_TAKE_BASELINES = ("keys audit", "egress run", "egress replay")
"""Commands that take a baseline and have none made by a scan."""


def create(operands: Sequence[str], options: Options) -> ExitCode:
    """Add what a scan finds; INCOMPLETE when it could not read everything. Raises PolicyError."""
    if options.results and operands:
        raise PolicyError("--results: nothing is scanned with it; take it or PATH out")
    clock = Clock(options.now, os.environ)
    request = prepare(operands, options, clock.judged)
    path = baseline_path(request.policy, options) or _new_path(request.policy, options)
    if os.path.exists(path):
        read_baseline(path)  # what is wrong with it is told before the work
    if options.results:
        return _of_results(path, options, clock.started_at())
    scanned = look(request, options)
    scope = scope_of(folder_of(path), scanned, request)
    now = clock.started_at()
    change = update(path, lambda entries: created(entries, scanned.findings, scope, now))
    _tell(path, change, options, f"{change.added:,} added")
    return _whole(scanned.skips, options)


def _of_results(path: str, options: Options, now: str) -> ExitCode:
    """Add what saved results tell. They are of the folder that the command is run in, as the commands are
    that take a baseline. Raises PolicyError."""
    from antkey_hooks.cli.accepted import as_compared, scope_of_working_folder
    from antkey_hooks.cli.report import read

    results = list(map(read, options.results))
    for file, result in zip(options.results, results, strict=True):
        if result.run.command not in _TAKE_BASELINES:
            raise PolicyError(
                f"{show(file)}: is of antkey {result.run.command}; name results of"
                f" {', '.join(_TAKE_BASELINES)}, and leave --results out for what a scan finds"
            )
    scope = scope_of_working_folder(folder_of(path))
    findings = [
        finding
        for result in results
        for finding in as_compared(result.findings, by_name=result.run.command == "egress run")
    ]
    change = update(path, lambda entries: created(entries, findings, scope, now))
    _tell(path, change, options, f"{change.added:,} added")
    return _whole([skip for result in results for skip in result.skips], options)


def _whole(skips: Sequence[Skip], options: Options) -> ExitCode:
    """Whether all was read that could have held something to accept."""
    if is_complete(skips) or options.allow_incomplete is not None:
        return ExitCode.OK
    output.say(f"{_unread(skips)} not read; what lies there is not in the baseline")
    return ExitCode.INCOMPLETE


def prune(operands: Sequence[str], options: Options) -> ExitCode:
    """Take out what a complete scan has not found. Raises PolicyError."""
    clock = Clock(options.now, os.environ)
    request = prepare(operands, options, clock.judged)
    path = baseline_path(request.policy, options) or _new_path(request.policy, options)
    read_baseline(path)
    scanned = look(request, options)
    if not is_complete(scanned.skips):
        output.say(
            f"{show(path)}: nothing was taken out; {_unread(scanned.skips)} not read, and what was"
            " not seen is not known to be gone"
        )
        return ExitCode.INCOMPLETE
    scope = scope_of(folder_of(path), scanned, request)
    rules = _rules(request)
    change = update(path, lambda entries: pruned(entries, scanned.findings, scope, rules))
    _tell(path, change, options, f"{change.removed:,} removed")
    return ExitCode.OK


def _rules(request: Request) -> frozenset[str]:
    """The ids of all rules that a scan looks for."""
    rules = frozenset(rule.rule.id for rule in request.rules)
    if request.detect_secrets is None:
        return rules
    from antkey_scanner.bridge.detectors import RULE_IDS

    return rules.union(RULE_IDS[detector.name] for detector in request.detect_secrets.detectors)


def _new_path(policy: Policy, options: Options) -> str:
    """Where a baseline is made that is not there yet: beside the policy that was found."""
    if policy.folder is None or options.policy is not None:
        return BASELINE_FILE_NAME
    return shorter(os.path.join(policy.folder, BASELINE_FILE_NAME))


def _tell(path: str, change: Change, options: Options, what: str) -> None:
    if options.quiet:
        return
    moved = f", {change.moved:,} moved" if change.moved else ""
    output.write_out(terminal(f"{show(path)}: {what}{moved}, {change.kept:,} kept") + "\n")


def _unread(skips: Sequence[Skip]) -> str:
    count = sum(skip.counts for skip in skips)
    return f"{plural(count, 'place')} in scope {'was' if count == 1 else 'were'}"
