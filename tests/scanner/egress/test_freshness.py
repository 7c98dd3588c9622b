"""What was seen long ago, or is dated in time to come, proves nothing of today."""

from __future__ import annotations

import pytest

from antkey_scanner.egress.freshness import CLOCKS_DIFFER, Freshness
from antkey_scanner.egress.records import Request, Silent, Stretch
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import DAY, SECOND
from antkey_scanner.policy.egress import EgressPolicy

NOW = 1_795_176_000 * SECOND
CALL = "egress-platform-key"
FAULTS, NO_KEY, STALE_KEY = (
    "egress-fallback-on-error",
    "egress-request-without-tenant-key",
    "egress-stale-key",
)
PAGES, SURFACES = "egress-key-in-browser", "egress-not-seen"


def request(days: float, scenario: str | None = "ok", **fields: object) -> Request:
    time = round(NOW - days * DAY)
    known = Request(Place("a.jsonl", 1), time, "api.anthropic.com", "POST", "/v1/messages")
    return known._replace(scenario=scenario, **fields)  # type: ignore[arg-type]


def stale(
    *items: Request | Silent | Stretch, policy: EgressPolicy | None = None, pages: bool = False
) -> dict[str, str]:
    fresh = Freshness(policy or EgressPolicy(), NOW)
    for item in items:
        fresh.note(item, pages=pages)
    rules = (CALL, FAULTS, NO_KEY, STALE_KEY, PAGES, SURFACES)
    return dict(fresh.stale(rules))


def test_the_limit_is_inclusive() -> None:
    assert CALL not in stale(request(30))
    assert (
        "31 days ago, and [egress] max_age_days is 30; run antkey egress run"
        in (stale(request(31))[CALL])
    )
    assert CALL not in stale(request(31), policy=EgressPolicy(max_age_days=31))


def test_the_newest_request_counts() -> None:
    assert CALL not in stale(request(400), request(3), request(500))


def test_a_request_to_another_host_refreshes_nothing() -> None:
    assert CALL in stale(request(400), request(1, host="example.com"))


@pytest.mark.parametrize(
    ("rule", "scenario", "cure"),
    [
        (FAULTS, "429", "--scenario 429"),
        (FAULTS, "cut-stream", "--scenario 429"),
        (NO_KEY, "no-key", "--scenario no-key"),
        (STALE_KEY, "rotate", "--scenario rotate"),
    ],
)
def test_each_scenario_is_played_again(rule: str, scenario: str, cure: str) -> None:
    old = stale(request(40, scenario), request(1))
    assert CALL not in old
    assert cure in old[rule]
    assert rule not in stale(request(1, scenario))


def test_a_fault_that_was_recorded_is_one() -> None:
    assert FAULTS not in stale(request(1, None, status=429))
    assert FAULTS in stale(request(40, None, status=429), request(1, None, status=200))


def test_recorded_traffic_shows_changes_of_keys() -> None:
    assert STALE_KEY not in stale(request(1, None))
    assert STALE_KEY in stale(request(40, None), request(1))


def test_pages_are_of_any_host() -> None:
    assert PAGES not in stale(request(1, None, host="app.example.com"), pages=True)
    assert "HAR file" in stale(request(40, None, host="app.example.com"), pages=True)[PAGES]
    assert PAGES in stale(request(1, None))


def test_each_surface_has_to_be_seen_of_late() -> None:
    policy = EgressPolicy(surfaces=("chat", "drafts"))
    told = stale(request(40, surface="drafts"), request(1, surface="chat"), policy=policy)
    assert told[SURFACES].startswith("what was seen of drafts is of ")
    both = (request(2, surface="drafts"), request(1, surface="chat"))
    assert SURFACES not in stale(*both, policy=policy)


def test_a_silence_has_an_age_too() -> None:
    assert NO_KEY not in stale(Silent("no-key", NOW - DAY))
    assert NO_KEY in stale(Silent("no-key", NOW - 31 * DAY))
    assert "was not seen at a known time" in stale(Silent("no-key"))[NO_KEY]


def test_what_is_of_a_time_to_come_proves_nothing() -> None:
    ahead = request(0)._replace(time=NOW + CLOCKS_DIFFER + 1)
    told = stale(request(1), ahead)
    assert "1 record is of a time to come; set the clock" in told[CALL]
    assert CALL not in stale(ahead._replace(time=NOW + CLOCKS_DIFFER))


def test_a_stretch_is_as_old_as_its_newest() -> None:
    def stretch(*days: float) -> Stretch:
        said = request(0)[2:]
        return Stretch("a.jsonl", 1, [round(NOW - one * DAY) for one in days], [said] * len(days))

    assert CALL not in stale(stretch(40, 2, 50))
    assert CALL in stale(stretch(40, 50))
    assert "3 records are" in stale(stretch(-1, -2, 1, -3))[CALL]


def test_without_any_call_nothing_is_said_of_age() -> None:
    assert CALL not in stale()
