"""What became of each control over outgoing requests. Pure functions.

A control fails by one violation. Without any it passes only if there were requests, all of them could be
judged, and what it is about could have shown: what nobody looked at is `not-assessed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antkey_scanner.assess import is_violation
from antkey_scanner.egress.judge import REASONS
from antkey_scanner.model import Assessment, Control, Finding, Outcome, Severity, Status

_NAMED = 5

_NEED_NO_OWNER = frozenset(
    {
        "egress-foreign-host",
        "egress-key-in-url",
        "egress-key-in-browser",
        "egress-key-in-response",
        "egress-model-not-allowed",
        "egress-not-seen",
        "egress-request-without-tenant-key",
    }
)
"""The rules that judge a request whoever it was for and whosever its key is."""

_SEEN = "egress-not-seen"


def assess_requests(
    controls: Sequence[Control],
    findings: Sequence[Finding],
    *,
    requests: int,
    unjudged: Mapping[str, int] | None = None,
    missing_surfaces: Sequence[str] = (),
    off: Mapping[str, str] | None = None,
    unread: int = 0,
    fail_on: Severity | None = None,
    stale: Mapping[str, str] | None = None,
) -> tuple[Assessment, ...]:
    """Each control with its outcome.

    requests: how many went to allowed hosts; unjudged: why requests could not be judged, and how many, and
    what else leaves the whole run undecided, such as that the command failed;
    missing_surfaces: those declared of which none was seen; off: by rule why nothing could show a breach
    of it, and the cure; unread: places in scope that were not read to their end; stale: by rule why what
    was seen is too old to show that nobody breaks it, and the cure.
    """
    run = _Run(findings, requests, unjudged or {}, missing_surfaces, off or {}, unread, stale or {})
    least = fail_on or Severity.LOW
    return tuple(run.assess(control, least) for control in controls)


class _Run:
    """What all controls are assessed by."""

    def __init__(
        self,
        findings: Sequence[Finding],
        requests: int,
        unjudged: Mapping[str, int],
        missing_surfaces: Sequence[str],
        off: Mapping[str, str],
        unread: int,
        stale: Mapping[str, str],
    ) -> None:
        self._findings = findings
        self._requests = requests
        self._unjudged = unjudged
        self._missing = missing_surfaces
        self._off = off
        self._unread = unread
        self._stale = stale

    def assess(self, control: Control, fail_on: Severity) -> Assessment:
        about = [finding for finding in self._findings if finding.rule.id in control.rules]
        violations = sum(is_violation(finding, fail_on) for finding in about)
        tolerated = sum(finding.status is not Status.OPEN for finding in about)
        off = list(dict.fromkeys(self._off[rule] for rule in control.rules if rule in self._off))
        is_off = all(rule in self._off for rule in control.rules)
        gaps = list(self._gaps(control))
        if violations:
            outcome = Outcome.FAIL
        elif gaps or is_off:
            outcome = Outcome.NOT_ASSESSED
        elif tolerated:
            outcome = Outcome.WAIVED
        else:
            outcome = Outcome.PASS
        evidence = [] if is_off and not about else [_found(violations, tolerated, self._requests)]
        return Assessment(control, outcome, violations, "; ".join([*evidence, *gaps, *off]))

    def _gaps(self, control: Control) -> list[str]:
        """What this control would need to see and nobody has seen."""
        gaps = []
        if _SEEN in control.rules and self._missing:
            gaps.append(f"no request was seen of {_listed('surface', self._missing)}")
        if not self._requests:
            gaps.append("no request was seen")
        for reason, count in self._unjudged.items():
            if reason not in REASONS:
                gaps.append(reason)
            elif not _NEED_NO_OWNER.issuperset(control.rules):
                gaps.append(f"{_count(count, 'request')} not judged: {reason}")
        in_reach = [rule for rule in control.rules if rule not in self._off]
        gaps += dict.fromkeys(self._stale[rule] for rule in in_reach if rule in self._stale)
        if self._unread:
            gaps.append(f"{_count(self._unread, 'place')} in scope not read to the end")
        return gaps


def _found(violations: int, tolerated: int, requests: int) -> str:
    found = _count(violations, "violation") if violations else "no violation"
    accepted = f", {tolerated} tolerated" if tolerated else ""
    return f"{found}{accepted} in {_count(requests, 'request')}"


def _listed(noun: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"the {noun if len(names) == 1 else noun + 's'} {shown}{more}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
