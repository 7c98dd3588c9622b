"""Rules about keys: spend limits, encryption at rest, and who set them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rules.inventories import NOW, ONE, key, off, told

from antkey_rules.keys import load_key_rule
from antkey_scanner.inventory.judge import judge
from antkey_scanner.inventory.records import Encryption, Inventory, KeyRecord, Spend
from antkey_scanner.inventory.rule import Case
from antkey_scanner.policy.keys import KeysPolicy


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, "has no spend limit"),
        ({"spend_limit": Spend()}, "has no spend limit"),
        ({"spend_limit": Spend(alerts_percent=(50,))}, "has no spend limit"),
        ({"spend_limit": Spend(daily_usd=0)}, None),
        ({"spend_limit": Spend(monthly_usd=0.0)}, None),
        ({"unknown": ("spend_limit",)}, "?"),
        ({"unknown": ("spend_limit",), "spend_limit": Spend(daily_usd=1)}, None),
        ({"role": "admin"}, None),
        ({"status": "inactive"}, None),
    ],
)
def test_spending_is_limited(fields: dict[str, Any], outcome: str | None) -> None:
    found = told("spend-limit-missing", key(**fields), require_spend_limit=True)
    assert len(found) == (outcome is not None)
    assert outcome is None or outcome in found[0]
    assert off("spend-limit-missing", key(**fields))


@pytest.mark.parametrize(
    ("alerts", "wanted", "outcome"),
    [
        ((80,), (), None),
        ((80.5, 100), (), "sends its first alert at 80.5 %, which is above 80 %"),
        ((100, 50), (), None),
        ((50,), (50, 75, 90), "has no alert at 75 % and 90 % of its spend limit"),
        ((50.0, 75, 100), (75, 50), None),
        ((90,), (50,), "has no alert at 50 % of its spend limit and sends its first alert at 90 %"),
        (None, (80,), "has no alert at 80 %"),
        ((), (80,), "has no alert at 80 %"),
        ((90,), (90,), "which is above 80 %"),
    ],
)
def test_alerts_come_before_the_limit(
    alerts: tuple[float, ...] | None, wanted: tuple[float, ...], outcome: str | None
) -> None:
    limited = key(spend_limit=Spend(monthly_usd=1, alerts_percent=alerts))
    found = told("spend-alerts-missing", limited, alerts_percent=wanted)
    assert len(found) == (outcome is not None)
    assert outcome is None or outcome in found[0]


def test_alerts_are_not_judged_where_there_are_none_to_judge() -> None:
    limited = key(spend_limit=Spend(monthly_usd=1))
    assert off("spend-alerts-missing", limited)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, ["prod-api-2026-11-01 has no alert at 50 % of its spend limit"]),
        ({"unknown": ("spend_limit",)}, ["?"]),
        ({"role": "admin"}, []),
        ({"status": "inactive"}, []),
    ],
)
def test_alerts_that_are_asked_for_are_missed_without_a_limit_too(
    fields: dict[str, Any], outcome: list[str]
) -> None:
    rule = "spend-alerts-missing"
    assert told(rule, key(**fields), alerts_percent=(50,)) == outcome
    assert told(rule, key(**fields), alerts_percent=(50,), require_spend_limit=True) == []


@pytest.mark.parametrize(
    ("algorithm", "broken"),
    [
        *((good, False) for good in ("AES-256-GCM", "aes-256-gcm", "AES256GCM", "A256GCM")),
        *((good, False) for good in ("AES256_GCM", "aes/256/gcm", "id-aes256-GCM")),
        *((bad, True) for bad in ("AES-128-GCM", "AES-256-CBC", "AES-256-GCM-SIV", "none")),
        *((bad, True) for bad in (None, "A256GCMKW", "AES/GCM/NoPadding", "ÄES-256-GCM")),
    ],
)
def test_encryption_is_aes_256_gcm(algorithm: str | None, broken: bool) -> None:
    record = key(encryption=Encryption(algorithm))
    assert bool(told("key-encryption-not-aes256gcm", record)) is broken
    inactive = record._replace(status="inactive")
    assert bool(told("key-encryption-not-aes256gcm", inactive)) is broken
    assert told("key-encryption-not-aes256gcm", record._replace(status="archived")) == []
    assert off("key-encryption-not-aes256gcm", key())


@pytest.mark.parametrize(
    ("nonce", "problem"),
    [
        ("0" * 24, None),
        ("0" * 16, None),
        ("A" * 16, None),
        ("-_" * 8, None),
        ("0" * 22, "a nonce of 11 bytes"),
        ("A" * 22, "a nonce of 11 bytes"),
        ("0" * 32, "a nonce of 16 bytes"),
        ("no nonce!", "neither hex nor base64"),
        (None, "without a nonce"),
    ],
)
def test_a_nonce_is_twelve_bytes(nonce: str | None, problem: str | None) -> None:
    found = told("key-nonce-invalid", key(encryption=Encryption("AES-256-GCM", nonce)))
    assert len(found) == (problem is not None)
    assert problem is None or problem in found[0]


def test_a_nonce_is_used_once_however_it_is_written() -> None:
    def with_(nonce: str | None, line: int, **fields: Any) -> KeyRecord:
        return key(f"k{line}", line, encryption=Encryption(nonce=nonce), **fields)

    rule = "key-nonce-reused"
    assert told(rule, with_("0" * 24, 1), with_("A" * 16, 2), with_("0" * 24, 3)) == [
        "3 keys are encrypted with the same nonce: k1 (keys.toml:1), k2 (keys.toml:2) and k3"
        " (keys.toml:3)"
    ]
    assert told(rule, with_("0" * 24, 1), with_("0" * 24, 2, status="archived"))
    assert told(rule, with_("ab" * 12, 1), with_("AB" * 12, 2))
    assert told(rule, with_("odd one", 1), with_("odd one", 2))
    assert told(rule, with_(None, 1), with_(None, 2)) == []
    assert told(rule, with_("0" * 24, 1), with_("0" * 23 + "1", 2), key()) == []


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"set_by_role": "super-admin"}, None),
        ({"set_by_role": " Super-Admin "}, None),
        ({"set_by_role": "admin"}, "was set by the role admin; allowed: super-admin, owner"),
        ({}, "?"),
        ({"unknown": ("set_by_role",)}, "?"),
        ({"set_by_role": "admin", "status": "inactive"}, None),
    ],
)
def test_only_allowed_roles_set_keys(fields: dict[str, Any], outcome: str | None) -> None:
    allowed = ("super-admin", "owner")
    found = told("key-set-by-forbidden-role", key(**fields), allowed_setter_roles=allowed)
    assert len(found) == (outcome is not None)
    assert outcome is None or outcome in found[0]


def test_no_message_holds_a_fingerprint_or_a_nonce() -> None:
    """What a finding says of a key is its label and its place."""
    nonce = "c0ffee" * 4
    keys = [
        key(None, 3, environment="a", fingerprint=ONE, encryption=Encryption(nonce=nonce)),
        key(None, 4, environment="b", fingerprint=ONE, encryption=Encryption(nonce=nonce)),
    ]
    rules = [load_key_rule(name) for name in ("key-in-two-environments", "key-nonce-reused")]
    found = judge(Case(Inventory(tuple(keys)), KeysPolicy(), NOW), rules).findings
    assert len(found) == 2
    for finding in found:
        assert ONE not in finding.message
        assert nonce not in finding.message
