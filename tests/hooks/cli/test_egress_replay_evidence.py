"""A replay of evidence comes to the verdicts of the run that wrote it, without an inventory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

SEND = """
import os, sys, urllib.error, urllib.request
def send(key):
    url = os.environ["ANTHROPIC_BASE_URL"].rstrip("/") + "/v1/messages"
    body = b'{"model": "claude-sonnet-4-5", "max_tokens": 1, "messages": []}'
    request = urllib.request.Request(url, body, {"x-api-key": key, "content-type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=20).read()
        return 200
    except urllib.error.HTTPError as error:
        return error.code
own, platform = os.environ.get("ANTKEY_TENANT_KEY", ""), os.environ["ANTHROPIC_API_KEY"]
"""
RIGHT = "send(own)\n"
FALLBACK = "send(own) == 200 or send(platform)\n"
PLATFORM = "send(platform)\n"
ROTATES = """
import json
send(own)
url = os.environ["ANTKEY_CONTROL_URL"] + "/rotate"
new = json.load(urllib.request.urlopen(urllib.request.Request(url, b"{}"), timeout=20))["key"]
send(new)
"""


class Case:
    """A folder in which commands are run and their evidence is replayed."""

    def __init__(self, folder: Path, antkey: Antkey) -> None:
        self.folder, self.antkey = folder, antkey
        (folder / ".git").mkdir()

    def policy(self, profile: str, *more: str) -> None:
        (self.folder / "antkey.toml").write_text("\n".join([f'profile = "{profile}"', *more]))

    def play(self, code: str, *options: str) -> set[str]:
        (self.folder / "app.py").write_text(SEND + code)
        command = ("--", sys.executable, "app.py")
        evidence = ("--evidence", "evidence.jsonl")
        return self._rules(
            self.antkey("egress", "run", "-f", "json", *evidence, *options, *command)
        )

    def replay(self) -> set[str]:
        return self._rules(self.antkey("egress", "replay", "-f", "json", "evidence.jsonl"))

    def _rules(self, done: subprocess.CompletedProcess[bytes]) -> set[str]:
        document: dict[str, Any] = json.loads(done.stdout)
        assert document["exit_code"] in (0, 1), (document["controls"], done.stderr)
        return {one["rule"] for one in document["findings"]}


@pytest.fixture
def case(tmp_path: Path, antkey: Antkey) -> Case:
    return Case(tmp_path, antkey)


@pytest.mark.parametrize(
    ("code", "scenario", "profile"),
    [
        (RIGHT, "ok", "strict-byok"),
        (RIGHT, "429", "strict-byok"),
        (FALLBACK, "429", "strict-byok"),
        (PLATFORM, "ok", "strict-byok"),
        (PLATFORM, "ok", "optional-byok"),
        (PLATFORM, "no-key", "optional-byok"),
        (ROTATES, "rotate", "strict-byok"),
    ],
)
def test_a_replay_says_what_the_run_said(
    case: Case, code: str, scenario: str, profile: str
) -> None:
    case.policy(profile)
    said = case.play(code, "--tenant", "acme", "--scenario", scenario)
    assert case.replay() == said


def test_runs_that_follow_each_other_do_not_disturb_each_other(case: Case) -> None:
    case.policy("strict-byok")
    for _ in range(2):
        assert not case.play(ROTATES, "--tenant", "acme", "--scenario", "rotate")
        assert not case.play(RIGHT, "--tenant", "acme", "--scenario", "ok", "--scenario", "429")
    assert not case.replay()


def test_evidence_beside_records_needs_the_inventory_for_these(case: Case) -> None:
    case.policy("strict-byok")
    case.play(RIGHT)
    (case.folder / "gateway.jsonl").write_text('{"time": "2026-11-20T12:00:00Z"}\n')
    done = case.antkey("egress", "replay", "evidence.jsonl", "gateway.jsonl")
    assert done.returncode == 2
    assert b"gateway.jsonl" in done.stderr
