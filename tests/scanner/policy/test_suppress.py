"""What the policy tolerates is marked and stays in sight."""

from __future__ import annotations

import pytest

from antkey_scanner.globs import glob_pattern
from antkey_scanner.model import (
    Accepted,
    Confidence,
    Finding,
    KeyRef,
    Location,
    Rule,
    SecretRef,
    Severity,
    Skip,
    Status,
)
from antkey_scanner.policy import Accept, Waiver
from antkey_scanner.suppress import accept_skips, waive_findings

RULE = Rule("anthropic-api-key", "", "leak", Severity.CRITICAL, Confidence.HIGH, "", "")
SHA = "ab" * 32
FINDING = Finding(
    RULE, Location("src/app.env", 3), "", SHA, SecretRef("api03", "sk-ant-api03-R2D…igAA", SHA)
)


def waiver(**what: str) -> Waiver:
    return Waiver(**{"rule": RULE.id, "reason": "known", "expires": "2027-01-01", **what})


def test_an_accepted_omission_no_longer_counts_and_says_why() -> None:
    (skip,) = accept_skips([Skip("a/locked.zip", "encrypted")], [Accept("a/locked.zip", "sample")])
    assert skip == Skip("a/locked.zip", "encrypted; accepted: sample", counts=False)


def test_the_members_of_an_accepted_archive_are_accepted() -> None:
    (skip,) = accept_skips([Skip("a/x.zip!/b.txt", "encrypted")], [Accept("a/x.zip", "sample")])
    assert not skip.counts


def test_other_omissions_stay_as_they_are() -> None:
    others = (Skip("a/locked.zip.bak", "encrypted"), Skip("a/link", "symbolic link", counts=False))
    assert accept_skips(others, [Accept("a/locked.zip", "x"), Accept("a/link", "x")]) == others


@pytest.mark.parametrize(
    "what",
    [
        {"path": "src/app.env"},
        {"path": "src"},
        {"path": "**/*.env"},
        {"path": "*.env"},
        {"key": SHA},
        {"key": f"sha256:{SHA.upper()}"},
        {"key": "sk-ant-api03-R2D…igAA"},
        {"key": "sk-ant-api03-R2D...igAA"},
        {"key": SHA, "path": "src/**"},
    ],
)
def test_a_waiver_covers_what_it_names(what: dict[str, str]) -> None:
    assert waive_findings([FINDING], [waiver(**what)])[0].status is Status.WAIVED


def test_a_waived_finding_says_why_by_whom_and_until_when() -> None:
    (finding,) = waive_findings([FINDING], [waiver(key=SHA, owner="me@example.com")])
    assert finding.accepted == Accepted("policy", "known", "me@example.com", "2027-01-01")


@pytest.mark.parametrize(
    "what",
    [
        {"rule": "anthropic-admin-key", "path": "src/app.env"},
        {"path": "app.env/src"},
        {"path": "src/app.en"},
        {"key": "cd" * 32},
        {"key": "sk-ant-api03-"},
        {"key": SHA, "path": "docs/**"},
    ],
)
def test_a_waiver_covers_nothing_else(what: dict[str, str]) -> None:
    assert waive_findings([FINDING], [waiver(**what)]) == (FINDING,)


def test_what_the_baseline_knows_stays_in_the_baseline() -> None:
    known = FINDING._replace(status=Status.BASELINE)
    assert waive_findings([known], [waiver(key=SHA)]) == (known,)


def test_a_finding_without_a_key_is_waived_by_what_it_is_about() -> None:
    finding = FINDING._replace(secret=None, anchor="prod-gateway-2026-04-25")
    assert waive_findings([finding], [waiver(key=finding.anchor)])[0].status is Status.WAIVED


KEY = KeyRef("prod-api-2026-04-25", hint="sk-ant-api03-R2D…igAA", id="apikey_01", sha256=SHA)


@pytest.mark.parametrize(
    "key",
    [
        *("prod-api-2026-04-25", "apikey_01", SHA, f"sha256:{SHA}", f"SHA256:{SHA.upper()}"),
        *("sk-ant-api03-R2D…igAA", "sk-ant-api03-R2D...igAA"),
    ],
)
def test_a_key_of_the_inventory_is_waived_by_all_that_it_is_known_by(key: str) -> None:
    about = FINDING._replace(secret=None, anchor="prod-api-2026-04-25", key=KEY)
    assert waive_findings([about], [waiver(key=key)])[0].status is Status.WAIVED


@pytest.mark.parametrize("key", ["", "sha256:", "None", "prod-api", "cd" * 32])
def test_a_key_of_the_inventory_is_waived_by_nothing_else(key: str) -> None:
    for known in (KEY, KEY._replace(id=None, sha256=None, hint=None)):
        about = FINDING._replace(secret=None, anchor="prod-api-2026-04-25", key=known)
        assert waive_findings([about], [waiver(key=key)]) == (about,)


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("a.txt", "a.txt", True),
        ("a.txt", "deep/er/a.txt", True),
        ("/a.txt", "a.txt", True),
        ("/a.txt", "deep/a.txt", False),
        ("deep/a.txt", "x/deep/a.txt", False),
        ("**/deep/a.txt", "x/y/deep/a.txt", True),
        ("**/deep/a.txt", "deep/a.txt", True),
        ("deep/", "deep/er/a.txt", True),
        ("deep/**", "deep/er/a.txt", True),
        ("deep/**", "deeper/a.txt", False),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/*/z", "a/b/c/z", False),
        ("**", "any/thing", True),
        ("*.log", "x/y.log", True),
        ("*.log", "x/y.log.gz", False),
        ("x/*.log", "x/y/z.log", False),
        ("?.log", "/.log", False),
        ("[ab].log", "b.log", True),
        ("[!ab].log", "b.log", False),
        ("[!ab].log", "c.log", True),
        ("[]a].log", "].log", True),
        ("[.log", "[.log", True),
        ("[a-c].log", "b.log", True),
        ("a+(b).txt", "a+(b).txt", True),
        ("x.zip", "x.zip!/inner/a", True),
        ("x.zip!/inner", "x.zip!/inner/a", True),
        ("*.env", "x.zip!/etc/app.env", True),
        ("x.zip", "x.zipper", False),
    ],
)
def test_globs_match_as_in_gitignore(glob: str, path: str, matches: bool) -> None:
    assert bool(glob_pattern(glob).fullmatch(path)) is matches
