"""`antkey egress run` with real commands: missing and changed keys, what is written down, wrong requests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.played import Play

TWO = ("--tenant", "acme", "--tenant", "globex")


def test_without_a_key_no_request_may_go_out(play: Play) -> None:
    silent = play("assert not TENANT", "--scenario", "no-key")
    assert silent.code == 0
    loud = play("send(PLATFORM)", "--scenario", "no-key")
    assert "egress-request-without-tenant-key" in loud.rules


def test_without_a_key_the_platform_s_may_be_used_where_the_policy_says_so(play: Play) -> None:
    policy = '[egress]\nfallback = "when-no-tenant-key"\n'
    assert play("send(PLATFORM)", "--scenario", "no-key", policy=policy).code == 0
    assert play("send(PLATFORM)", policy=policy).rules == {"egress-platform-key"}
    assert (
        "egress-unknown-key" in play("send('x' * 40)", "--scenario", "no-key", policy=policy).rules
    )


def test_after_a_rotation_the_old_key_is_stale_once_the_grace_is_over(play: Play) -> None:
    policy = "[egress]\ngrace_seconds = 0\n"
    new = "key = control('/rotate', tenant='tenant')['key']; send(key)"
    assert play(f"send(TENANT); {new}", "--scenario", "rotate", policy=policy).code == 0
    old = play(
        "send(TENANT); control('/rotate'); send(TENANT)", "--scenario", "rotate", policy=policy
    )
    assert old.rules == {"egress-stale-key"}
    # No breach within the grace, and no proof either.
    graceful = play("control('/rotate'); send(TENANT)", "--scenario", "rotate")
    assert (graceful.code, graceful.rules) == (4, set())


def test_a_rotation_that_nobody_asked_for_proves_nothing(play: Play) -> None:
    assert play("send(TENANT)", "--scenario", "rotate").code == 4


def test_every_scenario_runs_the_command_anew(play: Play) -> None:
    app = "print(os.environ['ANTKEY_SCENARIO']); send(TENANT) if TENANT else None"
    done = play(app, "--scenario", "ok", "--scenario", "no-key", "--scenario", "429")
    assert done.code == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if line in ("ok", "no-key", "429")] == [
        "ok",
        "no-key",
        "429",
    ]


def test_the_command_s_output_shows_no_key(play: Play) -> None:
    app = "print(TENANT); sys.stderr.write(PLATFORM); sys.stdout.write(TENANT[:50]); send(TENANT)"
    done = play(app)
    assert "sk-ant-" in done.stderr
    for text in (done.stdout, done.stderr):
        for piece in text.replace("\n", " ").split("sk-ant-")[1:]:
            assert len(piece.split("-", 1)[1].split("…")[0].split()[0]) < 12, piece


def test_evidence_is_one_line_for_each_request(play: Play, tmp_path: Path) -> None:
    done = play("send(TENANT); send(PLATFORM)", "--evidence", "evidence.jsonl")
    assert done.code == 1
    lines = [json.loads(line) for line in (tmp_path / "evidence.jsonl").read_text().splitlines()]
    assert [line["tenant"] for line in lines] == ["tenant", "tenant"]
    assert [line["source"] for line in lines] == ["key of tenant", "ANTHROPIC_API_KEY"]
    assert {line["host"] for line in lines} == {"api.anthropic.com"}
    assert {line["path"] for line in lines} == {"/v1/messages"}
    assert {line["status"] for line in lines} == {200}


def test_the_caller_s_own_credentials_never_reach_the_command(
    play: Play, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    environment["ANTHROPIC_CUSTOM_HEADERS"] = "x-api-key: own"
    environment["ANTHROPIC_PROFILE"] = "own"
    environment["ANTHROPIC_API_KEY"] = "own"
    app = """
assert "ANTHROPIC_CUSTOM_HEADERS" not in os.environ and "ANTHROPIC_PROFILE" not in os.environ
assert PLATFORM.startswith("sk-ant-") and not os.listdir(os.environ["ANTHROPIC_CONFIG_DIR"])
send(TENANT)
"""
    done = play(app)
    assert done.code == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scenario", "nonsense", "--", "true"],
        ["--tenant", "no name", "--", "true"],
        ["--tenant", "a-b", "--tenant", "a_b", "--", "true"],
        ["--", "no-such-command-anywhere"],
        ["--"],
        [],
        ["--evidence", "/dev/null/x.jsonl", "--", "true"],
    ],
)
def test_a_wrong_request_starts_nothing(antkey: Antkey, arguments: list[str]) -> None:
    done = antkey("egress", "run", *arguments)
    assert done.returncode == 2
    assert done.stderr


def test_findings_of_two_runs_have_the_same_fingerprints(play: Play) -> None:
    runs = [play("send(PLATFORM); send('x' * 30)").document for _ in range(2)]
    first, second = ({finding["fingerprint"] for finding in run["findings"]} for run in runs)
    assert first == second
    assert len(first) == 2


def test_what_was_not_played_is_not_passed(play: Play) -> None:
    statuses = {one["id"]: one["status"] for one in play("send(TENANT)").document["controls"]}
    assert statuses["requests-carry-the-tenants-key"] == "pass"
    for name in ("no-fallback-on-errors", "no-requests-without-a-key", "old-keys-stop"):
        assert statuses[name] == "not-assessed"
    done = play("send(TENANT) if TENANT else None", "--scenario", "no-key", "--scenario", "429")
    statuses = {one["id"]: one["status"] for one in done.document["controls"]}
    assert statuses["no-fallback-on-errors"] == statuses["no-requests-without-a-key"] == "pass"


def test_a_change_of_keys_that_nothing_follows_proves_nothing(play: Play) -> None:
    assert play("send(TENANT); control('/rotate')", "--scenario", "rotate").code == 4


def test_a_tenant_that_was_never_seen_is_shown_as_such(play: Play) -> None:
    done = play("control('/mark', tenant='acme'); send(ACME)", *TWO)
    outcomes = {cell["tenant"]: cell["outcome"] for cell in done.document["coverage"]}
    assert (done.code, outcomes) == (0, {"acme": "proven", "globex": "not-seen"})


def test_an_old_key_within_the_grace_leaves_the_change_unproven(play: Play) -> None:
    done = play("control('/rotate'); send(TENANT)", "--scenario", "rotate")
    statuses = {one["id"]: one["status"] for one in done.document["controls"]}
    assert (done.code, statuses["old-keys-stop"]) == (4, "not-assessed")
    (evidence,) = (
        one["evidence"] for one in done.document["controls"] if one["id"] == "old-keys-stop"
    )
    assert "no request carried the new key of tenant" in evidence
    assert "grace_seconds" in evidence


def test_each_new_key_has_to_be_taken_up(play: Play) -> None:
    acme = (
        "control('/mark', tenant='acme'); a = control('/rotate', tenant='acme')['key']; send(a); "
    )
    globex = "control('/mark', tenant='globex'); g = control('/rotate', tenant='globex')['key']; "
    done = play(acme + globex + "send(GLOBEX)", *TWO, "--scenario", "rotate")
    assert done.code == 4
    (evidence,) = (
        one["evidence"] for one in done.document["controls"] if one["id"] == "old-keys-stop"
    )
    assert "the new key of globex;" in evidence
    assert play(acme + globex + "send(g)", *TWO, "--scenario", "rotate").code == 0
