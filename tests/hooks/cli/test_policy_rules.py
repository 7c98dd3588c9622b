"""What a policy says of rules: in every command a slip is an error, and what is tolerated is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

NOW = ("--now", "2026-11-20T12:00:00Z")
INVENTORY = '[inventory]\nfiles = ["keys.toml"]\n'
WAIVER = '[[waiver]]\nrule = "{}"\npath = "src/**"\nreason = "known"\nexpires = 2026-12-31\n'
OWN = """\
id: our-own-token
title: A token of ours
severity: high
confidence: high
kind: ours
anchor: ourtoken-
pattern: ourtoken-(?P<secret>[0-9]{8})
why: It is ours.
remedy: Take it out.
requirements: []
frameworks: []
examples:
  match: ["ourtoken-12345678"]
  no_match: ["ourtoken-"]
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("print('fine')\n")
    (tmp_path / "keys.toml").write_text(
        '[[keys]]\nname = "prod-api-2026-11-01"\ncreated_at = 2026-11-01T00:00:00Z\n'
    )
    (tmp_path / "evidence.jsonl").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    "asked",
    [
        "check",
        "scan",
        "keys audit",
        "keys list",
        "egress replay evidence.jsonl",
        "egress run -- true",
    ],
)
def test_a_waiver_of_a_rule_that_is_none_is_refused(
    antkey: Antkey, world: Path, asked: str
) -> None:
    (world / "antkey.toml").write_text(INVENTORY + WAIVER.format("key-pst-rotation-age"))
    done = antkey(*asked.split(" "))
    assert done.returncode == 2
    said = b'antkey.toml:4: waiver[1].rule: is no rule\'s id; did you mean "key-past-rotation-age"?'
    assert said in done.stderr


@pytest.mark.parametrize("asked", ["check", "scan", "keys audit"])
@pytest.mark.parametrize("rule", ["key-past-rotation-age", "openai-api-key", "anthropic-api-key"])
def test_a_waiver_of_a_rule_that_there_is_is_taken(
    antkey: Antkey, world: Path, asked: str, rule: str
) -> None:
    (world / "antkey.toml").write_text(INVENTORY + WAIVER.format(rule))
    assert antkey(*asked.split(" "), *NOW).returncode == 0


def test_a_rule_of_one_s_own_is_known_where_it_is_named(antkey: Antkey, world: Path) -> None:
    (world / "antkey.toml").write_text(INVENTORY + WAIVER.format("our-own-token"))
    (world / "rules").mkdir()
    (world / "rules" / "our_own_token.yaml").write_text(OWN)
    assert antkey("scan", *NOW, "src", "--rules", "rules/our_own_token.yaml").returncode == 0
    assert antkey("scan", *NOW, "src").returncode == 2
    assert antkey("keys", "audit", *NOW).returncode == 0


def test_a_waiver_that_covers_nothing_is_told(
    antkey: Antkey, world: Path, make_key: Callable[..., str]
) -> None:
    (world / "antkey.toml").write_text(WAIVER.format("anthropic-api-key"))
    idle = b"the waiver of anthropic-api-key for src/** covers nothing"
    done = antkey("check", *NOW)
    assert (done.returncode, idle in done.stderr) == (0, True)
    (world / "src" / "key.env").write_text(make_key())
    done = antkey("check", *NOW)
    assert (done.returncode, idle in done.stderr) == (0, False)


def test_a_scan_tells_it_where_it_saw_all_that_the_policy_names(
    antkey: Antkey, world: Path, make_key: Callable[..., str]
) -> None:
    (world / "antkey.toml").write_text(
        INVENTORY + WAIVER.format("anthropic-api-key") + WAIVER.format("key-past-rotation-age")
    )
    idle = b"the waiver of anthropic-api-key for src/** covers nothing that was found"
    done = antkey("scan", *NOW)
    assert (done.returncode, done.stderr.count(b"covers nothing"), idle in done.stderr) == (
        *(0, 1),
        True,
    )
    for narrower in (("scan", *NOW, "src"), ("scan", *NOW, "-q")):
        assert b"covers nothing" not in antkey(*narrower).stderr
    (world / ".git").mkdir()
    assert b"unless it is for the history" in antkey("scan", *NOW).stderr
    (world / "src" / "key.env").write_text(make_key())
    assert b"covers nothing" not in antkey("scan", *NOW).stderr


def test_an_audit_tells_it_of_the_rules_that_it_judges(antkey: Antkey, world: Path) -> None:
    rules = ("key-past-rotation-age", "anthropic-api-key", "leaked-key-still-active")
    (world / "antkey.toml").write_text(INVENTORY + "".join(map(WAIVER.format, rules)))
    done = antkey("keys", "audit", *NOW)
    assert (done.returncode, done.stderr.count(b"covers nothing")) == (0, 1)
    assert b"the waiver of key-past-rotation-age for src/** covers nothing" in done.stderr
    assert b"covers nothing" not in antkey("keys", "audit", *NOW, "keys.toml").stderr


_OFF = '[controls.{}]\nis = "off"\nreason = "not promised"\nowner = "ann"\n'


@pytest.mark.parametrize(
    ("asked", "control"),
    [
        ("scan", "no-leaked-key"),
        ("check", "no-leaked-key"),
        ("keys audit", "keys-are-rotated"),
        ("egress replay seen.jsonl", "requests-carry-the-tenants-key"),
    ],
)
def test_a_control_that_is_off_is_off_in_every_command(
    antkey: Antkey, world: Path, make_key: Callable[..., str], asked: str, control: str
) -> None:
    sent = {"antkey": 1, "time": "2026-11-20T11:00:00Z", "tenant": "acme", "method": "POST"}
    sent |= {"host": "api.anthropic.com", "path": "/v1/messages", "header": "x-api-key"}
    sent |= {"hint": "sk-ant-api03-abc…wxAA", "sha256": "a" * 64, "kind": "api03"}
    sent |= {"source": "the platform's key", "role": "platform"}
    (world / "seen.jsonl").write_text(json.dumps(sent) + "\n")
    (world / "keys.toml").write_text(
        '[[keys]]\nname = "prod-api-2026-01-01"\ncreated_at = 2026-01-01T00:00:00Z\n'
    )
    (world / "src" / "key.env").write_text(make_key())
    inventory = INVENTORY if asked == "keys audit" else ""
    (world / "antkey.toml").write_text(inventory)
    assert antkey(*asked.split(" "), *NOW).returncode == 1
    (world / "antkey.toml").write_text(inventory + _OFF.format(control))
    done = antkey(*asked.split(" "), *NOW, "-f", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 0, document["controls"]
    (one,) = (each for each in document["controls"] if each["id"] == control)
    assert (one["status"], one["findings"]) == ("waived", 0)
    assert one["evidence"] == "switched off by the policy: not promised (ann)"
    assert {each["status"] for each in document["findings"]} == {"waived"}
    assert document["findings"][0]["accepted"]["owner"] == "ann"


@pytest.mark.parametrize("asked", ["check", "scan"])
def test_a_rule_that_is_made_less_of_needs_a_reason_and_its_findings_are_counted(
    antkey: Antkey, world: Path, make_key: Callable[..., str], asked: str
) -> None:
    (world / "src" / "key.env").write_text(make_key())
    graded = '[rules.anthropic-api-key]\nseverity = "info"\n'
    (world / "antkey.toml").write_text(graded)
    done = antkey(asked, *NOW)
    assert done.returncode == 2
    assert b"antkey.toml:1: rules.anthropic-api-key: makes less of it than critical" in done.stderr
    (world / "antkey.toml").write_text(f'{graded}reason = "a demo"\n')
    document = json.loads(antkey(asked, *NOW, "-f", "json").stdout)
    (control,) = (each for each in document["controls"] if each["id"] == "no-leaked-key")
    assert document["exit_code"] == 0
    assert control["evidence"].startswith("1 open finding of severity info, which does not fail, ")
