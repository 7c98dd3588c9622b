"""`antkey egress run --evidence` says that nothing was requested only where that was so and is sure."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

SILENT = "pass\n"
ASKS = """
import os, urllib.request
body = b'{"model": "claude-sonnet-5", "max_tokens": 1, "messages": []}'
headers = {"x-api-key": os.environ["ANTHROPIC_API_KEY"], "content-type": "application/json"}
urllib.request.urlopen(
    urllib.request.Request("https://api.anthropic.com/v1/messages", body, headers)
).read()
"""
FAILS = "raise SystemExit(3)\n"


@pytest.fixture
def played(antkey: Antkey, tmp_path: Path) -> object:
    def play(app: str, scenario: str) -> list[bool]:
        """For each line of evidence, whether it says that there was no request."""
        (tmp_path / ".git").mkdir()
        (tmp_path / "app.py").write_text(app)
        options = ("--scenario", scenario, "--evidence", "run.jsonl", "-q", "--exit-zero")
        antkey("egress", "run", *options, "--", sys.executable, "app.py")
        lines = (tmp_path / "run.jsonl").read_text().splitlines()
        return [json.loads(line).get("requests") == 0 for line in lines]

    return play


@pytest.mark.parametrize(
    ("app", "scenario", "lines"),
    [
        (SILENT, "no-key", [True]),
        (ASKS, "no-key", [False]),
        (FAILS, "no-key", []),
        (SILENT, "ok", []),
        (SILENT, "429", []),
    ],
)
def test_the_line_is_written(played: object, app: str, scenario: str, lines: list[bool]) -> None:
    assert callable(played)
    assert played(app, scenario) == lines
