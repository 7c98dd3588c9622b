"""Which fields a key, a member and a tenant have: CONTRACT.md's tables as checks. Data only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from antkey_scanner.inventory.fields import (
    Check,
    Choice,
    Many,
    Number,
    Slot,
    Table,
    unknown_field,
)
from antkey_scanner.inventory.records import Encryption, KeyRecord, Member, Mode, Spend, Tenant
from antkey_scanner.inventory.values import fingerprint, hint, principal, text, time, version
from antkey_scanner.inventory.wrong import Wrong


def _slots(fields: tuple[str, ...], checks: Mapping[str, Check]) -> dict[str, Slot]:
    """By field, in the order in which people are told of them."""
    return {field: Slot(fields.index(field), check) for field, check in checks.items()}


def _blank(kind: Any, required: int = 0) -> list[object]:
    """A tuple's default values, in its order, behind `required` that have none."""
    defaults: Mapping[str, object] = kind._field_defaults
    return [None] * required + [defaults[field] for field in kind._fields[required:]]


_ENCRYPTION = Table(
    Encryption._make,
    _blank(Encryption),
    _slots(Encryption._fields, {"algorithm": text, "nonce": text, "kdf": text}),
)

_SPEND = Table(
    Spend._make,
    _blank(Spend),
    _slots(
        Spend._fields,
        {
            "daily_usd": Number(0),
            "monthly_usd": Number(0),
            "alerts_percent": Many(Number(1, 1000)),
        },
    ),
)


def _known_field(value: object) -> str:
    field = text(value)
    if field not in _KEY_CHECKS:
        raise Wrong(partial(unknown_field, field, _KEY_CHECKS))
    return field


_KEY_CHECKS: dict[str, Check] = {
    "name": text,
    "id": text,
    "role": Choice("tenant", "platform", "admin"),
    "provider": text,
    "environment": text,
    "service": text,
    "tenant": text,
    "workspace": text,
    "status": Choice("active", "inactive", "archived", "expired"),
    "created_at": time,
    "rotated_at": time,
    "expires_at": time,
    "last_used_at": time,
    "revoked_at": time,
    "replaces": text,
    "created_by": text,
    "principal": principal,
    "set_by_role": text,
    "hint": hint,
    "fingerprint": fingerprint,
    "version": version,
    "validation_status": text,
    "encryption": _ENCRYPTION,
    "spend_limit": _SPEND,
    "unknown": Many(_known_field),
    "age_from": text,
}

PLACE, ORIGIN, ID, UNKNOWN, STATUS_GIVEN = (
    KeyRecord._fields.index(field) for field in ("place", "origin", "id", "unknown", "status_given")
)

APIKEY = "apikey_"
"""What ids of keys at Anthropic start with."""

_REPEATED = (
    *("role", "provider", "environment", "service", "tenant", "workspace", "status"),
    *("created_by", "principal", "set_by_role", "validation_status", "age_from"),
)

_DERIVED: dict[str, Check] = {"age_days": Number(-math.inf), "due_at": time}
"""What `antkey keys list` adds, which follows from other fields. It is read and left: the place that it
goes to is the caller's."""

KEY = Table(
    # The place and the origin are for the caller to fill in, so the values stay a list.
    lambda values: values,
    _blank(KeyRecord, required=1),
    {
        **_slots(KeyRecord._fields, _KEY_CHECKS),
        **{field: Slot(PLACE, check) for field, check in _DERIVED.items()},
    },
    null=("principal",),
    repeated=_REPEATED,
)


def _member(values: list[object]) -> Member:
    member = Member._make(values)
    if member.id is None and member.email is None:
        raise Wrong("has neither id nor email; add one")
    return member


MEMBER = Table(
    _member,
    _blank(Member),
    _slots(
        Member._fields,
        {
            "id": text,
            "email": text,
            "name": text,
            "status": text,
            "kind": Choice("user", "service_account"),
            "role": text,
        },
    ),
)

_MODE = Choice("byo", "managed")

TENANT = Table(
    Tenant._make,
    _blank(Tenant, required=1),
    _slots(
        Tenant._fields,
        {
            "name": text,
            "status": Choice("active", "deleted"),
            "mode": _MODE,
            "environments": Many(text),
            "history": Many(
                Table(
                    Mode._make,
                    _blank(Mode, required=2),
                    _slots(("mode", "from"), {"mode": _MODE, "from": time}),
                    required=("mode", "from"),
                )
            ),
        },
    ),
    required=("name",),
)


def _source(values: list[object]) -> object:
    return values[0]


_SOURCE_CHECKS: dict[str, Check] = {
    "kind": Choice("anthropic"),
    "api_version": text,
    "organization": text,
    "organization_name": text,
    "base_url": text,
    "fetched_at": time,
}

SOURCE = Table(
    _source,
    [None] * len(_SOURCE_CHECKS),
    _slots(tuple(_SOURCE_CHECKS), _SOURCE_CHECKS),
    required=("kind",),
)


def schema(value: object) -> int:
    """The version of the inventory's format."""
    if value != 1 or type(value) is not int:
        raise Wrong("is no version that this antkey knows; write 1, or update antkey")
    return value
