"""When keys were last used: no key says so itself, but Anthropic counts the tokens of each day by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from antkey_scanner.inventory.anthropic.client import Malformed
from antkey_scanner.inventory.anthropic.parse import clean, time
from antkey_scanner.inventory.times import DAY, Micros, rfc3339

PATH = "/v1/organizations/usage_report/messages"

_MOST_DAYS_PER_PAGE = 31


def first_day(now: Micros, days: int) -> Micros:
    """The start, in UTC, of the first of so many days before today."""
    return now // DAY * DAY - days * DAY


def query(start: Micros) -> dict[str, str]:
    """What to ask for usage by key and day."""
    return {
        "starting_at": rfc3339(start),
        "bucket_width": "1d",
        "group_by[]": "api_key_id",
        "limit": str(_MOST_DAYS_PER_PAGE),
    }


def last_used(days: Iterable[Mapping[str, Any]], now: Micros) -> dict[str, Micros]:
    """By key, the end of the last day on which it used tokens, or now if that is today.

    Raises Malformed.
    """
    found: dict[str, Micros] = {}
    for day in days:
        end = min(time(day.get("ending_at"), "ending_at"), now)
        results = day.get("results")
        if not isinstance(results, list) or not all(isinstance(row, dict) for row in results):
            raise Malformed("results is no list of objects")
        for row in results:
            identity = row.get("api_key_id")
            # Null: the Console's workbench, which uses no key.
            if isinstance(identity, str) and _tokens(row):
                name = clean(identity)
                found[name] = max(end, found.get(name, end))
    return found


def _tokens(row: Mapping[str, Any]) -> bool:
    """Whether any of the counts is not 0, whatever new ones there are."""
    counts = [*row.items(), *dict(row.get("cache_creation") or {}).items()]
    return any(
        name.endswith("_tokens") and isinstance(value, int) and value > 0 for name, value in counts
    )
