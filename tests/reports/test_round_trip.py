"""What `check` adds to a result survives being saved as JSON, read again and written again."""

import json

import pytest
from jsonschema import Draft202012Validator

from antkey_reports.load import load, schema
from antkey_reports.registry import render
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import (
    Assessment,
    Attestation,
    Comparison,
    Control,
    KeyRef,
    Outcome,
    Repository,
    Result,
    Severity,
)
from antkey_scanner.trend import Past, Trend

RUN = Past("2026-11-20T12:00:00Z", 1, True, (1, 0, 2, 0, 5), 1, 2)


@pytest.fixture
def full(results: dict[str, Result]) -> Result:
    result = results["findings-incomplete"]
    control = Control("m12", "Only a super admin sets keys", Severity.MEDIUM, (), ("M12",))
    word = Attestation("Console roles were reviewed", "sec@example.com", "2026-11-01", "2027-05-01")
    vouched = Assessment(control, Outcome.PASS, 0, "attested", word, required=True)
    first, *others = result.findings
    first = first._replace(tenants=("acme", "globex"), detected="2026-11-19T12:00:00Z")
    return result._replace(
        findings=(first, *others),
        assessments=(*result.assessments, vouched),
        repositories=(Repository(".", "a" * 40, "main"), Repository("lib", None)),
        hosts=("api.anthropic.com",),
        keys=(KeyRef("old", revoked_at="2026-11-19T12:00:00Z"), KeyRef("new", replaces="old")),
        trend=Trend((RUN._replace(at="2026-11-19T12:00:00Z"), RUN), 1.5),
        comparison=Comparison("2026-11-19T12:00:00Z", ("ab" * 16,), result.findings[:1]),
    )


def test_everything_is_read_back_as_it_was_written(full: Result) -> None:
    written = render("json", full)
    again = load(written, "results.json")

    assert render("json", again) == written
    assert again.repositories == full.repositories
    assert again.hosts == full.hosts
    assert again.keys == full.keys
    assert again.trend == full.trend
    assert again.comparison is not None
    assert len(again.comparison.fixed) == 1
    assert again.assessments[-1].attestation == full.assessments[-1].attestation
    assert again.assessments[-1].required
    assert {(one.tenants, one.detected) for one in again.findings} == {
        (("acme", "globex"), "2026-11-19T12:00:00Z"),
        ((), None),
    }


def test_the_shipped_schema_takes_it(full: Result) -> None:
    Draft202012Validator(schema()).validate(json.loads(render("json", full)))


def test_results_of_before_have_none_of_it(results: dict[str, Result]) -> None:
    document = json.loads(render("json", results["findings-incomplete"]))
    for name in ("repositories", "hosts", "trend", "comparison"):
        del document[name]
    for control in document["controls"]:
        del control["attestation"]

    again = load(json.dumps(document), "results.json")

    assert again.trend is None
    assert again.repositories == ()


@pytest.mark.parametrize("code", [0, 4])
def test_a_pass_of_an_incomplete_run_without_a_reason_is_refused(
    results: dict[str, Result], code: int
) -> None:
    document = json.loads(render("json", results["findings-incomplete"]))
    document |= {"complete": False, "exit_code": code}
    document.pop("allow_incomplete", None)
    with pytest.raises(PolicyError, match=rf"r\.json: exit_code is {code}, but complete"):
        load(json.dumps(document), "r.json")
    assert (
        load(json.dumps(document | {"allow_incomplete": "known"}), "r.json").run.exit_code == code
    )
    assert load(json.dumps(document | {"exit_code": 3}), "r.json").run.exit_code == 3


def test_a_complete_run_that_left_something_unread_is_refused(results: dict[str, Result]) -> None:
    document = json.loads(render("json", results["findings-incomplete"]))
    document["skipped"] = [{"path": "a.zip", "reason": "encrypted", "counts": True}]
    document["complete"] = True
    with pytest.raises(PolicyError, match=r"complete is true, but skipped has.*; use a file"):
        load(json.dumps(document), "r.json")
    document["skipped"][0]["counts"] = False
    assert load(json.dumps(document), "r.json").run.complete


def test_a_past_run_counts_five_severities(full: Result) -> None:
    document = json.loads(render("json", full))
    document["trend"]["runs"][0]["open"].pop()

    with pytest.raises(PolicyError, match="has 4 elements"):
        load(json.dumps(document), "results.json")
