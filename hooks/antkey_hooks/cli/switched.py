"""Controls that a policy switches off: in every command, not in `check` alone, what breaks them is waived.

Only `off` is for all commands. That a control is required asks for evidence of all kinds, which `check` alone
sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antkey_scanner.model import Accepted, Assessment, Finding, Outcome, Status
from antkey_scanner.policy import Demand, Policy

OFF = "switched off by the policy"


def said(what: str, demand: Demand) -> str:
    """With the reason that the policy gives, and whose it is."""
    owner = f" ({demand.owner})" if demand.owner else ""
    return f"{what}: {demand.reason}{owner}" if demand.reason else what


def without_off(findings: Sequence[Finding], policy: Policy) -> tuple[Finding, ...]:
    """The findings, where those that only controls that are off ask for are waived by the policy."""
    off = _off(policy)
    if not off:
        return tuple(findings)
    from antkey_rules.known import load_known

    by_rule: dict[str, Demand] = {}
    kept: set[str] = set()
    for known in load_known():
        if known.control.id in off:
            by_rule |= dict.fromkeys(known.control.rules, off[known.control.id])
        else:
            kept.update(known.control.rules)
    return tuple(
        _waived(one, by_rule[one.rule.id]) if one.rule.id in by_rule.keys() - kept else one
        for one in findings
    )


def shown_off(assessments: Sequence[Assessment], policy: Policy) -> tuple[Assessment, ...]:
    """The outcomes, where those of controls that are off are waived."""
    off = _off(policy)
    return tuple(
        Assessment(one.control, Outcome.WAIVED, 0, said(OFF, off[one.control.id]), required=False)
        if one.control.id in off
        else one
        for one in assessments
    )


def _off(policy: Policy) -> Mapping[str, Demand]:
    return {name: demand for name, demand in policy.controls.items() if demand.level == "off"}


def _waived(finding: Finding, demand: Demand) -> Finding:
    if finding.status is not Status.OPEN:
        return finding
    why = Accepted("policy", f"the control is off: {demand.reason}", demand.owner)
    return finding._replace(status=Status.WAIVED, accepted=why)
