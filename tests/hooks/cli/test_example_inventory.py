"""The inventory of the made-up company shows each control failing and passing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_rules.keys import load_key_rules
from antkey_rules.load import load_key_controls

Audit = Callable[..., dict[str, Any]]

NOW = "2026-11-20T12:00:00Z"
BEFORE = ("before/keys.toml", "before/antkey-keys.json", "--leaks", "before/leaks.json")


@pytest.fixture
def audit(checkout: Path, tmp_path: Path, antkey: Antkey) -> Audit:
    shutil.copytree(checkout / "examples" / "acorn", tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()

    def run(*arguments: str) -> dict[str, Any]:
        done = antkey("keys", "audit", "--now", NOW, "-f", "json", *arguments)
        document: dict[str, Any] = json.loads(done.stdout)
        assert document["exit_code"] == done.returncode
        return document

    return run


def test_before_every_control_fails(audit: Audit) -> None:
    statuses = {one["id"]: one["status"] for one in audit(*BEFORE)["controls"]}
    assert statuses == {control.id: "fail" for control in load_key_controls()}


def test_before_every_rule_finds_something(audit: Audit) -> None:
    found = {finding["rule"] for finding in audit(*BEFORE)["findings"]}
    assert found == {rule.rule.id for rule in load_key_rules()}


def test_after_every_control_passes(audit: Audit) -> None:
    document = audit("--leaks", "after/leaks.json")
    statuses = {one["id"]: (one["status"], one["evidence"]) for one in document["controls"]}
    assert {name: status for name, (status, _) in statuses.items() if status != "pass"} == {}
    assert document["exit_code"] == 0
    assert document["findings"] == []


def test_before_every_key_of_a_group_is_named_by_its_finding(audit: Audit) -> None:
    findings = {finding["rule"]: finding for finding in audit(*BEFORE)["findings"]}
    shared = findings["key-in-two-tenants"]
    assert (shared["key"]["name"], shared["also"]) == ("birch key NEW", ["prod-sync-2026-10-30"])
    assert findings["key-nonce-reused"]["also"] == ["prod-export-2026-11-01"]
