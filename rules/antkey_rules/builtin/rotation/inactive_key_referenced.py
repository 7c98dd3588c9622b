"""Something still relies on a key that no longer works, or soon finds out that it does not.

Told of a key whose `expires_at` has come while it is listed as active, and of one that people's own file
lists as active while Anthropic or the store says that it is inactive, archived or expired: whatever is
configured by that file sends requests that are refused. Told as well of a key that is no longer active and
was used more than a day after its `revoked_at` or `expires_at`; a day, because usage is reported by days.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.times import DAY, Micros, rfc3339
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status == "active":
            if key.expires_at is not None and key.expires_at <= case.now:
                expired = f"expired at {rfc3339(key.expires_at)} and is still listed as active"
                yield Breach(key, f"{key.label} {expired}")
        elif key.listed_status == "active":
            yield Breach(key, f"{key.label} is {key.status} and still listed as active")
        elif key.last_used_at is not None:
            end = _end(key)
            if end is not None and key.last_used_at > end + DAY:
                used = f"was used at {rfc3339(key.last_used_at)}, after its end at {rfc3339(end)}"
                yield Breach(key, f"{key.label} is {key.status} and {used}")


def _end(key: KeyRecord) -> Micros | None:
    """When a key was revoked or expired, whichever came first."""
    known = [time for time in (key.revoked_at, key.expires_at) if time is not None]
    return min(known, default=None)


RULE = KeyRule(
    Rule(
        id="inactive-key-referenced",
        title="Expired or inactive key still referenced",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Find out what still uses the key, give it a new one (Anthropic Console: API keys, Create key),"
            " and record the old one's status."
        ),
        requirements=("T9", "P8"),
        frameworks=("SOC2:CC6.1", "SOC2:A1.2", "ISO27001:A.5.17", "NIST800-53:IA-5", "CWE-324"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", expires_at = 2026-11-20T00:00:00Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", revoked_at = 2026-11-01T00:00:00Z, status ='
                ' "inactive", last_used_at = 2026-11-02T00:00:01Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", expires_at = 2026-11-20T00:00:00.000001Z}]',
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-20", status = "expired", expires_at ='
                " 2026-11-01T00:00:00Z}]",
                matches=False,
            ),
        ),
    ),
    _check,
)
