"""What is due when: exact in UTC, agreeing with the rules about what is overdue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inventory.calendar import Calendar, calendar, within
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.times import DAY, HOUR, LAST, Micros, day, rfc3339
from antkey_scanner.policy import Waiver
from antkey_scanner.policy.keys import KeysPolicy, Limits

NOW = 20_000 * DAY
KEY = KeyRecord(Place("keys.toml", 1), name="prod-api")


def made(*keys: KeyRecord, policy: KeysPolicy | None = None, now: Micros = NOW) -> Calendar:
    return calendar(Inventory(keys), policy or KeysPolicy(), now)


def kinds(found: Calendar) -> list[str]:
    return [event.kind for event in found.events]


def test_a_key_is_due_at_its_limit_and_warned_of_before() -> None:
    found = made(KEY._replace(created_at=NOW))
    assert [(event.kind, event.time - NOW) for event in found.events] == [
        ("warning", 76 * DAY),
        ("rotation", 90 * DAY),
    ]


@pytest.mark.parametrize(("past", "overdue"), [(-1, False), (0, False), (1, True)])
def test_the_last_moment_is_still_in_order(past: int, overdue: bool) -> None:
    (event,) = made(KEY._replace(created_at=NOW - 90 * DAY - past)).events
    assert event.overdue is overdue


def test_limits_are_those_of_the_environment() -> None:
    policy = KeysPolicy(by_environment={"prod": Limits(30, 7)})
    found = made(KEY._replace(environment="prod", created_at=NOW), policy=policy)
    assert [event.time - NOW for event in found.events] == [23 * DAY, 30 * DAY]


def test_a_warning_that_lies_behind_is_gone() -> None:
    assert kinds(made(KEY._replace(created_at=NOW - 80 * DAY))) == ["rotation"]


def test_without_days_to_warn_there_is_no_warning() -> None:
    policy = KeysPolicy(limits=Limits(90, 0))
    assert kinds(made(KEY._replace(created_at=NOW), policy=policy)) == ["rotation"]


@pytest.mark.parametrize("status", ["inactive", "archived", "expired"])
def test_nothing_is_due_of_a_key_that_is_not_in_use(status: str) -> None:
    key = KEY._replace(status=status, created_at=0, expires_at=NOW)  # type: ignore[arg-type]
    assert made(key) == Calendar((), ())


@pytest.mark.parametrize(("past", "overdue"), [(-1, False), (0, True), (1, True)])
def test_a_key_has_expired_at_the_moment_it_expires(past: int, overdue: bool) -> None:
    (event,) = made(KEY._replace(expires_at=NOW - past)).events
    assert (event.kind, event.overdue) == ("expiry", overdue)


def test_a_key_without_age_is_named() -> None:
    (undated,) = made(KEY).undated
    assert (undated.record, undated.reason) == (KEY, "its age is not known; record created_at")


def test_the_source_of_an_age_is_said_unless_it_is_the_usual_one() -> None:
    key = KEY._replace(created_at=NOW, age_from="the date in its name")
    messages = [event.message for event in made(key).events if event.kind == "rotation"]
    assert messages == [f"created on {day(NOW)} (the date in its name); the limit is 90 days"]


OLD = KEY._replace(name="old", created_at=NOW - 50 * DAY)
NEW = KEY._replace(name="new", created_at=NOW - DAY, replaces="old", place=Place("keys.toml", 2))


def of(found: Calendar, kind: str) -> list[tuple[str, Micros]]:
    return [(event.about, event.time) for event in found.events if event.kind == kind]


def test_a_replaced_key_must_go_when_the_overlap_is_over() -> None:
    found = made(OLD, NEW)
    assert of(found, "overlap") == [("old", NOW + DAY)]
    assert [about for about, _ in of(found, "rotation")] == ["old", "new"]
    assert [about for about, _ in of(found, "warning")] == ["new"]


@pytest.mark.parametrize(("past", "overdue"), [(0, False), (1, True)])
def test_the_overlap_includes_its_last_moment(past: int, overdue: bool) -> None:
    found = made(OLD, NEW._replace(created_at=NOW - 48 * HOUR - past))
    assert [event.overdue for event in found.events if event.kind == "overlap"] == [overdue]


def test_what_is_to_be_done_about_a_replaced_key_is_to_deactivate_it() -> None:
    remedies = {event.remedy for event in made(OLD, NEW).events if event.about == "old"}
    assert remedies == {"Verify that requests run on new, and deactivate this one."}


def test_a_replaced_key_that_is_inactive_is_done() -> None:
    assert of(made(OLD._replace(status="inactive"), NEW), "overlap") == []


def test_an_overlap_that_began_nobody_knows_when_is_named() -> None:
    found = made(OLD, NEW._replace(created_at=None))
    told = [(one.record.label, one.reason) for one in found.undated]
    assert told[0] == ("old", "when new replaced it is not known; record created_at of new")


def test_the_successor_counts_although_it_is_not_asked_for() -> None:
    found = calendar(Inventory((OLD, NEW)), KeysPolicy(), NOW, wanted=lambda key: key is OLD)
    assert kinds(found) == ["overlap", "rotation"]


def test_a_waiver_ends_with_its_day() -> None:
    waiver = Waiver("key-past-rotation-age", "freeze", "2026-12-31", key="prod-api")
    (event,) = calendar(Inventory(()), KeysPolicy(), NOW, [waiver]).events
    assert (event.kind, event.about, day(event.time)) == ("waiver", "prod-api", "2026-12-31")
    assert rfc3339(event.time + 1) == "2027-01-01T00:00:00Z"


def test_events_come_by_time() -> None:
    found = made(*(KEY._replace(name=f"key {n}", created_at=NOW - n * 7 * DAY) for n in range(20)))
    assert [event.time for event in found.events] == sorted(event.time for event in found.events)


def test_a_limit_of_days_keeps_what_is_overdue_and_includes_its_last_moment() -> None:
    late = KEY._replace(name="late", created_at=NOW - 91 * DAY)
    on_time = KEY._replace(name="on time", created_at=NOW - 80 * DAY)
    after = KEY._replace(name="after", created_at=NOW - 80 * DAY + 1)
    found = made(late, on_time, after)
    shown = within(found, NOW, 10)
    assert [event.about for event in shown.events] == ["late", "on time"]
    assert within(found, NOW, None) == found


@given(
    created=st.integers(-62_135_596_800_000_000, LAST),
    now=st.integers(0, LAST),
    most=st.integers(1, 40_000),
    warn=st.integers(0, 40_000),
)
def test_every_date_can_be_written_and_agrees_with_the_age(
    created: Micros, now: Micros, most: int, warn: int
) -> None:
    policy = KeysPolicy(limits=Limits(most, min(warn, most - 1)))
    found = made(KEY._replace(created_at=created), policy=policy, now=now)
    for event in found.events:
        assert rfc3339(event.time)
    (rotation,) = [event for event in found.events if event.kind == "rotation"]
    if created + most * DAY <= LAST:
        assert rotation.overdue is (now - created > most * DAY)
