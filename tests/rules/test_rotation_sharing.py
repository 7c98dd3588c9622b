"""Rules about keys: one key in several places, and how many keys there are."""

from __future__ import annotations

import pytest
from tests.rules.inventories import NOW, ONE, OTHER, key, off, told, verdicts

from antkey_scanner.inventory.records import Tenant
from antkey_scanner.inventory.rule import Breach
from antkey_scanner.inventory.times import SECOND


def test_one_finding_names_all_places_of_a_shared_key() -> None:
    keys = [
        key("prod-a", 3, environment="prod", fingerprint=ONE),
        key("dev-a", 9, environment="dev", fingerprint=ONE),
        key("dev-b", 12, environment="dev", fingerprint=ONE),
        key("dev-c", 15, environment="dev", fingerprint=OTHER),
    ]
    assert told("key-in-two-environments", *keys) == [
        "one key serves the environments prod and dev: prod-a (keys.toml:3), dev-a (keys.toml:9)"
        " and dev-b (keys.toml:12)"
    ]


@pytest.mark.parametrize("field", ["environment", "service", "tenant"])
def test_a_shared_key_is_told_for_each_field(field: str) -> None:
    rule = f"key-in-two-{field}s"
    keys = [key(name, **{field: name}, fingerprint=ONE) for name in ("a", "b")]
    assert len(told(rule, *keys)) == 1
    assert told(rule, *(each._replace(**{field: "a"}) for each in keys)) == []
    assert off(rule, key(**{field: "a"}))


def test_a_shared_key_is_in_use_when_one_of_its_records_says_so() -> None:
    one, other = (key(name, environment=name, fingerprint=ONE) for name in ("dev", "prod"))
    gone = one._replace(status="inactive")
    assert told("key-in-two-environments", gone, other)
    assert told("key-in-two-environments", gone, other._replace(status="archived")) == []


def test_an_environment_needs_a_key_that_is_its_own() -> None:
    rule, asked = "environment-without-own-key", ("dev", "prod")
    prod = key("a", environment="prod", fingerprint=ONE)
    shared = key("b", environment="dev", fingerprint=ONE)
    own = key("c", environment="Dev")
    assert told(rule, prod, environments=asked) == ["the environment dev has no active key"]
    assert told(rule, prod, shared, environments=asked) == [
        "the environment dev shares its only keys with another one",
        "the environment prod shares its only keys with another one",
    ]
    assert told(rule, prod, own, environments=asked) == []
    old = own._replace(status="expired")
    assert told(rule, prod, old, environments=asked)
    assert told(rule, key("d"), environments=("dev",)), "a key of no environment is no one's"


def test_a_tenant_s_environments_each_need_a_key_once_it_has_any() -> None:
    rule = "environment-without-own-key"
    tenants = (Tenant("acme", environments=("dev", "prod")), Tenant("new", environments=("prod",)))
    gone = Tenant("gone", "deleted", environments=("prod",))
    found = verdicts(
        *(rule, key(environment="prod", tenant="acme"), key(environment="dev", tenant="gone")),
        tenants=(*tenants, gone),
    )
    assert [one.about for one in found if isinstance(one, Breach)] == ["acme dev"]


def test_a_source_that_could_have_told_a_use_tells_that_there_was_none() -> None:
    old = key(created_at=0, origin="anthropic")
    assert told("key-unused", old._replace(unknown=("encryption",)), unused_days=30) == [
        "prod-api-2026-11-01 has not been used at all, as far as its source can tell"
    ]
    for unknown in ((), ("last_used_at",)):
        assert told("key-unused", old._replace(unknown=unknown), unused_days=30) == ["?"]


def test_a_use_in_the_future_proves_nothing() -> None:
    old = key(created_at=0, last_used_at=NOW + 300 * SECOND)
    assert told("key-unused", old, unused_days=30) == []
    late = old._replace(last_used_at=NOW + 300 * SECOND + 1)
    assert told("key-unused", late, unused_days=30) == ["?"]


def test_the_count_of_active_keys_may_be_reached() -> None:
    rule = "too-many-active-keys"
    keys = [key("a"), key("b", role="admin"), key("c", status="archived")]
    assert told(rule, *keys, max_active=2) == []
    assert told(rule, *keys, max_active=1) == ["2 keys are active; the limit is 1"]
    copies = [key("a", fingerprint=ONE), key("b", fingerprint=ONE), key("c", fingerprint=OTHER)]
    assert told(rule, *copies, max_active=2) == []
