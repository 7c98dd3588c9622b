"""A key that was refused when it was last tried fails again at the first customer's request.

Told of an active key whose `validation_status` is there and is none of valid, validated, ok, active, passed,
verified and success, in upper or lower case.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity

_GOOD = frozenset({"valid", "validated", "ok", "active", "passed", "verified", "success"})


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        status = key.validation_status
        if status and key.status == "active" and status.strip().lower() not in _GOOD:
            yield Breach(key, f"{key.label} is active and its validation says: {status}")


def _off(case: Case) -> str | None:
    if any(key.validation_status for key in case.inventory.keys):
        return None
    return "no key says whether it was tried; record validation_status"


RULE = KeyRule(
    Rule(
        id="key-not-valid",
        title="Key that did not pass its validation",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Try the key with a request to list models, which costs nothing. If it is refused, have a new"
            " one created and disable this one; then record validation_status."
        ),
        requirements=("P8", "P4"),
        frameworks=("SOC2:CC6.1", "SOC2:A1.2", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-04-25", validation_status = "invalid"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-04-25", validation_status = "Valid"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
