"""Ages without a record: dates in names, then git; what a record says itself goes before them."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inventory.ages import BY_NAME, complete, from_name
from antkey_scanner.inventory.names import with_name_parts
from antkey_scanner.inventory.records import KeyRecord, Place
from antkey_scanner.inventory.times import micros
from antkey_scanner.policy.keys import NAME_PATTERN, KeysPolicy

PLACE = Place("keys.toml", 3)
_WORDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8).filter(
    lambda word: len(word) not in (2, 4, 8) or not word.isdigit()
)


def start(day: date) -> int:
    return micros(datetime.combine(day, time(), UTC))


@given(
    st.dates(date(1, 1, 1)),
    st.sampled_from(["%04d-%02d-%02d", "%04d%02d%02d"]),
    st.lists(_WORDS, max_size=3),
    st.lists(_WORDS, max_size=3),
    st.sampled_from("-_./ :"),
)
def test_any_day_in_a_name_is_its_start_in_utc(day, form, before, after, separator):
    name = separator.join([*before, form % (day.year, day.month, day.day), *after])
    assert from_name(name) == start(day)


@given(st.text(string.digits + "-aZ_", max_size=30))
def test_no_name_is_an_error(name):
    found = from_name(name)
    assert found is None or found % 86_400_000_000 == 0


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("prod-api-gateway-2026-04-25", date(2026, 4, 25)),
        ("prod_20260425", date(2026, 4, 25)),
        ("2024-02-29-leap", date(2024, 2, 29)),
        ("2026-01-01-replaced-2026-04-25", date(2026, 4, 25)),
        ("prod-2026-04-25-2026-02-30", date(2026, 4, 25)),
        ("prod/2026-04-25/key", date(2026, 4, 25)),
    ],
)
def test_the_last_possible_date_counts(name, day):
    assert from_name(name) == start(day)


@pytest.mark.parametrize(
    "name",
    [
        "prod-api",
        "prod-2026-02-30",
        "prod-2025-02-29",
        "prod-2026-13-01",
        "prod-0000-01-01",
        "v2026-04-25",
        "2026-04-25T10",
        "prod-12026-04-25",
        "prod-2026-04-251",
        "prod-2026-0425",
        "prod-202604-25",
        "prod-2026/04/25",
        "account-123456789012",
        "٢٠٢٦-٠٤-٢٥",
    ],
)
def test_what_is_no_date_is_no_source(name):
    assert from_name(name) is None


def test_the_own_record_goes_first_and_its_source_stays():
    record = KeyRecord(PLACE, name="prod-api-2026-04-25", created_at=5, age_from="createTime")
    assert (
        complete([record], KeysPolicy(), {})[0][:15]
        == record._replace(environment="prod", service="api")[:15]
    )


def test_the_date_in_the_name_goes_next_and_is_named():
    (record,) = complete([KeyRecord(PLACE, name="prod-api-2026-04-25")], KeysPolicy(), {})
    assert record.created_at == start(date(2026, 4, 25))
    assert record.age_from == BY_NAME


def test_without_any_source_the_age_stays_unknown():
    record = KeyRecord(PLACE, name="prod-api", fingerprint="a" * 64)
    assert complete([record, KeyRecord(PLACE)], KeysPolicy(), {}) == (record, KeyRecord(PLACE))


def test_environment_and_service_come_from_the_name_where_the_record_is_silent():
    records = [
        KeyRecord(PLACE, name="prod-api-gateway-2026-04-25"),
        KeyRecord(PLACE, name="team/anthropic/prod-api-2026-04-25", environment="test"),
        KeyRecord(PLACE, name="prod-api"),
        KeyRecord(PLACE),
    ]
    found = [(each.environment, each.service) for each in with_name_parts(records, NAME_PATTERN)]
    assert found == [("prod", "api-gateway"), ("test", "api"), (None, None), (None, None)]


def test_a_convention_of_ones_own_gives_what_its_groups_say():
    record = KeyRecord(PLACE, name="api@prod")
    (found,) = with_name_parts([record], r"(?P<service>\w+)@(?P<environment>\w+)")
    assert (found.environment, found.service) == ("prod", "api")
    assert with_name_parts([record], r".*") == (record,)
