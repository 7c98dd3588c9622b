"""Joins records of one key that come from different kinds of sources. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from antkey_scanner.inventory.records import KeyRecord

BY_ANTHROPIC = "created_at at Anthropic"
"""How a record of people's file says that its age is from there."""

_ORIGINS = ("file", "anthropic", "store")
"""The order of trust in what a key is: people's file names it, Anthropic knows it, a store keeps it."""

_PEOPLE_TELL = ("rotated_at", "set_by_role", "spend_limit", "validation_status")

_Identity = Callable[[KeyRecord], str | None]

_IDENTITIES: tuple[_Identity, ...] = (
    lambda key: key.fingerprint,
    lambda key: key.id,
    lambda key: key.hint,
    lambda key: key.name,
)
"""What makes two records those of one key, the surest first."""


def joined(keys: Sequence[KeyRecord]) -> tuple[KeyRecord, ...]:
    """Each key once, in the order in which they came first. Records of one source are not joined, that two
    of them are one key is for the rules to say; but a store's two exports of one secret are."""
    origins = {key.origin for key in keys}
    if "store" not in origins and len(origins) < 2:
        return tuple(keys)
    result = [key for key in keys if key.origin == _ORIGINS[0]]
    result = _added(result, [key for key in keys if key.origin == _ORIGINS[1]])
    stored = _one_per_secret([key for key in keys if key.origin == _ORIGINS[2]])
    return tuple(_added(result, stored))


def _one_per_secret(keys: Sequence[KeyRecord]) -> list[KeyRecord]:
    """What a store's list of secrets and its list of versions say of one secret, as one record."""
    result: dict[str, KeyRecord] = {}
    for position, key in enumerate(keys):
        identity = key.id or f" {position}"
        known = result.get(identity)
        if known is None:
            result[identity] = key
        elif known.place.path == key.place.path:
            result[f" {position}"] = key
        else:
            newer, older = sorted((known, key), key=_version_first)
            result[identity] = _completed(newer, older)
    return list(result.values())


def _version_first(key: KeyRecord) -> tuple[bool, int]:
    """The record of a version goes before that of the secret, which is older, and that of a change."""
    return "may be no rotation" in key.age_from, -(key.created_at or 0)


def _added(known: list[KeyRecord], more: Sequence[KeyRecord]) -> list[KeyRecord]:
    """The known keys with what the new records say of them, and those that are none of them."""
    result = list(known)
    taken: set[int] = set()
    left = list(more)
    for identity in _IDENTITIES:
        places = _unique(known, identity)
        theirs = _unique(left, identity)
        still = []
        for position, record in enumerate(left):
            value = identity(record)
            at = places.get(value) if value and theirs.get(value) == position else None
            if at is None or at in taken or _differ(result[at], record):
                still.append(record)
            else:
                taken.add(at)
                result[at] = _joined(result[at], record)
        left = still
    return result + left


def _unique(keys: Iterable[KeyRecord], identity: _Identity) -> dict[str, int]:
    """Where the only key of an identity stands; what fits several tells nothing."""
    places: dict[str, int] = {}
    twice: set[str] = set()
    for position, key in enumerate(keys):
        value = identity(key)
        if value and places.setdefault(value, position) != position:
            twice.add(value)
    return {value: at for value, at in places.items() if value not in twice}


def _differ(one: KeyRecord, other: KeyRecord) -> bool:
    """Whether two records of one name are surely of different keys: a new key of an old name."""
    pairs = (
        (one.fingerprint, other.fingerprint),
        (_anthropic_id(one), _anthropic_id(other)),
        (one.hint, other.hint),
    )
    return any(left and right and left != right for left, right in pairs)


def _anthropic_id(key: KeyRecord) -> str | None:
    """The key's id at Anthropic; a secret store has ids of its own."""
    return key.id if key.id and key.id.startswith("apikey_") else None


def _joined(known: KeyRecord, other: KeyRecord) -> KeyRecord:
    """What is known, completed by what another source says. Anthropic's word goes before people's on
    what only Anthropic can know."""
    record = _completed(known, other)
    if other.origin == "anthropic":
        record = _as_anthropic_says(record, known, other)
    elif known.created_at is None and other.created_at is not None:
        record = record._replace(age_from=other.age_from)
    if known.status == "active" and other.status not in ("active", record.status):
        record = record._replace(status=other.status, listed_status=known.status)
    return record


def _completed(known: KeyRecord, other: KeyRecord) -> KeyRecord:
    """What is known, and of the other what it leaves out."""
    fields = {
        field: value
        for field, value in other._asdict().items()
        if getattr(known, field) is None and value is not None
    }
    return known._replace(**fields, also=(*known.also, other.place))


def _as_anthropic_says(record: KeyRecord, known: KeyRecord, other: KeyRecord) -> KeyRecord:
    if other.created_at is not None:
        record = record._replace(created_at=other.created_at, age_from=BY_ANTHROPIC)
    if other.expires_at is not None:
        record = record._replace(expires_at=other.expires_at)
    if other.status != known.status:
        record = record._replace(status=other.status, listed_status=known.status)
    # Anthropic knows nothing of these, but people's file could have told.
    unknown = tuple(field for field in other.unknown if field not in _PEOPLE_TELL)
    return record._replace(unknown=unknown)
