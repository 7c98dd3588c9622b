"""Rules about time and order: old keys, several keys, other keys after a fault, requests without any key."""

from __future__ import annotations

import pytest
from tests.traffic import (
    ACME,
    GLOBEX,
    KEYS,
    NOON,
    OPTIONAL,
    PLATFORM,
    carried,
    judge,
    life,
    sent,
    told,
)

from antkey_scanner.egress.rule import Fault
from antkey_scanner.inventory.records import Mode
from antkey_scanner.inventory.times import SECOND
from antkey_scanner.policy.egress import EgressPolicy

MINUTE = 60 * SECOND
OLD = life("acme-1", "acme", replaced_at=NOON, successor="acme-2")
NEW = life("acme-2", "acme", start=NOON)


@pytest.mark.parametrize(("at", "found"), [(-1, False), (0, True), (1, True), (10**12, True)])
def test_revocation_has_no_grace(at: int, found: bool) -> None:
    for key in (
        life("acme-1", "acme", end=NOON),
        life("acme-1", "acme", end=NOON, replaced_at=NOON),
    ):
        assert told(judge((key,)), sent("acme-1", at=at)) == ["stale-key"] * found


@pytest.mark.parametrize(
    ("grace", "at", "found"),
    [
        (60, -1, False),
        (60, 0, False),
        (60, MINUTE, False),
        (60, MINUTE + 1, True),
        (0, 0, False),
        (0, 1, True),
        (0.5, SECOND // 2, False),
        (0.5, SECOND // 2 + 1, True),
        (0.0000015, 2, False),
        (0.0000015, 3, True),
    ],
)
def test_a_replaced_key_may_be_seen_to_the_last_moment_of_the_grace(
    grace: float, at: int, found: bool
) -> None:
    policy = EgressPolicy(grace_seconds=grace)
    for live in (False, True):
        judged = judge((OLD, NEW), policy, live=live)
        assert told(judged, sent("acme-1", at=at)) == ["stale-key"] * found
        assert "stale-key" not in told(judged, sent("acme-2", at=at))


def test_a_stale_key_is_told_with_when_and_by_what() -> None:
    (finding,) = judge((OLD, NEW)).take(sent("acme-1", at=2 * MINUTE))
    assert "at 2026-11-20T12:02:00Z carries acme's key acme-1" in finding.message
    assert "replaced by acme-2 at 2026-11-20T12:00:00Z; the grace is 60 seconds" in finding.message


def test_an_old_key_of_the_platform_or_of_another_tenant_is_stale_too() -> None:
    keys = (ACME, PLATFORM._replace(end=NOON), GLOBEX._replace(end=NOON))
    assert told(judge(keys), sent("platform")) == ["platform-key", "stale-key"]
    assert told(judge(keys), sent("globex-1")) == ["stale-key", "wrong-tenant"]


def test_a_tenant_that_went_over_to_the_platform_uses_its_own_key_no_longer() -> None:
    modes = {"acme": (Mode("byo", NOON - MINUTE), Mode("managed", NOON))}
    judged = judge(modes=modes, policy=OPTIONAL)
    assert told(judged, sent("acme-1", at=-1)) == []
    assert told(judged, sent("acme-1", at=MINUTE)) == []
    assert told(judged, sent("acme-1", at=MINUTE + 1)) == ["stale-key"]
    assert told(judged, sent("globex-1", tenant="globex", at=MINUTE + 1)) == []


def test_a_key_that_the_tenant_no_longer_has_is_stale_in_the_scenario_without_keys() -> None:
    judged = judge(policy=OPTIONAL, live=True)
    assert told(judged, sent("acme-1", scenario="no-key")) == ["stale-key"]
    assert told(judged, sent("platform", scenario="no-key")) == []


def test_a_request_to_another_host_or_without_a_time_is_not_judged_by_time() -> None:
    keys = (life("acme-1", "acme", end=NOON),)
    assert told(judge(keys), sent("acme-1", time=None)) == []
    assert told(judge(keys), sent("acme-1", host="localhost")) == []


TWO = (ACME, life("acme-b", "acme"), GLOBEX, PLATFORM)


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (1, True),
        (300 * SECOND, True),
        (300 * SECOND + 1, False),
        (-300 * SECOND, True),
        (-301 * SECOND, False),
    ],
)
def test_two_keys_of_one_tenant_share_no_window(at: int, found: bool) -> None:
    judged = judge(TWO)
    assert told(judged, sent("acme-1")) == []
    assert told(judged, sent("acme-b", at=at)) == ["many-keys"] * found


def test_another_tenant_s_and_the_platform_s_key_do_not_share_it() -> None:
    judged = judge(TWO, OPTIONAL)
    for request in (sent("acme-1"), sent("globex-1", tenant="globex"), sent("acme-1", at=1)):
        assert told(judged, request) == []
    assert told(judged, sent("globex-1", at=2)) == ["wrong-tenant"]
    assert told(judged, sent("acme-1", at=3)) == []


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("prod", "dev", False),
        ("prod", "prod", True),
        ("prod", None, True),
        (None, None, True),
    ],
)
def test_environments_may_have_a_key_each(one: str | None, other: str | None, found: bool) -> None:
    keys = (ACME._replace(environment=one), life("acme-b", "acme", environment=other))
    judged = judge(keys)
    told(judged, sent("acme-1"))
    assert told(judged, sent("acme-b", at=1)) == ["many-keys"] * found


def test_generations_of_a_key_may_share_a_window_whichever_comes_first() -> None:
    keys = (
        life("acme-1", "acme", successor="acme-2"),
        life("acme-2", "acme", successor="acme-3"),
        life("acme-3", "acme"),
        life("acme-b", "acme"),
    )
    judged = judge(keys)
    for at, name in enumerate(("acme-3", "acme-1", "acme-2", "acme-3")):
        assert told(judged, sent(name, at=at)) == []
    assert told(judged, sent("acme-b", at=9)) == ["many-keys"]


def test_keys_that_replace_each_other_in_a_circle_end() -> None:
    keys = (life("a", "acme", successor="b"), life("b", "acme", successor="a"), life("c", "acme"))
    judged = judge(keys)
    assert told(judged, sent("a")) == []
    assert told(judged, sent("b", at=1)) == []
    assert told(judged, sent("c", at=2)) == ["many-keys"]


@pytest.mark.parametrize("what", ["401", "403", "429", "529", "timeout", "cut-stream"])
def test_after_a_fault_only_the_tenant_s_own_key_may_follow(what: str) -> None:
    judged = judge(live=True, tenants=("acme", "globex"))
    judged.fault("acme", what, Fault(what, "acme-1"))
    assert told(judged, sent("acme-1", scenario=what)) == []
    assert told(judged, sent("globex-1", tenant="globex", scenario=what)) == []
    assert told(judged, sent("platform", scenario=what)) == ["fallback-on-error", "platform-key"]
    assert told(judged, sent("nobody's", scenario=what)) == ["fallback-on-error", "unknown-key"]
    assert told(judged, sent("globex-1", scenario=what)) == ["fallback-on-error", "wrong-tenant"]
    (finding, *_) = judged.take(sent("platform", scenario=what, surface="chat"))
    assert finding.message.endswith(f"after {what} on acme-1")
    assert f"for acme (surface chat, scenario {what})" in finding.message


def test_whoever_it_is_for_the_platform_s_key_after_a_fault_is_a_fallback() -> None:
    judged = judge(live=True, tenants=("acme", "globex"))
    assert told(judged, sent("platform", tenant=None, scenario="429")) == ["platform-key"]
    judged.fault("acme", "429", Fault("429", "acme-1"))
    assert told(judged, sent("platform", tenant=None, scenario="429")) == [
        "fallback-on-error",
        "platform-key",
    ]
    assert told(judged, sent("globex-1", tenant=None, scenario="429")) == []


def test_a_fault_is_that_of_its_tenant_and_scenario() -> None:
    judged = judge(live=True, tenants=("acme", "globex"))
    judged.fault("acme", "429", Fault("429", "acme-1"))
    assert told(judged, sent("platform", tenant="globex", scenario="429")) == ["platform-key"]
    assert told(judged, sent("platform", scenario="ok")) == ["platform-key"]


def test_before_the_fault_the_platform_s_key_is_no_fallback() -> None:
    judged = judge(live=True)
    assert told(judged, sent("platform", scenario="429")) == ["platform-key"]


def test_the_tenant_s_second_key_is_its_own() -> None:
    judged = judge((OLD, NEW), live=True)
    judged.fault("acme", None, Fault("401", "acme-1"))
    assert told(judged, sent("acme-2")) == []


@pytest.mark.parametrize("status", [401, 403, 429, 529])
@pytest.mark.parametrize(
    ("at", "found"), [(0, True), (300 * SECOND, True), (300 * SECOND + 1, False), (-1, False)]
)
def test_in_records_a_refusal_counts_for_five_minutes(status: int, at: int, found: bool) -> None:
    judged = judge()
    told(judged, sent("acme-1", status=status))
    assert ("fallback-on-error" in told(judged, sent("platform", at=at))) is found


@pytest.mark.parametrize("status", [200, 400, 404, 500, 0, None])
def test_in_records_other_answers_are_no_fault_of_the_key(status: int | None) -> None:
    judged = judge()
    told(judged, sent("acme-1", status=status))
    assert told(judged, sent("platform", at=1)) == ["platform-key"]


@pytest.mark.parametrize(
    ("scenario", "status"), [("timeout", 0), ("cut-stream", 200), ("429", 429)]
)
def test_in_evidence_the_scenario_says_what_the_answer_was(scenario: str, status: int) -> None:
    judged = judge()
    told(judged, sent("acme-1", scenario=scenario, status=status))
    found = judged.take(sent("platform", at=1, scenario=scenario))
    assert found[0].rule.id == "egress-fallback-on-error"
    assert f"after {scenario} on" in found[0].message


def test_in_records_a_refusal_of_another_s_key_is_no_fault_on_the_tenant_s() -> None:
    judged = judge(policy=OPTIONAL)
    told(judged, sent("platform", tenant="new", status=429))
    assert "fallback-on-error" not in told(judged, sent("nobody's", tenant="new", at=1))


@pytest.mark.parametrize("live", [True, False])
def test_without_keys_and_without_fallback_there_is_no_request_at_all(live: bool) -> None:
    judged = judge((PLATFORM,), live=live, tenants=("acme",))
    assert told(judged, sent("platform", scenario="no-key")) == [
        "platform-key",
        "request-without-tenant-key",
    ]
    assert told(judged, sent(scenario="no-key")) == ["request-without-tenant-key"]
    assert told(judged, sent(tenant=None, scenario="no-key")) == ["request-without-tenant-key"]
    assert told(judged, sent(scenario="no-key", host="example.com")) == []
    assert told(judged, sent(scenario="no-key", method="OPTIONS")) == []


def test_where_the_platform_s_key_may_stand_in_only_it_may() -> None:
    judged = judge(KEYS, OPTIONAL, live=True, tenants=("acme",))
    assert told(judged, sent("platform", scenario="no-key")) == []
    assert told(judged, sent(scenario="no-key")) == ["no-key"]
    assert told(judged, sent("nobody's", scenario="no-key")) == ["unknown-key"]
    assert told(judged, sent("globex-1", scenario="no-key")) == ["wrong-tenant"]


def test_a_fault_of_a_doubtful_key_is_left_open() -> None:
    judged = judge((ACME, life("x", "acme", hint=None)))
    told(judged, sent("acme-1", status=429))
    assert told(judged, sent(carried("nobody's", sha256=None), at=1)) == []
