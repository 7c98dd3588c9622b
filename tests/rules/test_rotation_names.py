"""Rules about keys: their names, and whether they were tried."""

from __future__ import annotations

import pytest
from tests.rules.inventories import NOW, key, off, told

from antkey_scanner.inventory.namedates import BY_NAME
from antkey_scanner.inventory.times import DAY


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("prod-api-gateway-2026-04-25", False),
        ("prod-api-gateway-2026-02-29", True),
        ("prod-api-gateway-2024-02-29", False),
        ("prod-api-gateway-2026-13-01", True),
        ("prod-2026-04-25", True),
        ("Prod-api-2026-04-25", True),
        ("prod-api-2026-04-25 ", True),
        ("prod-api-2026-04-25\n", True),
        ("xprod-api-2026-04-25x", True),
        ("team/anthropic/prod-api-2026-04-25", False),
        ("prod-" + "a" * 600 + "-2026-04-25", True),
        ("٢prod-api-2026-04-25", True),
    ],
)
def test_the_whole_name_follows_the_convention(name: str, broken: bool) -> None:
    assert bool(told("key-name-off-convention", key(name))) is broken
    assert told("key-name-off-convention", key(name, status="archived")) == []


def test_an_id_behind_a_name_does_not_count() -> None:
    for written in ("prod-api-2026-04-25 (apikey_01)", "prod-api-2026-04-25-apikey_01"):
        assert told("key-name-off-convention", key(written, id="apikey_01")) == []
        assert told("key-name-off-convention", key(written))


def test_a_store_s_names_are_judged_by_a_pattern_of_the_user_s_only() -> None:
    stored = key("prod/anthropic", origin="store")
    assert told("key-name-off-convention", stored) == []
    assert told("key-name-off-convention", stored, name_pattern="[a-z]+-[a-z]+")


def test_a_pattern_of_the_user_s_decides() -> None:
    pattern = r"(?P<service>[a-z]+)(?:@(?P<date>.+))?"
    for name, broken in (("api", False), ("api@tomorrow", False), ("api@2026-02-30", True)):
        found = told("key-name-off-convention", key(name), name_pattern=pattern)
        assert bool(found) is broken


def test_a_name_bears_the_day_of_creation_or_its_neighbour() -> None:
    name = "prod-api-2024-10-04"  # NOW
    for days, broken in ((-2, True), (-1, False), (0, False), (1, False), (2, True)):
        for within in (0, DAY - 1):
            made = NOW + days * DAY + within
            assert bool(told("key-name-misdated", key(name, created_at=made))) is broken
    assert told("key-name-misdated", key(name, created_at=0, age_from=BY_NAME)) == []
    assert told("key-name-misdated", key(name)) == []
    assert told("key-name-misdated", key("prod-api-2024-13-04", created_at=0)) == []
    assert off("key-name-misdated", policy={"name_pattern": "[a-z]+"})


@pytest.mark.parametrize(("name", "broken"), [(None, True), ("  ", True), ("x", False)])
def test_a_name_is_there(name: str | None, broken: bool) -> None:
    assert bool(told("key-without-label", key(name, id="apikey_01"))) is broken


@pytest.mark.parametrize(
    ("status", "broken"),
    [("valid", False), ("OK", False), (" active ", False), ("failed", True), ("unknown", True)],
)
def test_a_key_works(status: str, broken: bool) -> None:
    assert bool(told("key-not-valid", key(validation_status=status))) is broken
    assert told("key-not-valid", key(validation_status=status, status="inactive")) == []


def test_a_key_that_was_forgotten_is_told_and_one_of_a_store_is_not() -> None:
    tried = key(validation_status="valid")
    assert told("key-not-validated", tried, key("b"))
    assert told("key-not-validated", tried, key("b", origin="store")) == []
    assert told("key-not-validated", tried, key("b", unknown=("validation_status",))) == []
    assert off("key-not-validated", key("b"))
