"""Whose a key is, and when it was in force. Pure.

In a wrapped run the book holds the canaries, for records it holds the inventory's keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from antkey_scanner.egress.records import Credential
from antkey_scanner.inventory.records import Inventory, Mode, Role
from antkey_scanner.inventory.times import Micros


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


class Book:
    """All keys that are known. `ambiguous`: what fits several keys of different owners."""

    def __init__(
        self, lives: Iterable[KeyLife], modes: Mapping[str, Sequence[Mode]] | None = None
    ) -> None:
        self._by_hash: dict[str, KeyLife] = {}
        self._by_hint: dict[str, list[KeyLife]] = {}
        self._of_tenant: dict[str, list[KeyLife]] = {}
        self._modes = dict(modes or {})
        for life in lives:
            self.add(life)

    def add(self, life: KeyLife) -> None:
        """Take up a key; one that is known by its hash is replaced by what is known of it now."""
        if life.sha256 is not None:
            known = self._by_hash.get(life.sha256)
            if known is not None:
                self._of_tenant.get(known.tenant or "", []).remove(known)
                self._by_hint.get(known.hint or "", [known]).remove(known)
            self._by_hash[life.sha256] = life
        self._by_hint.setdefault(life.hint or "", []).append(life)
        self._of_tenant.setdefault(life.tenant or "", []).append(life)

    def known(self, sha256: str) -> KeyLife | None:
        """The key of a hash."""
        return self._by_hash.get(sha256)

    def find(self, credential: Credential) -> tuple[KeyLife, ...]:
        """The keys that a credential may be: one by its hash, several where only a hint is known."""
        if credential.sha256 is not None:
            known = self._by_hash.get(credential.sha256)
            if known is not None:
                return (known,)
        fitting = self._by_hint.get(credential.hint, ()) if credential.hint else ()
        return tuple(life for life in fitting if life.sha256 is None or credential.sha256 is None)

    def knows(self, tenant: str) -> bool:
        """Whether there is anything to judge a tenant's requests by."""
        return tenant in self._of_tenant or tenant in self._modes

    def own_since(self, tenant: str, time: Micros) -> Micros | None:
        """Since when a tenant runs on its own key at a time, None when it does not.

        By its modes where they are recorded, else since the first of its keys that is still valid.
        """
        modes = self._modes.get(tenant)
        if modes:
            past = [mode for mode in modes if mode.start <= time]
            last = max(past, key=lambda mode: mode.start, default=None)
            return last.start if last is not None and last.mode == "byo" else None
        valid = [life for life in self._of_tenant.get(tenant, ()) if life.is_valid(time)]
        if not valid:
            return None
        return min(_MIN if life.start is None else life.start for life in valid)


_MIN = -(1 << 62)


def book_of(inventory: Inventory) -> Book:
    """The keys of an inventory. A key that is not active and of which nobody says since when has no end
    that a record could be judged by: it is in force until then."""
    newer = {key.replaces: key for key in inventory.keys if key.replaces is not None}
    lives = []
    for key in inventory.keys:
        successor = newer.get(key.name) if key.name is not None else None
        ends = [time for time in (key.revoked_at, key.expires_at) if time is not None]
        lives.append(
            KeyLife(
                source=key.label,
                role=key.role,
                tenant=key.tenant,
                sha256=key.fingerprint,
                hint=key.hint,
                start=key.created_at,
                end=min(ends, default=None),
                replaced_at=None if successor is None else successor.created_at,
                successor=None if successor is None else successor.label,
                environment=key.environment,
            )
        )
    modes = {tenant.name: tenant.history for tenant in inventory.tenants or () if tenant.history}
    return Book(lives, modes)
