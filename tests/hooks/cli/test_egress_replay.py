"""`antkey egress replay` from a command line to an exit code, on recordings made at run time."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.replays import CHANGED, CREATED, LATER, REVOKED, Case, MakeKey, moved


@pytest.fixture
def case(tmp_path: Path, antkey: Antkey, make_key: MakeKey) -> Case:
    return Case(tmp_path, antkey, make_key)


def test_requests_on_their_tenants_keys_are_clean(case: Case) -> None:
    assert case.replay(case.line(), case.line("globex", "globex")) == (0, set())


@pytest.mark.parametrize(
    ("key", "tenant", "rule"),
    [
        ("platform", "acme", "egress-platform-key"),
        ("globex", "acme", "egress-wrong-tenant"),
        ("stranger", "acme", "egress-unknown-key"),
        (None, "acme", "egress-no-key"),
    ],
)
def test_another_key_is_a_violation(case: Case, key: str | None, tenant: str, rule: str) -> None:
    assert case.replay(case.line(key, tenant)) == (1, {rule})


def test_a_finding_names_file_and_line(case: Case) -> None:
    (case.folder / "traffic").write_text(case.line() * 2 + case.line("platform"))
    (finding,) = case.document("traffic")["findings"]
    assert (finding["location"]["path"], finding["location"]["line"]) == ("traffic", 3)
    assert finding["secret"]["sha256"] == case.reference("platform")


@pytest.mark.parametrize(("delta", "code"), [(-1, 0), (0, 0), (60, 0), (60.000001, 1), (3600, 1)])
def test_grace_includes_its_last_moment_and_no_more(case: Case, delta: float, code: int) -> None:
    time = moved(CHANGED, seconds=delta)
    assert case.replay(case.line("acme-old", time=time))[0] == code


def test_without_grace_the_change_itself_is_the_last_moment(case: Case) -> None:
    case.policy(grace_seconds=0)
    assert case.replay(case.line("acme-old", time=CHANGED))[0] == 0
    time = moved(CHANGED, microseconds=1)
    assert case.replay(case.line("acme-old", time=time)) == (1, {"egress-stale-key"})


@pytest.mark.parametrize(("delta", "code"), [(-1, 0), (0, 1), (1, 1)])
def test_revocation_has_no_grace(case: Case, delta: int, code: int) -> None:
    case.policy(grace_seconds=40 * 86_400)
    time = moved(REVOKED, microseconds=delta)
    assert case.replay(case.line("acme-old", time=time))[0] == code


def test_many_requests_are_judged_as_each_of_them_alone(case: Case) -> None:
    """What is remembered of like requests holds only between changes."""
    case.policy(grace_seconds=60)
    steps = [timedelta(seconds=one) for one in (-7200, -301, -299, -1, 0, 59, 60, 61, 400, 7200)]
    times = [(datetime.fromisoformat(CHANGED) + step).isoformat() for step in steps]
    times += [moved(REVOKED, seconds=one) for one in (-400, -1, 0, 400, 9999)]
    lines = [case.line("acme-old", time=time) for time in times]
    alone = [case.replay(line)[0] for line in lines]
    (case.folder / "all").write_text("".join(lines))
    (finding,) = case.document("all")["findings"]
    assert f"({sum(alone)} times)" in finding["message"]
    (case.folder / "all").write_text("".join(reversed(lines)))
    (finding,) = case.document("all")["findings"]
    assert f"({sum(alone)} times)" in finding["message"]


@pytest.mark.parametrize(
    "lacking",
    [{"time": "absent"}, {"time": "2026-11-20T12:00:00"}, {"tenant": None}, {"tenant": "absent"}],
)
def test_a_record_without_time_or_tenant_is_undecided(case: Case, lacking: dict[str, Any]) -> None:
    assert case.replay(case.line(), case.line(**lacking)) == (4, set())


def test_a_record_whose_mapped_key_is_absent_is_undecided(case: Case) -> None:
    case.policy(fields={"key": "headers.x-api-key"})
    own = case.line(header="absent", sha256="absent", headers={"x-api-key": case.keys["acme"]})
    assert case.replay(own) == (0, set())
    assert case.replay(own, case.line(header="absent", sha256="absent")) == (4, set())


def test_a_key_convicts_a_request_of_which_nothing_else_is_known(case: Case) -> None:
    code, rules = case.replay(case.line("stranger", None))
    assert (code, rules) == (1, {"egress-unknown-key"})


def test_the_platform_s_key_is_right_for_tenants_without_one(case: Case) -> None:
    case.policy("optional-byok")
    case.inventory(initech={"mode": "managed"})
    assert case.replay(case.line("platform", "initech")) == (0, set())
    assert case.replay(case.line("platform", "acme"))[0] == 1


def test_the_mode_of_its_time_judges_a_request(case: Case) -> None:
    case.policy("managed-or-byo")
    history = [
        {"mode": "managed", "from": CREATED},
        {"mode": "byo", "from": CHANGED},
    ]
    case.inventory(acme={"history": history})
    early, late = moved(CHANGED, hours=-1), moved(CHANGED, hours=1)
    assert case.replay(case.line("platform", time=early)) == (0, set())
    assert case.replay(case.line("platform", time=late)) == (1, {"egress-platform-key"})


def test_two_keys_of_a_tenant_near_each_other_are_one_too_many(case: Case) -> None:
    document = json.loads((case.folder / "keys.json").read_text())
    extra = {"name": "acme-2", "tenant": "acme", "created_at": CREATED}
    document["keys"].append({**extra, "fingerprint": case.reference("stranger", "fingerprint")})
    (case.folder / "keys.json").write_text(json.dumps(document))
    one, other = case.line(), case.line("stranger", time=moved(LATER, seconds=299))
    assert case.replay(one, other) == (1, {"egress-many-keys"})
    far = case.line("stranger", time=moved(LATER, seconds=301))
    assert case.replay(one, far) == (0, set())
    # Of each key a recording of its own, hours long.
    lines = [
        [case.line(k, time=moved(LATER, minutes=4 * n)) for n in range(30)]
        for k in ("acme", "stranger")
    ]
    for name, some in zip(("a", "b"), lines, strict=True):
        (case.folder / name).write_text("".join(some))
    assert case.document("a", "b")["exit_code"] == 1


def test_a_change_of_keys_is_no_second_key(case: Case) -> None:
    old = case.line("acme-old", time=moved(CHANGED, seconds=-1))
    assert case.replay(old, case.line(time=moved(CHANGED, seconds=1))) == (0, set())


@pytest.mark.parametrize("broken", ["{\n", '{"time": \n', "[]\n", b"\xff\xfe\xfd\n", "nothing\n"])
def test_a_malformed_line_is_exit_3(case: Case, broken: str | bytes) -> None:
    assert case.replay(case.line(), broken, case.line()) == (3, set())
    assert case.replay(case.line("platform"), broken)[0] == 1


def test_an_incomplete_recording_may_be_accepted(case: Case) -> None:
    assert (
        case.replay(case.line(), "{\n", options=("--allow-incomplete", "cut by rotation"))[0] == 0
    )


@pytest.mark.parametrize("nothing", ["", "\n\n", '{"log": {"entries": []}}', "interactions: []\n"])
def test_an_empty_recording_is_exit_4(case: Case, nothing: str) -> None:
    assert case.replay(nothing) == (4, set())


def test_nothing_for_an_allowed_host_is_exit_4(case: Case) -> None:
    assert case.replay(case.line(None, host="db.example.com")) == (4, set())


def test_a_key_to_another_host_is_a_violation(case: Case) -> None:
    code, rules = case.replay(case.line(), case.line(host="evil.example.com"))
    assert (code, rules) == (1, {"egress-foreign-host"})


def test_a_declared_surface_that_was_not_seen_is_exit_4_with_its_name(case: Case) -> None:
    case.policy(surfaces=["chat", "kb-drafts"])
    assert case.replay(case.line(surface="chat"), case.line(surface="kb-drafts")) == (0, set())
    (case.folder / "traffic").write_text(case.line(surface="chat"))
    done = case.antkey("egress", "replay", "traffic")
    assert done.returncode == 4
    assert b"kb-drafts" in done.stdout


def test_without_an_inventory_nothing_can_be_judged(case: Case) -> None:
    case.policy(inventory=False)
    (case.folder / "traffic").write_text(case.line())
    done = case.antkey("egress", "replay", "traffic")
    assert done.returncode == 2
    assert b"[inventory]" in done.stderr


def test_standard_input_and_several_files_are_read(case: Case) -> None:
    (case.folder / "a.gz").write_bytes(gzip.compress(case.line().encode()))
    document = case.document("a.gz", "-", stdin=case.line("globex", "globex").encode())
    assert (document["exit_code"], document["stats"]["requests"]) == (0, 2)
    document = case.document("a.gz", "-", stdin=case.line("platform").encode())
    assert document["findings"][0]["location"]["path"] == "<stdin>"


@pytest.mark.parametrize("operand", ["missing", "."])
def test_what_is_no_file_is_exit_2(case: Case, operand: str) -> None:
    done = case.antkey("egress", "replay", operand)
    assert done.returncode == 2
    assert operand.encode() in done.stderr


def har(case: Case, key: str | None, creator: str = "mitmproxy", **more: Any) -> str:
    headers = [{"name": "x-tenant", "value": "acme"}]
    headers += [{"name": "X-Api-Key", "value": case.keys[key]}] if key else []
    request = {"method": "POST", "url": "https://api.anthropic.com/v1/messages", "headers": headers}
    entry = {"startedDateTime": LATER, "request": request, "response": {"status": 200}, **more}
    return json.dumps({"log": {"creator": {"name": creator}, "entries": [entry]}})


def test_a_har_file_is_judged(case: Case) -> None:
    case.policy(tenant_from="header:x-tenant")
    assert case.replay(har(case, "acme")) == (0, set())
    assert case.replay(har(case, "platform")) == (1, {"egress-platform-key"})
    assert case.replay(har(case, None)) == (1, {"egress-no-key"})
    assert case.replay(har(case, None, "WebInspector")) == (4, set())
    assert case.replay(har(case, "acme", "WebInspector")) == (1, {"egress-key-in-browser"})
    assert case.replay(har(case, "acme")[:-20])[0] == 3


def test_a_key_in_an_answer_is_a_violation(case: Case) -> None:
    case.policy(tenant_from="header:x-tenant")
    answer = {"status": 200, "content": {"text": f'{{"apiKey": "{case.keys["globex"]}"}}'}}
    code, rules = case.replay(har(case, "acme", response=answer))
    assert (code, rules) == (1, {"egress-key-in-response"})
