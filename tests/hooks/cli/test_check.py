"""`antkey check`: everything that the policy turns on in one run, one verdict, one folder of reports."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.dated import date

from antkey_reports.load import load

NOW = "2026-11-20T12:00:00Z"
APP = """
import json, os, urllib.error, urllib.request
key = os.environ.get(os.environ["KEY_FROM"])
body = json.dumps({"model": "claude-sonnet-5", "max_tokens": 9, "messages": []}).encode()
headers = {"x-api-key": key, "content-type": "application/json"}
request = urllib.request.Request("https://api.anthropic.com/v1/messages", body, headers)
try:
    urllib.request.urlopen(request).read() if key else None
except urllib.error.HTTPError:
    print("it pauses")
"""
Check = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def world(tmp_path: Path, antkey: Antkey) -> Path:
    """A product that keeps its promises: keys in order, and evidence of one request on the tenant's."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "antkey.toml").write_text(
        'profile = "strict-byok"\n[scan]\npaths = ["src"]\n[inventory]\nfiles = ["keys.toml"]\n'
        '[egress]\nevidence = ["evidence/*.jsonl"]\n'
    )
    (tmp_path / "keys.toml").write_text(
        '[[keys]]\nname = "prod-api-2026-11-01"\ncreated_at = 2026-11-01T00:00:00Z\n'
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(APP)
    (tmp_path / "evidence").mkdir()
    witness(antkey, "ANTKEY_TENANT_KEY")
    return tmp_path


def witness(antkey: Antkey, variable: str) -> None:
    antkey(
        *("egress", "run", "-q", "--exit-zero", "--evidence", "evidence/run.jsonl"),
        *("--scenario", "ok", "--scenario", "no-key", "--scenario", "429"),
        *("--", sys.executable, "src/app.py"),
        KEY_FROM=variable,
    )
    date(Path("evidence/run.jsonl"), "2026-11-19T12:00:00Z")


@pytest.fixture
def check(antkey: Antkey, world: Path) -> Check:
    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        done = antkey("check", "--now", NOW, *arguments)
        path = world / "antkey-report" / "results.json"
        document = json.loads(path.read_text()) if path.exists() else {}
        assert not document or document["exit_code"] == done.returncode, done.stderr
        return done.returncode, document

    return run


def statuses(document: dict[str, Any]) -> dict[str, str]:
    return {control["id"]: control["status"] for control in document["controls"]}


def test_a_product_that_keeps_its_promises_passes(check: Check) -> None:
    code, document = check()
    assert code == 0, statuses(document)
    assert document["command"] == "check"
    for control in ("no-leaked-key", "keys-are-rotated", "requests-carry-the-tenants-key"):
        assert statuses(document)[control] == "pass"


def test_a_leak_fails(check: Check, world: Path, make_key: Callable[..., str]) -> None:
    (world / "src" / "leak.env").write_text(f"KEY={make_key()}\n")
    code, document = check()
    assert (code, statuses(document)["no-leaked-key"]) == (1, "fail")


def test_an_overdue_key_fails(check: Check, world: Path) -> None:
    text = (world / "keys.toml").read_text()
    (world / "keys.toml").write_text(text.replace("2026-11-01", "2026-01-01"))
    code, document = check()
    assert (code, statuses(document)["keys-are-rotated"]) == (1, "fail")
    assert document["keys"]


def test_a_request_on_the_platform_s_key_fails(check: Check, antkey: Antkey) -> None:
    witness(antkey, "ANTHROPIC_API_KEY")
    code, document = check()
    assert (code, statuses(document)["requests-carry-the-tenants-key"]) == (1, "fail")


def test_evidence_of_last_year_is_no_proof(check: Check, world: Path) -> None:
    date(world / "evidence/run.jsonl", "2025-11-19T12:00:00Z")
    code, document = check()
    assert code == 4
    (one,) = (each for each in document["controls"] if each["id"] == "no-fallback-on-errors")
    assert one["status"] == "not-assessed"
    assert "2025-11-19, 366 days ago, and [egress] max_age_days is 30; run" in one["evidence"]
    assert "antkey egress run --scenario 429 --scenario 401 --evidence FILE" in one["evidence"]
    policy = (world / "antkey.toml").read_text().replace("[egress]", "[egress]\nmax_age_days = 400")
    (world / "antkey.toml").write_text(policy)
    assert check()[0] == 0


def test_evidence_of_tomorrow_is_no_proof(check: Check, world: Path) -> None:
    date(world / "evidence/run.jsonl", "2026-11-21T12:00:00Z")
    code, document = check()
    assert (code, statuses(document)["requests-carry-the-tenants-key"]) == (4, "not-assessed")


def test_what_was_wrong_last_year_is_wrong(check: Check, antkey: Antkey, world: Path) -> None:
    witness(antkey, "ANTHROPIC_API_KEY")
    date(world / "evidence/run.jsonl", "2025-11-19T12:00:00Z")
    assert check()[0] == 1


def test_replay_judges_records_of_any_age(antkey: Antkey, world: Path) -> None:
    date(world / "evidence/run.jsonl", "2020-11-19T12:00:00Z")
    assert antkey("egress", "replay", "evidence/run.jsonl", "--now", NOW).returncode == 0


def test_without_evidence_a_promise_is_not_kept_only_not_seen(check: Check, world: Path) -> None:
    (world / "evidence" / "run.jsonl").unlink()
    code, document = check()
    assert code == 4
    assert statuses(document)["requests-carry-the-tenants-key"] == "not-assessed"
    assert statuses(document)["no-leaked-key"] == "pass"


def test_a_profile_that_promises_nothing_of_requests_needs_no_evidence(
    check: Check, world: Path
) -> None:
    (world / "antkey.toml").write_text('[scan]\npaths = ["src"]\n')
    code, document = check()
    assert code == 0
    assert statuses(document)["keys-are-rotated"] == "not-assessed"


def test_the_folder_holds_every_report(check: Check, world: Path) -> None:
    check("--report-dir", "out", "--report", "text=more.txt")
    folder = world / "out"
    assert sorted(path.name for path in folder.iterdir()) == [
        "index.html",
        "junit.xml",
        "results.json",
        "results.sarif",
        "summary.md",
    ]
    assert load((folder / "results.json").read_text(), "results.json").run.command == "check"
    suite = ElementTree.parse(folder / "junit.xml").getroot()[0]  # noqa: S314 - our own
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase")) > 20
    assert suite.attrib["failures"] == "0"
    assert (world / "more.txt").exists()


def test_a_folder_that_cannot_be_made_is_a_mistake(check: Check, world: Path) -> None:
    (world / "taken").write_text("")
    assert check("--report-dir", "taken")[0] == 2


def test_a_link_to_nothing_is_no_folder_for_reports(world: Path, antkey: Antkey) -> None:
    (world / "out").symlink_to("nowhere")
    done = antkey("check", "--report-dir", "out")
    assert done.returncode == 2
    assert b"out: is a link to nothing; take it away, or name another folder" in done.stderr
    assert not (world / "nowhere").exists()
