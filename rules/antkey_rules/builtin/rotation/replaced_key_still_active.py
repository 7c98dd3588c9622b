"""Until the old key is deactivated the rotation has achieved nothing: both open the account.

The newer key names the older one in `replaces`. From the newer one's `created_at` on the older one may
stay active for as many hours as the policy allows for its environment; exactly that long is in order, and
0 asks that it stops the moment the new one is there. If several keys replace the same one, the first of
them counts. Without the newer one's `created_at` it is not judged. If the new key was given up and the old
one is to stay, take `replaces` out of the record.

Policy: rotation.overlap_hours (48), rotation.environments.NAME.overlap_hours
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import replacements, says_replaces
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import counted, in_hours
from antkey_scanner.inventory.times import HOUR
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for newer, older in replacements(case.inventory.keys).pairs:
        if older.status != "active":
            continue
        if newer.created_at is None:
            yield Gap(
                older, "nothing tells when the key that replaces it was created; record created_at"
            )
            continue
        most = case.policy.limits_of(older.environment).overlap_hours
        overlap = case.now - newer.created_at
        if overlap > most * HOUR:
            since = f"{in_hours(overlap, most)} after {newer.label} replaced it"
            yield Breach(
                older,
                f"{older.label} is still active {since}; the limit is {counted(most, 'hour')}",
            )


RULE = KeyRule(
    Rule(
        id="replaced-key-still-active",
        title="Replaced key still active",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Check in the usage report that no request runs on the old key any more, deactivate it"
            " (Anthropic Console: API keys, Disable), and record status and revoked_at."
        ),
        requirements=("M7", "A6", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5", "CWE-324"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", created_at = 2026-08-20T00:00:00Z},\n'
                '  {name = "prod-api-2026-11-17", created_at = 2026-11-17T23:59:59Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.rotation.overlap_hours = 0\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", created_at = 2026-08-20T00:00:00Z},\n'
                '  {name = "prod-api-2026-11-19", created_at = 2026-11-19T23:59:59Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", created_at = 2026-08-20T00:00:00Z},\n'
                '  {name = "prod-api-2026-11-18", created_at = 2026-11-18T00:00:00Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", created_at = 2026-08-20T00:00:00Z, status = "inactive"},\n'
                '  {name = "prod-api-2026-11-01", created_at = 2026-11-01T00:00:00Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    says_replaces,
)
