"""The severity that a policy gives a rule holds in every command, and is told with each finding."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git

GRADED = '[rules.{}]\nseverity = "{}"\nreason = "agreed"\n'
APP = """
import os, urllib.request
body = b'{"model": "claude-sonnet-5", "max_tokens": 1, "messages": []}'
headers = {"x-api-key": os.environ["ANTHROPIC_API_KEY"], "content-type": "application/json"}
urllib.request.urlopen(
    urllib.request.Request("https://api.anthropic.com/v1/messages", body, headers)
).read()
"""
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(antkey: Antkey, tmp_path: Path) -> Run:
    Git(tmp_path).init()

    def run(policy: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        (tmp_path / "antkey.toml").write_text(policy)
        done = antkey(*arguments)
        return done.returncode, json.loads(done.stdout)

    return run


def of(document: dict[str, Any], rule: str) -> tuple[str, str]:
    (finding,) = [one for one in document["findings"] if one["rule"] == rule]
    return finding["severity"], finding["note"]


def test_of_a_leak_in_a_scan(run: Run, tmp_path: Path, make_key: Callable[..., str]) -> None:
    (tmp_path / "a.txt").write_text(make_key())
    code, document = run(GRADED.format("anthropic-api-key", "info"), "scan", "a.txt", "-f", "json")
    assert code == 0
    assert of(document, "anthropic-api-key")[1] == ("info by the policy, usually critical: agreed")


def test_of_a_leak_in_what_is_staged(
    run: Run, antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "a.txt").write_text(make_key())
    Git(tmp_path)("add", "a.txt")
    (tmp_path / "antkey.toml").write_text(GRADED.format("anthropic-api-key", "info"))
    assert antkey("hook", "pre-commit").returncode == 0
    (tmp_path / "antkey.toml").write_text("")
    assert antkey("hook", "pre-commit").returncode == 1


def test_of_a_key_in_the_inventory(run: Run, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(
        '[[keys]]\nname = "Production"\ncreated_at = 2026-11-01T00:00:00Z\n'
    )
    command = ("keys", "audit", "keys.toml", "--now", "2026-11-20T12:00:00Z", "-f", "json")
    rule = "key-name-off-convention"
    _, document = run(GRADED.format(rule, "critical"), *command)
    severity, note = of(document, rule)
    assert severity == "critical"
    assert note.startswith("critical by the policy, usually ")


def test_of_a_request_that_is_played_and_replayed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    policy = GRADED.format("egress-platform-key", "info")
    options = ("--evidence", "run.jsonl", "-f", "json")
    code, document = run(policy, "egress", "run", *options, "--", sys.executable, "app.py")
    assert (code, of(document, "egress-platform-key")[0]) == (0, "info")
    code, document = run(policy, "egress", "replay", "run.jsonl", "-f", "json")
    assert (code, of(document, "egress-platform-key")[0]) == (0, "info")
