"""A key that has no name cannot be spoken of: whoever has to revoke one in a hurry revokes the wrong one.

Told of an active key without a `name`, or with a blank one; its id, hint or place stands for it in messages.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status == "active" and not (key.name and key.name.strip()):
            yield Breach(key, f"{key.label} has no name")


RULE = KeyRule(
    Rule(
        id="key-without-label",
        title="Key without a name",
        family="rotation",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Name the key by environment, service and date, such as prod-api-gateway-2026-04-25 (Anthropic"
            " Console: API keys, Edit), and record the name."
        ),
        requirements=("T1", "P4", "P8"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.9", "NIST800-53:CM-8"),
        examples=(
            Example(
                'now = 2026-11-20T00:00:00Z\nkeys = [{id = "apikey_01"}]',
                matches=True,
            ),
            Example(
                'now = 2026-11-20T00:00:00Z\nkeys = [{name = "prod-api-2026-04-25"}]', matches=False
            ),
        ),
    ),
    _check,
)
