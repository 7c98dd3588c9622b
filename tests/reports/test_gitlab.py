"""GitLab's reports: what its formats demand, and what its pages shall show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from jsonschema import Draft7Validator
from tests.reports.gitlab_schema import CODE_QUALITY, SECRET_DETECTION
from tests.reports.test_hostile import ALL_AT_ONCE, HOSTILE, everywhere

from antkey_reports.places import UNKNOWN_COMMIT
from antkey_reports.registry import render
from antkey_scanner.model import Repository, Result, Severity, Skip

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def secrets(result: Result) -> Any:
    return json.loads(render("gitlab", result))


def quality(result: Result) -> Any:
    return json.loads(render("gitlab-codequality", result))


def told(result: Result) -> list[str]:
    return [message["value"] for message in secrets(result)["scan"]["messages"]]


@pytest.fixture(scope="session")
def official(checkout: Path) -> Draft7Validator:
    folder = checkout.parent / "shared" / "schemas"
    found = sorted(folder.glob("gitlab-secret-detection-*.json"))
    if not found:
        pytest.skip("no ../shared/schemas/gitlab-secret-detection-*.json beside the checkout")
    return Draft7Validator(json.loads(found[-1].read_text("utf-8")))


def test_every_state_is_what_gitlab_demands(results: dict[str, Result]) -> None:
    for result in results.values():
        Draft7Validator(SECRET_DETECTION).validate(secrets(result))
        Draft7Validator(CODE_QUALITY).validate(quality(result))


def test_every_state_fits_the_official_schema(
    official: Draft7Validator, results: dict[str, Result]
) -> None:
    for result in results.values():
        official.validate(secrets(result))


@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
@example(text="\x00" * 300)
def test_hostile_names_are_what_gitlab_demands(make: Maker, text: str) -> None:
    result = everywhere(make, text)
    Draft7Validator(SECRET_DETECTION).validate(secrets(result))
    Draft7Validator(CODE_QUALITY).validate(quality(result))


def test_long_texts_fit(make: Maker) -> None:
    rule = make.rule(title="t" * 999, remedy="r" * 9_999)
    Draft7Validator(SECRET_DETECTION).validate(secrets(make.result(make.finding(rule=rule))))


def test_only_open_findings_are_vulnerabilities(results: dict[str, Result]) -> None:
    result = results["findings"]
    assert len(secrets(result)["vulnerabilities"]) == 5
    assert any(text.startswith("Accepted: src/old.py:3:9: ") for text in told(result))


def test_a_vulnerability_has_a_file_a_line_and_a_commit(make: Maker) -> None:
    result = make.result(make.finding("src/a.py"))._replace(
        repositories=(Repository(".", "ab" * 20), Repository("src", "cd" * 20))
    )
    (found,) = secrets(result)["vulnerabilities"]
    assert found["location"] == {
        "file": "src/a.py",
        "commit": {"sha": "cd" * 20},
        "start_line": 3,
        "end_line": 3,
    }


@pytest.mark.parametrize(
    ("commit", "repositories", "sha"),
    [
        ("ef" * 20, (Repository(".", "ab" * 20),), "ef" * 20),
        (None, (Repository(".", "ab" * 20),), "ab" * 20),
        (None, (Repository("lib", "ab" * 20),), UNKNOWN_COMMIT),
        (None, (Repository(".", None),), UNKNOWN_COMMIT),
        (None, (), UNKNOWN_COMMIT),
    ],
)
def test_the_commit_is_the_finding_s_else_the_repository_s(
    make: Maker, commit: str | None, repositories: tuple[Repository, ...], sha: str
) -> None:
    result = make.result(make.finding(commit=commit))._replace(repositories=repositories)
    (found,) = secrets(result)["vulnerabilities"]
    assert found["location"]["commit"]["sha"] == sha


def test_what_is_in_an_archive_is_at_the_archive(make: Maker) -> None:
    result = make.result(make.finding("a.zip!/b.env"))
    (found,) = secrets(result)["vulnerabilities"]
    (issue,) = quality(result)
    assert found["location"]["file"] == issue["location"]["path"] == "a.zip"
    assert "start_line" not in found["location"]
    assert found["details"]["place"]["value"] == "a.zip!/b.env:3:9"
    assert issue["location"]["lines"] == {"begin": 1}


def test_identifiers_do_not_change_and_differ(make: Maker) -> None:
    one, other = make.finding("a"), make.finding("b")
    twice = make.result(one, other, one._replace(note="from web"))
    ids = [found["id"] for found in secrets(twice)["vulnerabilities"]]
    assert len(set(ids)) == 3
    assert [found["id"] for found in secrets(twice)["vulnerabilities"]] == ids
    assert len({issue["fingerprint"] for issue in quality(twice)}) == 3


def test_nothing_of_the_source_is_quoted(results: dict[str, Result]) -> None:
    assert "raw_source_code_extract" not in render("gitlab", results["findings"])


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("clean", "success"),
        ("findings", "success"),
        ("incomplete", "failure"),
        ("tolerated", "success"),
        ("undecided", "failure"),
        ("interrupted", "failure"),
    ],
)
def test_a_scan_that_cannot_be_trusted_failed(
    results: dict[str, Result], state: str, status: str
) -> None:
    assert secrets(results[state])["scan"]["status"] == status


def test_a_description_is_inert_in_gitlab_s_markdown(make: Maker) -> None:
    finding = make.finding("@all/[x](http://a.example).env", message="ping @all #1 <b>")
    (found,) = secrets(make.result(finding))["vulnerabilities"]
    assert "`@all`" in found["description"]
    assert "<b>" not in found["description"]
    assert "`@all/[x](http://a.example).env:3:9`" in found["description"]


def test_what_was_not_read_is_an_issue(make: Maker) -> None:
    issues = quality(make.result(skips=(Skip("vault.zip", "encrypted"),)))
    assert [issue["check_name"] for issue in issues] == ["antkey/not-read", "antkey/run"]


def test_a_clean_run_has_no_issues(results: dict[str, Result]) -> None:
    assert quality(results["clean"]) == []


def test_a_failure_without_findings_is_an_issue(results: dict[str, Result]) -> None:
    clean = results["clean"]
    failed = clean._replace(run=clean.run._replace(exit_code=1))
    assert [issue["check_name"] for issue in quality(failed)] == ["antkey/run"]


def test_accepted_findings_are_for_information(make: Maker, results: dict[str, Result]) -> None:
    by_path = {issue["location"]["path"]: issue for issue in quality(results["findings"])}
    assert by_path["src/old.py"]["severity"] == "info"
    assert "[waived: vendor freeze" in by_path["src/old.py"]["description"]


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        (Severity.CRITICAL, "blocker"),
        (Severity.HIGH, "critical"),
        (Severity.MEDIUM, "major"),
        (Severity.LOW, "minor"),
        (Severity.INFO, "info"),
    ],
)
def test_severities_are_gitlab_s(make: Maker, severity: Severity, word: str) -> None:
    result = make.result(make.finding(rule=make.rule(severity=severity)))
    assert quality(result)[0]["severity"] == word
    assert secrets(result)["vulnerabilities"][0]["severity"] == severity.value.capitalize()
