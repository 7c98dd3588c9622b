"""How messages about keys say spans of time and lists."""

from __future__ import annotations

import pytest

from antkey_scanner.inventory.records import KeyRecord, Place
from antkey_scanner.inventory.spoken import counted, in_days, in_hours, placed, several, span
from antkey_scanner.inventory.times import DAY, HOUR, SECOND


@pytest.mark.parametrize(
    ("length", "limit", "told"),
    [
        (133 * DAY + 5 * HOUR, 90, "133 days"),
        (90 * DAY + SECOND, 90, "90 days and 1 second"),
        (90 * DAY + 1, 90, "90 days and 1 microsecond"),
        (90 * DAY, 90, "90 days"),
        (1 * DAY, None, "1 day"),
        (3 * HOUR, None, "3 hours"),
        (0, None, "0 days"),
    ],
)
def test_days_never_read_as_if_they_were_the_limit(
    length: int, limit: int | None, told: str
) -> None:
    assert in_days(length, limit) == told


@pytest.mark.parametrize(
    ("length", "limit", "told"),
    [
        (51 * HOUR, 48, "51 hours"),
        (48 * HOUR + SECOND, 48, "48 hours and 1 second"),
        (19 * DAY, 48, "19 days"),
        (96 * HOUR + SECOND, 96.0, "96 hours and 1 second"),
        (SECOND, 0, "1 second"),
        (HOUR // 2, 0.25, "30 minutes"),
    ],
)
def test_hours_become_days_where_nobody_counts_hours(length: int, limit: float, told: str) -> None:
    assert in_hours(length, limit) == told


def test_a_span_is_said_in_its_largest_unit() -> None:
    assert span(301 * SECOND) == "5 minutes"
    assert span(2) == "2 microseconds"


def test_counts_have_a_plural() -> None:
    assert [counted(count, "hour") for count in (0, 1, 2, 1.5, 48.0, 1200)] == [
        *("0 hours", "1 hour", "2 hours", "1.5 hours", "48 hours", "1,200 hours"),
    ]


def test_long_lists_are_cut() -> None:
    assert several(["a"]) == "a"
    assert several(["a", "b", "c"]) == "a, b and c"
    assert several(list("abcdefgh")) == "a, b, c, d, e and 3 more"


def test_a_key_is_told_with_its_place() -> None:
    assert placed(KeyRecord(Place("keys.toml", 12), name="k")) == "k (keys.toml:12)"
    assert placed(KeyRecord(Place("keys.toml"), name="k")) == "k (keys.toml)"
