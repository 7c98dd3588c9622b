"""Outcomes and exit codes: the whole truth table."""

from __future__ import annotations

import itertools

import pytest

from antkey_scanner.assess import assess, exit_code, worst
from antkey_scanner.errors import ExitCode
from antkey_scanner.model import (
    Confidence,
    Control,
    Finding,
    Location,
    Outcome,
    Rule,
    Severity,
    Skip,
    Status,
)

CONTROL = Control("no-leaked-key", "No key is leaked", Severity.CRITICAL, ("leak-critical",))
UNREAD = Skip("a.zip", "encrypted")
NO_CONTENT = Skip("link", "symbolic link", counts=False)


def finding(severity: Severity = Severity.CRITICAL, status: Status = Status.OPEN) -> Finding:
    rule = Rule(f"leak-{severity}", "", "leak", severity, Confidence.HIGH, "", "")
    return Finding(rule, Location("a"), "", "", status=status)


@pytest.mark.parametrize(
    ("violation", "unread", "undecided", "error", "exit_zero", "allowed"),
    list(
        itertools.product(
            (False, True), (False, True), (False, True), ExitCode, (False, True), (None, "why")
        )
    ),
)
def test_the_exit_code_follows_the_precedence(
    violation: bool,
    unread: bool,
    undecided: bool,
    error: ExitCode,
    exit_zero: bool,
    allowed: str | None,
) -> None:
    code = exit_code(
        [finding()] if violation else [],
        [UNREAD] if unread else [NO_CONTENT],
        Severity.LOW,
        exit_zero=exit_zero,
        allow_incomplete=allowed,
        undecided=undecided,
        error=error,
    )
    if error in (130, 143, 70, 2, 1):
        assert code == error
    elif violation and not exit_zero:
        assert code == 1
    elif (unread and allowed is None) or error == 3:
        assert code == 3
    elif undecided or error == 4:
        assert code == 4
    else:
        assert code == 0


@pytest.mark.parametrize(
    ("severity", "fail_on"), list(itertools.product(Severity, list(Severity)[1:]))
)
def test_a_finding_fails_from_fail_on_upwards(severity: Severity, fail_on: Severity) -> None:
    fails = severity.rank >= fail_on.rank
    assert exit_code([finding(severity)], [], fail_on) == (1 if fails else 0)


def test_info_never_fails() -> None:
    assert exit_code([finding(Severity.INFO)], [], Severity.INFO) == 0


@pytest.mark.parametrize("status", [Status.BASELINE, Status.WAIVED])
def test_what_is_tolerated_does_not_fail(status: Status) -> None:
    assert exit_code([finding(status=status)], [], Severity.LOW) == 0


def test_the_worst_of_no_codes_is_ok() -> None:
    assert worst([]) == ExitCode.OK


@pytest.mark.parametrize(
    ("findings", "skips", "outcome", "evidence"),
    [
        ([], [], Outcome.PASS, "nothing open found, everything in scope was read"),
        ([], [NO_CONTENT], Outcome.PASS, "nothing open found, everything in scope was read"),
        ([finding()], [], Outcome.FAIL, "1 open finding, everything in scope was read"),
        ([finding()] * 2, [UNREAD], Outcome.FAIL, "2 open findings, 1 item not read to the end"),
        ([], [UNREAD] * 2, Outcome.NOT_ASSESSED, "nothing open found, 2 items not read to the end"),
        (
            [finding(status=Status.WAIVED)],
            [],
            Outcome.WAIVED,
            "nothing open found, 1 waived, everything in scope was read",
        ),
        (
            [finding(status=Status.BASELINE)],
            [],
            Outcome.WAIVED,
            "nothing open found, 1 in the baseline, everything in scope was read",
        ),
        ([finding(status=Status.WAIVED)], [UNREAD], Outcome.NOT_ASSESSED, None),
        ([finding(Severity.LOW)], [], Outcome.PASS, None),
    ],
)
def test_a_control_s_outcome(
    findings: list[Finding], skips: list[Skip], outcome: Outcome, evidence: str | None
) -> None:
    (assessment,) = assess([CONTROL], findings, skips)
    assert assessment.outcome is outcome
    assert evidence is None or assessment.evidence == evidence
