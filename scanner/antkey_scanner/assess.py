"""From what was found and what was not read to outcomes and one exit code. Pure functions.

*Not seen* is never *passed*, and whoever tolerates an incomplete run must never tolerate a
violation by it (docs/adr/003-exit-codes.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from antkey_scanner.errors import ExitCode
from antkey_scanner.model import Assessment, Control, Finding, Outcome, Severity, Skip, Status

_PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
    ExitCode.INTERNAL,
    ExitCode.USAGE,
    ExitCode.VIOLATIONS,
    ExitCode.INCOMPLETE,
    ExitCode.UNDECIDED,
    ExitCode.OK,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that goes before the others; OK when there are none."""
    return min(codes, key=_PRECEDENCE.index, default=ExitCode.OK)


def is_complete(skips: Iterable[Skip]) -> bool:
    """Whether everything in scope was read to its end, or the policy accepts that it was not."""
    return not any(skip.counts for skip in skips)


def is_violation(finding: Finding, fail_on: Severity = Severity.LOW) -> bool:
    """Whether a finding fails a run: open, at or above `fail_on`, and more than `info`."""
    least = max(fail_on.rank, Severity.LOW.rank)
    return finding.status is Status.OPEN and finding.rule.severity.rank >= least


def exit_code(
    findings: Iterable[Finding],
    skips: Iterable[Skip],
    fail_on: Severity,
    *,
    exit_zero: bool = False,
    allow_incomplete: str | None = None,
    undecided: bool = False,
    error: ExitCode = ExitCode.OK,
) -> ExitCode:
    """The run's exit code.

    exit_zero: findings do not fail; allow_incomplete: why an incomplete run is tolerated; undecided:
    evidence is missing; error: what went wrong beside the judging, such as a report not written.
    """
    codes = [error]
    if not exit_zero and any(is_violation(finding, fail_on) for finding in findings):
        codes.append(ExitCode.VIOLATIONS)
    if allow_incomplete is None and not is_complete(skips):
        codes.append(ExitCode.INCOMPLETE)
    if undecided:
        codes.append(ExitCode.UNDECIDED)
    return worst(codes)


def assess(
    controls: Sequence[Control], findings: Sequence[Finding], skips: Sequence[Skip]
) -> tuple[Assessment, ...]:
    """Each control with its outcome. What was found counts even in a run that is incomplete."""
    unread = sum(skip.counts for skip in skips)
    return tuple(_assess(control, findings, unread) for control in controls)


def _assess(control: Control, findings: Sequence[Finding], unread: int) -> Assessment:
    about = [finding for finding in findings if finding.rule.id in control.rules]
    violations = sum(is_violation(finding) for finding in about)
    waived = sum(finding.status is Status.WAIVED for finding in about)
    known = sum(finding.status is Status.BASELINE for finding in about)
    shown = sum(finding.status is Status.OPEN for finding in about) - violations
    evidence = _evidence(violations, shown, waived, known, unread)
    if violations:
        outcome = Outcome.FAIL
    elif unread:
        outcome = Outcome.NOT_ASSESSED
    elif waived or known:
        outcome = Outcome.WAIVED
    else:
        outcome = Outcome.PASS
    return Assessment(control, outcome, violations, evidence)


def _evidence(violations: int, shown: int, waived: int, known: int, unread: int) -> str:
    """What was found, what is tolerated and what was not seen, in one line. shown: findings that are open
    and no violations."""
    parts = [_count(violations, "open finding")] if violations else []
    if shown:
        fails = "does" if shown == 1 else "do"
        parts.append(f"{_count(shown, 'open finding')} of severity info, which {fails} not fail")
    if not parts:
        parts.append("nothing open found")
    if waived:
        parts.append(f"{waived} waived")
    if known:
        parts.append(f"{known} in the baseline")
    if unread:
        parts.append(f"{_count(unread, 'item')} not read to the end")
    else:
        parts.append("everything in scope was read")
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
