"""Tells of waivers that cover nothing: what is tolerated and not there is a slip, or a gate left open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from antkey_scanner.model import Accepted, Finding, Outcome, Result
from antkey_scanner.policy import Policy
from antkey_scanner.system import show

_NOT_SEARCHED = ", unless it is for the history, which was not searched"


def idle(
    policy: Policy,
    findings: Sequence[Finding],
    rules: Collection[str] | None = None,
    *,
    searched: bool = True,
) -> Iterator[str]:
    """A line for each waiver that covers nothing of all that was found.

    rules: those that were looked for, None for all; searched: whether histories were, where there are any.
    """
    used = {(one.rule.id, one.accepted) for one in findings if one.accepted is not None}
    for waiver in policy.waivers:
        if rules is not None and waiver.rule not in rules:
            continue
        why = Accepted("policy", waiver.reason, waiver.owner, waiver.expires)
        if (waiver.rule, why) not in used:
            what = " ".join(f"for {name}" for name in (waiver.key, waiver.path) if name is not None)
            yield (
                f"{policy.ref.path}: the waiver of {waiver.rule} {show(what)} covers nothing that was found;"
                f" take it out, or mend its path or key{'' if searched else _NOT_SEARCHED}"
            )


def judged_rules(result: Result) -> frozenset[str]:
    """The rules that a result says something of: where a control was not judged, nothing was looked for."""
    seen = (each for each in result.assessments if each.outcome is not Outcome.NOT_ASSESSED)
    return frozenset(rule for each in seen for rule in each.control.rules)
