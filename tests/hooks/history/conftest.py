"""Results of made-up checks for the history of runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from antkey_scanner.model import (
    Assessment,
    Confidence,
    Control,
    Finding,
    Location,
    Outcome,
    PolicyRef,
    Result,
    Rule,
    Run,
    SecretRef,
    Severity,
    Skip,
    Stats,
    Status,
)

Check = Callable[..., Result]
FAMILIES = {"leaked": "leak", "overdue": "rotation"}


def finding(path: str, rule: str = "leaked", status: Status = Status.OPEN) -> Finding:
    about = Rule(rule, rule, FAMILIES[rule], Severity.HIGH, Confidence.HIGH, "", "")
    secret = SecretRef("api03", "sk-ant-api03-R2D…igAA", "0" * 64)
    return Finding(about, Location(path, 1), path, path, secret, status)


@pytest.fixture(scope="session")
def check() -> Check:
    """A check at noon of a day in November 2026; a finding is named by its path."""

    def made(day: int, *paths: str | Finding, **fields: Any) -> Result:
        findings = tuple(finding(one) if isinstance(one, str) else one for one in paths)
        outcome = {True: Outcome.FAIL, False: Outcome.PASS}
        controls = tuple(
            Assessment(
                Control(rule, rule, Severity.HIGH, (rule,)),
                fields.get(rule, outcome[any(one.rule.id == rule for one in findings)]),
                0,
                "",
            )
            for rule in FAMILIES
        )
        at = fields.get("at", f"2026-11-{day:02}T12:00:00Z")
        complete = fields.get("complete", True)
        run = Run(
            *("check", (".",), PolicyRef("antkey.toml", fields.get("policy", "ab"), "key-hygiene")),
            *(at, at, 0.0, "0.1.0", Severity.LOW, fields.get("exit_code", 1 if findings else 0)),
            complete,
            undecided=fields.get("undecided", False),
        )
        skips = () if complete else (Skip("vault.zip", "encrypted"),)
        return Result(run, findings, controls, skips, Stats())

    return made
