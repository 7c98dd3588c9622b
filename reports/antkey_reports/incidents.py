"""Groups findings by what they are about: one key in many places is one incident."""

from __future__ import annotations

from typing import NamedTuple

from antkey_reports.wording import exposed
from antkey_scanner.model import Finding, Rule, Status

_BEFORE_ALL = "leaked-key-still-active"
"""Of rules that are as bad: somebody else may be spending on this key now."""


class Incident(NamedTuple):
    """One key, or one thing without a key, with everywhere it was found.

    findings: those of where it lies first, then what else is known of it; of these open ones first, then by
    place; never empty.
    """

    findings: tuple[Finding, ...]

    @property
    def rule(self) -> Rule:
        """The worst of the rules that found it, of those still open if there are any."""
        return max(self._open or self.findings, key=lambda one: one.rule.severity.rank).rule

    @property
    def is_open(self) -> bool:
        """Whether any of its places is not accepted."""
        return bool(self._open)

    @property
    def _open(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.status is Status.OPEN)


def incidents(findings: tuple[Finding, ...]) -> tuple[Incident, ...]:
    """All incidents: open before accepted, worst first, then those in the most places, then the keys
    that were due first."""
    leaked = {one.key.name: _subject(one) for one in findings if one.key and exposed(one)}
    about: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        subject = _subject(finding)
        if finding.rule.id == _BEFORE_ALL and finding.key:
            subject = leaked.get(finding.key.name, subject)
        about.setdefault(subject, []).append(finding)
    grouped = [Incident(tuple(sorted(one, key=_open_first))) for one in about.values()]
    return tuple(sorted(grouped, key=_urgency))


def _open_first(finding: Finding) -> tuple[bool, bool]:
    return exposed(finding) is None, finding.status is not Status.OPEN


def _subject(finding: Finding) -> tuple[str, ...]:
    secret = exposed(finding)
    if secret is not None:
        return (secret.sha256,)
    return (finding.rule.id, finding.anchor)


def _urgency(incident: Incident) -> tuple[bool, int, bool, str, int, str]:
    rule = incident.rule
    key = incident.findings[0].key
    return (
        not incident.is_open,
        -rule.severity.rank,
        rule.id != _BEFORE_ALL,
        rule.id,
        -len(incident.findings),
        key.due_at or "" if key else "",
    )


def anchor(finding: Finding) -> str:
    """The id that an incident has on the page, by one of its findings: the same in every run."""
    from hashlib import sha256

    subject = "\0".join(_subject(finding))
    return "i-" + sha256(subject.encode("utf-8", "backslashreplace")).hexdigest()[:16]
