"""A name that says environment, service and date tells in an incident what breaks when the key is revoked.

The whole name of an active key has to match the policy's pattern; of a name with folders before it, as
secret stores have them, the part after the last `/` may match alone. Names in a secret store's export are
judged only by a pattern of the policy's own, as a secret there keeps its name when its value is rotated.
Where `antkey keys sync` has put a key's id behind its name, to tell two of one name apart, the id does not
count. If the pattern has a group `date`, that must be a date that exists.

Policy: keys.name_pattern (environment-service-YYYY-MM-DD, such as prod-api-gateway-2026-04-25)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.policy.keys import NAME_PATTERN

_WRITTEN_AS_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_NAME = 500
"""Anthropic allows no more characters; a longer one is not tried, as patterns may go back often."""


def _check(case: Case) -> Iterator[Breach | Gap]:
    wanted = case.policy.name_pattern
    pattern = re.compile(wanted)
    usual = wanted == NAME_PATTERN
    told = "environment-service-YYYY-MM-DD" if usual else "the pattern of the policy"
    dated = "date" in pattern.groupindex
    for key in case.inventory.keys:
        name = key.name
        if name is None or key.status != "active" or name.isspace():
            continue
        if usual and key.origin == "store":
            continue
        match = _match(pattern, name, key)
        if match is None:
            yield Breach(key, f"{name} is not named by the convention: {told}")
        elif dated and not _is_date(match["date"]):
            yield Breach(key, f"{name} has a date in its name that does not exist")


def _match(pattern: re.Pattern[str], name: str, key: KeyRecord) -> re.Match[str] | None:
    if key.id and key.id in name:
        name = name.replace(key.id, "").rstrip(" -_#@.:/()[]")
    if len(name) > _LONGEST_NAME:
        return None
    return pattern.fullmatch(name) or pattern.fullmatch(name.rpartition("/")[2])


def _is_date(text: str | None) -> bool:
    """Whether it is one, as far as it is written like one: a pattern of the user's may catch anything."""
    try:
        date.fromisoformat(text or "")
    except ValueError:
        return not _WRITTEN_AS_DATE.fullmatch(text or "")
    return True


RULE = KeyRule(
    Rule(
        id="key-name-off-convention",
        title="Key not named by the convention",
        family="rotation",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Rename the key (Anthropic Console: API keys, Edit; a key's text stays the same), or set"
            " [keys] name_pattern to the convention that you have."
        ),
        requirements=("T1", "P8"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.9", "NIST800-53:CM-8"),
        examples=(
            Example('now = 2026-11-20T00:00:00Z\nkeys = [{name = "Developer Key"}]', matches=True),
            Example(
                'now = 2026-11-20T00:00:00Z\nkeys = [{name = "prod-api-2026-02-29"}]', matches=True
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.name_pattern = '[a-z]+-key-[0-9]+'\n"
                'keys = [{name = "prod-api-2026-04-25"}]',
                matches=True,
            ),
            Example(
                'now = 2026-11-20T00:00:00Z\nkeys = [{name = "prod-api-gateway-2026-04-25"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
