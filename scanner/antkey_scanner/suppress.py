"""Applies what the policy tolerates: accepted omissions and waived findings. Nothing disappears.

A suppressed thing stays in the result with another mark, so that a report can show it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from antkey_scanner.globs import glob_pattern
from antkey_scanner.model import Accepted, Finding, Skip, Status
from antkey_scanner.policy import Accept, Grade, Policy, Waiver


def accept_skips(
    skips: Sequence[Skip], accepted: Sequence[Accept], below: str = ""
) -> tuple[Skip, ...]:
    """The skips, where the policy accepts one as not counting and with the policy's reason.

    below: what stands before the skips' paths, seen from the policy's folder.
    """
    patterns = [(glob_pattern(accept.path), accept.reason) for accept in accepted]
    return tuple(_accepted(skip, patterns, below) for skip in skips)


def _accepted(skip: Skip, patterns: Sequence[tuple[re.Pattern[str], str]], below: str) -> Skip:
    if skip.counts:
        for pattern, reason in patterns:
            if pattern.fullmatch(below + skip.path):
                return skip._replace(reason=f"{skip.reason}; accepted: {reason}", counts=False)
    return skip


def weigh_findings(
    findings: Sequence[Finding], policy: Policy, below: str = ""
) -> tuple[Finding, ...]:
    """The findings as bad as the policy says that they are, and waived where it covers them."""
    return waive_findings(grade_findings(findings, policy.grades), policy.waivers, below)


def grade_findings(findings: Sequence[Finding], grades: Mapping[str, Grade]) -> tuple[Finding, ...]:
    """The findings with the severity that the policy gives their rules, and a note that says so."""
    if not grades:
        return tuple(findings)
    return tuple(
        finding if (grade := grades.get(finding.rule.id)) is None else _graded(finding, grade)
        for finding in findings
    )


def _graded(finding: Finding, grade: Grade) -> Finding:
    usual = finding.rule.severity
    if grade.severity is usual:
        return finding
    said = f"{grade.severity} by the policy, usually {usual}"
    if grade.reason is not None:
        said += f": {grade.reason}"
    note = said if finding.note is None else f"{finding.note}; {said}"
    return finding._replace(rule=finding.rule._replace(severity=grade.severity), note=note)


def waive_findings(
    findings: Sequence[Finding], waivers: Sequence[Waiver], below: str = ""
) -> tuple[Finding, ...]:
    """The findings, where a waiver covers an open one as waived. below: as for `accept_skips`."""
    return tuple(_waived(finding, waivers, below) for finding in findings)


def _waived(finding: Finding, waivers: Sequence[Waiver], below: str) -> Finding:
    if finding.status is not Status.OPEN:
        return finding
    for waiver in waivers:
        if _covers(waiver, finding, below):
            why = Accepted("policy", waiver.reason, waiver.owner, waiver.expires)
            return finding._replace(status=Status.WAIVED, accepted=why)
    return finding


def _covers(waiver: Waiver, finding: Finding, below: str) -> bool:
    """Whether the rule and everything else that the waiver names are those of the finding."""
    if waiver.rule != finding.rule.id:
        return False
    path = below + finding.location.path
    if waiver.path is not None and not glob_pattern(waiver.path).fullmatch(path):
        return False
    return waiver.key is None or _is_key(waiver.key, finding)


def _is_key(name: str, finding: Finding) -> bool:
    """Whether a name, an id, a hint or a SHA-256 is that of the finding's key."""
    hint, sha256 = name.replace("...", "…"), name.lower().removeprefix("sha256:")
    key, secret = finding.key, finding.secret
    if key is not None and (name in (key.name, key.id) or hint == key.hint or sha256 == key.sha256):
        return True
    if secret is None:
        return name == finding.anchor or name in finding.also
    return hint == secret.hint or sha256 == secret.sha256
