"""What an inventory holds: keys without their text, members, tenants."""

from __future__ import annotations

from typing import Literal, NamedTuple

from antkey_scanner.inventory.times import Micros

Role = Literal["tenant", "platform", "admin"]
Status = Literal["active", "inactive", "archived", "expired"]
Origin = Literal["file", "anthropic", "store"]


class Place(NamedTuple):
    """Where a record stands. path: as messages print it; line: 1-based, None where there are none."""

    path: str
    line: int | None = None


class Spend(NamedTuple):
    """A spend limit that is attested. alerts_percent: thresholds of the limit that send a mail."""

    daily_usd: float | None = None
    monthly_usd: float | None = None
    alerts_percent: tuple[float, ...] | None = None


class Encryption(NamedTuple):
    """How a key is kept at rest. nonce: hex or base64, as it was written."""

    algorithm: str | None = None
    nonce: str | None = None
    kdf: str | None = None


class KeyRecord(NamedTuple):
    """One key, as CONTRACT.md lists its fields. None: the source does not say.

    origin: a file that people keep, a snapshot of Anthropic's Admin API, or a secret store's export;
    id: the key's id there; age_from: which field or record `created_at` is of, for the reader, such as
    `created_at`, `createTime of version 4`, `the date in its name`, `git`; principal: whom a key at
    Anthropic is bound to, "" for nobody, None where that is not known; fingerprint: 64 hex digits of
    SHA-256, without `sha256:`; unknown: names of fields that the source could not tell, as other than
    those it left out; listed_status: the status in people's own file, where Anthropic says another;
    also: the other places whose records were joined into this one; status_given: False where `active` is
    only what is taken for want of a status; workspace: that of a key at
    Anthropic, by name, else by id.
    """

    place: Place
    origin: Origin = "file"
    id: str | None = None
    name: str | None = None
    role: Role = "tenant"
    provider: str | None = None
    environment: str | None = None
    service: str | None = None
    tenant: str | None = None
    status: Status = "active"
    created_at: Micros | None = None
    age_from: str = "created_at"
    rotated_at: Micros | None = None
    expires_at: Micros | None = None
    last_used_at: Micros | None = None
    revoked_at: Micros | None = None
    replaces: str | None = None
    created_by: str | None = None
    principal: str | None = None
    set_by_role: str | None = None
    hint: str | None = None
    fingerprint: str | None = None
    version: str | None = None
    validation_status: str | None = None
    encryption: Encryption | None = None
    spend_limit: Spend | None = None
    unknown: tuple[str, ...] = ()
    listed_status: Status | None = None
    also: tuple[Place, ...] = ()
    workspace: str | None = None
    status_given: bool = True

    @property
    def label(self) -> str:
        """What people call the key: its name, else its id, hint or fingerprint, else its place."""
        told = self.name or self.id or self.hint
        if told:
            return told
        if self.fingerprint:
            return f"sha256:{self.fingerprint[:12]}…"
        return f"the key in line {self.place.line}"

    @property
    def is_active(self) -> bool:
        return self.status == "active"


class Member(NamedTuple):
    """A person or service account of the organisation. status: `active`, or what else the file says;
    role: what they may do there, in the source's own word."""

    id: str | None = None
    email: str | None = None
    name: str | None = None
    status: str = "active"
    kind: Literal["user", "service_account"] = "user"
    role: str | None = None


class Mode(NamedTuple):
    """From when on a tenant has run on its own key (`byo`) or on the platform's (`managed`)."""

    mode: Literal["byo", "managed"]
    start: Micros


class Tenant(NamedTuple):
    """A customer. environments: those it has, None where that is not said."""

    name: str
    status: Literal["active", "deleted"] = "active"
    mode: Literal["byo", "managed"] | None = None
    environments: tuple[str, ...] | None = None
    history: tuple[Mode, ...] = ()


class Sheet(NamedTuple):
    """What one file says. members, tenants: None when it has no such list, which is not an empty one;
    notes: what of it is not judged and why, one sentence each."""

    keys: tuple[KeyRecord, ...] = ()
    members: tuple[Member, ...] | None = None
    tenants: tuple[Tenant, ...] | None = None
    notes: tuple[str, ...] = ()


class Inventory(NamedTuple):
    """What all files say together, each key once. members, tenants: as in `Sheet`."""

    keys: tuple[KeyRecord, ...]
    members: tuple[Member, ...] | None = None
    tenants: tuple[Tenant, ...] | None = None
    notes: tuple[str, ...] = ()
