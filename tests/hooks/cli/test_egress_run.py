"""`antkey egress run` with real commands: each scenario, each violation, and what was never seen."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

PRELUDE = """
import json, os, sys, urllib.error, urllib.request

API = "https://api.anthropic.com/v1/messages"
TENANT = os.environ.get("ANTKEY_TENANT_KEY", "")
ACME, GLOBEX = (os.environ.get(f"ANTKEY_TENANT_KEY_{n}", "") for n in ("ACME", "GLOBEX"))
PLATFORM = os.environ["ANTHROPIC_API_KEY"]

def send(key, url=API, model="claude-sonnet-5", **headers):
    body = json.dumps({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
    fields = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    if key:
        fields["x-api-key"] = key
    request = urllib.request.Request(url, body.encode(), fields)
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:
            answer.read()
            return 200
    except urllib.error.HTTPError as error:
        return error.code
    except Exception:
        return 0

def control(path, **fields):
    url = os.environ["ANTKEY_CONTROL_URL"] + path
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(fields).encode())) as answer:
        return json.loads(answer.read() or b"{}")
"""


class Done:
    """A run: its exit code, JSON and what went to standard error."""

    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.stderr = process.stderr.decode()
        self.stdout = process.stdout.decode()

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.stdout)
        return document

    @property
    def rules(self) -> set[str]:
        return {finding["rule"] for finding in self.document["findings"]}


Play = Callable[..., Done]


@pytest.fixture
def play(tmp_path: Path, antkey: Antkey) -> Play:
    (tmp_path / ".git").mkdir()

    def run(app: str, *options: str, policy: str = "") -> Done:
        (tmp_path / "antkey.toml").write_text(policy)
        (tmp_path / "app.py").write_text(PRELUDE + app)
        command = [sys.executable, "app.py"]
        return Done(antkey("egress", "run", "-f", "json", *options, "--", *command))

    return run


TWO = ("--tenant", "acme", "--tenant", "globex")


def test_a_request_on_the_tenant_s_key_passes(play: Play) -> None:
    done = play("assert send(TENANT) == 200")
    assert (done.code, done.rules) == (0, set()), done.stderr
    assert done.document["stats"]["requests"] == 1


@pytest.mark.parametrize(
    ("app", "rule"),
    [
        ("send(PLATFORM)", "egress-platform-key"),
        ("send('', authorization='Bearer ' + PLATFORM)", "egress-platform-key"),
        (
            "send('', authorization='Bearer ' + os.environ['ANTHROPIC_AUTH_TOKEN'])",
            "egress-platform-key",
        ),
        ("send('sk-ant-api03-' + 'x1' * 46 + 'xAA')", "egress-unknown-key"),
        ("send('some other text')", "egress-unknown-key"),
        ("send('')", "egress-no-key"),
        ("send(TENANT, authorization='Bearer ' + PLATFORM)", "egress-two-keys"),
        ("send(TENANT, url='https://gateway.example.com/v1/messages')", "egress-foreign-host"),
        ("send(TENANT, url=API + '?key=' + TENANT)", "egress-key-in-url"),
    ],
)
def test_each_violation_is_told_by_its_rule(play: Play, app: str, rule: str) -> None:
    done = play(f"send(TENANT)\n{app}")
    assert done.code == 1
    assert rule in done.rules


def test_a_model_that_is_not_allowed_is_told(play: Play) -> None:
    policy = '[egress]\nallowed_models = ["claude-haiku-*"]\n'
    assert play("send(TENANT)", policy=policy).rules == {"egress-model-not-allowed"}
    assert play("send(TENANT, model='claude-haiku-4-5')", policy=policy).code == 0


def test_another_tenant_s_key_is_told(play: Play) -> None:
    done = play("control('/mark', tenant='acme'); send(GLOBEX)", *TWO)
    assert done.rules == {"egress-wrong-tenant"}


def test_marks_say_for_whom_a_request_is(play: Play) -> None:
    app = """
for tenant, key in (("acme", ACME), ("globex", GLOBEX)):
    control("/mark", tenant=tenant, surface="chat")
    assert send(key) == 200
"""
    done = play(app, *TWO)
    assert done.code == 0, done.document["controls"]
    assert {cell["tenant"] for cell in done.document["coverage"]} == {"acme", "globex"}


def test_a_mark_is_for_what_starts_after_it(play: Play) -> None:
    app = """
import http.client
control("/mark", tenant="acme")
early = http.client.HTTPConnection(os.environ["ANTHROPIC_BASE_URL"].partition("//")[2])
early.putrequest("POST", "/v1/messages")
early.putheader("x-api-key", ACME)
early.putheader("content-length", "2")
early.endheaders()
late = http.client.HTTPConnection(os.environ["ANTHROPIC_BASE_URL"].partition("//")[2])
late.request("POST", "/v1/messages", "{}", {"x-api-key": ACME})
late.getresponse().read()
control("/mark", tenant="globex")
early.send(b"{}")
early.getresponse().read()
send(GLOBEX)
"""
    done = play(app, *TWO)
    assert (done.code, done.rules) == (0, set()), done.stderr


def test_a_request_of_nobody_is_undecided_unless_its_key_convicts_it(play: Play) -> None:
    assert play("send(ACME)", *TWO).code == 4
    done = play("send(PLATFORM)", *TWO)
    assert (done.code, done.rules) == (1, {"egress-platform-key"})


@pytest.mark.parametrize(
    "egress",
    [
        'allowed_hosts = ["api.anthropic.com", "*.gateway.example"]',
        'tenant_from = "host:{tenant}.gateway.example"',
    ],
)
def test_a_gateway_s_hosts_are_answered_for(play: Play, egress: str) -> None:
    app = """
assert send(GLOBEX, "https://globex.gateway.example/v1/messages") == 200
assert send("", "https://gateway.example/v1/messages") == 502
"""
    done = play(app, "--tenant", "globex", policy=f"[egress]\n{egress}\n")
    assert (done.code, done.rules) == (0, set()), done.stderr


def test_the_base_url_stands_for_a_host_that_is_allowed(play: Play) -> None:
    policy = '[egress]\nallowed_hosts = ["*.example", "gateway.example"]\n'
    app = "assert send(TENANT, os.environ['ANTHROPIC_BASE_URL'] + '/v1/messages') == 200"
    done = play(app, policy=policy)
    assert (done.code, done.rules) == (0, set()), done.stderr


def test_the_usual_variables_hold_canaries_whatever_others_the_policy_names(play: Play) -> None:
    app = """
names = "ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN HOUSE_KEY ANTKEY_TENANT_KEY"
keys = [os.environ[name] for name in names.split()]
assert len(set(keys)) == 4
send(PLATFORM)
"""
    done = play(app, policy='[egress]\nplatform_env = ["HOUSE_KEY"]\n')
    assert done.rules == {"egress-platform-key"}, done.stderr


def test_a_header_may_say_for_whom_a_request_is(play: Play) -> None:
    policy = '[egress]\ntenant_from = ["header:x-tenant"]\n'
    done = play("send(ACME, x_tenant='acme'); send(GLOBEX, x_tenant='globex')", *TWO, policy=policy)
    assert done.code == 0
    assert play("send(ACME, x_tenant='globex')", *TWO, policy=policy).rules == {
        "egress-wrong-tenant"
    }


@pytest.mark.parametrize("app", ["pass", "open(os.devnull)"])
def test_what_was_never_seen_is_no_pass(play: Play, app: str) -> None:
    assert play(app).code == 4


def test_a_surface_that_was_never_seen_is_no_pass(play: Play) -> None:
    policy = '[egress]\nsurfaces = ["chat", "search"]\n'
    app = "control('/mark', surface='chat'); send(TENANT)"
    assert play(app, policy=policy).code == 4
    more = f"{app}; control('/mark', surface='search'); send(TENANT)"
    assert play(more, policy=policy).code == 0


def test_a_baseline_accepts_what_it_names_in_every_run(play: Play, tmp_path: Path) -> None:
    anchor = "tenant ok POST api.anthropic.com /v1/messages ANTHROPIC_API_KEY"
    entry = {
        "path": "scenario-ok/tenant",
        "rule": "egress-platform-key",
        "sha256": hashlib.sha256(anchor.encode()).hexdigest(),
    }
    baseline = {"kind": "antkey-baseline", "schema": 1, "entries": [entry]}
    (tmp_path / "known.json").write_text(json.dumps(baseline))
    done = play("send(PLATFORM); send('x' * 40)", "--baseline", "known.json", "-j", "2")
    assert done.code == 1
    statuses = {finding["rule"]: finding["status"] for finding in done.document["findings"]}
    assert statuses == {"egress-platform-key": "baseline", "egress-unknown-key": "open"}
    assert play("send(PLATFORM)", "--baseline", "known.json").code == 0


def test_a_command_that_fails_proves_nothing(play: Play) -> None:
    assert play("send(TENANT); sys.exit(3)").code == 4
    assert play("send(PLATFORM); sys.exit(3)").code == 1


@pytest.mark.parametrize("fault", ["401", "403", "429", "529", "timeout", "cut-stream"])
def test_another_key_after_a_fault_is_told(play: Play, fault: str) -> None:
    good = "status = send(TENANT); assert status != 200 or %r == 'cut-stream'" % fault
    done = play(good, "--scenario", fault)
    assert (done.code, done.rules) == (0, set()), done.stderr
    bad = play("send(TENANT); send(PLATFORM)", "--scenario", fault)
    assert bad.code == 1
    assert {"egress-fallback-on-error", "egress-platform-key"} <= bad.rules


def test_a_fault_of_one_tenant_is_none_of_another_s(play: Play) -> None:
    app = """
control("/mark", tenant="acme")
assert send(ACME) == 429
control("/mark", tenant="globex")
assert send(GLOBEX) == 429
"""
    assert play(app, *TWO, "--scenario", "429").code == 0


def test_after_a_fault_the_platform_s_key_is_told_whoever_it_is_for(play: Play) -> None:
    done = play("send(ACME); send(PLATFORM)", *TWO, "--scenario", "429")
    assert done.rules == {"egress-fallback-on-error", "egress-platform-key"}
    own = play("send(ACME); send(GLOBEX)", *TWO, "--scenario", "429")
    assert (own.code, own.rules) == (4, set())


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
    graceful = play("control('/rotate'); send(TENANT)", "--scenario", "rotate")
    assert graceful.code == 0


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
        ["--evidence", "no/such/folder/x.jsonl", "--", "true"],
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


def test_a_tenant_that_was_never_seen_is_no_pass(play: Play) -> None:
    app = "control('/mark', tenant='acme'); send(ACME)"
    assert play(app, *TWO).code == 4
    assert play(f"{app}; control('/mark', tenant='globex'); send(GLOBEX)", *TWO).code == 0


def test_an_old_key_within_the_grace_leaves_the_change_unproven(play: Play) -> None:
    done = play("control('/rotate'); send(TENANT)", "--scenario", "rotate")
    statuses = {one["id"]: one["status"] for one in done.document["controls"]}
    assert (done.code, statuses["old-keys-stop"]) == (0, "not-assessed")
