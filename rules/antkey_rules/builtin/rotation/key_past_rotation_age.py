"""The older a key, the more copies of it lie in backups, logs and the laptops of people who have left.

A key's age is the time since this version of the secret was created, exact to the microsecond and in
UTC; a key of exactly the limit is still in order. Where no `created_at` is recorded, the date in the
key's name counts, and else the day on which git first saw it. `rotated_at` makes no key younger. A key
without any of these is not judged, which is no pass. Keys that are not active are not judged.

Policy: rotation.max_age_days (90), rotation.environments.NAME.max_age_days
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import counted, in_days
from antkey_scanner.inventory.times import DAY, day
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status != "active":
            continue
        if key.created_at is None:
            yield Gap(key, "nothing tells the age; record created_at")
            continue
        most = case.policy.limits_of(key.environment).max_age_days
        age = case.now - key.created_at
        if age > most * DAY:
            since = f"created on {day(key.created_at)} ({key.age_from})"
            limit = counted(most, "day")
            yield Breach(
                key, f"{key.label} is {in_days(age, most)} old, {since}; the limit is {limit}"
            )


RULE = KeyRule(
    Rule(
        id="key-past-rotation-age",
        title="Key past its rotation age",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Create a new key (Anthropic Console: API keys, Create key), deploy it, verify that requests"
            " run on it, and deactivate the old one after 24 to 48 hours; record the new key with replaces."
        ),
        requirements=("M5", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5(1)", "CWE-324"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-21", created_at = 2026-08-21T23:59:59Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.rotation.environments.prod.max_age_days = 30\n"
                'keys = [{name = "prod-api-2026-10-01", environment = "prod", created_at ='
                " 2026-10-01T00:00:00Z}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-22", created_at = 2026-08-22T00:00:00Z}]',
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2025-01-01", created_at = 2025-01-01T00:00:00Z, status ='
                ' "archived"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
