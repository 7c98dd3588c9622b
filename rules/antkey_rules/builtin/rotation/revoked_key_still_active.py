"""A key that everybody believes to be revoked, and that works, is one that nobody watches.

Told of an active key whose `revoked_at` has passed, and of one that people's own file lists as inactive,
archived or expired while Anthropic says that it is active. A `revoked_at` that is still to come is a plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.times import rfc3339
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status != "active":
            continue
        if key.listed_status is not None and key.listed_status != "active":
            told = f"is listed as {key.listed_status} and active at Anthropic"
            yield Breach(key, f"{key.label} {told}")
        elif key.revoked_at is not None and key.revoked_at <= case.now:
            told = f"was revoked at {rfc3339(key.revoked_at)} and has the status active"
            yield Breach(key, f"{key.label} {told}")


RULE = KeyRule(
    Rule(
        id="revoked-key-still-active",
        title="Revoked key still active",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Look the key up (Anthropic Console: API keys). If it is active, disable it now; if it is not,"
            " record its status."
        ),
        requirements=("M7", "A10", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", status = "active", revoked_at ='
                " 2026-11-20T00:00:00Z}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", status = "inactive", revoked_at ='
                " 2026-11-19T00:00:00Z}]",
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", status = "active", revoked_at ='
                " 2026-11-20T00:00:01Z}]",
                matches=False,
            ),
        ),
    ),
    _check,
)
