"""Inventories for tests of rules about keys, and what a rule says of them."""

from __future__ import annotations

from typing import Any

from antkey_rules.keys import load_key_rule
from antkey_scanner.inventory.records import Inventory, KeyRecord, Member, Place, Tenant
from antkey_scanner.inventory.rule import Breach, Case, Gap
from antkey_scanner.inventory.times import DAY
from antkey_scanner.policy.keys import KeysPolicy

NOW = 20_000 * DAY
ONE, OTHER = 64 * "a", 64 * "b"


def key(name: str | None = "prod-api-2026-11-01", line: int = 1, **fields: Any) -> KeyRecord:
    return KeyRecord(Place("keys.toml", line), name=name, **fields)


def verdicts(
    rule: str,
    *keys: KeyRecord,
    members: tuple[Member, ...] | None = None,
    tenants: tuple[Tenant, ...] | None = None,
    **policy: Any,
) -> list[Breach | Gap]:
    case = Case(Inventory(keys, members, tenants), KeysPolicy(**policy), NOW)
    found = load_key_rule(rule)
    assert found.off(case) is None
    return list(found.check(case))


def told(rule: str, *keys: KeyRecord, **more: Any) -> list[str]:
    """The messages of breaches; gaps as `?`."""
    found = verdicts(rule, *keys, **more)
    return [one.message if isinstance(one, Breach) else "?" for one in found]


def off(rule: str, *keys: KeyRecord, **more: Any) -> str | None:
    policy = KeysPolicy(**more.pop("policy", {}))
    return load_key_rule(rule).off(Case(Inventory(keys, **more), policy, NOW))
