"""AWS Secrets Manager: `list-secrets`, `describe-secret`, `list-secret-version-ids`.

Times are ISO 8601 in version 2 of the command line and seconds since 1970 in version 1.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antkey_scanner.inventory.records import KeyRecord, Sheet
from antkey_scanner.inventory.stores.attributes import attributes
from antkey_scanner.inventory.stores.export import (
    INCOMPLETE,
    UNTOLD,
    Export,
    Fields,
    sheet,
    singles,
)

_CURRENT = "AWSCURRENT"
_PREVIOUS = "AWSPREVIOUS"


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    if isinstance(document, dict) and isinstance(document.get("SecretList"), list):
        listing = Fields(export, document)
        keys = [_secret(entry) for entry in listing.tables("SecretList")]
        return sheet(keys, _truncated(document))
    listings = singles(document, export, _lists_versions, "list of versions")
    if listings is not None:
        found = [key for each in listings for key in _versions(each)]
        return sheet(found, [note for each in listings for note in _truncated(each.value)])
    entries = singles(document, export, _is_secret, "secret of AWS Secrets Manager")
    return None if entries is None else sheet([_secret(entry) for entry in entries])


def _is_secret(entry: Mapping[Any, Any]) -> bool:
    arn = entry.get("ARN")
    return isinstance(arn, str) and ":secretsmanager:" in arn and "Name" in entry


def _lists_versions(entry: Mapping[Any, Any]) -> bool:
    return _is_secret(entry) and isinstance(entry.get("Versions"), list)


def _truncated(document: Mapping[Any, Any]) -> list[str]:
    if not document.get("NextToken"):
        return []
    return [f"{INCOMPLETE}ends with a NextToken; list the rest too, without --max-items"]


def _secret(entry: Fields) -> KeyRecord:
    created, rotated = entry.time("CreatedDate"), entry.time("LastRotatedDate")
    changed = entry.time("LastChangedDate")
    named = [
        (rotated, "LastRotatedDate"),
        (created, "CreatedDate of the secret, whose rotation is not told"),
        (changed, "LastChangedDate (a change, which may be no rotation)"),
    ]
    moment, age_from = next((each for each in named if each[0] is not None), (None, "created_at"))
    version, unknown = _current(entry)
    if rotated is not None:
        unknown = ()
    return KeyRecord(
        place=entry.place,
        origin="store",
        id=entry.text("ARN"),
        name=entry.needed("Name"),
        status="active" if entry.time("DeletedDate") is None else "archived",
        created_at=moment,
        age_from=age_from,
        rotated_at=rotated,
        last_used_at=entry.time("LastAccessedDate"),
        version=version,
        unknown=(*UNTOLD, *unknown),
        **attributes(_tags(entry)),
    )


def _current(entry: Fields) -> tuple[str | None, tuple[str, ...]]:
    """The current version; and `rotated_at` as unknown unless no other version came before it."""
    stages = entry.table("VersionIdsToStages")
    if not stages.value:
        stages = entry.table("SecretVersionsToStages")
    labels = {str(name): stages.texts(name) for name in stages.value}
    current = (name for name, those in labels.items() if _CURRENT in those)
    first = bool(labels) and not any(_PREVIOUS in those for those in labels.values())
    return next(current, None), () if first else ("rotated_at",)


def _tags(entry: Fields) -> dict[str, object]:
    return {str(tag.value.get("Key")): tag.value.get("Value") for tag in entry.tables("Tags")}


def _versions(listing: Fields) -> list[KeyRecord]:
    """The current version of a secret; a secret without one gives nothing to use."""
    versions = listing.tables("Versions")
    current = [each for each in versions if _CURRENT in each.texts("VersionStages")]
    if not current:
        listing.wrong("Versions", f"has none that is {_CURRENT}; export it again")
        return []
    entry = current[0]
    created = entry.time("CreatedDate")
    return [
        KeyRecord(
            place=entry.place,
            origin="store",
            id=listing.text("ARN"),
            name=listing.needed("Name"),
            created_at=created,
            age_from=f"CreatedDate of the version that is {_CURRENT}",
            rotated_at=created if len(versions) > 1 else None,
            last_used_at=entry.time("LastAccessedDate"),
            version=entry.text("VersionId"),
            unknown=(*UNTOLD, "created_by"),
        )
    ]
