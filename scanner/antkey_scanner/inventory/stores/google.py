"""Google Cloud's Secret Manager: `gcloud secrets versions list|describe`, `secrets list|describe`, JSON.

A version never changes: the age is that of the newest version that is enabled.
https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from antkey_scanner.inventory.records import KeyRecord, Sheet, Status
from antkey_scanner.inventory.stores.attributes import attributes
from antkey_scanner.inventory.stores.export import (
    INCOMPLETE,
    UNTOLD,
    Export,
    Fields,
    sheet,
    singles,
)

_SECRET = re.compile(
    r"(?P<secret>projects/[^/]+/(?:locations/[^/]+/)?secrets/(?P<name>[^/]+))"
    r"(?:/versions/(?P<version>[0-9]+))?"
)
_STATUS: dict[str | None, Status] = {
    "ENABLED": "active",
    "DISABLED": "inactive",
    "DESTROYED": "archived",
}


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    notes: list[str] = []
    prefix: tuple[str, ...] = ()
    if isinstance(document, dict) and document.keys() & {"secrets", "versions"}:  # the REST API's
        kind = "versions" if "versions" in document else "secrets"
        if document.get("nextPageToken"):
            notes = [f"{INCOMPLETE}ends with a nextPageToken; list the rest too"]
        prefix, document = (kind,), document[kind]
        if not isinstance(document, list):
            return None
    entries = singles(document, export, _is_named, "secret of Secret Manager", prefix)
    if entries is None:
        return None
    versions = [entry for entry in entries if _parts(entry)["version"] is not None]
    secrets = [entry for entry in entries if _parts(entry)["version"] is None]
    return sheet([*map(_secret, secrets), *_newest(versions)], notes)


def _is_named(entry: Mapping[Any, Any]) -> bool:
    name = entry.get("name")
    return isinstance(name, str) and _SECRET.fullmatch(name) is not None


def _parts(entry: Fields) -> dict[str, str | None]:
    match = _SECRET.fullmatch(entry.value["name"])
    return {} if match is None else match.groupdict()


def _secret(entry: Fields) -> KeyRecord:
    parts = _parts(entry)
    return KeyRecord(
        place=entry.place,
        origin="store",
        id=parts["secret"],
        name=parts["name"],
        created_at=entry.time("createTime"),
        age_from="createTime of the secret, whose versions are not told",
        expires_at=entry.time("expireTime"),
        unknown=(*UNTOLD, "last_used_at", "rotated_at"),
        **attributes(entry.table("labels").value, entry.table("annotations").value),
    )


def _newest(versions: list[Fields]) -> list[KeyRecord]:
    """Of each secret the newest version that is enabled, else the newest one."""
    chosen: dict[str | None, Fields] = {}
    for entry in versions:
        if entry.text("state") not in _STATUS:
            entry.wrong("state", "is neither ENABLED, DISABLED nor DESTROYED; export it again")
        secret = _parts(entry)["secret"]
        if secret not in chosen or _rank(entry) > _rank(chosen[secret]):
            chosen[secret] = entry
    return [_version(entry) for entry in chosen.values()]


def _rank(entry: Fields) -> tuple[bool, int]:
    return entry.value.get("state") == "ENABLED", int(_parts(entry)["version"] or 0)


def _version(entry: Fields) -> KeyRecord:
    parts = _parts(entry)
    number = parts["version"]
    created = entry.time("createTime")
    return KeyRecord(
        place=entry.place,
        origin="store",
        id=parts["secret"],
        name=parts["name"],
        status=_STATUS.get(entry.text("state"), "active"),
        created_at=created,
        age_from=f"createTime of version {number}",
        rotated_at=None if number == "1" else created,
        expires_at=entry.time("scheduledDestroyTime"),
        version=number,
        unknown=(*UNTOLD, "created_by", "last_used_at"),
    )
