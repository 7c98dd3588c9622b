"""HashiCorp Vault and OpenBao, KV version 2: `vault kv metadata get -format=json`.

The answer does not say which secret it is about: `name` in its custom metadata does, else the file's name.
https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-metadata
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from antkey_scanner.inventory.records import KeyRecord, Sheet, Status
from antkey_scanner.inventory.stores.attributes import attributes
from antkey_scanner.inventory.stores.export import UNTOLD, Export, Fields, sheet, singles
from antkey_scanner.inventory.times import Micros


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    entries = singles(document, export, _is_metadata, "metadata of KV version 2")
    if entries is None:
        return None
    keys: list[KeyRecord] = []
    notes: list[str] = []
    stem = os.path.splitext(os.path.basename(export.shown.replace("\\", "/")))[0]
    for entry in entries:
        data = entry.table("data")
        if data.number("current_version"):
            keys.append(_key(entry, data, stem if len(entries) == 1 else None))
        else:
            notes.append("a secret without any version holds no key")
    return sheet(keys, notes)


def _is_metadata(entry: Mapping[Any, Any]) -> bool:
    data = entry.get("data")
    return isinstance(data, dict) and {"current_version", "versions"} <= data.keys()


def _key(entry: Fields, data: Fields, stem: str | None) -> KeyRecord:
    number = data.number("current_version")
    custom = data.table("custom_metadata")
    current = data.table("versions").table(str(number))
    if not current.value:
        current.export.wrong(current.path, "the current version is missing; export it again")
    created = current.time("created_time")
    deletion = current.time("deletion_time")
    planned = data.text("delete_version_after") not in (None, "0s")
    status: Status = "active"
    if current.flag("destroyed"):
        status = "archived"
    elif deletion is not None and not planned:
        status = "inactive"
    return KeyRecord(
        place=entry.place,
        origin="store",
        name=_name(custom) or stem,
        status=status,
        created_at=created,
        age_from=f"created_time of version {number}",
        rotated_at=created if number != 1 else None,
        expires_at=_expiry(deletion, planned=planned),
        version=str(number),
        unknown=(*UNTOLD, "last_used_at"),
        **attributes(custom.value),
    )


def _name(custom: Fields) -> str | None:
    return custom.text("name")


def _expiry(deletion: Micros | None, *, planned: bool) -> Micros | None:
    """When a version deletes itself; what somebody deleted has no such time."""
    return deletion if planned else None
