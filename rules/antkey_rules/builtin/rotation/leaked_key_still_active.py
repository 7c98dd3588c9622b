"""A key that lies in plain sight opens the account for whoever reads it, until it is deactivated.

What scans found is compared with the inventory: by SHA-256, which is exact, or, where the inventory has no
fingerprint of a key, by the hint that the Console shows, which is probable. A key counts as leaked also
where the finding is accepted by a baseline or a waiver: those say that a place is known, not that the key
has been replaced. The days since the leak are counted from the commit that first held the key.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule, Leak
from antkey_scanner.inventory.times import DAY, Micros, day
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for leak in case.leaks or ():
        if leak.record.is_active:
            yield Breach(leak.record, _message(leak, case.now), match=leak.match)


def _message(leak: Leak, now: Micros) -> str:
    more = f" and {leak.places - 1} more" if leak.places > 1 else ""
    by_hint = "" if leak.match == "exact" else " (recognised by its hint, so probably)"
    since = "" if leak.first_seen is None else f", in git since {_days(leak.first_seen, now)}"
    return f"{leak.record.label} leaked{by_hint} and is still active: it stands in {leak.path}{more}{since}"


def _days(first_seen: Micros, now: Micros) -> str:
    days = (now - first_seen) // DAY
    return f"{day(first_seen)} ({days} day{'' if days == 1 else 's'})"


def _off(case: Case) -> str | None:
    if case.leaks is None:
        return "no scan's results were given; add --leaks RESULTS.json"
    return None


RULE = KeyRule(
    Rule(
        id="leaked-key-still-active",
        title="Leaked key still active",
        family="rotation",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Deactivate the key in the Anthropic Console now, create a new one and deploy it; then look at"
            " the key's usage since the leak."
        ),
        requirements=("P3", "T15"),
        frameworks=("SOC2:CC6.1", "SOC2:CC7.4", "ISO27001:A.5.17", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'leaks = ["prod-api-2026-11-01"]\n'
                'keys = [{name = "prod-api-2026-11-01"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'leaks = ["prod-api-2026-11-01"]\n'
                'keys = [{name = "prod-api-2026-11-01", status = "inactive"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
