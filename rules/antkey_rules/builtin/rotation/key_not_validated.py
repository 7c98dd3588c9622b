"""Where keys are tried before work starts, one that was never tried is the one that fails.

Told of an active key without a `validation_status` while other keys of the inventory have one: then it was
forgotten. Where no key has one, this is not judged; nor is a key of a source that cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.validation_status or key.status != "active":
            continue
        if key.origin == "file" and "validation_status" not in key.unknown:
            yield Breach(
                key, f"{key.label} was never tried: it has no validation_status, others have"
            )


def _off(case: Case) -> str | None:
    if any(key.validation_status for key in case.inventory.keys):
        return None
    return "no key says whether it was tried; record validation_status"


RULE = KeyRule(
    Rule(
        id="key-not-validated",
        title="Key that was never tried",
        family="rotation",
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Try the key with a request to list models, which costs nothing, and record the outcome in"
            " validation_status."
        ),
        requirements=("P8", "P4"),
        frameworks=("SOC2:CC6.1", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-04-25", validation_status = "valid"},\n'
                '  {name = "prod-batch-2026-04-25"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-04-25", validation_status = "valid"},\n'
                '  {name = "prod-batch-2026-04-25", status = "inactive"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
