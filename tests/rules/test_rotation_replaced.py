"""Rules about keys: signs of rotation, replaced keys, and statuses that are not true."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rules.inventories import NOW, key, off, told, verdicts

from antkey_scanner.inventory.rule import Gap
from antkey_scanner.inventory.times import DAY, HOUR
from antkey_scanner.policy.keys import Limits


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({}, True),
        ({"version": "1"}, True),
        ({"version": "v1"}, True),
        ({"version": "1.0"}, True),
        ({"version": "0"}, True),
        ({"version": "2"}, False),
        ({"version": "10"}, False),
        ({"version": "5f0c7127-3be9-4488-b801-b6cf8415b483"}, False),
        ({"rotated_at": NOW}, False),
        ({"rotated_at": NOW + 1}, True),
        ({"replaces": "older"}, False),
        ({"unknown": ("rotated_at",)}, False),
        ({"status": "inactive"}, False),
        ({"created_at": NOW - 90 * DAY}, False),
        ({"created_at": None}, False),
    ],
)
def test_a_sign_of_rotation_is_enough(fields: dict[str, Any], broken: bool) -> None:
    record = key(**{"created_at": NOW - 91 * DAY, **fields})
    assert bool(told("key-never-rotated", record)) is broken


def test_rotated_at_makes_no_key_younger() -> None:
    record = key(created_at=NOW - 91 * DAY, rotated_at=NOW - DAY)
    assert told("key-past-rotation-age", record)


NEW = key("new", 9, created_at=NOW - 72 * HOUR, replaces="old")


@pytest.mark.parametrize(
    ("status", "environment", "outcome"),
    [
        ("active", None, "old is still active 3 days after new replaced it; the limit is 48 hours"),
        ("active", "slow", None),
        ("active", "fast", "3 days after new replaced it; the limit is 0 hours"),
        ("inactive", None, None),
        ("archived", None, None),
        ("expired", None, None),
    ],
)
def test_a_replaced_key_stops_in_time(
    status: str, environment: str | None, outcome: str | None
) -> None:
    limits = {"slow": Limits(overlap_hours=72), "fast": Limits(overlap_hours=0)}
    old = key("old", 3, status=status, environment=environment, created_at=0)
    found = told("replaced-key-still-active", old, NEW, by_environment=limits)
    assert len(found) == (outcome is not None)
    assert outcome is None or outcome in found[0]


def test_the_finding_is_about_the_older_key() -> None:
    found = verdicts("replaced-key-still-active", key("old", 3), NEW)
    assert [(one.record or NEW).name for one in found] == ["old"]


def test_a_newer_key_of_unknown_age_leaves_the_older_one_unjudged() -> None:
    undated = NEW._replace(created_at=None)
    (gap,) = verdicts("replaced-key-still-active", key("old"), undated)
    assert isinstance(gap, Gap)
    assert gap.record.name == "old"
    assert told("replaced-key-still-active", key("old", status="archived"), undated) == []


def test_every_key_of_a_chain_is_judged() -> None:
    chain = [
        key("a", created_at=0),
        key("b", created_at=DAY, replaces="a", status="archived"),
        key("c", created_at=2 * DAY, replaces="b"),
    ]
    (message,) = told("replaced-key-still-active", *chain)
    assert message.startswith("a is still active")


def test_without_any_replaces_nothing_is_promised() -> None:
    for rule in ("replaced-key-still-active", "replaced-key-unclear", "key-overlap-too-long"):
        assert off(rule, key()) == "no key says which one it replaces; record replaces"
    assert off("key-overlap-too-long", NEW) == "no key says when it was revoked; record revoked_at"


def test_what_is_replaced_is_told_by_name() -> None:
    (message,) = told("replaced-key-unclear", NEW)
    assert message == "new replaces old, which is not in the inventory"


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"expires_at": NOW}, "inactive-key-referenced"),
        ({"expires_at": NOW + 1}, None),
        ({"expires_at": 0, "status": "expired"}, None),
        ({"status": "archived", "listed_status": "active"}, "inactive-key-referenced"),
        ({"status": "archived", "listed_status": "inactive"}, None),
        ({"revoked_at": NOW}, "revoked-key-still-active"),
        ({"revoked_at": NOW + 1}, None),
        ({"revoked_at": NOW, "status": "inactive"}, None),
        ({"listed_status": "inactive"}, "revoked-key-still-active"),
    ],
)
def test_a_recorded_status_is_the_real_one(fields: dict[str, Any], rule: str | None) -> None:
    names = ("inactive-key-referenced", "revoked-key-still-active")
    assert [name for name in names if told(name, key(**fields))] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({"revoked_at": NOW - 9 * DAY, "last_used_at": NOW - 8 * DAY}, False),
        ({"revoked_at": NOW - 9 * DAY, "last_used_at": NOW - 8 * DAY + 1}, True),
        ({"expires_at": NOW - 9 * DAY, "last_used_at": NOW - DAY}, True),
        ({"expires_at": NOW, "revoked_at": NOW - 9 * DAY, "last_used_at": NOW}, True),
        ({"expires_at": NOW + DAY, "last_used_at": NOW}, False),
        ({"last_used_at": NOW}, False),
        ({"revoked_at": NOW - 9 * DAY}, False),
    ],
)
def test_a_key_is_not_used_after_its_end(fields: dict[str, Any], broken: bool) -> None:
    for status in ("inactive", "archived", "expired"):
        found = told("inactive-key-referenced", key(status=status, **fields))
        assert bool(found) is broken
