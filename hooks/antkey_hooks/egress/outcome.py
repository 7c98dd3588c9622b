"""From the scenarios that were played to one result: never seen is never a pass."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.switched import shown_off, without_off
from antkey_hooks.egress.child import Ended
from antkey_hooks.egress.scenarios import Scenario
from antkey_rules.load import load_egress_controls
from antkey_scanner import __version__
from antkey_scanner.assess import exit_code
from antkey_scanner.egress.coverage import coverage_of
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.reach import out_of_reach_of_run
from antkey_scanner.egress.told import short
from antkey_scanner.egress.verdict import assess_requests
from antkey_scanner.model import Finding, Result, Run, Severity, Stats
from antkey_scanner.policy import Policy
from antkey_scanner.policy.anchor import root_below
from antkey_scanner.policy.egress import EgressPolicy
from antkey_scanner.suppress import weigh_findings

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


_MOST_NAMED = 5


class Changes(NamedTuple):
    """New keys that the command asked for, requests that started after the last one, those of them that
    carried a new one, and the tenants of whose newest key no request was seen."""

    rotations: int
    requests: int
    on_new_key: int
    unused: tuple[str, ...] = ()


class Played(NamedTuple):
    """One scenario that was played. changes: of the tenants' keys; troubles: clients
    that came and were not understood."""

    scenario: Scenario
    judge: Judge
    ended: Ended
    changes: Changes
    troubles: Counter[str]


def result_of(
    played: Sequence[Played],
    policy: Policy,
    egress: EgressPolicy,
    command: Sequence[str],
    tenants: Sequence[str],
    clock: Clock,
    options: Options,
) -> Result:
    """The verdict over all scenarios."""
    below = root_below(policy.folder, [os.curdir])
    found: list[Finding] = [finding for one in played for finding in one.judge.findings()]
    findings = weigh_findings(found, policy, below)
    if options.baseline is not None:
        from antkey_hooks.cli.accepted import accept_requests

        findings = accept_requests(findings, options.baseline, by_name=True)
    findings = without_off(findings, policy)
    unjudged = Counter(reason for one in played for reason in _gaps(one))
    for one in played:
        unjudged.update(one.judge.unjudged)
    missing = _missing_surfaces(played, egress.surfaces)
    requests = sum(one.judge.requests for one in played)
    calls = sum(one.judge.calls for one in played)
    undecided = bool(unjudged or missing)
    fail_on = options.fail_on or Severity.LOW
    code = exit_code(
        findings,
        (),
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=options.allow_incomplete,
        undecided=undecided,
    )
    run = Run(
        command="egress run",
        targets=(shlex.join(command),),
        policy=policy.ref,
        started_at=clock.started_at(),
        finished_at=clock.finished_at(),
        seconds=clock.seconds(),
        version=__version__,
        fail_on=fail_on,
        exit_code=code,
        complete=True,
        allow_incomplete=options.allow_incomplete,
        undecided=undecided,
    )
    names = [one.scenario.name for one in played]
    failed = [one.scenario.name for one in played if one.ended.code != 0]
    return Result(
        run=run,
        findings=findings,
        assessments=shown_off(
            assess_requests(
                load_egress_controls(),
                findings,
                requests=calls,
                unjudged=unjudged,
                missing_surfaces=missing,
                off=out_of_reach_of_run(
                    egress, names, sum(one.changes.on_new_key for one in played)
                ),
                fail_on=fail_on,
            ),
            policy,
        ),
        skips=(),
        stats=Stats(requests=requests),
        coverage=coverage_of(
            [one.judge for one in played], tenants, egress.surfaces, names, failed
        ),
    )


def refused(refusals: Counter[str]) -> str:
    """Tells of hosts that are not allowed, and of how many requests to each."""
    hosts = [f"{short(host)} ({count:,})" for host, count in refusals.most_common()]
    return f"refused requests to {_named(hosts)}: [egress] allowed_hosts does not name them"


def _gaps(one: Played) -> Iterator[str]:
    """What one scenario leaves undecided, besides requests that could not be judged."""
    name = one.scenario.name
    if one.ended.code != 0:
        yield f"in scenario {name} the command {_how(one.ended)}"
    for trouble, count in one.troubles.items():
        yield f"in scenario {name} a client was not understood ({trouble}, {count:,} times)"
    if not one.judge.calls and not one.scenario.may_be_silent:
        yield f"in scenario {name} no request was seen"
    if one.scenario.rotates and not one.changes.rotations:
        yield f"in scenario {name} the command never asked for a new key (POST /rotate)"
    elif one.scenario.rotates and not one.changes.requests:
        yield f"in scenario {name} no request was seen after the change of keys"
    elif one.scenario.rotates and one.changes.unused:
        yield (
            f"in scenario {name} no request carried the new key of {_named(one.changes.unused)}; within"
            " grace_seconds the old one is no breach and no proof: wait for its end, or set it to 0"
        )


def _named(tenants: Sequence[str]) -> str:
    more = f" and {len(tenants) - _MOST_NAMED:,} more" if len(tenants) > _MOST_NAMED else ""
    return ", ".join(tenants[:_MOST_NAMED]) + more


def _how(ended: Ended) -> str:
    if ended.code is None:
        return f"was ended by signal {ended.signal}"
    return f"failed with exit code {ended.code}"


def _missing_surfaces(played: Sequence[Played], surfaces: Sequence[str]) -> tuple[str, ...]:
    """The declared surfaces that no request of any scenario belongs to."""
    seen = {cell.surface for one in played for cell in one.judge.seen}
    return tuple(surface for surface in surfaces if surface not in seen)
