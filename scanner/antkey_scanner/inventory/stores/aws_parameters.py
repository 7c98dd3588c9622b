"""AWS Systems Manager's Parameter Store: `describe-parameters`, `get-parameter-history`.

Each change of a parameter makes a version, one of its description too; only the newest one's time is told.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterMetadata.html
"""

from __future__ import annotations

import json

from antkey_scanner.inventory.records import KeyRecord, Sheet
from antkey_scanner.inventory.stores.attributes import attributes
from antkey_scanner.inventory.stores.export import (
    INCOMPLETE,
    UNTOLD,
    Export,
    Fields,
    changed,
    sheet,
    when,
)
from antkey_scanner.inventory.times import Micros


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    if not isinstance(document, dict) or not isinstance(document.get("Parameters"), list):
        return None
    if any(isinstance(each, dict) and "Name" not in each for each in document["Parameters"]):
        return None
    newest: dict[str, Fields] = {}
    for entry in Fields(export, document).tables("Parameters"):
        name = entry.needed("Name") or ""
        known = newest.get(name)
        if known is None or (entry.number("Version") or 0) > (known.number("Version") or 0):
            newest[name] = entry
    notes = []
    if document.get("NextToken"):
        notes = [f"{INCOMPLETE}ends with a NextToken; list the rest too, without --max-items"]
    return sheet([_parameter(entry) for entry in newest.values()], notes)


def _parameter(entry: Fields) -> KeyRecord:
    name, version = entry.text("Name"), entry.number("Version")
    field = "LastModifiedDate" if version is None else f"LastModifiedDate of version {version}"
    time = entry.time("LastModifiedDate")
    created, age_from = changed(time, field, name)
    return KeyRecord(
        place=entry.place,
        origin="store",
        id=entry.text("ARN"),
        name=name,
        created_at=created,
        age_from=age_from,
        rotated_at=time if version is not None and version > 1 else None,
        expires_at=_expiry(entry),
        version=None if version is None else str(version),
        unknown=(*UNTOLD, "last_used_at", *(() if version else ("rotated_at",))),
        **attributes(
            {str(tag.value.get("Key")): tag.value.get("Value") for tag in entry.tables("Tags")}
        ),
    )


def _expiry(entry: Fields) -> Micros | None:
    """When a policy of the parameter deletes it."""
    for policy in entry.tables("Policies"):
        if policy.text("PolicyType") != "Expiration":
            continue
        try:
            return when(json.loads(policy.text("PolicyText") or "")["Attributes"]["Timestamp"])
        except (ValueError, TypeError, KeyError):
            policy.wrong("PolicyText", "tells no time of expiration; export it again")
    return None
