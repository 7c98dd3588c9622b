"""A key that outlived the limit and was never changed shows that nobody has ever practised changing it.

It is shown and fails nothing: key-past-rotation-age fails the same key, and a waiver of that is enough.
Told of an active key that is past its rotation age and bears no sign of a rotation: no `rotated_at`, no
`replaces`, and no version above the first. A young key need not have been rotated. `rotated_at` answers
this question only; it makes no key younger. Where the source cannot tell of rotations, such as a store
without versions, key-past-rotation-age says all that is known.

Policy: rotation.max_age_days (90), rotation.environments.NAME.max_age_days
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import in_days
from antkey_scanner.inventory.times import DAY, Micros, day
from antkey_scanner.model import Confidence, Example, Rule, Severity

_FIRST = re.compile(r"[vV]?(?:0{0,9}1|0{1,9})(?:\.0{1,9})*")
"""Versions that nothing came before. Others, such as the ids of AWS, may be of any rotation."""


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status != "active" or key.created_at is None:
            continue
        most = case.policy.limits_of(key.environment).max_age_days
        age = case.now - key.created_at
        if age > most * DAY and not _was_rotated(key, case.now):
            created = day(key.created_at)
            told = f"in the {in_days(age, most)} since it was created on {created}"
            yield Breach(key, f"{key.label} has never been rotated {told}")


def _was_rotated(key: KeyRecord, now: Micros) -> bool:
    """Whether anything says that it was, or the source could not have said so."""
    if key.replaces or "rotated_at" in key.unknown:
        return True
    if key.rotated_at is not None and key.rotated_at <= now:
        return True
    return key.version is not None and not _FIRST.fullmatch(key.version)


RULE = KeyRule(
    Rule(
        id="key-never-rotated",
        title="Key never rotated",
        family="rotation",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Rotate it once now, while nothing burns: create a new key, deploy it, verify that requests run"
            " on it, deactivate the old one after 24 to 48 hours, and write down the steps."
        ),
        requirements=("M5", "T9"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5(1)"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-01-01", created_at = 2026-01-01T00:00:00Z, version ='
                ' "1"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-01-01", created_at = 2026-01-01T00:00:00Z, rotated_at ='
                " 2026-01-01T00:00:00Z}]",
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-08-22", created_at = 2026-08-22T00:00:00Z}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
