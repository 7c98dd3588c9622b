"""SARIF 2.1.0: what the schema demands, and what GitHub demands beyond it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from antkey_reports.registry import render
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Accepted, Result, Severity, Skip, Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def run_of(result: Result) -> Any:
    log = json.loads(render("sarif", result))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


@pytest.fixture(scope="session")
def validator(checkout: Path) -> Draft7Validator:
    path = checkout.parent / "shared" / "schemas" / "sarif-schema-2.1.0.json"
    if not path.is_file():
        pytest.skip("no ../shared/schemas/sarif-schema-2.1.0.json (OASIS) beside the checkout")
    return Draft7Validator(json.loads(path.read_text("utf-8")))


def test_every_state_is_valid_sarif(validator: Draft7Validator, results: dict[str, Result]) -> None:
    for result in results.values():
        validator.validate(json.loads(render("sarif", result)))


def test_hostile_names_are_valid_sarif(validator: Draft7Validator, make: Maker) -> None:
    for path in ("", "//x", "c:/x", "a b?c#d", "\udcff", "\x00\n", "../../etc/passwd", "[a](b)"):
        result = make.result(make.finding(path, message=path), skips=(Skip(path, path),))
        validator.validate(json.loads(render("sarif", result)))


def test_every_rule_has_what_github_shows(results: dict[str, Result]) -> None:
    rules = run_of(results["findings"])["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert "**What to do:**" in rule["help"]["markdown"]
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert rule["properties"]["tags"][0] == "security"
        assert len(rule["properties"]["tags"]) <= 10


@pytest.mark.parametrize(
    ("severity", "low", "high"),
    [
        (Severity.CRITICAL, 9.0, 10.0),
        (Severity.HIGH, 6.9, 8.9),
        (Severity.MEDIUM, 3.9, 6.9),
        (Severity.LOW, 0.0, 3.9),
    ],
)
def test_security_severity_lands_in_githubs_band(
    make: Maker, severity: Severity, low: float, high: float
) -> None:
    finding = make.finding(rule=make.rule(severity=severity))
    score = run_of(make.result(finding))["tool"]["driver"]["rules"][0]["properties"][
        "security-severity"
    ]
    assert isinstance(score, str)
    assert low < float(score) <= high


def test_a_rule_without_a_reason_is_still_described(make: Maker) -> None:
    finding = make.finding(rule=make.rule(why=""))
    rule = run_of(make.result(finding))["tool"]["driver"]["rules"][0]
    assert rule["fullDescription"]["text"] == rule["shortDescription"]["text"]


def test_rule_index_points_at_the_rule(results: dict[str, Result]) -> None:
    run = run_of(results["findings"])
    rules = run["tool"]["driver"]["rules"]
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_every_result_has_a_place_on_the_scanned_root(results: dict[str, Result]) -> None:
    run = run_of(results["findings"])
    assert run["columnKind"] == "unicodeCodePoints"
    assert set(run["originalUriBaseIds"]) == {"%SRCROOT%"}
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        assert place["region"]["startLine"] >= 1
        assert place["region"]["startColumn"] >= 1
    uris = {
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]
    }
    assert "logs/caf%E9%20%C3%A9t%C3%A9.log" in uris


def test_results_are_recognised_by_the_fingerprint(make: Maker) -> None:
    finding = make.finding()
    result = run_of(make.result(finding))["results"][0]
    assert result["partialFingerprints"] == {"antkeyFingerprint/v1": fingerprint(finding)}


def test_accepted_findings_are_suppressed(make: Maker) -> None:
    findings = [
        make.finding("a"),
        make.finding("b", status=Status.BASELINE),
        make.finding("c", status=Status.WAIVED),
    ]
    results = run_of(make.result(*findings))["results"]
    reasons = [[one["justification"] for one in result["suppressions"]] for result in results]
    assert reasons == [[], ["accepted in the baseline"], ["waived by the policy"]]


@pytest.mark.parametrize(
    ("accepted", "kind", "reason"),
    [
        (Accepted("inline", "a sample"), "inSource", "waived beside it: a sample"),
        (Accepted("baseline"), "external", "accepted in the baseline"),
        (
            Accepted("policy", "freeze", "me@example.com", "2026-12-31"),
            "external",
            "waived by the policy: freeze (me@example.com, until 2026-12-31)",
        ),
    ],
)
def test_a_suppression_says_by_what_and_why(
    make: Maker, accepted: Accepted, kind: str, reason: str
) -> None:
    finding = make.finding(status=Status.WAIVED, accepted=accepted)
    (result,) = run_of(make.result(finding))["results"]
    assert result["suppressions"] == [{"kind": kind, "status": "accepted", "justification": reason}]


def test_a_note_is_in_the_message(make: Maker) -> None:
    (result,) = run_of(make.result(make.finding(note="a mark does not count")))["results"]
    assert result["message"]["text"].endswith("; a mark does not count")


def test_incomplete_is_no_success(results: dict[str, Result]) -> None:
    success = {
        state: run_of(result)["invocations"][0]["executionSuccessful"]
        for state, result in results.items()
    }
    assert {state for state, well in success.items() if not well} == {
        "incomplete",
        "findings-incomplete",
        "undecided",
        "keys-undecided",
        "requests-undecided",
        "interrupted",
    }


@pytest.mark.parametrize(
    ("state", "levels"),
    [("incomplete", ["error", "error", "note"]), ("tolerated", ["warning", "warning", "note"])],
)
def test_skips_are_notifications(results: dict[str, Result], state: str, levels: list[str]) -> None:
    notices = run_of(results[state])["invocations"][0]["toolExecutionNotifications"]
    assert [notice["level"] for notice in notices] == levels
    assert notices[1]["message"]["text"] == "Not scanned: vault/locked.zip!/a.txt: encrypted member"


@pytest.fixture(scope="session")
def many(make: Maker) -> Result:
    low = make.rule("partial-key-exposed", severity=Severity.LOW)
    old = [make.finding(f"a/{n}", number=n, status=Status.BASELINE) for n in range(10)]
    mild = [make.finding(f"b/{n}", number=n, rule=low) for n in range(6000)]
    bad = [make.finding(f"c/{n}", number=n) for n in range(1000)]
    skips = tuple(Skip(f"s/{n}", "encrypted", counts=n == 6000) for n in range(6001))
    return make.result(*old, *mild, *bad, skips=skips)


def test_the_worst_5000_are_kept_with_a_notice(many: Result) -> None:
    run = run_of(many)
    rules = [result["ruleId"] for result in run["results"]]
    assert rules == ["anthropic-api-key"] * 1000 + ["partial-key-exposed"] * 4000
    assert run["properties"]["findings"] == 7010
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert notices[0]["level"] == "warning"
    assert (
        "7,010 findings, of which this file holds the 5,000 worst" in notices[0]["message"]["text"]
    )


def test_too_many_skips_are_counted_and_the_worst_named(many: Result) -> None:
    notices = run_of(many)["invocations"][0]["toolExecutionNotifications"]
    assert "6,001 places skipped, of which this file names 5,000" in notices[1]["message"]["text"]
    assert notices[2]["level"] == "error"
    assert len(notices) == 5002


def test_github_takes_its_size(many: Result) -> None:
    assert len(gzip.compress(render("sarif", many).encode())) < 10_000_000


def test_a_message_holds_hint_and_decoding(make: Maker) -> None:
    finding = make.finding(decoded=("gzip", "base64"), message="Key")
    message = run_of(make.result(finding))["results"][0]["message"]["text"]
    assert message == "Key: sk-ant-api03-R2D…igAA (gzip › base64)"  # noqa: RUF001
