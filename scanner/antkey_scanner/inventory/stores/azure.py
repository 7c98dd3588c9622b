"""Azure Key Vault: `az keyvault secret list|list-versions|show|list-deleted` and the REST API's JSON.

The command line writes `expires` and ISO 8601, the REST API `exp` and seconds since 1970. Each version of
a secret has times of its own.
https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets
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

_ID = re.compile(
    r"(?P<secret>https://[^/]+/(?:deleted)?secrets/(?P<name>[^/]+))(?:/(?P<version>[^/]+))?/?"
)
_TIMES = {"created", "updated", "expires", "exp", "enabled", "notBefore", "nbf", "recoveryLevel"}


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    notes: list[str] = []
    prefix: tuple[str, ...] = ()
    if isinstance(document, dict) and isinstance(document.get("value"), list):  # the REST API's
        if document.get("nextLink"):
            notes = [f"{INCOMPLETE}ends with a nextLink; list the rest too"]
        prefix, document = ("value",), document["value"]
    entries = singles(document, export, _is_secret, "secret of Key Vault", prefix)
    if entries is None:
        return None
    by_secret: dict[str, list[Fields]] = {}
    for entry in entries:
        by_secret.setdefault(_parts(entry)["secret"] or "", []).append(entry)
    return sheet([_newest(versions) for versions in by_secret.values()], notes)


def _is_secret(entry: Mapping[Any, Any]) -> bool:
    name = entry.get("id")
    times = entry.get("attributes")
    return (
        isinstance(name, str)
        and _ID.fullmatch(name) is not None
        and isinstance(times, dict)
        and not _TIMES.isdisjoint(times)
    )


def _parts(entry: Fields) -> dict[str, str | None]:
    match = _ID.fullmatch(entry.value["id"])
    return {} if match is None else match.groupdict()


def _newest(versions: list[Fields]) -> KeyRecord:
    """Of a secret the newest version that is enabled, else the newest one."""
    made = [(_key(entry), entry) for entry in versions]
    key, entry = max(made, key=lambda each: (each[0].is_active, each[0].created_at or 0))
    if len(versions) > 1:
        unknown = tuple(name for name in key.unknown if name != "rotated_at")
        first = min((each.created_at or 0 for each, _ in made), default=0)
        rotated = key.created_at if first < (key.created_at or 0) else None
        return key._replace(rotated_at=rotated, unknown=unknown, place=entry.place)
    return key


def _key(entry: Fields) -> KeyRecord:
    parts, times = _parts(entry), entry.table("attributes")
    version = parts["version"]
    status: Status = "inactive" if times.flag("enabled") is False else "active"
    if entry.time("deletedDate") is not None:
        status = "archived"
    return KeyRecord(
        place=entry.place,
        origin="store",
        id=parts["secret"],
        name=parts["name"],
        status=status,
        created_at=times.time("created"),
        age_from="attributes.created" if version is None else "attributes.created of this version",
        expires_at=times.time("expires") or times.time("exp"),
        version=version,
        unknown=(*UNTOLD, "last_used_at", "rotated_at"),
        **attributes(entry.table("tags").value),
    )
