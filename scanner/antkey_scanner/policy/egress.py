"""What a policy says of outgoing requests: the table `[egress]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Fallback = Literal["never", "when-no-tenant-key"]

ALLOWED_HOSTS = ("api.anthropic.com",)
PLATFORM_ENV = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
GRACE_SECONDS = 60.0
MAX_AGE_DAYS = 30


class EgressPolicy(NamedTuple):
    """What requests are judged by.

    fallback: when a tenant's request may carry the platform's key; grace_seconds: how long after a key
    change the old key may still be seen, the last second included; surfaces: each must be seen;
    evidence, allowed_models: globs, no model is refused where there are none; tenant_from: where a
    record says for whom it was, tried in order; fields: names in JSON lines, by ours; max_age_days: how
    old what proves a control may be.
    """

    allowed_hosts: tuple[str, ...] = ALLOWED_HOSTS
    fallback: Fallback = "never"
    grace_seconds: float = GRACE_SECONDS
    surfaces: tuple[str, ...] = ()
    platform_env: tuple[str, ...] = PLATFORM_ENV
    evidence: tuple[str, ...] = ()
    allowed_models: tuple[str, ...] = ()
    tenant_from: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    max_age_days: int = MAX_AGE_DAYS


def egress_policy(tables: Mapping[str, Any]) -> EgressPolicy:
    """The values of a policy's tables, which have been checked."""
    table = tables.get("egress", {})
    tenant_from = table.get("tenant_from", ())
    return EgressPolicy(
        allowed_hosts=tuple(host.lower() for host in table.get("allowed_hosts", ALLOWED_HOSTS)),
        fallback=table.get("fallback", "never"),
        grace_seconds=float(table.get("grace_seconds", GRACE_SECONDS)),
        surfaces=tuple(table.get("surfaces", ())),
        platform_env=tuple(table.get("platform_env", PLATFORM_ENV)),
        evidence=tuple(table.get("evidence", ())),
        allowed_models=tuple(table.get("allowed_models", ())),
        tenant_from=(tenant_from,) if isinstance(tenant_from, str) else tuple(tenant_from),
        fields=dict(table.get("fields", {})),
        max_age_days=table.get("max_age_days", MAX_AGE_DAYS),
    )
