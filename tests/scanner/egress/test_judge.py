"""The judge: what it attributes, counts, groups, leaves undecided and forgets."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.traffic import (
    ACME,
    GLOBEX,
    KEYS,
    NOON,
    OPTIONAL,
    PLATFORM,
    RULES,
    carried,
    hint,
    judge,
    life,
    sent,
    sha,
    told,
)

from antkey_scanner.egress.judge import (
    NO_BOOK,
    NO_KEY,
    NO_OWNER,
    NO_TENANT,
    NO_TIME,
    REASONS,
    REST,
    TOO_EARLY,
    TWO_FIT,
    UNCLEAR,
    Judge,
    Seen,
)
from antkey_scanner.egress.recall import Recall
from antkey_scanner.egress.records import Request
from antkey_scanner.egress.rule import Fault
from antkey_scanner.inventory.records import Mode, Place
from antkey_scanner.inventory.times import SECOND
from antkey_scanner.model import Finding
from antkey_scanner.policy.egress import EgressPolicy

TWINS = (ACME, life("acme-b", "acme", hint=hint("acme-1")))
HINTED = carried("acme-1", sha256=None)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (sent("acme-1"), None),
        (sent("acme-1", time=None), NO_TIME),
        (sent("acme-1", tenant=None), NO_TENANT),
        (sent(complete=False), NO_KEY),
        (sent("platform", tenant="unheard-of"), NO_BOOK),
        (sent("shared"), NO_OWNER),
        (sent("young", at=-301 * SECOND), TOO_EARLY),
        (sent("young", at=-300 * SECOND), None),
        (sent(tenant=None, method="OPTIONS"), None),
        (sent(tenant=None, host="example.com"), None),
        (sent("acme-1", tenant=None, host="localhost"), None),
        (sent("acme-1", tenant=None, time=None, complete=False), NO_TIME),
    ],
)
def test_what_a_record_lacks_is_counted_by_its_reason(
    request_: Request, reason: str | None
) -> None:
    keys = (*KEYS, life("shared", role="tenant"), life("young", "acme", start=NOON))
    judged = judge(keys, OPTIONAL)
    judged.take(request_)
    assert list(judged.unjudged) == ([] if reason is None else [reason])
    assert set(judged.unjudged) <= REASONS


def test_a_hint_that_fits_two_keys_is_undecided_whosever_they_are() -> None:
    judged = judge(TWINS)
    assert told(judged, sent(HINTED)) == []
    assert dict(judged.unjudged) == {TWO_FIT: 1}
    assert judged.seen == {Seen("acme", None, None): {"undecided": 1}}


def test_a_hint_that_fits_two_keys_is_no_request_without_a_key() -> None:
    assert told(judge(TWINS), sent(HINTED, complete=True)) == []


def test_what_cannot_be_compared_is_not_unknown() -> None:
    judged = judge((life("a", "acme", hint=None),))
    assert told(judged, sent(HINTED)) == []
    assert dict(judged.unjudged) == {UNCLEAR: 1}


def test_a_request_is_undecided_once_whatever_it_lacks() -> None:
    judged = judge()
    judged.take(sent(tenant=None, time=None, complete=False))
    assert judged.unjudged.total() == 1


def test_a_request_whose_key_convicts_it_is_judged_whatever_else_nobody_knows() -> None:
    judged = judge()
    assert told(judged, sent("nobody's", tenant=None, time=None)) == ["unknown-key"]
    assert not judged.unjudged


def test_one_tenant_needs_no_mark() -> None:
    judged = judge((ACME, PLATFORM), live=True, tenants=("acme",))
    assert told(judged, sent("acme-1", tenant=None)) == []
    assert judged.seen == {Seen("acme", None, None): {"tenant": 1}}
    assert told(judged, sent("platform", tenant=None)) == ["platform-key"]


def test_of_several_tenants_one_without_a_mark_is_undecided() -> None:
    judged = judge(live=True, tenants=("acme", "globex"))
    assert told(judged, sent("acme-1", tenant=None)) == []
    assert dict(judged.unjudged) == {NO_TENANT: 1}
    assert judged.seen == {Seen(None, None, None): {"undecided": 1}}


def test_two_tenants_at_a_time_are_judged_apart() -> None:
    judged = judge(live=True, tenants=("acme", "globex"))
    for at in range(1_000):
        tenant = ("acme", "globex")[at % 2]
        assert told(judged, sent(f"{tenant}-1", tenant=tenant, at=at)) == []
    assert told(judged, sent("acme-1", tenant="globex")) == ["wrong-tenant"]
    assert judged.seen[Seen("acme", None, None)] == {"tenant": 500}
    assert judged.seen[Seen("globex", None, None)] == {"tenant": 500, "failed": 1}


def test_what_each_cell_proved_is_counted() -> None:
    judged = judge(policy=OPTIONAL, modes={"globex": (Mode("managed", 0),)})
    for request in (
        sent("acme-1", surface="chat"),
        sent("platform", surface="chat"),
        sent("platform", tenant="globex", surface="chat"),
        sent("acme-1", tenant=None, scenario="ok"),
        sent(method="OPTIONS"),
        sent(host="example.com"),
    ):
        judged.take(request)
    assert judged.seen == {
        Seen("acme", "chat", None): {"tenant": 1, "failed": 1},
        Seen("globex", "chat", None): {"platform": 1},
        Seen(None, None, "ok"): {"undecided": 1},
    }
    assert (judged.requests, judged.calls) == (6, 4)


def test_findings_of_one_thing_are_one_with_a_count() -> None:
    judged = judge()
    for at in range(1_234):
        judged.take(sent("platform", at=at, place=Place("log.jsonl", at + 1)))
    (finding,) = judged.findings()
    assert finding.message.endswith(" (1,234 times)")
    assert (finding.location.path, finding.location.line) == ("log.jsonl", 1)
    assert finding.secret is not None
    assert finding.secret.sha256 == sha("platform")


@pytest.mark.parametrize(
    "other",
    [
        sent("platform", tenant="globex"),
        sent("platform", surface="chat"),
        sent("platform", scenario="429"),
        sent("platform", method="GET"),
        sent("platform", path="/v1/models"),
        sent("second"),
        sent(carried("platform", hint="", sha256=None)),
    ],
)
def test_another_tenant_surface_scenario_endpoint_or_key_is_another_finding(other: Request) -> None:
    judged = judge((*KEYS, life("second"), life("bare", sha256=None, hint=None)))
    judged.take(sent("platform"))
    judged.take(other)
    anchors = [finding.anchor for finding in judged.findings()]
    assert len(set(anchors)) == len(anchors)
    assert not any("times)" in finding.message for finding in judged.findings())


def test_ids_in_a_path_make_no_other_finding() -> None:
    judged = judge()
    for name in ("msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d", "msgbatch_02HkcTjaV5uDC8jWR4ZsDV8d"):
        judged.take(sent("platform", path=f"/v1/messages/batches/{name}/results"))
    (finding,) = judged.findings()
    assert "/v1/messages/batches/*/results" in finding.anchor
    assert "msgbatch_01" in finding.message


def test_no_anchor_holds_a_key() -> None:
    key = "sk-ant-api03-" + "Ab3_" * 23 + "XAA"
    judged = judge()
    for path in (f"/v1/{key}", "/v1/" + key.replace("-", "%2D")):
        judged.take(sent("platform", carried("platform", "url"), path=path))
    for finding in judged.findings():
        assert "Ab3_Ab3" not in f"{finding.anchor} {finding.message}"


def test_findings_come_in_the_order_in_which_they_were_first_seen() -> None:
    judged = judge()
    for key in ("platform", "nobody's", "platform"):
        judged.take(sent(key))
    assert [finding.rule.id for finding in judged.findings()] == [
        "egress-platform-key",
        "egress-unknown-key",
    ]


def test_what_a_request_returns_is_what_is_counted() -> None:
    judged = judge()
    first = judged.take(sent("platform"))
    assert judged.take(sent("platform", at=1)) == first
    assert judged.take(sent("acme-1")) == ()


def test_in_a_run_a_finding_is_the_same_from_run_to_run() -> None:
    anchors = []
    for name in ("canary-1", "canary-2"):
        key = life("ANTHROPIC_API_KEY")._replace(sha256=sha(name), hint=hint(name))
        judged = judge((key,), live=True, tenants=("acme",))
        judged.take(sent(name))
        judged.take(sent(f"unknown to {name}"))
        anchors.append([finding.anchor for finding in judged.findings()])
    assert anchors[0] == anchors[1]
    assert len(set(anchors[0])) == 2


def test_a_stream_without_end_needs_no_more_memory_for_it() -> None:
    judged = judge()
    for number in range(25_000):
        judged.take(sent("acme-1", tenant=f"t{number}", surface=f"s{number}", at=number))
    assert len(judged.seen) <= 20_001
    assert judged.seen[REST].total() == 25_000 - 20_000


def test_a_key_that_is_rotated_in_the_course_of_it_is_judged_by_what_holds_then() -> None:
    judged = judge((ACME, PLATFORM), live=True, tenants=("acme",))
    assert told(judged, sent("acme-1")) == []
    judged._book.add(ACME._replace(replaced_at=NOON + SECOND, successor="acme-2"))
    judged._book.add(life("acme-2", "acme", start=NOON + SECOND))
    assert told(judged, sent("acme-2", at=2 * SECOND)) == []
    assert told(judged, sent("acme-1", at=61 * SECOND)) == []
    assert told(judged, sent("acme-1", at=61 * SECOND + 1)) == ["stale-key"]


TIMES = st.integers(-700, 700).map(lambda seconds: seconds * SECOND // 2)
STREAM_KEYS = (
    life("acme-1", "acme", replaced_at=NOON, successor="acme-2", environment="prod"),
    life("acme-2", "acme", start=NOON, end=NOON + 200 * SECOND),
    life("acme-b", "acme", end=NOON + 100 * SECOND),
    GLOBEX._replace(start=NOON - 50 * SECOND),
    PLATFORM,
    life("admin", role="admin"),
)
NAMES = ("acme-1", "acme-1", "acme-2", "acme-b", "globex-1", "platform", "admin", "nobody's")
PATHS = ("/v1/messages", "/v1/messages", "/v1/models", "/v1/organizations/me", "/v1/models/12")
REQUESTS = st.builds(
    sent,
    st.sampled_from(NAMES),
    tenant=st.sampled_from(["acme", "acme", "acme", "globex", None]),
    at=TIMES,
    status=st.sampled_from([200, 200, 200, 429]),
    host=st.sampled_from(["api.anthropic.com"] * 5 + ["example.com"]),
    surface=st.sampled_from([None, "chat"]),
    path=st.sampled_from(PATHS),
)


def forget(recall: Recall) -> None:
    """Let it remember nothing."""
    recall.verdict = lambda _: None  # type: ignore[method-assign]


def outcome(judged: Judge, requests: Iterable[Request]) -> tuple[object, ...]:
    taken = [tuple(finding.rule.id for finding in judged.take(one)) for one in requests]
    found = [(one.rule.id, one.anchor, one.message) for one in judged.findings()]
    return taken, found, judged.seen, judged.unjudged, judged.calls


@given(
    requests=st.lists(REQUESTS, max_size=60),
    policy=st.sampled_from([EgressPolicy(), OPTIONAL, OPTIONAL._replace(grace_seconds=0)]),
    modes=st.sampled_from(
        [{}, {"acme": (Mode("byo", NOON - SECOND), Mode("managed", NOON + SECOND))}]
    ),
)
@settings(max_examples=300)
def test_remembering_what_was_judged_changes_nothing(
    requests: list[Request], policy: EgressPolicy, modes: dict[str, tuple[Mode, ...]]
) -> None:
    remembering = judge(STREAM_KEYS, policy, modes=modes)
    forgetting = judge(STREAM_KEYS, policy, modes=modes)
    assert forgetting._recall is not None
    forget(forgetting._recall)
    assert outcome(remembering, requests) == outcome(forgetting, requests)


@given(requests=st.lists(REQUESTS, max_size=30), seed=st.integers(0, 100))
def test_the_order_of_the_rules_changes_nothing_but_the_order(
    requests: list[Request], seed: int
) -> None:
    rules = list(RULES)
    random.Random(seed).shuffle(rules)
    shuffled = Judge(rules, EgressPolicy(), judge(STREAM_KEYS)._book)
    straight = judge(STREAM_KEYS)
    for request in requests:
        one, other = straight.take(request), shuffled.take(request)
        assert sorted(found.rule.id for found in one) == sorted(found.rule.id for found in other)
    assert set(straight.findings()) == set(shuffled.findings())
    assert straight.unjudged == shuffled.unjudged


@given(requests=st.lists(REQUESTS, max_size=40))
def test_each_request_is_counted_once_everywhere(requests: list[Request]) -> None:
    judged = judge(STREAM_KEYS)
    found: list[Finding] = []
    undecided = 0
    for request in requests:
        before = judged.unjudged.total()
        found += judged.take(request)
        undecided += judged.unjudged.total() > before
    assert judged.requests == len(requests)
    assert judged.unjudged.total() == undecided <= judged.calls <= judged.requests
    assert sum(_times(finding) for finding in judged.findings()) == len(found)
    cells = sum(counts.total() for counts in judged.seen.values())
    assert judged.calls <= cells <= judged.requests


def _times(finding: Finding) -> int:
    _, bracket, rest = finding.message.rpartition(" (")
    return int(rest.removesuffix(" times)")) if bracket and rest.endswith(" times)") else 1


def test_a_fault_is_forgotten_by_no_other_request() -> None:
    judged = judge(live=True, tenants=("acme",))
    judged.fault("acme", None, Fault("429", "acme-1"))
    for at in range(100):
        told(judged, sent("acme-1", at=at))
    assert told(judged, sent("platform", at=101)) == ["fallback-on-error", "platform-key"]
