"""Finds in an inventory what rules about several keys at once judge: linear in the number of keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.rule import Case


class Replacement(NamedTuple):
    """A key, and the first that was made to replace it."""

    newer: KeyRecord
    older: KeyRecord


class Replacements(NamedTuple):
    """unclear: keys of which it cannot be told what they replace, and why."""

    pairs: tuple[Replacement, ...] = ()
    unclear: tuple[tuple[KeyRecord, str], ...] = ()


def alike(
    keys: Iterable[KeyRecord], identity: Callable[[KeyRecord], object | None]
) -> list[list[KeyRecord]]:
    """The keys that share an identity with another, in groups, by the first of each. None is none."""
    keys = list(keys)
    values = list(map(identity, keys))
    once = set(values)
    once.discard(None)
    if len(once) == len(values) - values.count(None):
        return []
    groups: dict[object, list[KeyRecord]] = {}
    twice = {value for value, count in Counter(values).items() if count > 1 and value is not None}
    for value, key in zip(values, keys, strict=True):
        if value in twice:
            groups.setdefault(value, []).append(key)
    return list(groups.values())


def in_several(
    keys: Iterable[KeyRecord], field: Callable[[KeyRecord], str | None]
) -> Iterator[list[KeyRecord]]:
    """Groups of records of one key, by its fingerprint, that differ in a field and of which one says that
    the key is active. Upper and lower case are one; a record without the field is in no group."""
    for group in alike(keys, lambda key: key.fingerprint):
        known = [key for key in group if field(key) is not None]
        values = {(field(key) or "").casefold() for key in known}
        if len(values) > 1 and any(key.status == "active" for key in group):
            yield known


def replacements(keys: Sequence[KeyRecord]) -> Replacements:
    """What `replaces` says. It names a key by its name or id, people's own records before others."""
    wanted = {key.replaces for key in keys if key.replaces}
    if not wanted:
        return Replacements()
    at = _positions(keys, wanted)
    older_of: dict[int, int] = {}
    unclear: dict[int, str] = {}
    for position, key in enumerate(keys):
        if not key.replaces:
            continue
        if key.replaces in at:
            older_of[position] = at[key.replaces]
        else:
            unclear[position] = "is not in the inventory"
    unclear |= dict.fromkeys(_in_circles(older_of), "replaces it in turn, in a circle")
    for newer, older in older_of.items():
        if _is_before(keys[newer], keys[older]):
            unclear.setdefault(newer, "was created after it")
    if unclear:
        older_of = {newer: older for newer, older in older_of.items() if newer not in unclear}
    pairs = tuple(Replacement(keys[newer], keys[older]) for newer, older in _first(keys, older_of))
    return Replacements(pairs, tuple((keys[at], unclear[at]) for at in sorted(unclear)))


def _positions(keys: Sequence[KeyRecord], wanted: Container[str]) -> dict[str, int]:
    """Where the key of a name or id stands."""
    own: dict[str, int] = {}
    others: dict[str, int] = {}
    ids: dict[str, int] = {}
    for position, key in enumerate(keys):
        name, identity = key.name, key.id
        if name is not None and name in wanted:
            (own if key.origin == "file" else others).setdefault(name, position)
        if identity is not None and identity in wanted:
            ids.setdefault(identity, position)
    return {**ids, **others, **own}


def _in_circles(older_of: dict[int, int]) -> list[int]:
    """The positions from which `replaces` leads back to where it started."""
    if older_of.keys().isdisjoint(older_of.values()):
        return []  # nothing that was replaced replaces anything
    found: list[int] = []
    walked: dict[int, int] = {}
    for start in older_of:
        path: list[int] = []
        at = start
        while at in older_of and at not in walked:
            walked[at] = start
            path.append(at)
            at = older_of[at]
        if walked.get(at) == start and path:
            found += path[path.index(at) :]
    return found


def _is_before(newer: KeyRecord, older: KeyRecord) -> bool:
    if newer.created_at is None or older.created_at is None:
        return False
    return newer.created_at < older.created_at


def _first(keys: Sequence[KeyRecord], older_of: dict[int, int]) -> list[tuple[int, int]]:
    """Of those that replace the same key, the one that did first; in the order of the older keys."""
    first: dict[int, int] = {}
    for newer, older in older_of.items():
        other = first.setdefault(older, newer)
        if other != newer and _sooner(keys[newer], keys[other]):
            first[older] = newer
    return [(first[older], older) for older in sorted(first)]


def _sooner(one: KeyRecord, other: KeyRecord) -> bool:
    if one.created_at is None:
        return False
    return other.created_at is None or one.created_at < other.created_at


def says_replaces(case: Case) -> str | None:
    """Why nothing can be said of replaced keys, None when it can."""
    if any(key.replaces for key in case.inventory.keys):
        return None
    return "no key says which one it replaces; record replaces"


def says_overlap(case: Case) -> str | None:
    """Why nothing can be said of how long replaced keys stayed active, None when it can."""
    if any(key.revoked_at is not None for key in case.inventory.keys):
        return says_replaces(case)
    return says_replaces(case) or "no key says when it was revoked; record revoked_at"


def says_fingerprint(case: Case) -> str | None:
    """Why it cannot be told that two records are of one key, None when it can."""
    if any(key.fingerprint is not None for key in case.inventory.keys):
        return None
    return "no key has a fingerprint to tell it by; record sha256:… of each key"
