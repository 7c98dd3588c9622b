"""What a key's name says of it, by the policy's convention: environment and service."""

from __future__ import annotations

import re
from collections.abc import Sequence

from antkey_scanner.inventory.records import KeyRecord


def with_name_parts(records: Sequence[KeyRecord], name_pattern: str) -> tuple[KeyRecord, ...]:
    """The records, with environment and service from their names where they do not say themselves.

    name_pattern: matches the whole name, or what follows its last `/`, as stores put folders before it;
    its groups `environment` and `service` count, if it has them.
    """
    pattern = re.compile(name_pattern)
    if not pattern.groupindex.keys() & {"environment", "service"}:
        return tuple(records)
    return tuple(_completed(record, pattern) for record in records)


def _completed(record: KeyRecord, pattern: re.Pattern[str]) -> KeyRecord:
    name = record.name
    if name is None or (record.environment is not None and record.service is not None):
        return record
    match = pattern.fullmatch(name) or pattern.fullmatch(name.rpartition("/")[2])
    if match is None:
        return record
    parts = match.groupdict()
    return record._replace(
        environment=record.environment or parts.get("environment"),
        service=record.service or parts.get("service"),
    )
