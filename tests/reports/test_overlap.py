"""The time in which a key and the one that replaced it both worked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from antkey_reports.overlap import Overlap, overlaps
from antkey_scanner.model import KeyRef

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(days: float) -> str:
    """A time so many days before now."""
    return (NOW - timedelta(days=days)).isoformat()


OLD = KeyRef("old", id="apikey_1", created_at=at(100))
NEW = KeyRef("new", created_at=at(5), replaces="old")


def found(*keys: KeyRef) -> list[Overlap]:
    return overlaps(keys, NOW)


def test_it_runs_from_the_newer_key_s_creation_to_the_older_one_s_end() -> None:
    (one,) = found(OLD._replace(status="inactive", revoked_at=at(3)), NEW)
    assert (one.older.name, one.newer.name) == ("old", "new")
    assert (one.start, one.end) == (NOW - timedelta(days=5), NOW - timedelta(days=3))
    assert one.told == "both worked for 48 hours"


def test_it_goes_on_while_both_are_active() -> None:
    (one,) = found(OLD, NEW)
    assert one.end == NOW
    assert one.told == "both work, for 5 days so far"


def test_a_date_in_the_future_is_no_end_yet() -> None:
    (one,) = found(OLD._replace(revoked_at=at(-1)), NEW)
    assert (one.end, one.is_over) == (NOW, False)


def test_the_older_key_may_be_named_by_its_id() -> None:
    assert found(OLD, NEW._replace(replaces="apikey_1")) == [
        Overlap(
            OLD,
            NEW._replace(replaces="apikey_1"),
            NOW - timedelta(days=5),
            NOW,
            is_over=False,
        )
    ]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (OLD, NEW._replace(replaces=None)),
        (OLD, NEW._replace(replaces="unknown")),
        (OLD, NEW._replace(created_at=None)),
        (OLD, NEW._replace(created_at="2026-99-99T00:00:00Z")),
        (OLD, NEW._replace(created_at=at(101))),
        (OLD, NEW._replace(created_at=at(-1))),
        (OLD, NEW._replace(status="inactive")),
        (OLD._replace(status="inactive"), NEW),
        (OLD._replace(status="inactive", revoked_at=at(5)), NEW),
        (OLD._replace(status="inactive", revoked_at=at(6)), NEW),
    ],
)
def test_without_both_dates_or_without_a_time_of_both_there_is_none(
    older: KeyRef, newer: KeyRef
) -> None:
    assert found(older, newer) == []


def test_a_key_that_replaces_itself_or_two_in_a_circle_do_no_harm() -> None:
    assert found(OLD._replace(replaces="old")) == []
    circle = OLD._replace(replaces="new"), NEW
    assert [one.older.name for one in found(*circle)] == ["old"]


def test_of_two_replacements_the_first_counts() -> None:
    later = NEW._replace(name="later", created_at=at(2))
    assert [one.newer.name for one in found(OLD, later, NEW)] == ["new"]
    assert [one.newer.name for one in found(OLD, NEW, later)] == ["new"]
