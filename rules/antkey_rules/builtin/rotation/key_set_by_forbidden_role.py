"""Whoever may set the key may set their own, and read along; that is for few.

Judged once the policy lists roles: the `set_by_role` of an active key has to be one of them, in upper or
lower case. Where it is not recorded that is missing evidence: who may set a key is proven by who did.

Policy: keys.allowed_setter_roles
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    allowed = {role.strip().casefold() for role in case.policy.allowed_setter_roles}
    told = ", ".join(case.policy.allowed_setter_roles)
    for key in case.inventory.keys:
        if key.status != "active":
            continue
        if not key.set_by_role:
            yield Gap(key, "nothing tells the role of who set it; record set_by_role")
        elif key.set_by_role.strip().casefold() not in allowed:
            yield Breach(key, f"{key.label} was set by the role {key.set_by_role}; allowed: {told}")


def _off(case: Case) -> str | None:
    if case.policy.allowed_setter_roles:
        return None
    return "which roles may set a key is not said; set [keys] allowed_setter_roles"


RULE = KeyRule(
    Rule(
        id="key-set-by-forbidden-role",
        title="Key set by a role that may not",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Find out in the audit log who set the key and why; take the right away from the role, and have"
            " somebody with an allowed role set a new key."
        ),
        requirements=("M12",),
        frameworks=("SOC2:CC6.3", "ISO27001:A.8.2", "NIST800-53:AC-6", "CWE-269"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'policy.keys.allowed_setter_roles = ["super-admin"]\n'
                'keys = [{name = "prod-api-2026-11-01", set_by_role = "editor"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'policy.keys.allowed_setter_roles = ["super-admin"]\n'
                'keys = [{name = "prod-api-2026-11-01", set_by_role = "Super-Admin"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
