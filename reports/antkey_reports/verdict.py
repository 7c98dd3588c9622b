"""Puts the outcome of a run into words, the same in every format. It decides nothing: the run did."""

from __future__ import annotations

from typing import Literal

from antkey_scanner.model import Finding, Result, Severity, Status

SEVERITIES = tuple(reversed(Severity))
"""Worst first."""

_ABNORMAL = {
    2: "a usage, policy or file error, nothing to scan, or a report that could not be written",
    70: "internal error",
    130: "interrupted",
    143: "terminated",
}


class Verdict:
    """The outcome in words.

    tone: `pass` only when the run was complete and found nothing that counts; word: one word for a
    badge; answer: whether the release may go out; reason: why the exit code is what it is.
    A plain class, because it costs start-up a fifth of what a named tuple costs.
    """

    __slots__ = ("answer", "reason", "tone", "word")

    def __init__(
        self, tone: Literal["pass", "warn", "fail"], word: str, answer: str, reason: str
    ) -> None:
        self.tone = tone
        self.word = word
        self.answer = answer
        self.reason = reason


def verdict(result: Result) -> Verdict:
    """The verdict on a result."""
    # Here, because the command line has it loaded and a reader of this module alone need not pay.
    from antkey_scanner.assess import is_violation

    run = result.run
    found = any(is_violation(finding, run.fail_on) for finding in result.findings)
    if run.exit_code in _ABNORMAL:
        return Verdict("fail", "ERROR", "Do not deploy: the run failed", _ABNORMAL[run.exit_code])
    if run.exit_code == 1:
        reason = f"violations of severity {run.fail_on} or above" if found else "controls failed"
        suffix = "; the run is incomplete" if incomplete(result) else ""
        return Verdict("fail", "VIOLATIONS", "Do not deploy", reason + suffix)
    if run.exit_code == 4:
        return Verdict("warn", "UNDECIDED", "Do not deploy yet: undecided", "evidence is missing")
    if run.exit_code == 3:
        reason = "incomplete: something in scope was not read to its end"
        return Verdict("warn", "INCOMPLETE", "Do not deploy yet: incomplete", reason)
    return _exit_zero(result, found)


def _exit_zero(result: Result, found: bool) -> Verdict:
    if incomplete(result):
        because = result.run.allow_incomplete
        reason = f"incomplete, accepted: {because}" if because else "incomplete"
        if found:
            reason += "; findings do not fail this run"
        return Verdict("warn", "INCOMPLETE", "Not proven clean: incomplete", reason)
    if found:
        return Verdict("warn", "VIOLATIONS", "Not clean", "findings do not fail this run")
    reason = f"complete, nothing of severity {result.run.fail_on} or above"
    return Verdict("pass", "CLEAN", "Clear to deploy", reason)


def incomplete(result: Result) -> bool:
    """Whether something in scope was not read; what was skipped is believed over the run's word."""
    return not result.run.complete or any(skip.counts for skip in result.skips)


def by_severity(findings: tuple[Finding, ...]) -> tuple[tuple[Severity, int], ...]:
    """How many findings of each severity, worst first, zeros included."""
    of = [finding.rule.severity for finding in findings]
    return tuple((severity, of.count(severity)) for severity in SEVERITIES)


def open_ones(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that no baseline and no waiver accepts."""
    return tuple(finding for finding in findings if finding.status is Status.OPEN)
