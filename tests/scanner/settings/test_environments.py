"""One key in the files of two environments."""

from __future__ import annotations

import pytest

from antkey_rules.configuration import load_file_rule
from antkey_scanner.model import Confidence, Finding, Location, Rule, SecretRef, Severity
from antkey_scanner.settings.environments import SHARED, shared
from antkey_scanner.settings.places import environment_of

LEAK = Rule("anthropic-api-key", "", "", Severity.HIGH, Confidence.HIGH, "", "")


def found(path: str, key: str = "a") -> Finding:
    """A key in a file."""
    return Finding(LEAK, Location(path, 3), "", key * 64, SecretRef("api03", "hint", key * 64))


def judged(*findings: Finding) -> list[Finding]:
    """What is wrong."""
    return list(shared(findings, load_file_rule(SHARED)))


def test_the_same_key_is_told_at_each_environment_but_the_first() -> None:
    (one,) = judged(found(".env.staging"), found(".env.production"))
    assert one.rule.id == SHARED
    assert one.location == Location(".env.staging", 3)
    assert one.message == "the key for staging is also the one for production, in .env.production"


def test_the_order_of_findings_does_not_matter() -> None:
    places = [found("dev/a.env"), found("prod/b.env"), found("staging/c.env")]
    assert judged(*places) == judged(*reversed(places))


def test_keys_of_their_own_are_fine() -> None:
    assert judged(found(".env.staging", "a"), found(".env.production", "b")) == []


def test_two_files_of_one_environment_are_fine() -> None:
    assert judged(found("prod/a.env"), found("values-prod.yaml")) == []


def test_findings_without_a_key_are_passed_over() -> None:
    assert judged(*(found(path)._replace(secret=None) for path in ("dev/a", "prod/a"))) == []


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        (".env.production", "production"),
        ("deploy/values-stg.yaml", "staging"),
        ("environments/dev/main.tf", "development"),
        ("backup.zip!/prod/.env", "production"),
        ("products/a.env", None),
        (".env", None),
        ("dev-prod/a", None),
        ("prod/.env.staging", "staging"),
    ],
)
def test_the_environment_of_a_path(path: str, environment: str | None) -> None:
    assert environment_of(path) == environment
