"""A key that is not there yet according to its own record is never overdue: the record hides its age.

Up to 300 seconds ahead is taken for clocks that differ. More is a mistyped year, a wrong offset, or
somebody who wants the key to look young. Active keys are judged, as it is their age that is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import span
from antkey_scanner.inventory.times import SECOND, rfc3339
from antkey_scanner.model import Confidence, Example, Rule, Severity

_SKEW = 300 * SECOND


def _check(case: Case) -> Iterator[Breach | Gap]:
    latest = case.now + _SKEW
    for key in case.inventory.keys:
        created = key.created_at
        if created is not None and created > latest and key.status == "active":
            ahead = span(created - case.now)
            yield Breach(
                key,
                f"{key.label} was created at {rfc3339(created)} ({key.age_from}), {ahead} from now; at most"
                " 300 seconds are taken for clocks that differ",
            )


RULE = KeyRule(
    Rule(
        id="key-created-in-future",
        title="Key created in the future",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Look up when the key was created (Anthropic Console: API keys, or `antkey keys sync`) and"
            " record that in created_at, with its UTC offset."
        ),
        requirements=("M5", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:AU-8"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2027-01-01", created_at = 2026-11-20T00:05:00.000001Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-20", created_at = 2026-11-20T00:05:00Z}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
