"""`antkey egress run -- COMMAND`: the command under the interceptor, once per scenario, and one verdict."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import working_folder
from antkey_hooks.cli.render import deliver
from antkey_hooks.cli.values import suggestion
from antkey_hooks.egress.canaries import (
    Canary,
    environment_of,
    platform_canaries,
    variable_of,
)
from antkey_hooks.egress.child import Ended, run_command
from antkey_hooks.egress.evidence import Evidence
from antkey_hooks.egress.isolation import Inside, run_isolated
from antkey_hooks.egress.masking import Masker
from antkey_hooks.egress.outcome import Changes, Played, refused, result_of
from antkey_hooks.egress.scenarios import SCENARIOS, Scenario
from antkey_hooks.egress.scratch import scratch_folder
from antkey_hooks.egress.session import Session
from antkey_hooks.egress.steering import prepare
from antkey_hooks.interceptor.server import API, Interceptor
from antkey_rules.catalogue import CATALOGUE
from antkey_rules.egress import load_egress_rules
from antkey_scanner.egress.attribution import body_fields, host_templates
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.model import Result
from antkey_scanner.policy import Policy, load_policy
from antkey_scanner.policy.egress import EgressPolicy

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_TENANT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


class Plan(NamedTuple):
    """What is to be run. now: what time it is taken to be."""

    command: tuple[str, ...]
    tenants: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    policy: Policy
    egress: EgressPolicy
    is_isolated: bool
    now: Callable[[], Micros]


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Run and report. Raises PolicyError before anything is started when the request is wrong."""
    return deliver(judged(operands, options), options)


def judged(operands: Sequence[str], options: Options) -> Result:
    """Run, without telling anybody yet. Raises as `run` does."""
    clock = Clock(options.now, os.environ)
    plan = _plan(operands, options, clock)
    if options.report or options.evidence is not None:
        _refuse_places(options, plan.policy)
    with Evidence(options.evidence) as evidence:
        played = [_play(plan, scenario, evidence, options) for scenario in plan.scenarios]
    return result_of(played, plan.policy, plan.egress, plan.command, plan.tenants, clock, options)


def _refuse_places(options: Options, policy: Policy) -> None:
    """Refuse reports and evidence where something else lies. Raises PolicyError."""
    from antkey_hooks.cli.destinations import refuse_all, refuse_used, used_by

    evidence = options.evidence
    refuse_all(options, policy)
    if evidence is not None:
        cure = "name another file by --evidence"
        reports = (("a report", path) for _, path in options.report)
        refuse_used(evidence, (*used_by(options, policy), *reports), cure)


def _plan(operands: Sequence[str], options: Options, clock: Clock) -> Plan:
    policy = load_policy(options.policy, working_folder(), clock.judged, CATALOGUE)
    tenants = tuple(dict.fromkeys(options.tenant)) or ("tenant",)
    for tenant in tenants:
        if not _TENANT.fullmatch(tenant):
            raise PolicyError(
                "--tenant: is no name that a variable can be made of; use letters, digits, - and _"
            )
    variables = {variable_of(tenant) for tenant in tenants}
    if len(variables) < len(tenants):
        raise PolicyError("--tenant: two names make one variable; give them other names")
    return Plan(
        tuple(operands),
        tenants,
        tuple(map(_scenario, dict.fromkeys(options.scenario or ("ok",)))),
        policy,
        policy.egress or EgressPolicy(),
        options.isolate,
        _from(options.now),
    )


def _scenario(name: str) -> Scenario:
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise PolicyError(f"--scenario: no such scenario; {suggestion(name, tuple(SCENARIOS))}")
    return scenario


def _play(plan: Plan, scenario: Scenario, evidence: Evidence, options: Options) -> Played:
    """Run the command once."""
    platform = platform_canaries(plan.egress.platform_env)
    masker = Masker()
    session = Session(
        scenario,
        plan.tenants,
        platform,
        load_egress_rules(),
        plan.egress,
        record=evidence.write,
        clock=plan.now,
        new_secret=masker.add,
    )
    for canary in (*platform, *session.keys.values()):
        masker.add(canary.text)
    if not options.quiet and len(plan.scenarios) > 1:
        output.say(f"scenario {scenario.name}")
    ended = _run_in(plan, scenario, session, platform, masker)
    if session.refusals and not options.quiet:
        output.say(refused(session.refusals))
    if ended.code == 0 and scenario.may_be_silent and not session.judge.requests:
        evidence.write_silence(scenario.name, plan.tenants, plan.now())
    changes = Changes(session.rotations, session.after_rotation, session.on_new_key, session.unused)
    return Played(scenario, session.judge, ended, changes, session.troubles)


def _run_in(
    plan: Plan,
    scenario: Scenario,
    session: Session,
    platform: Sequence[Canary],
    masker: Masker,
) -> Ended:
    hosts = _names(plan)
    with (
        scratch_folder() as folder,
        Interceptor(
            session.decide,
            session.refused,
            allowed_hosts=(*plan.egress.allowed_hosts, *host_templates(plan.egress.tenant_from)),
            base_host=_base_host(plan.egress),
            fields=body_fields(plan.egress.tenant_from),
            control=session.control,
            troubles=session.trouble,
            clock=plan.now,
        ) as interceptor,
    ):
        steering = prepare(
            interceptor.base_url,
            interceptor.proxy_url,
            interceptor.tls_port,
            interceptor.ca_pem,
            hosts,
            folder,
            _inherited(plan),
        )
        environment = {
            **steering.environment,
            **dict(environment_of(platform, session.keys)),
            "ANTKEY_SCENARIO": scenario.name,
            "ANTKEY_CONTROL_URL": interceptor.control_url,
        }
        if plan.is_isolated:
            inside = Inside(
                hosts,
                interceptor.base_url,
                interceptor.control_url,
                steering.roots,
            )
            adopt = interceptor.adopt
            ended = run_isolated(plan.command, environment, masker, inside, adopt, folder)
        else:
            ended = run_command(plan.command, environment, masker)
        interceptor.settle()
        if interceptor.failure is not None:
            raise interceptor.failure
        return ended


def _names(plan: Plan) -> tuple[str, ...]:
    """The hosts that the interceptor answers for, as far as they can be named beforehand: all of
    `*.example.com` cannot."""
    templates = host_templates(plan.egress.tenant_from)
    hosts = [host for host in plan.egress.allowed_hosts if "*" not in host]
    hosts += [text.replace("{tenant}", name.lower()) for text in templates for name in plan.tenants]
    return tuple(dict.fromkeys(hosts))


def _base_host(egress: EgressPolicy) -> str:
    """The host that the base-URL variables stand for: where those lead is ours, and so no foreign host."""
    hosts = [host for host in egress.allowed_hosts if "*" not in host]
    return API if API in hosts or not hosts else hosts[0]


_CREDENTIALS = re.compile(r"ANTHROPIC_|ANTKEY_TENANT_KEY|CLAUDE_CODE_OAUTH_TOKEN$")


def _inherited(plan: Plan) -> dict[str, str]:
    """The caller's environment without whatever could serve as a credential: each of Anthropic's own
    variables names one, a profile, or a header."""
    return {
        name: value
        for name, value in os.environ.items()
        if not _CREDENTIALS.match(name) and name not in plan.egress.platform_env
    }


def _from(start: float | None) -> Callable[[], Micros]:
    """A clock that shows the time of `--now` when it is made, and goes on; without one, the real time."""
    if start is None:
        return lambda: time.time_ns() // 1000
    began, first = time.monotonic_ns(), round(start * SECOND)
    return lambda: first + (time.monotonic_ns() - began) // 1000
