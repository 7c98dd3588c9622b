"""What became of each control over the inventory. Pure functions.

A control fails by one violation. Without any it passes only if each of its rules had something to judge
by and could judge every key: what nobody looked at is `not-assessed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from antkey_scanner.assess import is_violation
from antkey_scanner.inventory.judge import Judged
from antkey_scanner.inventory.rule import Gap
from antkey_scanner.model import Assessment, Control, Finding, Outcome, Severity, Status

_NAMED = 5
"""So many keys are named in a control's evidence; the rest is counted."""


def assess_keys(
    controls: Sequence[Control],
    judged: Judged,
    findings: Sequence[Finding],
    keys: int,
    unread: int,
    fail_on: Severity | None = None,
) -> tuple[Assessment, ...]:
    """Each control with its outcome.

    findings: those of `judged` with what is tolerated marked; keys: how many there are; unread: places
    in scope that were not read to their end.
    """
    least = fail_on or Severity.LOW
    # Each finding is looked at once, and not once for each control.
    violated = Counter(finding.rule.id for finding in findings if is_violation(finding, least))
    tolerated = Counter(
        finding.rule.id for finding in findings if finding.status is not Status.OPEN
    )
    return tuple(
        _assess(
            control,
            judged,
            sum(violated[rule] for rule in control.rules),
            sum(tolerated[rule] for rule in control.rules),
            keys,
            unread,
        )
        for control in controls
    )


def _assess(
    control: Control, judged: Judged, violations: int, tolerated: int, keys: int, unread: int
) -> Assessment:
    gaps = [gap for rule in control.rules for gap in judged.gaps.get(rule, ())]
    off = list(dict.fromkeys(judged.off[rule] for rule in control.rules if rule in judged.off))
    everything_off = all(rule in judged.off for rule in control.rules)
    if violations:
        outcome = Outcome.FAIL
    elif gaps or unread or everything_off or not keys:
        outcome = Outcome.NOT_ASSESSED
    elif tolerated:
        outcome = Outcome.WAIVED
    else:
        outcome = Outcome.PASS
    if not (keys or violations or tolerated):
        evidence = ["the inventory holds no keys"]
    else:
        evidence = [] if everything_off else [_found(violations, tolerated, keys)]
        evidence += [_missing(gaps)] if gaps else []
        evidence += off
    if unread:
        evidence.append(f"{_count(unread, 'place')} in scope not read to the end")
    return Assessment(control, outcome, violations, "; ".join(evidence))


def _found(violations: int, tolerated: int, keys: int) -> str:
    found = _count(violations, "violation") if violations else "no violation"
    accepted = f", {tolerated} tolerated" if tolerated else ""
    return f"{found}{accepted} among {_count(keys, 'key')}"


def _missing(gaps: Sequence[Gap]) -> str:
    """Which keys could not be judged, and for want of what."""
    reasons = dict.fromkeys(gap.message for gap in gaps)
    return "; ".join(
        _not_judged([gap for gap in gaps if gap.message == reason], reason) for reason in reasons
    )


def _not_judged(gaps: Sequence[Gap], reason: str) -> str:
    names = [gap.record.label for gap in gaps[:_NAMED]]
    more = f" and {len(gaps) - _NAMED:,} more" if len(gaps) > _NAMED else ""
    return f"{_count(len(gaps), 'key')} not judged, {reason} ({', '.join(names)}{more})"


def undecided(judged: Judged, keys: int) -> bool:
    """Whether evidence is missing that the policy asks for. keys: how many there are; without any,
    nothing has been looked at."""
    return bool(judged.gaps) or not keys


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
