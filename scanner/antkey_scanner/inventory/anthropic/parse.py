"""From what the Admin API says of keys and members to records, whichever of its versions says it.

Lenient where the versions differ: what a reply leaves out is `unknown` and no violation. Strict where a
guess would be a lie: a time that is none ends the reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from antkey_scanner.inventory import values
from antkey_scanner.inventory.anthropic.client import Malformed
from antkey_scanner.inventory.records import KeyRecord, Member, Place, Status
from antkey_scanner.inventory.times import Micros
from antkey_scanner.inventory.wrong import Wrong
from antkey_scanner.policy.rawkey import without_raw_keys

Row = Mapping[str, Any]

_STATUSES = ("active", "inactive", "archived", "expired")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""What no file of text can hold."""

_LONGEST_TEXT = 2000
"""Names have up to 500 characters."""

_UNTOLD = ("encryption", "rotated_at", "set_by_role", "spend_limit", "validation_status")
"""What the Admin API knows of no key. A key is never changed in place there: a new one takes over."""


class Actor(NamedTuple):
    """Who has created a key, or whom it is bound to. id: "" for nobody, None where that is unknown."""

    id: str | None
    is_service_account: bool = False


def organization(value: Any) -> tuple[str, str]:
    """Id and name of `/me`. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed("it is no object")
    return _identity(value), _text(value, "name") or ""


def workspace(row: Row) -> tuple[str, str]:
    """A workspace's id, and what it is called. Raises Malformed."""
    identity = _identity(row)
    return identity, _text(row, "name") or identity


def user(row: Row) -> Member:
    """A person. Invitations that nobody has accepted are in another list. Raises Malformed."""
    return Member(
        id=_identity(row),
        email=_text(row, "email"),
        name=_text(row, "name"),
        role=_text(row, "role"),
    )


def service_account(row: Row) -> Member:
    """A service account; one that was archived can do nothing any more. Raises Malformed."""
    return Member(
        id=_identity(row),
        name=_text(row, "name"),
        status="active" if row.get("archived_at") is None else "inactive",
        kind="service_account",
        role=_text(row, "organization_role"),
    )


def key(
    row: Row, place: Place, workspaces: Mapping[str, str], *, service_accounts_known: bool
) -> KeyRecord:
    """A key. workspaces: names by id. Raises Malformed."""
    unknown = [*_UNTOLD, "last_used_at"]
    unknown += [name for name in ("created_at", "created_by", "expires_at") if name not in row]
    creator, owner = _creator(row.get("created_by")), _owner(row)
    if owner.id is None:
        unknown.append("principal")
    status = row.get("status")
    if status not in _STATUSES:
        # A status that came after this was written: judged as strictly as the strictest.
        unknown.append("status")
    if not service_accounts_known:
        # Nobody can say whether these have left, as only the list of service accounts would.
        named = {"created_by": creator, "principal": owner}
        unknown += [name for name, actor in named.items() if actor.is_service_account]
    home = _workspace(row)
    return KeyRecord(
        place=place,
        origin="anthropic",
        id=_identity(row),
        name=_text(row, "name"),
        provider="anthropic",
        status=cast(Status, status) if status in _STATUSES else "active",
        created_at=_time(row, "created_at"),
        expires_at=_time(row, "expires_at"),
        created_by=creator.id,
        principal=owner.id,
        hint=_hint(row),
        unknown=tuple(sorted(set(unknown))),
        workspace=None if home is None else workspaces.get(home, home),
    )


def _creator(value: Any) -> Actor:
    """Null for keys that were made by the system, or before anybody wrote it down."""
    if value is None:
        return Actor(None)
    return _actor(value, "created_by")


def _owner(row: Row) -> Actor:
    if "principal" not in row:
        return Actor(None)
    value = row["principal"]
    return Actor("") if value is None else _actor(value, "principal")


def _actor(value: Any, field: str) -> Actor:
    """`{type: user_actor, user_id}`, `{type: service_account_actor, service_account_id}`, and what came
    before: `{type: user, id}`."""
    if isinstance(value, str):
        return Actor(clean(value) or None)
    if not isinstance(value, dict):
        raise Malformed(f"{field} is no object")
    kind = str(value.get("type", ""))
    for name in ("user_id", "service_account_id", "id"):
        identity = value.get(name)
        if isinstance(identity, str) and identity:
            of_service = "service" in kind or name == "service_account_id"
            return Actor(clean(identity), of_service or identity.startswith("svac_"))
    return Actor(None)


def _workspace(row: Row) -> str | None:
    """The id of the workspace a key belongs to; None for the whole organisation, or where the older
    version means the default workspace."""
    scope = row.get("scope")
    if isinstance(scope, dict):
        identity = scope.get("workspace_id")
    else:
        identity = row.get("workspace_id")
    return clean(identity) if isinstance(identity, str) and identity else None


def _hint(row: Row) -> str | None:
    """What the Console shows; None for what shows more of the key than that."""
    try:
        text = _text(row, "partial_key_hint")
        return None if text is None else values.hint(text)
    except Wrong:
        return None


def _identity(row: Row) -> str:
    text = row.get("id")
    identity = clean(text) if isinstance(text, str) else ""
    if not identity:
        raise Malformed("id is missing")
    return identity


def _text(row: Row, field: str) -> str | None:
    value = row.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Malformed(f"{field} is no text")
    return clean(value) or None


def clean(text: str) -> str:
    """A text that somebody else has chosen: no key in it, and nothing that no file can hold."""
    kept = without_raw_keys(_UNWRITABLE.sub("\ufffd", text))[:_LONGEST_TEXT]
    return "" if kept.isspace() else kept


def _time(row: Row, field: str) -> Micros | None:
    return None if row.get(field) is None else time(row[field], field)


def time(value: Any, field: str) -> Micros:
    """An RFC 3339 time. Raises Malformed."""
    if isinstance(value, str):
        try:
            return values.time(value)
        except Wrong:
            pass
    raise Malformed(f"{field} is no time")
