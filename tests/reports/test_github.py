"""Annotations: as many as GitHub shows, the worst first, and no text that is a command of its own."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from tests.reports.test_hostile import ALL_AT_ONCE, HOSTILE, everywhere

from antkey_reports.registry import render
from antkey_scanner.model import Result, Severity, Skip

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

COMMAND = re.compile(r"::(?P<kind>\w+) (?P<fields>[^:]*)::(?P<message>.*)")


def commands(result: Result) -> list[tuple[str, dict[str, str], str]]:
    """Kind, properties and message, as GitHub's runner takes them apart."""
    found = []
    for line in render("github", result).splitlines():
        if line.startswith("::"):
            match = COMMAND.fullmatch(line)
            assert match, line
            fields = dict(field.split("=", 1) for field in match["fields"].split(","))
            told = {name: unquote(value) for name, value in fields.items()}
            found.append((match["kind"], told, unquote(match["message"])))
    return found


def test_a_finding_is_at_its_place(make: Maker) -> None:
    kind, fields, message = commands(make.result(make.finding("deploy/app.env")))[0]
    assert kind == "error"
    assert fields == {
        "file": "deploy/app.env",
        "line": "3",
        "col": "9",
        "title": "Anthropic API key (anthropic-api-key)",
    }
    assert message.splitlines() == [
        "critical: Anthropic API key in plain text, sk-ant-api03-R2D…igAA",
        "Deactivate the key in the Console and create a new one.",
    ]


@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "notice"),
        (Severity.INFO, "notice"),
    ],
)
def test_severity_is_a_kind(make: Maker, severity: Severity, kind: str) -> None:
    finding = make.finding(rule=make.rule(severity=severity))
    assert commands(make.result(finding))[0][0] == kind


def test_what_is_in_an_archive_is_at_the_archive_without_a_line(make: Maker) -> None:
    _, fields, message = commands(make.result(make.finding("a.zip!/b/c.env")))[0]
    assert fields["file"] == "a.zip"
    assert "line" not in fields
    assert "in a.zip!/b/c.env" in message


def test_ten_of_each_kind_and_the_worst_first(make: Maker) -> None:
    mild = make.rule("key-in-browser", severity=Severity.HIGH)
    findings = [make.finding(f"a/{number:02}", rule=mild) for number in range(30)]
    findings += [make.finding(f"z/{number}") for number in range(3)]
    skips = tuple(Skip(f"s/{number}", "encrypted") for number in range(12))
    told = commands(make.result(*findings, skips=skips))
    assert Counter(kind for kind, _, _ in told) == {"error": 10, "warning": 10}
    assert [fields.get("file", "")[:1] for _, fields, _ in told[:5]] == ["z", "z", "z", "a", "a"]
    assert "26 more annotations in the log" in told[-1][2]


def test_the_last_one_says_how_the_run_ended(results: dict[str, Result]) -> None:
    for state, kind in (("findings", "error"), ("incomplete", "warning"), ("clean", "notice")):
        last = commands(results[state])[-1]
        assert last[0] == kind
        assert f"exit code {int(results[state].run.exit_code)}: " in last[2]
    assert "file" not in last[1]


def test_the_log_below_is_the_text_report(results: dict[str, Result]) -> None:
    result = results["findings"]
    assert render("github", result).endswith("\n\n" + render("text", result))


def test_what_is_accepted_is_no_annotation(results: dict[str, Result]) -> None:
    assert all(
        "src/old.py" not in fields.get("file", "") for _, fields, _ in commands(results["findings"])
    )


@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
@example(text="a,line=1::stop-commands::x")
@example(text="%0A::error::x")
def test_no_text_is_a_command_or_a_property(make: Maker, text: str) -> None:
    result = everywhere(make, text)
    for kind, fields, _ in commands(result):
        assert kind in {"error", "warning", "notice"}
        assert set(fields) <= {"file", "line", "col", "title"}
    lines = render("github", result).split("\n")
    assert sum(line.lstrip().startswith("::") for line in lines) == len(commands(result))
