"""The age of keys that no record tells: the date in the name, else the day git first saw the hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antkey_scanner.inventory.namedates import BY_NAME, from_name
from antkey_scanner.inventory.names import with_name_parts
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.policy.keys import KeysPolicy

__all__ = ["BY_GIT", "BY_NAME", "complete", "from_name"]

BY_GIT = "git: its hash was first committed then"


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


def _dated_by_name(record: KeyRecord) -> KeyRecord:
    if record.created_at is not None or record.name is None:
        return record
    created = from_name(record.name)
    return record if created is None else record._replace(created_at=created, age_from=BY_NAME)


def _has_hash(record: KeyRecord) -> bool:
    return record.fingerprint is not None or record.hint is not None
