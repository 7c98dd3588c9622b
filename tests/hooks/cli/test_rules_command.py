"""`antkey rules`: list, show, test, with the built-in rules and a user's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_rules.code import load_code_rules
from antkey_rules.configuration import load_file_rules
from antkey_rules.egress import load_egress_rules
from antkey_rules.keys import load_key_rules
from antkey_rules.load import (
    load_builtin,
    load_controls,
    load_egress_controls,
    load_file_controls,
    load_key_controls,
)

OWN_RULE = """\
id: acme-key
title: Key of Acme
severity: high
confidence: high
kind: acme
anchor: acme_
pattern: acme_[0-9]{12}
why: It opens doors.
remedy: Change the lock.
examples:
  match: ["acme_123456789012"]
  no_match: ["acme_12"]
"""

RULES = [
    *(found.rule.id for found in load_builtin()),
    *(found.rule.id for found in load_code_rules()),
    *(found.rule.id for found in load_file_rules()),
    *(found.rule.id for found in load_egress_rules()),
    *(found.rule.id for found in load_key_rules()),
]
CONTROLS = (
    *load_controls(),
    *load_file_controls(),
    *load_egress_controls(),
    *load_key_controls(),
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "acme_key.yaml"
    path.write_text(OWN_RULE)
    return path


def test_every_rule_is_listed_the_worst_first(antkey: Antkey) -> None:
    lines = antkey("rules", "list").stdout.decode().splitlines()
    assert lines[0].startswith("critical  ")
    for rule in RULES:
        assert any(rule in line.split() for line in lines)


def test_the_list_is_json_too(antkey: Antkey) -> None:
    document = json.loads(antkey("rules", "list", "-f", "json").stdout)
    usual = [rule["id"] for rule in document["rules"] if rule["on_by_default"]]
    assert usual == RULES
    others = {rule["id"] for rule in document["rules"] if not rule["on_by_default"]}
    assert {"openrouter-api-key", "detect-secrets-github-token"} < others


def test_other_formats_are_refused(antkey: Antkey) -> None:
    done = antkey("rules", "list", "-f", "sarif")
    assert done.returncode == 2
    assert done.stderr.startswith(b"antkey: --format")
    assert b"no such format here; use one of: text, json (given: sarif)\n" in done.stderr


@pytest.mark.parametrize("which", ["list", "show"])
def test_the_help_names_the_formats_that_there_are(antkey: Antkey, which: str) -> None:
    told = b" ".join(antkey("rules", which, "--help").stdout.split())
    assert b"text or json (default: text)" in told
    assert b"sarif" not in told


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("P1", b"P1: is a requirement and no rule; antkey rules list --requirements tells of it"),
        ("t2", b"t2: is a requirement and no rule; antkey rules list --requirements tells of it"),
        (
            "SOC2:CC6.1",
            b"SOC2:CC6.1: is of a framework and no rule; antkey rules list --frameworks",
        ),
        ("SOC2", b"SOC2: is of a framework and no rule; antkey rules list --frameworks"),
        ("CWE-798", b"CWE-798: is of a framework and no rule; antkey rules list --frameworks"),
    ],
)
def test_what_rules_are_for_has_lists_of_its_own(antkey: Antkey, name: str, cure: bytes) -> None:
    done = antkey("rules", "show", name)
    assert done.returncode == 2
    assert done.stderr.startswith(b"antkey: " + cure)


@pytest.mark.parametrize("rule", RULES)
def test_a_page_says_what_why_and_what_to_do(antkey: Antkey, rule: str) -> None:
    page = antkey("rules", "show", rule).stdout.decode()
    for part in (f"({rule})", "\nWhy\n", "\nWhat to do\n", "\nFound\n", "\nRequirements\n"):
        assert part in page


def test_a_page_about_keys_says_what_the_policy_changes_and_gives_an_inventory(
    antkey: Antkey,
) -> None:
    page = antkey("rules", "show", "key-past-rotation-age").stdout.decode()
    assert "\nPolicy\n  rotation.max_age_days (90)\n" in page
    assert "\nFound\n  now = 2026-11-20T00:00:00Z\n  keys = [{name = " in page
    assert "\nNot found\n  now = " in page
    assert "\n\n  A key's age is" in page, "the docstring's paragraphs stay apart"


def test_a_page_about_requests_gives_keys_and_requests(antkey: Antkey) -> None:
    page = antkey("rules", "show", "egress_stale_key").stdout.decode()
    assert "\nPolicy\n  egress.grace_seconds (60)\n" in page
    assert "\n  requests = [{tenant = " in page
    assert "Policy:" not in page


def test_a_page_about_keys_is_json_too(antkey: Antkey) -> None:
    told = json.loads(antkey("rules", "show", "key_unused", "-f", "json").stdout)
    assert told["policy"] == ["keys.unused_days"]
    assert "Policy:" not in told["why"]
    assert {example["matches"] for example in told["examples"]} == {True, False}


@pytest.mark.parametrize("control", [control.id for control in CONTROLS])
def test_a_control_has_a_page_that_names_its_rules(antkey: Antkey, control: str) -> None:
    page = antkey("rules", "show", control).stdout.decode()
    told = json.loads(antkey("rules", "show", control, "-f", "json").stdout)
    assert f"({control})" in page
    assert told["rules"]
    for rule in told["rules"]:
        assert f"  {rule} " in page


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("key-past-rotaton-age", "did you mean key-past-rotation-age?"),
        ("key-past", "did you mean key-past-rotation-age?"),
        ("zzz", "antkey rules list names all"),
    ],
)
def test_an_unknown_rule_is_refused_with_a_cure(antkey: Antkey, name: str, cure: str) -> None:
    done = antkey("rules", "show", name)
    assert done.returncode == 2
    assert done.stderr.decode() == f"antkey: {name}: no such rule; {cure}\n"


def test_our_own_examples_hold(antkey: Antkey) -> None:
    done = antkey("rules", "test")
    assert done.returncode == 0
    assert done.stdout.endswith(b" 0 failed\n")


def test_a_user_s_rule_is_listed_shown_tested_and_used(
    antkey: Antkey, own: Path, tmp_path: Path
) -> None:
    assert b"acme-key" in antkey("rules", "list", "--rules", own).stdout
    assert b"Change the lock." in antkey("rules", "show", "acme-key", "--rules", own).stdout
    assert antkey("rules", "test", "--rules", own).stdout == b"1 rule, 2 examples, 0 failed\n"
    (tmp_path / "a.txt").write_text("acme_555555555555")
    done = antkey("scan", "a.txt", "--rules", own)
    assert done.returncode == 1
    assert b"acme-key" in done.stdout


def test_a_failing_example_of_the_user_s_is_told(antkey: Antkey, own: Path) -> None:
    own.write_text(OWN_RULE.replace('"acme_12"', '"acme_999999999999"'))
    done = antkey("rules", "test", "--rules", own)
    assert done.returncode == 2
    assert b"acme_999999999999" in done.stdout
    assert done.stdout.endswith(b"1 failed\n")


def test_a_broken_rule_is_placed(antkey: Antkey, own: Path) -> None:
    own.write_text(OWN_RULE.replace("severity: high", "severity: bad"))
    done = antkey("scan", ".", "--rules", own)
    assert done.returncode == 2
    assert b"acme_key.yaml:3" in done.stderr


def test_a_built_in_id_is_taken(antkey: Antkey, own: Path) -> None:
    same = own.rename(own.with_name("anthropic_api_key.yaml"))
    same.write_text(OWN_RULE.replace("id: acme-key", "id: anthropic-api-key"))
    done = antkey("scan", ".", "--rules", same)
    assert done.returncode == 2
    assert b"id anthropic-api-key is that of a built-in rule; choose another" in done.stderr
