"""A tenant that is to run on its own key and has none has no AI features, or runs on somebody else's.

Told of a listed tenant with `mode = "byo"` that is active and has no active key. It is shown and fails
nothing: where no fallback exists the features are simply off, and whether one exists is for the egress
checks to prove.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    served = {key.tenant for key in case.inventory.keys if key.status == "active"}
    for tenant in case.inventory.tenants or ():
        if tenant.mode == "byo" and tenant.status == "active" and tenant.name not in served:
            told = "is to run on its own key and has no active one"
            yield Breach(None, f"the tenant {tenant.name} {told}", tenant.name, tenant=tenant.name)


def _off(case: Case) -> str | None:
    tenants = case.inventory.tenants
    if tenants is None:
        return "no tenants are listed; add tenants"
    if not any(tenant.mode == "byo" for tenant in tenants):
        return "no tenant is listed as running on its own key; add mode to tenants"
    return None


RULE = KeyRule(
    Rule(
        id="tenant-without-key",
        title="Tenant without a key of its own",
        family="rotation",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Ask the tenant for a key, or record the mode that it really runs in; check with"
            " `antkey egress run --scenario no-key` that no request goes out without one."
        ),
        requirements=("M1", "M2", "V2"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.9"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", tenant = "acme", status = "inactive"}]\n'
                'tenants = [{name = "acme", mode = "byo"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", tenant = "acme"}]\n'
                'tenants = [{name = "acme", mode = "byo"}, {name = "globex", mode = "managed"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
