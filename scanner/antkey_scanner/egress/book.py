"""Whose a key is, and when it was in force. Pure.

In a wrapped run the book holds the canaries, for records it holds the inventory's keys.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from antkey_scanner.egress.records import Credential
from antkey_scanner.inventory.records import Inventory, KeyRecord, Mode, Role
from antkey_scanner.inventory.spoken import placed
from antkey_scanner.inventory.times import Micros

_MOST_GENERATIONS = 100
_MOST_HINTS = 20_000
_USUAL = re.compile(r"sk-ant-[a-z]{1,12}[0-9]{0,4}-[A-Za-z0-9_-]{3}…[A-Za-z0-9_-]{4}")
"""What Anthropic's Console shows: two such hints are the same or of two keys."""


class KeyLife(NamedTuple):
    """One key, and when it was whose.

    source: what people call it: a variable's name, a name in the inventory; start: when it came to be,
    None for always; end: when it stopped to work (revoked or expired), None for not yet; replaced_at:
    when a newer key took its place; successor: that key's source; environment: None where not said.
    """

    source: str
    role: Role
    tenant: str | None = None
    sha256: str | None = None
    hint: str | None = None
    start: Micros | None = None
    end: Micros | None = None
    replaced_at: Micros | None = None
    successor: str | None = None
    environment: str | None = None

    def is_valid(self, time: Micros) -> bool:
        """Whether it worked at a time."""
        return (self.start is None or self.start <= time) and (self.end is None or time < self.end)


class Standing(NamedTuple):
    """Whether a tenant is on a key of its own, and since when; None for always or not known."""

    has_key: bool
    since: Micros | None


_WITHOUT = Standing(has_key=False, since=None)
_MIN, _MAX = -(1 << 62), 1 << 62


class Book:
    """All keys that are known, and all tenants: `tenants` names those that may have no key at all.

    revision: another number after each change.
    """

    def __init__(
        self,
        lives: Iterable[KeyLife] = (),
        modes: Mapping[str, Sequence[Mode]] | None = None,
        tenants: Iterable[str] = (),
    ) -> None:
        self._by_hash: dict[str, list[KeyLife]] = {}
        self._by_hint: dict[str, list[KeyLife]] = {}
        self._unusual: set[str] = set()
        self._fitting: dict[str, tuple[KeyLife, ...]] = {}
        self._by_source: dict[str, KeyLife] = {}
        self._of_tenant: dict[str, list[KeyLife]] = {}
        self._modes = {tenant: _mode_changes(history) for tenant, history in (modes or {}).items()}
        self._tenants = set(tenants)
        self._changes: dict[str, _Changes] = {}
        self._told: set[tuple[bool, bool]] = set()
        self.revision = 0
        for life in lives:
            self.add(life)

    def add(self, life: KeyLife) -> None:
        """Take up a key; one that is known by its hash and name is replaced by what is known of it now."""
        self.revision += 1
        if life.sha256 is not None:
            same = self._by_hash.setdefault(life.sha256, [])
            for known in [known for known in same if known.source == life.source]:
                self._drop(known)
                same.remove(known)
            same.append(life)
        if life.hint:
            hint = alike(life.hint)
            self._by_hint.setdefault(hint, []).append(life)
            if _USUAL.fullmatch(hint) is None:
                self._unusual.add(hint)
            self._fitting.clear()
        self._told.add((life.sha256 is not None, bool(life.hint)))
        self._by_source[life.source] = life
        if life.tenant is not None and life.role == "tenant":
            self._of_tenant.setdefault(life.tenant, []).append(life)
            self._changes.pop(life.tenant, None)

    def add_tenant(self, tenant: str) -> None:
        """Take up a tenant, which may have no key at all."""
        self.revision += 1
        self._tenants.add(tenant)

    def known(self, sha256: str) -> KeyLife | None:
        """The key of a hash, the last one of several."""
        return next(reversed(self._by_hash.get(sha256, ())), None)

    def find(self, credential: Credential) -> tuple[KeyLife, ...]:
        """The keys that a credential may be: by its hash one, or several where a key is in the inventory for
        several owners; by its hint as many as it fits."""
        if credential.sha256 is not None:
            same = self._by_hash.get(credential.sha256)
            if same:
                owners = {(life.role, life.tenant) for life in same}
                return tuple(same) if len(owners) > 1 else (same[-1],)
        if not credential.hint:
            return ()
        fitting = self._fitting_to(alike(credential.hint))
        return tuple(life for life in fitting if life.sha256 is None or credential.sha256 is None)

    def _fitting_to(self, hint: str) -> tuple[KeyLife, ...]:
        """The keys whose hint may be of the same key: one may show more than the other."""
        known = self._fitting.get(hint)
        if known is None:
            others = self._by_hint if _USUAL.fullmatch(hint) is None else self._unusual
            hints = dict.fromkeys((hint, *(other for other in others if fits(hint, other))))
            known = tuple(life for other in hints for life in self._by_hint.get(other, ()))
            if len(self._fitting) < _MOST_HINTS:
                self._fitting[hint] = known
        return known

    def may_hold(self, credential: Credential) -> bool:
        """Whether a credential that was not found may be of a key that is here nonetheless: there is one
        that it cannot be compared with, because both hash and hint are not told of both."""
        if not self._told:
            return True
        by_hash, by_hint = credential.sha256 is not None, bool(credential.hint)
        return any(
            not (by_hash and has_hash) and not (by_hint and has_hint)
            for has_hash, has_hint in self._told
        )

    @property
    def has_ended_keys(self) -> bool:
        """Whether any key has stopped to be in force, so that one may be used after that."""
        lives = self._by_source.values()
        return any(life.end is not None or life.replaced_at is not None for life in lives) or any(
            not standing.has_key for modes in self._modes.values() for standing in modes.standings
        )

    def knows(self, tenant: str) -> bool:
        """Whether there is anything to judge a tenant's requests by."""
        return tenant in self._of_tenant or tenant in self._modes or tenant in self._tenants

    def standing(self, tenant: str, time: Micros) -> Standing:
        """Whether a tenant runs on its own key at a time.

        By its modes where they are recorded of that time, else by whether any of its keys was valid.
        """
        modes = self._modes.get(tenant)
        found = None if modes is None else _at(modes, time)
        if found is not None:
            return found
        changes = self._changes.get(tenant)
        if changes is None:
            changes = self._changes[tenant] = _key_changes(self._of_tenant.get(tenant, ()))
        return _at(changes, time) or _WITHOUT

    def changes_of(self, tenant: str) -> Iterator[Micros]:
        """When a tenant's standing changes."""
        for changes in (self._modes.get(tenant), self._changes.get(tenant)):
            if changes is not None:
                yield from changes.times

    def are_generations(self, one: KeyLife, other: KeyLife) -> bool:
        """Whether one of two keys took the place of the other, directly or with others in between."""
        return self._leads_to(one, other.source) or self._leads_to(other, one.source)

    def _leads_to(self, life: KeyLife, source: str) -> bool:
        at: KeyLife | None = self._by_source.get(life.source, life)
        for _ in range(_MOST_GENERATIONS):
            if at is None or at.successor is None:
                return False
            if at.successor == source:
                return True
            at = self._by_source.get(at.successor)
        return False

    def _drop(self, life: KeyLife) -> None:
        if life.hint:
            self._by_hint[alike(life.hint)].remove(life)
            self._fitting.clear()
        if life.tenant is not None and life.role == "tenant":
            self._of_tenant[life.tenant].remove(life)
            self._changes.pop(life.tenant, None)


class _Changes(NamedTuple):
    """When a tenant got or lost a key of its own. times: in order; standings: from each of them on."""

    times: tuple[Micros, ...]
    standings: tuple[Standing, ...]


def _at(changes: _Changes, time: Micros) -> Standing | None:
    """How things stood; None before the first change."""
    position = bisect_right(changes.times, time)
    return changes.standings[position - 1] if position else None


def _mode_changes(history: Sequence[Mode]) -> _Changes:
    times: list[Micros] = []
    standings: list[Standing] = []
    # Sorting is stable: of two modes from the same time on the later line holds.
    for mode in sorted(history, key=lambda mode: mode.start):
        has_key = mode.mode == "byo"
        if not standings or standings[-1].has_key is not has_key:
            times.append(mode.start)
            standings.append(Standing(has_key, mode.start))
    return _Changes(tuple(times), tuple(standings))


def _key_changes(lives: Iterable[KeyLife]) -> _Changes:
    """Keys that overlap or follow each other without a gap are one time with a key."""
    times: list[Micros] = []
    standings: list[Standing] = []
    until = _MIN
    spans = (
        (_MIN if life.start is None else life.start, _MAX if life.end is None else life.end)
        for life in lives
    )
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if standings and start <= until:
            if end <= until:
                continue
            times.pop()
            standings.pop()
        else:
            times.append(start)
            standings.append(Standing(has_key=True, since=None if start == _MIN else start))
        until = end
        times.append(end)
        standings.append(Standing(has_key=False, since=end))
    return _Changes(tuple(times), tuple(standings))


def fits(one: str, other: str) -> bool:
    """Whether two hints, written alike, may be of one key: what both show is the same."""
    head, cut, tail = one.partition("…")
    start, also_cut, end = other.partition("…")
    if not cut or not also_cut:
        return one == other
    return (head.startswith(start) or start.startswith(head)) and (
        tail.endswith(end) or end.endswith(tail)
    )


def alike(hint: str) -> str:
    """A hint in the one spelling that hints are compared in."""
    return hint.replace("...", "…")


def book_of(inventory: Inventory) -> Book:
    """The keys of an inventory. A key that is not active and of which nobody says since when has no end
    that a record could be judged by: it is in force until then."""
    from antkey_scanner.inventory.index import replacements

    keys = inventory.keys
    times = Counter(key.label for key in keys)
    named = {id(key): key.label if times[key.label] == 1 else placed(key) for key in keys}
    newer = {id(older): first for first, older in replacements(keys).pairs}
    tenants = inventory.tenants or ()
    modes = {tenant.name: tenant.history for tenant in tenants if tenant.history}
    lives = (_life(key, named, newer.get(id(key))) for key in keys)
    return Book(lives, modes, (tenant.name for tenant in tenants))


def _life(key: KeyRecord, named: Mapping[int, str], newer: KeyRecord | None) -> KeyLife:
    """A key's life. named: what to call each record, by its identity; newer: what replaced it first."""
    ends = [time for time in (key.revoked_at, key.expires_at) if time is not None]
    return KeyLife(
        source=named[id(key)],
        role=key.role,
        tenant=key.tenant,
        sha256=key.fingerprint,
        hint=key.hint,
        start=key.created_at,
        end=min(ends, default=None),
        replaced_at=None if newer is None else newer.created_at,
        successor=None if newer is None else named[id(newer)],
        environment=key.environment,
    )
