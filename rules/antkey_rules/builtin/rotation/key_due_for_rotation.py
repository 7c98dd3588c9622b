"""A key that is replaced in time is replaced calmly; one that is found overdue is replaced in a hurry.

Told from `warn_days` before the limit until the limit itself, both included; from then on
key-past-rotation-age tells it. It is shown and fails nothing. Only active keys are told of.

Policy: rotation.warn_days (14), rotation.max_age_days (90), rotation.environments.NAME
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import in_days
from antkey_scanner.inventory.times import DAY, LAST, rfc3339
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status != "active" or key.created_at is None:
            continue
        limits = case.policy.limits_of(key.environment)
        left = limits.max_age_days * DAY - (case.now - key.created_at)
        if 0 <= left <= limits.warn_days * DAY:
            due = rfc3339(min(case.now + left, LAST))
            when = f"in {in_days(left)}" if left else "now"
            yield Breach(key, f"{key.label} is due for rotation {when}, by {due}")


RULE = KeyRule(
    Rule(
        id="key-due-for-rotation",
        title="Key due for rotation soon",
        family="rotation",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Plan the change: create a new key, deploy it, verify that requests run on it, deactivate the"
            " old one after 24 to 48 hours. `antkey keys calendar` prints what is due when."
        ),
        requirements=("T9", "T10"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5(1)"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-09-05", created_at = 2026-09-05T00:00:00Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-22", created_at = 2026-08-22T00:00:00Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-09-05", created_at = 2026-09-05T00:00:00.000001Z}]',
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-21", created_at = 2026-08-21T23:59:59.999999Z}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
