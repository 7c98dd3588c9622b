"""Whose a key is, as the tags, labels, annotations or metadata of its secret say.

Only what has one of the names below; nothing is guessed from other tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast, get_args

from antkey_scanner.inventory.records import Role

_NAMES = {
    "environment": ("environment", "env"),
    "service": ("service", "app"),
    "tenant": ("tenant", "customer"),
    "created_by": ("created_by", "created-by", "owner"),
}

_KNOWN = {"role", *(name for names in _NAMES.values() for name in names)}
_ROLES = get_args(Role)


class Attributes(TypedDict, total=False):
    """The fields of a record that tags may give."""

    environment: str | None
    service: str | None
    tenant: str | None
    created_by: str | None
    role: Role


def attributes(*tags: Mapping[Any, Any]) -> Attributes:
    """What some tags say, the first ones going first. The domain before a `/` does not count."""
    found: dict[str, str] = {}
    for each in tags:
        named = [(str(name).lower(), value) for name, value in each.items()]
        for name, value in sorted(named, key=lambda one: "/" in one[0]):
            bare = name.rpartition("/")[2]
            if bare in _KNOWN and isinstance(value, str) and value.strip():
                found.setdefault(bare, value.strip())
    result: dict[str, str] = {}
    for field, names in _NAMES.items():
        value = next((found[name] for name in names if name in found), None)
        if value is not None:
            result[field] = value
    role = found.get("role", "").lower()
    if role in _ROLES:  # elsewhere `role` is about something else
        result["role"] = role
    return cast(Attributes, result)
