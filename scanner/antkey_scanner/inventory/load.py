"""Reads all files of an inventory and joins what they say of the same key into one record.

People's own file says whose a key is; Anthropic says when it was made and whether it works; a secret
store says where it is kept. They are joined by fingerprint, id, hint or name, in this order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.errors import PolicyError
from antkey_scanner.globs import glob_pattern
from antkey_scanner.inventory import files
from antkey_scanner.inventory.ages import complete
from antkey_scanner.inventory.join import joined
from antkey_scanner.inventory.records import Inventory, KeyRecord, Member, Sheet, Tenant
from antkey_scanner.inventory.times import Micros
from antkey_scanner.model import Skip
from antkey_scanner.policy.keys import KeysPolicy

_INCOMPLETE = "incomplete: "


class Loaded(NamedTuple):
    """An inventory. skips: what of the files could not be read to its end, or is not judged."""

    inventory: Inventory
    skips: tuple[Skip, ...]


class File(NamedTuple):
    """A file of an inventory. path: as the system knows it; shown: as messages print it."""

    path: str
    shown: str


def load(
    paths: Sequence[File],
    policy: KeysPolicy,
    now: Micros,
    stdin: Callable[[], bytes] | None = None,
) -> Loaded:
    """The inventory in some files as it is at a time; `-` is standard input. Raises PolicyError with all
    that is wrong."""
    sheets: list[tuple[File, Sheet]] = []
    problems: list[str] = []
    for file in paths:
        try:
            sheets.append((file, _read(file, stdin)))
        except PolicyError as error:
            problems += map(str, error.args)
    if problems:
        raise PolicyError(*problems)
    keys = [_as_of(now, key) for _, sheet in sheets for key in sheet.keys]
    problems = [*_listed_twice(keys), *_named_twice(keys), *_tenants_twice(sheets)]
    if problems:
        raise PolicyError(*problems)
    wanted, left_out = _wanted(keys, policy.names)
    dated = _with_ages(joined(wanted), sheets, policy)
    members = _members(sheet.members for _, sheet in sheets)
    inventory = Inventory(dated, members, _tenants(sheets))
    return Loaded(inventory, (*_notes(sheets), *left_out))


def _read(file: File, stdin: Callable[[], bytes] | None) -> Sheet:
    if file.path == "-" and stdin is not None:
        return files.read_sheet(stdin(), file.shown)
    return files.read(file.path, file.shown)


def _as_of(now: Micros, key: KeyRecord) -> KeyRecord:
    """A key that was revoked, and of which nobody says that it is active all the same, is not. What was
    revoked before it was created was an older version of it, or a slip of the pen."""
    if key.status_given or key.revoked_at is None or key.revoked_at > now:
        return key
    if key.created_at is not None and key.revoked_at < key.created_at:
        return key
    return key._replace(status="inactive")


def _named_twice(keys: Iterable[KeyRecord]) -> Iterator[str]:
    """Names that stand twice in the files that people keep; elsewhere they need not be unique."""
    first: dict[str, KeyRecord] = {}
    named = [key for key in keys if key.origin == "file" and key.name is not None]
    if len({key.name for key in named}) == len(named):
        return
    for key in named:
        assert key.name is not None
        other = first.setdefault(key.name, key)
        if other is not key and (key.id is None or other.id is None):
            here, there = key.place, other.place
            yield (
                f"{here.path}:{here.line}: the name stands in {there.path}:{there.line} too; give each"
                " key a name of its own"
            )


def _listed_twice(keys: Iterable[KeyRecord]) -> Iterator[str]:
    """Ids that stand twice in files of one kind: a key would be judged twice. A store's two exports of
    one secret are joined."""
    first: dict[tuple[str, str], KeyRecord] = {}
    for key in keys:
        if key.origin == "store" or key.id is None:
            continue
        other = first.setdefault((key.origin, key.id), key)
        if other is not key:
            here, there = key.place, other.place
            yield f"{here.path}:{here.line}: the id stands in {there.path}:{there.line} too; keep one"


def _tenants_twice(sheets: Iterable[tuple[File, Sheet]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for file, sheet in sheets:
        for tenant in sheet.tenants or ():
            other = first.setdefault(tenant.name, file.shown)
            if other != file.shown:
                yield f"{file.shown}: a tenant is listed in {other} too; keep one"


def _wanted(
    keys: Iterable[KeyRecord], names: Sequence[str]
) -> tuple[list[KeyRecord], tuple[Skip, ...]]:
    """The keys that are judged: of what a secret store exports, those that the policy names."""
    if not names:
        return list(keys), ()
    patterns = [glob_pattern(name) for name in names]
    kept: list[KeyRecord] = []
    out: dict[str, int] = {}
    for key in keys:
        if key.origin == "store" and not any(p.fullmatch(key.name or "") for p in patterns):
            out[key.place.path] = out.get(key.place.path, 0) + 1
        else:
            kept.append(key)
    skips = [
        Skip(path, f"{_secrets(count)} [inventory] names", counts=False)
        for path, count in out.items()
    ]
    return kept, tuple(skips)


def _secrets(count: int) -> str:
    return (
        "1 secret has another name than"
        if count == 1
        else f"{count:,} secrets have other names than"
    )


def _with_ages(
    keys: Sequence[KeyRecord], sheets: Iterable[tuple[File, Sheet]], policy: KeysPolicy
) -> tuple[KeyRecord, ...]:
    paths = {file.shown: file.path for file, _ in sheets if file.path != "-"}
    return complete(keys, policy, paths)


def _members(lists: Iterable[tuple[Member, ...] | None]) -> tuple[Member, ...] | None:
    """The members of all lists. Whoever one of them says has left, has left."""
    listed = [members for members in lists if members is not None]
    if not listed:
        return None
    by_id: dict[str, Member] = {}
    for member in (member for members in listed for member in members):
        identity = (member.id or member.email or member.name or "").lower()
        other = by_id.get(identity)
        if other is None or other.status == "active":
            by_id[identity] = member
    return tuple(by_id.values())


def _tenants(sheets: Iterable[tuple[File, Sheet]]) -> tuple[Tenant, ...] | None:
    listed = [sheet.tenants for _, sheet in sheets if sheet.tenants is not None]
    return tuple(tenant for tenants in listed for tenant in tenants) if listed else None


def _notes(sheets: Iterable[tuple[File, Sheet]]) -> Iterator[Skip]:
    for file, sheet in sheets:
        for note in sheet.notes:
            counts = note.startswith(_INCOMPLETE)
            yield Skip(file.shown, note.removeprefix(_INCOMPLETE), counts=counts)


def shown(path: str) -> str:
    """A path as messages print it: relative where that is shorter, `/` between folders."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):
        relative = path  # another drive, or a working folder that is gone
    return min(relative, path, key=len).replace(os.sep, "/")
