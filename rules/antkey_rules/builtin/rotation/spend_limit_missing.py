"""Without a limit a stolen key, or a loop in our own code, costs as much as it can before anybody looks.

Judged where the policy requires it, for active keys: `spend_limit` has neither `daily_usd` nor
`monthly_usd`. A limit of zero is a limit. Admin keys send no requests to models and need none. Where the
source cannot tell of limits, that is missing evidence.

Policy: keys.require_spend_limit
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status != "active" or key.role == "admin":
            continue
        limit = key.spend_limit
        if limit is not None and (limit.daily_usd is not None or limit.monthly_usd is not None):
            continue
        if "spend_limit" in key.unknown:
            yield Gap(key, "its source cannot tell of spend limits; record spend_limit in a file")
        else:
            yield Breach(key, f"{key.label} has no spend limit, neither by day nor by month")


def _off(case: Case) -> str | None:
    if case.policy.require_spend_limit:
        return None
    return "spend limits are not asked for; set [keys] require_spend_limit"


RULE = KeyRule(
    Rule(
        id="spend-limit-missing",
        title="Key without a spend limit",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Set a spend limit for the key's workspace (Anthropic Console: Workspaces, Limits), two to three"
            " times the usual amount of a day, and record it in spend_limit."
        ),
        requirements=("M8", "T12"),
        frameworks=("SOC2:CC7.2", "ISO27001:A.8.6", "NIST800-53:SC-6", "CWE-770"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.require_spend_limit = true\n"
                'keys = [{name = "prod-api-2026-11-01", spend_limit = {alerts_percent = [50]}}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.require_spend_limit = true\n"
                'keys = [{name = "prod-api-2026-11-01", spend_limit = {daily_usd = 0}}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
