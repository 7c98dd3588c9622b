"""While the old and the new key both work, whoever has the old one still gets in.

The overlap is the older key's `revoked_at` less the `created_at` of the first key that replaces it. It is
judged for keys of any status, afterwards too: it shows how long a rotation took. A key that is no longer
active and has no `revoked_at` is not judged here, one that is still active by replaced-key-still-active.

Policy: rotation.overlap_hours (48), rotation.environments.NAME.overlap_hours
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import replacements, says_overlap
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import counted, in_hours
from antkey_scanner.inventory.times import HOUR, day
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for newer, older in replacements(case.inventory.keys).pairs:
        if older.revoked_at is None or newer.created_at is None:
            continue
        most = case.policy.limits_of(older.environment).overlap_hours
        overlap = older.revoked_at - newer.created_at
        if overlap > most * HOUR:
            told = (
                f"revoked on {day(older.revoked_at)}, {in_hours(overlap, most)} after {newer.label}"
            )
            limit = counted(most, "hour")
            yield Breach(older, f"{older.label} was {told} had replaced it; the limit is {limit}")


RULE = KeyRule(
    Rule(
        id="key-overlap-too-long",
        title="Old and new key overlapped too long",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Nothing can shorten it afterwards: note the reason, waive it with an end, and put the"
            " deactivation of the old key (24 to 48 hours after the new one) into the rotation's checklist."
        ),
        requirements=("M7", "A6", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", status = "inactive", revoked_at = 2026-11-03T00:00:01Z},\n'
                '  {name = "prod-api-2026-11-01", created_at = 2026-11-01T00:00:00Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", status = "inactive", revoked_at = 2026-11-03T00:00:00Z},\n'
                '  {name = "prod-api-2026-11-01", created_at = 2026-11-01T00:00:00Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    says_overlap,
)
