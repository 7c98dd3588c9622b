"""Requests that were started on the old key, and machines that have not been told, still need it for a day.

The overlap is the older key's `revoked_at` less the `created_at` of the first key that replaces it; below
24 hours it is told of and fails nothing, because a key that leaked is rightly revoked at once. Where the
policy allows an overlap of less than 24 hours, as for products that change keys in one step, nothing is
told.

Policy: rotation.overlap_hours (48), rotation.environments.NAME.overlap_hours
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import replacements, says_overlap
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import span
from antkey_scanner.inventory.times import HOUR
from antkey_scanner.model import Confidence, Example, Rule, Severity

_LEAST_HOURS = 24


def _check(case: Case) -> Iterator[Breach | Gap]:
    for newer, older in replacements(case.inventory.keys).pairs:
        if older.revoked_at is None or newer.created_at is None:
            continue
        overlap = older.revoked_at - newer.created_at
        most = case.policy.limits_of(older.environment).overlap_hours
        if overlap < _LEAST_HOURS * HOUR and most >= _LEAST_HOURS:
            way = "after" if overlap >= 0 else "before"
            told = f"{span(abs(overlap))} {way} {newer.label} was created to replace it"
            yield Breach(older, f"{older.label} was revoked {told}; {_LEAST_HOURS} hours are usual")


RULE = KeyRule(
    Rule(
        id="key-overlap-too-short",
        title="Old key revoked soon after the new one was made",
        family="rotation",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Leave 24 to 48 hours between creating a key and deactivating the one that it replaces, unless"
            " the old one leaked."
        ),
        requirements=("T9", "M6"),
        frameworks=("SOC2:A1.2", "ISO27001:A.5.17"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", status = "inactive", revoked_at = 2026-11-01T23:59:59Z},\n'
                '  {name = "prod-api-2026-11-01", created_at = 2026-11-01T00:00:00Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", status = "inactive", revoked_at = 2026-11-02T00:00:00Z},\n'
                '  {name = "prod-api-2026-11-01", created_at = 2026-11-01T00:00:00Z, replaces ='
                ' "prod-api-2026-08-20"},\n'
                "]",
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.rotation.overlap_hours = 0\n"
                "keys = [\n"
                '  {name = "prod-api-2026-08-20", status = "inactive", revoked_at = 2026-11-01T00:00:00Z},\n'
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
