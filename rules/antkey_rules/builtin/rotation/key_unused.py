"""A key that nothing uses does no good, and nobody notices when somebody else starts to use it.

An active key is unused when more than the policy's days have passed since `last_used_at`; exactly as many
are in order, and a key that was created within those days cannot have been unused for longer. Where no
`last_used_at` is recorded that is missing evidence, unless the source could have told one, such as the
usage report that `antkey keys sync` reads where the policy asks for it: then the key was never used.

Policy: keys.unused_days
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import counted, in_days
from antkey_scanner.inventory.times import DAY, SECOND, day
from antkey_scanner.model import Confidence, Example, Rule, Severity

_SKEW = 300 * SECOND


def _check(case: Case) -> Iterator[Breach | Gap]:
    most = case.policy.unused_days
    if most is None:
        return
    earliest = case.now - most * DAY
    for key in case.inventory.keys:
        if key.status != "active" or (key.created_at is not None and key.created_at >= earliest):
            continue
        used = key.last_used_at
        if used is None and key.unknown and "last_used_at" not in key.unknown:
            yield Breach(
                key, f"{key.label} has not been used at all, as far as its source can tell"
            )
        elif used is None:
            yield Gap(key, "nothing tells when it was last used; record last_used_at")
        elif used > case.now + _SKEW:
            yield Gap(key, "its last_used_at lies in the future; mend it")
        elif used < earliest:
            told = f"has not been used for {in_days(case.now - used, most)}, since {day(used)}"
            yield Breach(key, f"{key.label} {told}; the limit is {counted(most, 'day')}")


def _off(case: Case) -> str | None:
    if case.policy.unused_days is not None:
        return None
    return "after how many days a key counts as unused is not said; set [keys] unused_days"


RULE = KeyRule(
    Rule(
        id="key-unused",
        title="Key that nothing uses",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Ask its owner; if nothing needs it, disable it (Anthropic Console: API keys, Disable), which can"
            " be undone, and archive it a week later."
        ),
        requirements=("T14",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.18", "NIST800-53:AC-2(3)"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.unused_days = 30\n"
                'keys = [{name = "prod-api-2026-09-01", last_used_at = 2026-10-20T23:59:59Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.unused_days = 30\n"
                "keys = [\n"
                '  {name = "prod-api-2026-09-01", last_used_at = 2026-10-21T00:00:00Z},\n'
                '  {name = "prod-web-2026-11-19", created_at = 2026-11-19T00:00:00Z},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
