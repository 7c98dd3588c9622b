"""From what the parts of a check found to one verdict over all controls of the profile. No I/O.

*Not seen* is never *passed*: a required control of which nothing was seen leaves the run undecided.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from antkey_hooks.cli.parts import Fault, Parts
from antkey_hooks.cli.switched import OFF, said, without_off
from antkey_rules.known import Family, Known
from antkey_rules.profile import Profile
from antkey_scanner.model import Assessment, Attestation, Finding, Outcome
from antkey_scanner.policy import Demand, Policy

_DUE_DAYS = 30

_ASKS: Mapping[str, Callable[[Policy], object]] = {
    "scan.providers": lambda policy: policy.scan.providers,
    "scan.detect_secrets": lambda policy: policy.scan.detect_secrets,
    "inventory": lambda policy: policy.keys and (policy.keys.files or policy.keys.source),
    "keys.environments": lambda policy: policy.keys and policy.keys.environments,
    "keys.max_active": lambda policy: policy.keys and policy.keys.max_active,
    "keys.unused_days": lambda policy: policy.keys and policy.keys.unused_days,
    "keys.allowed_setter_roles": lambda policy: policy.keys and policy.keys.allowed_setter_roles,
    "keys.require_spend_limit": lambda policy: policy.keys and policy.keys.require_spend_limit,
    "keys.alerts_percent": lambda policy: policy.keys and policy.keys.alerts_percent,
    "egress.evidence": lambda policy: policy.egress and policy.egress.evidence,
    "egress.surfaces": lambda policy: policy.egress and policy.egress.surfaces,
    "egress.allowed_models": lambda policy: policy.egress and policy.egress.allowed_models,
}
"""By what `antkey_rules/evidence.toml` calls it: whether a policy asks for something."""


class Verdict(NamedTuple):
    """What became of the controls. findings: those of controls that are off no longer count; undecided:
    whether evidence for a required control is missing."""

    assessments: tuple[Assessment, ...]
    findings: tuple[Finding, ...]
    undecided: bool


class _Judged(NamedTuple):
    """A control on its way to the verdict. required: whether it must have been seen to hold."""

    known: Known
    assessment: Assessment
    required: bool
    seen: bool


def verdict(
    parts: Parts, policy: Policy, profile: Profile, controls: Sequence[Known], now: float
) -> Verdict:
    """All controls that the profile names or that were judged, each with its outcome. now: seconds since
    1970."""
    measured = {
        assessment.control.id: assessment
        for result in parts.results
        for assessment in result.assessments
    }
    judged = [
        _judged(known, measured.get(known.control.id), parts.faults, policy, profile, now)
        for known in controls
    ]
    shown = [one for one in judged if one.seen or one.known.control.id in _named(profile)]
    return Verdict(
        tuple(one.assessment for one in shown),
        without_off(tuple(_findings(parts)), policy),
        any(_lacks_evidence(one, parts) for one in shown),
    )


def is_due(word: Attestation, now: float) -> bool:
    """Whether somebody's word holds for less than 30 days more. now: seconds since 1970."""
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    return (datetime.date.fromisoformat(word.expires) - today).days < _DUE_DAYS


def asked_by(known: Known, policy: Policy) -> str | None:
    """What of the policy asks for a control; None where nothing does."""
    return next((name for name in known.asked_by if _ASKS[name](policy)), None)


def _judged(
    known: Known,
    found: Assessment | None,
    faults: Mapping[Family, Fault],
    policy: Policy,
    profile: Profile,
    now: float,
) -> _Judged:
    control = known.control
    demand = policy.controls.get(control.id)
    fault = faults.get(known.family)
    if demand is not None and demand.level == "off":
        evidence = said(OFF, demand)
        found = Assessment(control, Outcome.WAIVED, 0, evidence, required=False)
        return _Judged(known, found, False, True)
    if found is None or (fault is not None and found.outcome is not Outcome.FAIL):
        found = _unseen(known, fault)
    found = _graded(_vouched_for(found, known, policy, now), policy)
    asked = asked_by(known, policy)
    required = control.id in profile.required or asked is not None
    if demand is not None:
        required = demand.level == "required"
    if found.outcome is Outcome.NOT_ASSESSED:
        found = found._replace(evidence=f"{found.evidence}{_why(demand, asked, required)}")
    elif demand is not None and demand.level == "optional":
        found = found._replace(evidence=f"{found.evidence}; {said('not required', demand)}")
    seen = found.outcome is not Outcome.NOT_ASSESSED or demand is not None or asked is not None
    return _Judged(known, found._replace(required=required), required, seen)


def _unseen(known: Known, fault: Fault | None) -> Assessment:
    """A control that nothing was measured for, or nothing that counts."""
    if fault is None:
        return Assessment(known.control, Outcome.NOT_ASSESSED, 0, known.missing)
    outcome = Outcome.NOT_ASSESSED if fault.is_missing else Outcome.ERROR
    more = f" (and {len(fault.lines) - 1} more)" if len(fault.lines) > 1 else ""
    return Assessment(known.control, outcome, 0, fault.lines[0] + more)


def _vouched_for(found: Assessment, known: Known, policy: Policy, now: float) -> Assessment:
    """With somebody's word where it stands for the control; it never outweighs what was measured."""
    word = policy.attestations.get(known.control.id)
    if word is None or not known.attestable:
        return found
    said = f"{word.statement} ({word.owner}, {word.on}; holds until {word.expires})"
    if is_due(word, now):
        said += "; have it confirmed soon"
    if found.outcome is Outcome.NOT_ASSESSED:
        return Assessment(found.control, Outcome.PASS, 0, f"attested: {said}", word)
    return found._replace(evidence=f"{found.evidence}; also attested: {said}", attestation=word)


def _graded(found: Assessment, policy: Policy) -> Assessment:
    """With what the policy makes of the control's rules, which may be why it passes."""
    said = [
        f"{name} counts as {policy.grades[name].severity} by the policy"
        + (f": {policy.grades[name].reason}" if policy.grades[name].reason else "")
        for name in found.control.rules
        if name in policy.grades
    ]
    return found._replace(evidence="; ".join([found.evidence, *said])) if said else found


def _why(demand: Demand | None, asked: str | None, required: bool) -> str:
    """Why a control that was not seen matters, or does not."""
    if not required:
        return "; not required" if demand is None else f"; {said('not required', demand)}"
    if demand is not None:
        return f"; {said('required by the policy', demand)}"
    return f"; {asked} in the policy asks for it" if asked is not None else ""


def _lacks_evidence(one: _Judged, parts: Parts) -> bool:
    """Whether a required control was not seen, for another reason than that something was not read to
    its end: that makes the run incomplete, which may be tolerated, and not undecided."""
    if not one.required or one.assessment.outcome is not Outcome.NOT_ASSESSED:
        return False
    part = parts.by_family.get("files" if one.known.family == "providers" else one.known.family)
    if part is None or part.run.complete or part.run.undecided:
        return True
    return one.known.control.id not in {each.control.id for each in part.assessments}


def _named(profile: Profile) -> Collection[str]:
    return frozenset((*profile.required, *profile.optional))


def _findings(parts: Parts) -> Iterator[Finding]:
    return iter(dict.fromkeys(one for result in parts.results for one in result.findings))
