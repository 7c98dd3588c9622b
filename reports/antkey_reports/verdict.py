"""Puts the outcome of a run into words, the same in every format. It decides nothing: the run did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from antkey_scanner.model import Assessment, Finding, Outcome, Result, Severity, Status

SEVERITIES = tuple(reversed(Severity))
"""Worst first."""

WORST_FIRST = (
    Outcome.FAIL,
    Outcome.ERROR,
    Outcome.NOT_ASSESSED,
    Outcome.WAIVED,
    Outcome.PASS,
)
"""Outcomes of controls."""

_ABNORMAL = {
    2: "a usage, policy or file error, nothing to scan, or a report that could not be written",
    70: "internal error",
    130: "interrupted",
    143: "terminated",
}

_RELEASE = {
    "failed": "Do not deploy: the run failed",
    "violations": "Do not deploy",
    "undecided": "Do not deploy yet: undecided",
    "incomplete": "Do not deploy yet: incomplete",
    "accepted": "Not proven clean: incomplete",
    "tolerated": "Not clean",
    "clean": "Clear to deploy",
}
_KEYS = {
    "failed": "Keys not judged: the run failed",
    "violations": "Keys need action",
    "undecided": "Keys undecided: evidence is missing",
    "incomplete": "Keys not judged in full: incomplete",
    "accepted": "Not proven to be in order: incomplete",
    "tolerated": "Keys not in order",
    "clean": "Keys are in order",
}


_REQUESTS = {
    "failed": "Requests not judged: the run failed",
    "violations": "Requests break the policy",
    "undecided": "Requests undecided: evidence is missing",
    "incomplete": "Requests not judged in full: incomplete",
    "accepted": "Not proven to be in order: incomplete",
    "tolerated": "Requests not in order",
    "clean": "Requests are in order",
}

_ANSWERS = {"keys audit": _KEYS, "egress replay": _REQUESTS}
"""By command; all others are asked whether the release may go out."""


class Verdict:
    """The outcome in words.

    tone: `pass` only when the run was complete and found nothing that counts; word: one word for a
    badge; answer: whether the release may go out, or whether keys or requests are in order; reason: why
    the exit code is what it is. A plain class, because it costs start-up a fifth of what a named tuple
    costs.
    """

    __slots__ = ("answer", "reason", "tone", "word")

    def __init__(
        self,
        tone: Literal["pass", "warn", "fail", "undecided"],
        word: str,
        answer: str,
        reason: str,
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
    answers = _ANSWERS.get(run.command, _RELEASE)
    found = any(is_violation(finding, run.fail_on) for finding in result.findings)
    if run.exit_code in _ABNORMAL:
        return Verdict("fail", "ERROR", answers["failed"], _ABNORMAL[run.exit_code])
    if run.exit_code == 1:
        reason = f"violations of severity {run.fail_on} or above" if found else "controls failed"
        suffix = "; the run is incomplete" if incomplete(result) else _not_judged(result)
        return Verdict("fail", "VIOLATIONS", answers["violations"], reason + suffix)
    if run.exit_code == 4:
        return Verdict("undecided", "UNDECIDED", answers["undecided"], _undecided(result))
    if run.exit_code == 3:
        reason = "incomplete: something in scope was not read to its end"
        return Verdict("warn", "INCOMPLETE", answers["incomplete"], reason)
    return _exit_zero(result, found, answers)


def _exit_zero(result: Result, found: bool, answers: dict[str, str]) -> Verdict:
    if incomplete(result):
        because = result.run.allow_incomplete
        reason = f"incomplete, accepted: {because}" if because else "incomplete"
        if found:
            reason += "; findings do not fail this run"
        return Verdict("warn", "INCOMPLETE", answers["accepted"], reason)
    if found:
        reason = "findings do not fail this run" + _not_judged(result)
        return Verdict("warn", "VIOLATIONS", answers["tolerated"], reason)
    reason = f"complete, nothing of severity {result.run.fail_on} or above" + _not_judged(result)
    return Verdict("pass", "CLEAN", answers["clean"], reason)


def _undecided(result: Result) -> str:
    # Of the controls that are not judged some may only not be asked for, so that it is not said of all.
    reason = "undecided: evidence is missing" + _not_judged(result)
    if incomplete(result):
        because = result.run.allow_incomplete
        reason += f"; incomplete, accepted: {because}" if because else "; the run is incomplete"
    return reason


def _not_judged(result: Result) -> str:
    missing = not_judged(result)
    if not missing:
        return ""
    said = f"; {len(missing):,} control{'' if len(missing) == 1 else 's'} not judged"
    if any(one.required is None for one in missing):
        return said
    asked_for = sum(map(is_asked_for, missing))
    return f"{said}, {f'{asked_for:,} of them' if asked_for else 'none of them'} required"


def about_keys(result: Result) -> bool:
    """Whether an inventory of keys was judged, and nothing was scanned."""
    return result.run.command == "keys audit"


def about_requests(result: Result) -> bool:
    """Whether requests were judged, of a wrapped command or recorded ones, and nothing was scanned."""
    return result.run.command in ("egress run", "egress replay")


def not_judged(result: Result) -> tuple[Assessment, ...]:
    """The controls without an outcome: not seen is never passed."""
    return tuple(one for one in result.assessments if one.outcome is Outcome.NOT_ASSESSED)


def is_asked_for(assessment: Assessment) -> bool:
    """Whether a control has to be seen to hold, as far as anybody decided that."""
    if assessment.required is not None:
        return assessment.required
    # Results of before say it in words only.
    said = assessment.evidence
    return not (said.endswith("; not required") or "; not required: " in said)


def worst_first(assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """The outcomes in the order of what there is to do: what failed, what nobody saw and somebody asks for,
    what holds; what nobody asks for stands last. Else in the order in which they were given."""
    return tuple(sorted(assessments, key=urgency))


def urgency(assessment: Assessment) -> int:
    """A number by which `worst_first` orders."""
    if assessment.outcome is Outcome.NOT_ASSESSED and not is_asked_for(assessment):
        return len(WORST_FIRST)
    return WORST_FIRST.index(assessment.outcome)


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
