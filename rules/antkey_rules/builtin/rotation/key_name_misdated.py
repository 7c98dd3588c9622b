"""A date in a name that is not the day on which the key was made tells everyone a wrong age.

Told where the policy's name pattern has a group `date`, an active key's name matches it, and `created_at`
lies on another day; a day to either side is in order, because the name's day has no time zone. It is shown
and fails nothing: often a key was replaced and the name kept. Where the age comes from the name
itself there is nothing to compare.

Policy: keys.name_pattern (environment-service-YYYY-MM-DD)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.inventory.namedates import BY_NAME
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.times import DAY, Micros, day, midnight
from antkey_scanner.model import Confidence, Example, Rule, Severity

_LONGEST_NAME = 500


def _check(case: Case) -> Iterator[Breach | Gap]:
    pattern = re.compile(case.policy.name_pattern)
    starts: dict[str, Micros | None] = {}
    for key in case.inventory.keys:
        name, created = key.name, key.created_at
        if key.status != "active" or name is None or created is None or key.age_from == BY_NAME:
            continue
        if len(name) > _LONGEST_NAME:
            continue
        match = pattern.fullmatch(name) or pattern.fullmatch(name.rpartition("/")[2])
        text = match["date"] if match else None
        if text is None:
            continue
        if text not in starts:
            starts[text] = _start(text)
        start = starts[text]
        if start is not None and not -DAY <= created // DAY * DAY - start <= DAY:
            yield Breach(key, f"{name} was created on {day(created)} ({key.age_from})")


def _start(text: str) -> Micros | None:
    """When a day begins; None for what is no day."""
    try:
        return midnight(text)
    except ValueError:
        return None


def _off(case: Case) -> str | None:
    if "date" in re.compile(case.policy.name_pattern).groupindex:
        return None
    return "[keys] name_pattern has no group of the name date; write (?P<date>…) where it stands"


RULE = KeyRule(
    Rule(
        id="key-name-misdated",
        title="Key whose name bears another day than the one it was created on",
        family="rotation",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy="Rename the key (Anthropic Console: API keys, Edit), or mend created_at.",
        requirements=("T1",),
        frameworks=("ISO27001:A.5.9", "NIST800-53:CM-8"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-04-25", created_at = 2026-04-27T00:00:00Z}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-04-25", created_at = 2026-04-26T23:59:59Z}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
