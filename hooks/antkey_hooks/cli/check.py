"""`antkey check`: every control that the policy turns on, one verdict, one folder of reports."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output, scope
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.destinations import REPORT_CURE, refuse_all, refuse_clashes
from antkey_hooks.cli.idle import idle
from antkey_hooks.cli.inventory import working_folder
from antkey_hooks.cli.ownfiles import own_files
from antkey_hooks.cli.parts import Parts, looked_at, recordings_of
from antkey_hooks.cli.past import remembered
from antkey_hooks.cli.render import deliver
from antkey_hooks.cli.request import targets_of
from antkey_hooks.cli.verdict import Verdict, is_due, verdict
from antkey_rules.catalogue import catalogue_with
from antkey_rules.known import load_known
from antkey_rules.profile import load_profile
from antkey_scanner.assess import exit_code, is_complete, worst
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.load import shown
from antkey_scanner.model import Result, Severity, Stats
from antkey_scanner.policy import Policy, load_policy
from antkey_scanner.policy.egress import EgressPolicy

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

FOLDER = "antkey-report"
_CURE = f"{REPORT_CURE}, or another folder by --report-dir"
REPORTS = (
    ("html", "index.html"),
    ("json", "results.json"),
    ("sarif", "results.sarif"),
    ("junit", "junit.xml"),
    ("markdown", "summary.md"),
)
"""What `antkey check` writes: formats, and the files' names in its folder."""


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Check and report. Raises PolicyError where there is nothing that could be reported."""
    folder = options.report_dir or FOLDER
    reports = tuple((name, os.path.join(folder, file)) for name, file in REPORTS)
    given = options.report
    options = options._replace(report=(*reports, *given))
    signed = None
    if options.attest is not None:
        from antkey_hooks.ci.attest import Attesting

        signed = Attesting(options.attest, operands, options, folder)
    clock = Clock(options.now, os.environ)
    policy = _policy(options, clock)
    refuse_clashes(options.report)
    named = given if options.report_dir is None else options.report
    read = (*operands, *recordings_of(policy))
    # The files in our own folder are ours, whatever somebody put there: it is judged before it is replaced.
    refuse_all(options._replace(report=named), policy, read, cure=_CURE)
    _make(folder)
    result = judged(operands, options, policy, clock)
    code = deliver(result, options)
    if signed is not None:
        signed.write(result, code, os.path.join(folder, "results.json"))
    if not options.quiet:
        output.say(f"reports: {shown(folder)}")
    return code


def judged(operands: Sequence[str], options: Options, policy: Policy, clock: Clock) -> Result:
    """Check, without telling anybody yet. Raises as `run` does."""
    controls = load_known()
    own = own_files(policy, options)
    parts = looked_at(operands, options._replace(report=()), policy, recordings_of(policy), own)
    output.say(*dict.fromkeys(line for fault in parts.faults.values() for line in fault.lines))
    profile = load_profile(policy.ref.profile)
    if not options.quiet:
        output.say(*_due(policy, clock.judged))
    found = verdict(parts, policy, profile, controls, clock.judged)
    is_all = not (operands or options.staged or options.range or parts.faults)
    if is_all and not options.quiet:
        output.say(*idle(policy, found.findings))
    result = _result(parts, found, policy, options, clock)
    targets = tuple(operands) or targets_of(policy)
    repositories = result.repositories or scope.below(targets, working_folder())
    whole = result._replace(
        repositories=scope.kept(repositories, policy, targets, options.exclude),
        hosts=result.hosts or _hosts(policy, found),
    )
    return remembered(whole, policy, targets, options)


def _due(policy: Policy, now: float) -> Iterator[str]:
    """What is vouched for and will not be for long."""
    for name, word in policy.attestations.items():
        if is_due(word, now):
            yield (
                f"the attestation of {name} by {word.owner} holds until {word.expires}; have it confirmed,"
                " and renew on and expires"
            )


def _policy(options: Options, clock: Clock) -> Policy:
    if options.no_config and options.policy is None:
        return Policy()
    return load_policy(
        options.policy, working_folder(), clock.judged, catalogue_with(options.rules)
    )


def _result(parts: Parts, found: Verdict, policy: Policy, options: Options, clock: Clock) -> Result:
    results = list(parts.results)
    scanned = parts.by_family["files"]
    skips = tuple(dict.fromkeys(skip for result in results for skip in result.skips))
    fail_on = options.fail_on or Severity.LOW
    code = exit_code(
        found.findings,
        skips,
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=options.allow_incomplete,
        undecided=found.undecided,
        error=worst(fault.code for fault in parts.faults.values()),
    )
    run = scanned.run._replace(
        command="check",
        targets=tuple(dict.fromkeys(name for result in results for name in result.run.targets)),
        policy=policy.ref,
        started_at=clock.started_at(),
        finished_at=clock.finished_at(),
        seconds=clock.seconds(),
        exit_code=code,
        complete=is_complete(skips),
        undecided=found.undecided,
    )
    return Result(
        run,
        found.findings,
        found.assessments,
        skips,
        _stats(results),
        keys=tuple(dict.fromkeys(key for result in results for key in result.keys)),
        coverage=tuple(cell for result in results for cell in result.coverage),
        repositories=scanned.repositories,
        hosts=tuple(dict.fromkeys(host for result in results for host in result.hosts)),
    )


def _stats(results: Sequence[Result]) -> Stats:
    """What all parts looked at together; the keys of the inventory are counted once."""
    total = Stats(*map(sum, zip(*(result.stats for result in results), strict=True)))
    return total._replace(keys=max(result.stats.keys for result in results))


def _hosts(policy: Policy, found: Verdict) -> tuple[str, ...]:
    """The hosts that requests may go to, where something is promised of requests."""
    if all("egress-foreign-host" not in each.control.rules for each in found.assessments):
        return ()
    return (policy.egress or EgressPolicy()).allowed_hosts


def _make(folder: str) -> None:
    if os.path.islink(folder) and not os.path.exists(folder):
        raise PolicyError(
            f"{shown(folder)}: is a link to nothing; take it away, or name another folder by --report-dir"
        )
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "cannot be made").lower()
        raise PolicyError(
            f"{shown(folder)}: {reason}; name another folder by --report-dir"
        ) from None
