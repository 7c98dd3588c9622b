"""Requests and keys made from names, and what the rules find of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from antkey_rules.egress import load_egress_rules
from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import SECOND
from antkey_scanner.policy.egress import EgressPolicy

RULES = load_egress_rules()
NOON = 1_795_176_000 * SECOND
"""2026-11-20T12:00:00Z."""

API = "api.anthropic.com"
OPTIONAL = EgressPolicy(fallback="when-no-tenant-key")


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def hint(name: str) -> str:
    return f"sk-ant-api03-{sha(name)[:3]}…{sha(name)[-4:]}"


def life(name: str, tenant: str | None = None, **fields: Any) -> KeyLife:
    """A key: of a tenant, or the platform's."""
    role = fields.pop("role", "platform" if tenant is None else "tenant")
    known = {"sha256": sha(name), "hint": hint(name), **fields}
    return KeyLife(name, role, tenant, **known)


ACME = life("acme-1", "acme")
GLOBEX = life("globex-1", "globex")
PLATFORM = life("platform")
KEYS = (ACME, GLOBEX, PLATFORM)


def carried(name: str, carrier: str = "x-api-key", **fields: Any) -> Credential:
    known = {"hint": hint(name), "sha256": sha(name), **fields}
    return Credential(carrier, "api03", **known)


def sent(
    *names: str | Credential, tenant: str | None = "acme", at: int = 0, **fields: Any
) -> Request:
    """A call of the Messages API with these keys. at: in microseconds after noon."""
    keys = tuple(carried(name) if isinstance(name, str) else name for name in names)
    time = fields.pop("time", NOON + at)
    place = fields.pop("place", Place("log.jsonl", 1))
    known = {"host": API, "method": "POST", "path": "/v1/messages", **fields}
    return Request(place, time, credentials=keys, tenant=tenant, **known)


def judge(
    keys: Iterable[KeyLife] = KEYS,
    policy: EgressPolicy | None = None,
    *,
    live: bool = False,
    tenants: Sequence[str] = (),
    **book: Any,
) -> Judge:
    return Judge(RULES, policy or EgressPolicy(), Book(keys, **book), live=live, tenants=tenants)


def told(judge: Judge, request: Request) -> list[str]:
    """The ids of the rules that a request breaks, without what they have in common."""
    return [finding.rule.id.removeprefix("egress-") for finding in judge.take(request)]
