"""1Password: `op item get --format json`, `op item list --format json`, and Connect's items.

An item's version and `updated_at` count edits of any kind, so that only its creation tells an age.
https://developer.1password.com/docs/cli/item-fields
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antkey_scanner.inventory.records import KeyRecord, Sheet, Status
from antkey_scanner.inventory.stores.attributes import attributes
from antkey_scanner.inventory.stores.export import UNTOLD, Export, Fields, sheet, singles, when
from antkey_scanner.inventory.times import Micros


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    entries = singles(document, export, _is_item, "item of 1Password")
    return None if entries is None else sheet([_item(entry) for entry in entries])


def _is_item(entry: Mapping[Any, Any]) -> bool:
    return {"id", "title", "category", "vault"} <= entry.keys() or {
        "id",
        "title",
        "category",
        "created_at",
    } <= entry.keys()


def _item(entry: Fields) -> KeyRecord:
    version = entry.number("version")
    status: Status = "active"
    if entry.text("state") in ("ARCHIVED", "DELETED"):
        status = "archived"
    return KeyRecord(
        place=entry.place,
        origin="store",
        id=entry.text("id"),
        name=entry.needed("title"),
        status=status,
        created_at=entry.time("created_at"),
        age_from="created_at of the item, whose rotation is not told",
        expires_at=_expiry(entry),
        version=None if version is None else str(version),
        unknown=(*UNTOLD, "last_used_at", *(() if version == 1 else ("rotated_at",))),
        **attributes(_plain_fields(entry)),
    )


def _plain_fields(entry: Fields) -> dict[str, object]:
    """What people wrote into fields that are not concealed, by the fields' labels."""
    return {
        str(field.value.get("label")): field.value.get("value")
        for field in entry.tables("fields")
        if field.value.get("type") == "STRING"
    }


def _expiry(entry: Fields) -> Micros | None:
    """The field `expires` of an API credential: seconds since 1970, or a day."""
    for field in entry.tables("fields"):
        value = field.value.get("value")
        if field.value.get("id") != "expires" or value in (None, "", "0"):
            continue
        try:
            if isinstance(value, str) and value.isascii() and value.isdigit():
                return when(int(value))
            return when(f"{value}T00:00:00Z" if len(str(value)) == 10 else value)
        except ValueError as error:
            field.wrong("value", f"{error}, in the field expires; export it again")
    return None
