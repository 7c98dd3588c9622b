"""What a key replaces has to be known, or nobody notices that the old one still works.

`replaces` names a key by its name or id. It is unclear when no such key is in the inventory (a slip of the
pen hides an active key in this way), when keys replace each other in a circle, or when a key was created
before the one that it is said to replace. It is a violation of its own, and not only missing evidence, so
that whoever has dropped old keys from the inventory on purpose can waive it by name.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import replacements, says_replaces
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key, problem in replacements(case.inventory.keys).unclear:
        yield Breach(key, f"{key.label} replaces {key.replaces}, which {problem}")


RULE = KeyRule(
    Rule(
        id="replaced-key-unclear",
        title="Key that replaces one that is not there, or that cannot be",
        family="rotation",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Write the older key's name into replaces exactly as it is recorded; keep replaced keys in the"
            " inventory, with their status and revoked_at."
        ),
        requirements=("M7", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.9", "NIST800-53:CM-8"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", replaces = "prod-api-2026-08-02"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", replaces = "prod-api-2026-11-01"},\n'
                '  {name = "prod-api-2026-11-01", replaces = "prod-api-2026-08-20"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", status = "archived"},\n'
                '  {name = "prod-api-2026-11-01", replaces = "prod-api-2026-08-20"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    says_replaces,
)
