"""Rules about whose key a request carries: the platform's, another tenant's, nobody's, none, two."""

from __future__ import annotations

import pytest
from tests.traffic import ACME, KEYS, NOON, OPTIONAL, PLATFORM, carried, judge, life, sent, told

from antkey_scanner.egress.records import Request
from antkey_scanner.inventory.records import Mode
from antkey_scanner.inventory.times import SECOND
from antkey_scanner.policy.egress import EgressPolicy

ADMIN = life("admin", role="admin")


@pytest.mark.parametrize("header", ["x-api-key", "authorization", "cookie", "x-tenant-key"])
def test_the_tenant_s_own_key_is_in_order_in_any_header(header: str) -> None:
    assert told(judge(), sent(carried("acme-1", header))) == []


@pytest.mark.parametrize("header", ["x-api-key", "authorization", "url"])
def test_the_platform_s_key_is_none_of_a_tenant(header: str) -> None:
    assert "platform-key" in told(judge(), sent(carried("platform", header)))


@pytest.mark.parametrize(
    ("request_", "live", "policy", "found"),
    [
        (sent("platform"), False, EgressPolicy(), True),
        (sent("platform"), True, EgressPolicy(), True),
        (sent("platform", tenant=None), False, EgressPolicy(), False),
        (sent("platform", tenant=None), True, EgressPolicy(), True),
        (sent("platform", tenant=None), True, OPTIONAL, False),
        (sent("platform", tenant="new"), True, OPTIONAL, False),
        (sent("platform"), True, OPTIONAL, True),
        (sent("platform", host="example.com"), True, EgressPolicy(), False),
        (sent("platform", time=None), False, EgressPolicy(), True),
    ],
)
def test_who_convicts_the_platform_s_key(
    request_: Request, live: bool, policy: EgressPolicy, found: bool
) -> None:
    tenants = ("acme", "globex")
    assert (
        "platform-key" in told(judge(KEYS, policy, live=live, tenants=tenants), request_)
    ) is found


def test_an_admin_key_is_the_organisation_s_own_where_the_admin_api_is_called() -> None:
    keys = (*KEYS, ADMIN)
    assert told(judge(keys), sent("admin")) == ["platform-key"]
    call = sent("admin", tenant=None, path="/v1/organizations/usage_report/messages")
    judged = judge(keys)
    assert told(judged, call) == []
    assert not judged.unjudged


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (-1, False),
        (0, False),
        (60 * SECOND, False),
        (60 * SECOND + 1, True),
    ],
)
def test_a_first_key_may_be_known_a_moment_later_the_last_moment_included(
    at: int, found: bool
) -> None:
    keys = (life("acme-1", "acme", start=NOON), PLATFORM)
    assert told(judge(keys, OPTIONAL), sent("platform", at=at)) == ["platform-key"] * found


def test_without_grace_the_platform_s_key_stops_the_moment_the_new_one_is_there() -> None:
    keys = (life("acme-1", "acme", start=NOON), PLATFORM)
    policy = OPTIONAL._replace(grace_seconds=0)
    assert told(judge(keys, policy), sent("platform", at=0)) == []
    assert told(judge(keys, policy), sent("platform", at=1)) == ["platform-key"]


def test_a_rotation_is_no_first_key() -> None:
    old = life("acme-1", "acme", end=NOON)
    new = life("acme-2", "acme", start=NOON)
    assert told(judge((old, new, PLATFORM), OPTIONAL), sent("platform", at=1)) == ["platform-key"]


def test_a_gap_between_keys_is_a_time_without_one() -> None:
    old = life("acme-1", "acme", end=NOON - 10 * SECOND)
    new = life("acme-2", "acme", start=NOON)
    judged = judge((old, new, PLATFORM), OPTIONAL)
    assert told(judged, sent("platform", at=-10 * SECOND - 1)) == ["platform-key"]
    assert told(judged, sent("platform", at=-10 * SECOND)) == []
    assert told(judged, sent("platform", at=60 * SECOND)) == []
    assert told(judged, sent("platform", at=60 * SECOND + 1)) == ["platform-key"]


def test_the_mode_of_its_time_judges_a_request() -> None:
    modes = {"acme": (Mode("byo", NOON), Mode("managed", NOON + 3600 * SECOND))}
    judged = judge(policy=OPTIONAL, modes=modes)
    assert told(judged, sent("platform", at=61 * SECOND)) == ["platform-key"]
    assert told(judged, sent("platform", at=3600 * SECOND - 1)) == ["platform-key"]
    assert told(judged, sent("platform", at=3600 * SECOND)) == []
    assert told(judged, sent("platform", at=10**12)) == []


def test_under_never_no_mode_and_no_missing_key_lets_the_platform_s_through() -> None:
    modes = {"acme": (Mode("managed", NOON),)}
    assert told(judge(modes=modes), sent("platform", at=1)) == ["platform-key"]
    assert told(judge((PLATFORM,)), sent("platform")) == ["platform-key"]


@pytest.mark.parametrize(
    ("key", "tenant", "found"),
    [
        ("globex-1", "acme", True),
        ("acme-1", "acme", False),
        ("acme-1", "Acme", True),
        ("acme-1", None, False),
        ("shared", "acme", False),
    ],
)
def test_tenants_are_the_same_when_they_are_spelled_the_same(
    key: str, tenant: str | None, found: bool
) -> None:
    nobodys = life("shared", role="tenant")
    judged = judge((*KEYS, nobodys), tenants=("acme", "globex"))
    assert ("wrong-tenant" in told(judged, sent(key, tenant=tenant))) is found


def test_a_key_that_nobody_knows_is_told_whoever_it_was_for() -> None:
    for tenant in ("acme", None):
        assert told(judge(), sent("somebody's", tenant=tenant)) == ["unknown-key"]


@pytest.mark.parametrize(
    ("keys", "credential", "found", "reason"),
    [
        ((ACME,), carried("x"), True, None),
        ((), carried("x"), False, "enough"),
        ((life("a", "acme", sha256=None),), carried("x"), True, None),
        ((life("a", "acme", hint=None),), carried("x"), True, None),
        ((life("a", "acme", sha256=None),), carried("x", sha256=None), True, None),
        ((life("a", "acme", hint=None),), carried("x", sha256=None), False, "enough"),
        ((life("a", "acme", sha256=None),), carried("x", hint=""), False, "enough"),
        ((ACME, life("a", "acme", sha256=None)), carried("x", hint=""), False, "enough"),
        ((life("a", "acme", sha256=None, hint=None),), carried("x"), False, "enough"),
        ((ACME,), carried("x", hint="", sha256=None), False, "enough"),
    ],
)
def test_nobody_is_said_to_know_a_key_only_where_all_could_be_compared(
    keys: tuple[object, ...], credential: object, found: bool, reason: str | None
) -> None:
    judged = judge(keys)  # type: ignore[arg-type]
    assert told(judged, sent(credential)) == ["unknown-key"] * found  # type: ignore[arg-type]
    reasons = list(judged.unjudged)
    assert len(reasons) == (reason is not None)
    assert all(reason is not None and reason in each for each in reasons)


def test_in_a_run_a_key_that_was_not_given_out_is_unknown_even_without_any_known() -> None:
    assert told(judge((), live=True), sent("x")) == ["unknown-key"]


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (sent(), True),
        (sent(tenant=None), True),
        (sent(complete=False), False),
        (sent(method="OPTIONS"), False),
        (sent(method="CONNECT", path=""), False),
        (sent(host="example.com"), False),
        (sent("acme-1"), False),
        (sent(carried("acme-1", "body")), True),
        (sent(carried("?", hint="", sha256=None)), False),
    ],
)
def test_no_key_is_told_where_all_headers_are_known(request_: Request, found: bool) -> None:
    assert told(judge(), request_) == ["no-key"] * found


def test_a_key_in_the_answer_is_none_of_the_request() -> None:
    assert told(judge(), sent(carried("acme-1", "response"))) == ["key-in-response", "no-key"]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (("acme-1", carried("acme-1", "authorization")), False),
        (("acme-1", carried("platform", "authorization")), True),
        (("acme-1", carried("platform", "url")), True),
        (("acme-1", carried("acme-1", "a"), carried("platform", "b")), True),
        (("acme-1", carried("acme-1", "authorization", sha256=None)), False),
        ((carried("acme-1", sha256=None), carried("platform", "authorization", sha256=None)), True),
        (("acme-1", carried("platform", "authorization", hint="", sha256=None)), False),
        (("acme-1", carried("platform", "body")), False),
        (("acme-1", carried("platform", "response")), False),
    ],
)
def test_two_keys_are_two_texts_and_not_two_headers(keys: tuple[str, ...], found: bool) -> None:
    assert ("two-keys" in told(judge(), sent(*keys))) is found


def test_the_platform_s_key_beside_the_tenant_s_is_told_by_name() -> None:
    found = judge().take(sent("acme-1", carried("platform", "authorization")))
    assert [finding.rule.id for finding in found] == ["egress-platform-key", "egress-two-keys"]
    assert all(finding.secret is not None for finding in found)
    assert found[0].secret is not None
    assert found[0].secret.sha256 == PLATFORM.sha256
    assert "the platform's key platform in authorization" in found[0].message


def test_two_hints_of_one_key_written_differently_are_one_key() -> None:
    dots = carried("acme-1", "authorization", sha256=None)
    dots = dots._replace(hint=dots.hint.replace("…", "..."))
    assert told(judge(), sent("acme-1", dots)) == []
