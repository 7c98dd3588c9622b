"""Deleting a customer's workspace does not revoke the customer's key: it still works at Anthropic.

Judged once `tenants` are listed: an active key with the role `tenant` names no tenant, one that is not
listed, or one that is deleted. Keys of the platform and admin keys belong to no tenant; give them
`role = "platform"` or `role = "admin"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    statuses = {tenant.name: tenant.status for tenant in case.inventory.tenants or ()}
    for key in case.inventory.keys:
        if key.role != "tenant" or key.status != "active":
            continue
        if key.tenant is None:
            yield Breach(key, f"{key.label} is active and belongs to no tenant")
            continue
        status = statuses.get(key.tenant)
        if status is None:
            told = f"belongs to the tenant {key.tenant}, which is not listed"
            yield Breach(key, f"{key.label} is active and {told}")
        elif status == "deleted":
            told = f"its tenant {key.tenant} is deleted"
            yield Breach(key, f"{key.label} is active though {told}")


def _off(case: Case) -> str | None:
    return None if case.inventory.tenants is not None else "no tenants are listed; add tenants"


RULE = KeyRule(
    Rule(
        id="orphaned-key",
        title="Key of no tenant, or of one that is gone",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "If the tenant is gone, have the key disabled (Anthropic Console: API keys, Disable) and delete"
            " the stored copy. Otherwise record the key's tenant, or its role when it is the platform's."
        ),
        requirements=("A10",),
        frameworks=("SOC2:CC6.2", "SOC2:CC6.5", "ISO27001:A.5.18", "NIST800-53:AC-2(3)"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", tenant = "acme"}]\n'
                'tenants = [{name = "acme", status = "deleted"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", tenant = "globex"}]\n'
                'tenants = [{name = "acme"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01"}]\n'
                'tenants = [{name = "acme"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", tenant = "acme"},\n'
                '  {name = "prod-batch-2026-11-01", role = "platform"},\n'
                '  {name = "prod-old-2026-08-01", tenant = "gone", status = "archived"},\n'
                "]\n"
                'tenants = [{name = "acme"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
