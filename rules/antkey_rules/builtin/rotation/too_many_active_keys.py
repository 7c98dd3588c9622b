"""Each further key is one more to keep, to rotate and to lose; a few are enough.

The active keys of the whole inventory are counted, of every role; records with the same fingerprint are one
key. Exactly as many as the policy allows are in order.

Policy: keys.max_active
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import counted
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    most = case.policy.max_active
    active = [key for key in case.inventory.keys if key.status == "active"]
    known = {key.fingerprint for key in active if key.fingerprint is not None}
    count = len(known) + sum(key.fingerprint is None for key in active)
    if most is not None and count > most:
        told = f"{counted(count, 'key')} are active; the limit is {most:,}"
        yield Breach(None, told, "active keys")


def _off(case: Case) -> str | None:
    if case.policy.max_active is not None:
        return None
    return "how many active keys are too many is not said; set [keys] max_active"


RULE = KeyRule(
    Rule(
        id="too-many-active-keys",
        title="Too many active keys",
        family="rotation",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Disable the keys that nothing uses (Anthropic Console: API keys, Disable); set [keys]"
            " unused_days to be told which. If all are needed, raise max_active."
        ),
        requirements=("T14",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.18", "NIST800-53:AC-6"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.max_active = 1\n"
                'keys = [{name = "prod-api-2026-11-01"}, {name = "prod-web-2026-11-01"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.max_active = 2\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01"},\n'
                '  {name = "prod-web-2026-11-01"},\n'
                '  {name = "prod-old-2026-11-01", status = "archived"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
