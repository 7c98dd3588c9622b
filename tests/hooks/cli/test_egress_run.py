"""`antkey egress run` with real commands: each violation, attribution, and what was never seen."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.hooks.cli.played import Play

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


def test_refused_hosts_are_told(play: Play) -> None:
    app = "send(TENANT); send('', url='http://a.example.com/'); send('', url='https://b.example.com/')"
    done = play(f"{app}; send('', url='http://b.example.com/x')")
    assert done.code == 0
    told = (
        "antkey: refused requests to b.example.com (2), a.example.com (1): [egress] allowed_hosts"
    )
    assert told in done.stderr
    assert "refused" not in play(app, "-q").stderr


SAVES = """
control("/mark", tenant="acme", surface="save-key")
kept = not TRIES or send(ACME) == 200
sys.exit(kept != (os.environ["ANTKEY_SCENARIO"] == "ok"))
"""


@pytest.mark.parametrize(
    ("app", "scenarios", "code"),
    [
        ("TRIES = True" + SAVES, ("ok", "401"), 0),
        ("TRIES = False" + SAVES, ("ok",), 4),
        ("TRIES = False" + SAVES, ("ok", "401"), 4),
    ],
)
def test_saving_a_key_is_proven_as_a_surface(
    play: Play, app: str, scenarios: tuple[str, ...], code: int
) -> None:
    options = [word for name in scenarios for word in ("--scenario", name)]
    done = play(app, "--tenant", "acme", *options, policy='[egress]\nsurfaces = ["save-key"]\n')
    assert (done.code, done.rules) == (code, set()), done.stderr


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
    good = f"status = send(TENANT); assert status != 200 or {fault!r} == 'cut-stream'"
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


def test_evidence_is_dated_from_the_time_that_it_is_taken_to_be(play: Play, tmp_path: Path) -> None:
    play("send(TENANT)", "--evidence", "seen.jsonl", "--now", "2026-11-20T12:00:00Z")
    (line,) = (tmp_path / "seen.jsonl").read_text().splitlines()
    assert json.loads(line)["time"].startswith("2026-11-20T12:0")
