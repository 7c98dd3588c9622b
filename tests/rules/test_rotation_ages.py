"""Ages, to the microsecond: what is due, past its age, or not there yet; at any offset, in any year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from antkey_rules.keys import load_key_rule
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.rule import Breach, Case, Gap
from antkey_scanner.inventory.times import DAY, HOUR, SECOND, micros
from antkey_scanner.policy.keys import KeysPolicy, Limits, keys_policy

PAST = load_key_rule("key-past-rotation-age")
DUE = load_key_rule("key-due-for-rotation")
FUTURE = load_key_rule("key-created-in-future")
NEVER = load_key_rule("key-never-rotated")
UNUSED = load_key_rule("key-unused")
STILL = load_key_rule("replaced-key-still-active")
LONG = load_key_rule("key-overlap-too-long")
SHORT = load_key_rule("key-overlap-too-short")

HERE = Place("keys.toml", 1)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m)))
DAYS = st.integers(1, 3650)
LEAP = datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC)


def case(now: int, *keys: KeyRecord, policy: KeysPolicy | None = None) -> Case:
    return Case(Inventory(keys), policy or KeysPolicy(), now)


def breaks(rule: object, of: Case) -> bool:
    found = list(rule.check(of))  # type: ignore[attr-defined]
    assert all(isinstance(verdict, Breach) for verdict in found)
    return bool(found)


def limits(days: int, warn: int = 0, overlap: float = 48.0) -> KeysPolicy:
    return KeysPolicy(limits=Limits(days, warn, overlap))


@given(MOMENTS, DAYS)
@example(LEAP, 1)
@example(LEAP, 366)
def test_a_key_of_exactly_the_limit_is_in_order(created: datetime, days: int) -> None:
    start = micros(created)
    key = KeyRecord(HERE, name="k", created_at=start)
    at = start + days * DAY
    policy = limits(days)
    assert not breaks(PAST, case(at - 1, key, policy=policy))
    assert not breaks(PAST, case(at, key, policy=policy))
    assert breaks(PAST, case(at + 1, key, policy=policy))
    assert breaks(NEVER, case(at + 1, key, policy=policy))
    assert not breaks(NEVER, case(at, key, policy=policy))


@given(MOMENTS, DAYS, st.data())
def test_due_begins_and_ends_to_the_microsecond(
    created: datetime, days: int, data: st.DataObject
) -> None:
    warn = data.draw(st.integers(1, days))
    start = micros(created)
    key = KeyRecord(HERE, name="k", created_at=start)
    policy = limits(days, warn)
    first, last = start + (days - warn) * DAY, start + days * DAY
    moments = (first - 1, first, last, last + 1)
    assert [breaks(DUE, case(now, key, policy=policy)) for now in moments] == [
        *(False, True, True, False),
    ]


@given(MOMENTS, st.integers(-400 * DAY, 400 * DAY), DAYS)
def test_a_key_is_due_or_past_and_never_both(now: datetime, age: int, days: int) -> None:
    key = KeyRecord(HERE, name="k", created_at=micros(now) - age)
    of = case(micros(now), key, policy=limits(days, min(14, days - 1)))
    assert breaks(DUE, of) + breaks(PAST, of) + breaks(FUTURE, of) <= 1
    assert breaks(PAST, of) == (age > days * 86_400 * 1_000_000)


@given(MOMENTS)
def test_three_hundred_seconds_ahead_are_skew(now: datetime) -> None:
    at = micros(now)
    assert not breaks(FUTURE, case(at, KeyRecord(HERE, created_at=at + 300 * SECOND)))
    assert breaks(FUTURE, case(at, KeyRecord(HERE, created_at=at + 300 * SECOND + 1)))


@given(MOMENTS, OFFSETS, st.integers(-1, 1))
@example(LEAP, UTC, 1)
def test_an_offset_changes_nothing(created: datetime, zone: timezone, ahead: int) -> None:
    """The same moment in the file, written at another offset, is judged the same."""
    local = created.astimezone(zone)
    assume(local.tzinfo is not None)
    text = f'keys = [{{name = "k", created_at = "{local.isoformat()}"}}]'
    (key,) = read_sheet(text.encode(), "keys.toml", ".toml").keys
    now = micros(created) + 90 * DAY + ahead
    assert breaks(PAST, case(now, key)) == (ahead > 0)


def test_a_leap_day_is_a_day() -> None:
    created = micros(datetime(2024, 2, 28, tzinfo=UTC))
    key = KeyRecord(HERE, name="k", created_at=created)
    now = micros(datetime(2024, 3, 1, tzinfo=UTC))
    assert not breaks(PAST, case(now, key, policy=limits(2)))
    assert breaks(PAST, case(now + 1, key, policy=limits(2)))


def test_a_key_without_an_age_is_no_pass() -> None:
    (gap,) = PAST.check(case(0, KeyRecord(HERE, name="k")))
    assert isinstance(gap, Gap)
    assert list(PAST.check(case(0, KeyRecord(HERE, name="k", status="archived")))) == []
    assert not breaks(DUE, case(0, KeyRecord(HERE, name="k")))


def test_a_limit_of_an_environment_holds_there_only() -> None:
    policy = KeysPolicy(by_environment={"prod": Limits(30, 7, 24)})
    now = 31 * DAY
    for environment, late in (("prod", True), ("dev", False), (None, False)):
        key = KeyRecord(HERE, name="k", environment=environment, created_at=0)
        assert breaks(PAST, case(now, key, policy=policy)) is late


@pytest.mark.parametrize("days", [1, 30, 3650])
def test_unused_is_more_than_the_days(days: int) -> None:
    now = 10_000 * DAY
    policy = KeysPolicy(unused_days=days)
    for late, broken in ((0, False), (1, True)):
        key = KeyRecord(HERE, name="k", last_used_at=now - days * DAY - late, created_at=0)
        assert breaks(UNUSED, case(now, key, policy=policy)) is broken


def test_a_key_younger_than_unused_days_needs_no_evidence() -> None:
    now, policy = 1000 * DAY, KeysPolicy(unused_days=30)
    young = KeyRecord(HERE, name="k", created_at=now - 30 * DAY)
    assert not breaks(UNUSED, case(now, young, policy=policy))
    older = young._replace(created_at=now - 30 * DAY - 1)
    (verdict,) = UNUSED.check(case(now, older, policy=policy))
    assert isinstance(verdict, Gap)


OVERLAPS = st.one_of(st.integers(0, 1000).map(float), st.integers(0, 4000).map(lambda q: q / 4))


@given(MOMENTS, OVERLAPS)
@example(LEAP, 0.0)
def test_an_overlap_of_exactly_the_hours_is_in_order(replaced: datetime, hours: float) -> None:
    start = micros(replaced)
    old = KeyRecord(HERE, name="old", created_at=start - DAY)
    new = KeyRecord(HERE, name="new", created_at=start, replaces="old")
    policy, edge = limits(90, overlap=hours), int(start + hours * HOUR)
    for late, broken in ((0, False), (1, True)):
        assert breaks(STILL, case(edge + late, old, new, policy=policy)) is broken
        gone = old._replace(status="inactive", revoked_at=edge + late)
        assert breaks(LONG, case(edge + 400 * DAY, gone, new, policy=policy)) is broken


@pytest.mark.parametrize(
    ("hours", "overlap", "told"),
    [
        (48.0, 24 * HOUR, False),
        (48.0, 24 * HOUR - 1, True),
        (24.0, 0, True),
        (23.75, 0, False),
        (0.0, 0, False),
        (48.0, -HOUR, True),
    ],
)
def test_an_overlap_below_a_day_is_told_unless_the_policy_wants_it(
    hours: float, overlap: int, told: bool
) -> None:
    start = 1000 * DAY
    old = KeyRecord(HERE, name="old", status="inactive", revoked_at=start + overlap)
    new = KeyRecord(HERE, name="new", created_at=start, replaces="old")
    assert breaks(SHORT, case(start + DAY, old, new, policy=limits(90, overlap=hours))) is told


@pytest.mark.parametrize("spelled", ["Prod", "PROD", "prod"])
def test_an_environment_is_the_same_in_upper_and_lower_case(spelled: str) -> None:
    tables = {"rotation": {"environments": {"Prod": {"max_age_days": 30}}}}
    assert keys_policy(tables).limits_of(spelled).max_age_days == 30
    assert keys_policy(tables).limits_of("production").max_age_days == 90


def test_two_spellings_in_the_policy_keep_their_own_limits() -> None:
    environments = {"prod": {"max_age_days": 30}, "PROD": {"max_age_days": 20}}
    policy = keys_policy({"rotation": {"environments": environments}})
    assert policy.limits_of("prod").max_age_days == 30
    assert policy.limits_of("PROD").max_age_days == 20
