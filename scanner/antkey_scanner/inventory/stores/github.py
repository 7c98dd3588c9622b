"""GitHub's secrets of Actions, Dependabot and Codespaces: `gh secret list --json …` and the REST API's JSON.

https://docs.github.com/rest/actions/secrets
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from antkey_scanner.inventory.records import KeyRecord, Sheet
from antkey_scanner.inventory.stores.export import (
    INCOMPLETE,
    UNTOLD,
    Export,
    Fields,
    changed,
    sheet,
    singles,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LISTED = {"name", "updatedAt", "visibility", "numSelectedRepos", "selectedReposURL"}
_ANSWERED = {"name", "created_at", "updated_at", "visibility", "selected_repositories_url"}


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it is none."""
    if isinstance(document, dict) and {"total_count", "secrets"} <= document.keys():
        listing = Fields(export, document)
        entries = listing.tables("secrets")
        total = listing.number("total_count") or 0
        notes = []
        if total > len(entries):
            notes = [
                f"{INCOMPLETE}holds {len(entries)} of {total} secrets; list the other pages too"
            ]
        return sheet([_secret(entry) for entry in entries], notes)
    found = singles(document, export, _is_secret, "secret of GitHub")
    return None if found is None else sheet([_secret(entry) for entry in found])


def _is_secret(entry: Mapping[Any, Any]) -> bool:
    name = entry.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return False
    if "updatedAt" in entry:
        return entry.keys() <= _LISTED
    return "updated_at" in entry and entry.keys() <= _ANSWERED


def _secret(entry: Fields) -> KeyRecord:
    name = entry.needed("name")
    created, age_from = (
        entry.time("created_at"),
        "created_at of the secret, whose rotation is not told",
    )
    if created is None:
        field = "updatedAt" if "updatedAt" in entry.value else "updated_at"
        created, age_from = changed(entry.time(field), field, name)
    return KeyRecord(
        place=entry.place,
        origin="store",
        name=name,
        created_at=created,
        age_from=age_from,
        unknown=(*UNTOLD, "created_by", "last_used_at", "rotated_at"),
    )
