"""Verdicts that are remembered are those that every request would have had by itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from antkey_rules.egress import load_egress_rules
from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.records import Credential, Request, Said, Stretch
from antkey_scanner.egress.windows import WINDOW, Windows
from antkey_scanner.inventory.records import Mode, Place
from antkey_scanner.inventory.times import SECOND
from antkey_scanner.policy.egress import EgressPolicy

HOUR = 3600 * SECOND
LIVES = (
    KeyLife("a1", "tenant", "acme", "a1", start=0, end=9 * HOUR, replaced_at=5 * HOUR, successor="a2"),
    KeyLife("a2", "tenant", "acme", "a2", start=5 * HOUR),
    KeyLife("a3", "tenant", "acme", "a3", start=0),
    KeyLife("b1", "tenant", "globex", "b1", start=2 * HOUR, end=8 * HOUR),
    KeyLife("p", "platform", None, "p"),
    KeyLife("admin", "admin", None, "admin"),
)  # fmt: skip
MODES = {"globex": (Mode("managed", 0), Mode("byo", 3 * HOUR), Mode("managed", 7 * HOUR))}
RULES = load_egress_rules()

# Edges and what lies around them, to the microsecond.
EDGES = st.integers(0, 10).map(lambda hour: hour * HOUR)
NEAR = st.sampled_from([0, 59, 60, 61, 299, 300, 301, -59, -60, -61, -299, -300, -301])
times = st.integers(0, 10 * HOUR) | st.builds(
    lambda edge, seconds, part: edge + seconds * SECOND + part,
    *(EDGES, NEAR, st.sampled_from([-1, 0, 1])),
)
requests = st.builds(
    lambda time, keys, tenant, status, scenario, host, complete, path, model, source: Request(
        Place("x", 1),
        time,
        host,
        "POST",
        path,
        tuple(Credential("x-api-key", "api03", "", key) for key in keys),
        tenant=tenant,
        scenario=scenario,
        status=status,
        complete=complete,
        model=model,
        source=source,
    ),
    times | st.none(),
    st.lists(
        st.sampled_from(["a1", "a2", "a3", "b1", "p", "admin", "unknown"]), max_size=2, unique=True
    ),
    st.sampled_from(["acme", "globex", "initech", None]),
    st.sampled_from([200, 200, 404, 429, 401, None]),
    st.sampled_from([None, None, "no-key", "timeout"]),
    st.sampled_from(["api.anthropic.com", "other.example.com"]),
    st.booleans(),
    st.sampled_from(["/v1/messages", "/v1/models", "/v1/organizations/users"]),
    st.sampled_from([None, "claude-a", "other"]),
    st.sampled_from([None, "test_a"]),
)
policies = st.builds(
    lambda grace, fallback, models: EgressPolicy(
        grace_seconds=grace, fallback=fallback, allowed_models=models
    ),
    st.sampled_from([0.0, 60.0, 1000.0]),
    st.sampled_from(["never", "when-no-tenant-key"]),
    st.sampled_from([(), ("claude-*",)]),
)


def verdict(policy: EgressPolicy, stream: list[Request], *, recalls: bool) -> object:
    judge = Judge(RULES, policy, Book(LIVES, MODES))
    if not recalls:
        judge._recall = None
    rules = [[finding.rule.id for finding in judge.take(request)] for request in stream]
    found = sorted(f"{one.rule.id} {one.anchor} {one.message}" for one in judge.findings())
    seen = {cell: +counts for cell, counts in judge.seen.items()}
    return rules, found, judge.unjudged, judge.calls, judge.requests, seen


@settings(max_examples=150)
@given(st.lists(requests, max_size=40), policies)
def test_a_remembered_verdict_is_the_one_that_would_be_given(
    stream: list[Request], policy: EgressPolicy
) -> None:
    ordered = stream + sorted(stream, key=lambda one: one.time or 0)
    with_memory = verdict(policy, ordered, recalls=True)
    assert with_memory == verdict(policy, ordered, recalls=False)


@settings(max_examples=150)
@given(st.lists(st.lists(requests, max_size=30), max_size=4), policies)
def test_stretches_are_judged_as_their_requests_are(
    parts: list[list[Request]], policy: EgressPolicy
) -> None:
    parts += [sorted(part, key=lambda one: one.time or 0) for part in parts]
    one_by_one = Judge(RULES, policy, Book(LIVES, MODES))
    one_by_one._recall = None
    at_once = Judge(RULES, policy, Book(LIVES, MODES))
    # What says the same is the same object, as readers give it.
    same: dict[Said, Said] = {}
    for part in parts:
        said = [same.setdefault(request[2:], request[2:]) for request in part]
        stretch = Stretch("x", 1, [request.time for request in part], said)
        for request in stretch.requests():
            one_by_one.take(request)
        at_once.take_all(stretch)
    assert state(at_once) == state(one_by_one)


def state(judge: Judge) -> object:
    seen = {cell: +counts for cell, counts in judge.seen.items()}
    return judge.findings(), judge.unjudged, judge.calls, judge.requests, seen


def test_what_becomes_known_of_a_key_changes_the_verdicts() -> None:
    book = Book([KeyLife("p", "platform", None, "p")])
    judge = Judge(RULES, EgressPolicy(), book)
    credential = Credential("x-api-key", "api03", "", "new")
    request = Request(
        Place("x", 1), HOUR, "api.anthropic.com", "POST", "/v1/messages", (credential,)
    )
    request = request._replace(tenant="acme")
    assert judge.take(request)
    assert judge.take(request)
    book.add(KeyLife("k", "tenant", "acme", "new"))
    assert not judge.take(request)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40 * WINDOW)), max_size=60))
def test_uses_near_each_other_are_told_in_any_order(uses: list[tuple[str, int]]) -> None:
    lives = {name: KeyLife(name, "tenant", "acme", name) for name in "ab"}
    windows = Windows(Book(lives.values()))
    for position, (name, time) in enumerate(uses):
        near = any(other != name and abs(time - then) <= WINDOW for other, then in uses[:position])
        # A spell counts as a whole: within it no moment is further than half a window from a use.
        told = windows.others("acme", time, [lives[name]])
        assert bool(told) >= near
        if told and not near:
            assert any(
                other != name and abs(time - then) <= WINDOW * 3 // 2
                for other, then in uses[:position]
            )
