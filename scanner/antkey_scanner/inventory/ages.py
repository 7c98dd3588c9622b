"""The age of keys that no record tells: the date in the name, else the day git first saw the hash."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from antkey_scanner.inventory.names import with_name_parts
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import Micros, micros
from antkey_scanner.policy.keys import KeysPolicy

BY_NAME = "the date in its name"
BY_GIT = "git: its hash was first committed then"

_DATE = re.compile(
    r"""
    (?<![0-9A-Za-z])
    (?P<year>[0-9]{4}) (?P<hyphen>-?) (?P<month>[0-9]{2}) (?P=hyphen) (?P<day>[0-9]{2})
    (?![0-9A-Za-z])
    """,
    re.VERBOSE,
)


def complete(
    records: Sequence[KeyRecord], policy: KeysPolicy, paths: Mapping[str, str]
) -> tuple[KeyRecord, ...]:
    """The records with what they leave out: environment and service from the name, and the age.

    paths: for the paths of places as they are shown, the files.
    """
    named = with_name_parts(records, policy.name_pattern)
    dated = [_dated_by_name(record) for record in named]
    left = [record for record in dated if record.created_at is None and _has_hash(record)]
    if not left:
        return tuple(dated)
    from antkey_scanner.inventory.gitages import ages_in_git

    found = ages_in_git(left, paths)
    return tuple(
        record._replace(created_at=found[record], age_from=BY_GIT) if record in found else record
        for record in dated
    )


def from_name(name: str) -> Micros | None:
    """The start of the day, in UTC, that the last date in a name says: `2026-04-25` or `20260425`,
    with neither letter nor digit beside it. Impossible dates are none."""
    for found in reversed(list(_DATE.finditer(name))):
        try:
            year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
            return micros(datetime(year, month, day, tzinfo=UTC))
        except ValueError:
            continue
    return None


def _dated_by_name(record: KeyRecord) -> KeyRecord:
    if record.created_at is not None or record.name is None:
        return record
    created = from_name(record.name)
    return record if created is None else record._replace(created_at=created, age_from=BY_NAME)


def _has_hash(record: KeyRecord) -> bool:
    return record.fingerprint is not None or record.hint is not None
