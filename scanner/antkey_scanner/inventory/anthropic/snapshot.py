"""Reads one organisation from the Admin API: its keys, and who belongs to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from antkey_scanner.errors import EvidenceError
from antkey_scanner.inventory.anthropic import VERSIONS, parse, usage
from antkey_scanner.inventory.anthropic.client import Client, Denied, Malformed, VersionRefused
from antkey_scanner.inventory.anthropic.credential import AdminKey
from antkey_scanner.inventory.anthropic.pages import Row, Seen, by_id, by_token
from antkey_scanner.inventory.anthropic.retry import Patience
from antkey_scanner.inventory.anthropic.wire import Wire
from antkey_scanner.inventory.records import KeyRecord, Member, Place, Sheet
from antkey_scanner.inventory.times import Micros
from antkey_scanner.urlpolicy import Root

_T = TypeVar("_T")

_BELOW = "/v1/organizations"


class Snapshot(NamedTuple):
    """What Anthropic says. organization: its id and name; of_unknown_accounts: keys of service accounts,
    where these could not be listed; requests: how many it took."""

    sheet: Sheet
    api_version: str
    organization: tuple[str, str]
    of_unknown_accounts: int
    requests: int


class Period(NamedTuple):
    """Of which usage is read: so many days up to a time. telling: whether a key without any use in it is
    one that is not used."""

    days: int
    now: Micros
    telling: bool

    @property
    def start(self) -> Micros:
        return usage.first_day(self.now, self.days)


def read(
    wire: Wire, root: Root, key: AdminKey, period: Period | None, seen: Seen, patience: Patience
) -> Snapshot:
    """Everything, in the newest version of the API that the server speaks. Raises EvidenceError."""
    until = patience.monotonic() + patience.seconds
    requests = 0
    for version in VERSIONS:
        client = Client(wire, root, key, version, patience, until)
        try:
            found = _Reading(client, seen, key).snapshot(period, version)
            return found._replace(requests=requests + client.requests)
        except VersionRefused:
            requests += client.requests
        except Denied as denied:
            error = denied.error
            break
    else:
        error = EvidenceError(
            f"{root.url}{_BELOW}: the server speaks none of the versions {' and '.join(VERSIONS)};"
            " update antkey"
        )
    raise error


class _Reading:
    """One reading, in one version."""

    def __init__(self, client: Client, seen: Seen, key: AdminKey) -> None:
        self._client = client
        self._seen = seen
        self._key = key

    def snapshot(self, period: Period | None, version: str) -> Snapshot:
        # The organisation first: it tells at once whether the key and the version are accepted.
        organization = self._client.get(f"{_BELOW}/me", {}, parse.organization)
        accounts = self._service_accounts()
        workspaces = dict(self._each("/workspaces", parse.workspace, {"include_archived": "true"}))
        members = [*self._each("/users", parse.user), *(accounts or ())]
        known = accounts is not None
        place = Place("anthropic")
        keys = self._each(
            "/api_keys", lambda row: parse.key(row, place, workspaces, service_accounts_known=known)
        )
        records = _ordered(keys)
        if period is not None:
            records = _used(records, self._usage(period), period)
        sheet = Sheet(_distinct(records), _members(members))
        undecided = 0 if known else sum(map(_is_of_account, records))
        return Snapshot(sheet, version, organization, undecided, requests=0)

    def _service_accounts(self) -> list[Member] | None:
        """None where they may not be read: they are documented for OAuth tokens only, so that an admin
        key is refused says nothing about the key."""
        try:
            return list(self._each("/service_accounts", parse.service_account))
        except Denied:
            if self._key.is_token:
                raise
            return None

    def _usage(self, period: Period) -> dict[str, Micros]:
        days = by_token(self._client, usage.PATH, usage.query(period.start), self._seen)
        return self._sound(usage.PATH, lambda: usage.last_used(days, period.now))

    def _each(
        self, path: str, make: Callable[[Row], _T], more: dict[str, str] | None = None
    ) -> Iterator[_T]:
        whole = f"{_BELOW}{path}"
        for row in by_id(self._client, whole, self._seen, more):
            yield self._sound(whole, lambda row=row: make(row))  # type: ignore[misc]

    def _sound(self, path: str, make: Callable[[], _T]) -> _T:
        problem = "try again later"
        try:
            return make()
        except Malformed as error:
            problem = (
                f"the server answers with something else than documented ({error}); update antkey"
            )
        raise self._client.fail(path, problem)


def _is_of_account(key: KeyRecord) -> bool:
    """Whether who has the key, or made it, is told but in no list."""
    return bool(
        (key.principal and "principal" in key.unknown)
        or (key.created_by and "created_by" in key.unknown)
    )


def _ordered(keys: Iterator[KeyRecord]) -> list[KeyRecord]:
    """Each key once, though pages may overlap while keys are made; new ones come last."""
    by_identity = {key.id: key for key in keys}
    return sorted(by_identity.values(), key=lambda key: (key.created_at or 0, key.id or ""))


def _members(members: list[Member]) -> tuple[Member, ...]:
    by_identity = {member.id: member for member in members}
    return tuple(sorted(by_identity.values(), key=lambda one: (one.kind != "user", one.id or "")))


def _used(keys: list[KeyRecord], used: dict[str, Micros], period: Period) -> list[KeyRecord]:
    """The keys with their last use; known to have none are those that are younger than the period."""

    def with_use(key: KeyRecord) -> KeyRecord:
        last = used.get(key.id or "")
        younger = key.created_at is not None and key.created_at >= period.start
        if last is None and not younger and not period.telling:
            return key
        unknown = tuple(field for field in key.unknown if field != "last_used_at")
        return key._replace(last_used_at=last, unknown=unknown)

    return list(map(with_use, keys))


def _distinct(keys: list[KeyRecord]) -> tuple[KeyRecord, ...]:
    """The keys under names of their own: those that share one get their id appended."""
    while True:
        counts = Counter(key.name for key in keys if key.name is not None)
        if all(count == 1 for count in counts.values()):
            return tuple(keys)
        keys = [
            key._replace(name=f"{key.name}-{key.id}") if counts[key.name or ""] > 1 else key
            for key in keys
        ]
