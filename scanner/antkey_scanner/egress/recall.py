"""What was judged of requests that say the same, so that of a million of them few are judged by all rules.

A verdict holds while nothing about the keys and the tenant changes: not near the times at which one of them
came, went or was replaced, where clocks and graces matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.records import Request, Said
from antkey_scanner.egress.rule import View
from antkey_scanner.egress.windows import Spells, Windows
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.model import Finding
from antkey_scanner.policy.egress import EgressPolicy

_ALWAYS = 1 << 62
_MOST = 50_000
_LONGEST = 2_000
"""So many verdicts are remembered, on requests that say no more characters than that."""


class Group(NamedTuple):
    """What findings of one rule are about. Which key it was belongs to it, which request does not."""

    rule: str
    tenant: str | None
    surface: str | None
    scenario: str | None
    method: str
    host: str
    path: str
    key: str | None


class Outcome(NamedTuple):
    """What became of a request. groups: of each finding; gap: why it could not be judged; counts, what: its
    cell in the coverage and what it showed there, None for a request that is in none."""

    findings: tuple[Finding, ...]
    groups: tuple[Group, ...]
    is_call: bool
    gap: str | None
    counts: Counter[str] | None
    what: str


class Verdict(NamedTuple):
    """An outcome, as it is for all requests that say the same from a time to another, that one excluded.

    lives: the keys whose use at a time matters to others; path: the one that it is about, None where it
    holds for all.
    """

    findings: tuple[Finding, ...]
    groups: tuple[Group, ...]
    is_call: bool
    gap: str | None
    counts: Counter[str] | None
    what: str
    since: Micros
    until: Micros
    tenant: str | None
    lives: tuple[KeyLife, ...]
    path: str | None


class Standing:
    """A verdict while it holds: `since` one time, `until` before another. count: the requests that had it
    and are not counted anywhere else yet; spells: where the use of the verdict's only key has to be taken up,
    None where that matters to nobody."""

    __slots__ = ("count", "said", "since", "spells", "until", "verdict")

    def __init__(self, said: Said, verdict: Verdict, spells: Spells | None = None) -> None:
        self.said = said
        self.verdict = verdict
        self.since = verdict.since
        self.until = verdict.until
        self.spells = spells
        self.count = 0


class Recall:
    """The last verdict on each kind of request."""

    def __init__(
        self, book: Book, windows: Windows, policy: EgressPolicy, clocks_differ: Micros
    ) -> None:
        """clocks_differ: so long before a change a verdict may be another one already."""
        self._book = book
        self._windows = windows
        self._before = clocks_differ + SECOND
        self._behind = max(clocks_differ, round(policy.grace_seconds * SECOND)) + SECOND
        self._known: dict[tuple[Any, ...], Verdict] = {}
        self._revision = book.revision

    @property
    def revision(self) -> tuple[int, int]:
        """Another one whenever verdicts may be others."""
        return self._book.revision, self._windows.revision

    def verdict(self, request: Request) -> Verdict | None:
        """The verdict that a request has, None where it has to be judged. Takes note of the use of its
        keys."""
        time = request.time
        if time is None:
            return None
        if self._book.revision != self._revision:
            self._known.clear()
            self._revision = self._book.revision
            return None
        known = self._known.get(request[2:4] + request[5:])
        if known is None:
            return None
        *_, since, until, tenant, lives, path = known
        if not since <= time < until or (path is not None and path != request.path):
            return None
        if tenant is None or not lives:
            return known
        if len(lives) == 1 and (spells := self._windows.alone(tenant, lives[0])) is not None:
            spells.take(time, lives[0])
            return known
        return None if self._windows.others(tenant, time, lives) else known

    def standing(self, said: Said, time: Micros) -> Standing | None:
        """The verdict on all that say this while nothing changes; None where each has to be looked at."""
        known = self._known.get(said[:2] + said[3:])
        if known is None or not known.since <= time < known.until:
            return None
        if known.path is not None and known.path != said[2]:
            return None
        if known.tenant is None or not known.lives:
            return Standing(said, known)
        if len(known.lives) > 1:
            return None
        spells = self._windows.alone(known.tenant, known.lives[0])
        return None if spells is None else Standing(said, known, spells)

    def keep(self, view: View, outcome: Outcome) -> None:
        """Remember what became of a request, unless that hangs on what was before it."""
        time, tenant = view.request.time, view.tenant
        if time is None or view.fault is not None or view.others:
            return
        if sum(len(part) for part in view.request[2:] if type(part) is str) > _LONGEST:
            return
        lives = tuple(one.life for one in view.carried if one.life is not None)
        changes = [at for life in lives for at in (life.start, life.end, life.replaced_at)]
        if tenant is not None:
            changes += self._book.changes_of(tenant)
        span = self._span(time, (at for at in changes if at is not None))
        if span is None:
            return
        if len(self._known) >= _MOST:
            self._known.clear()
        used = (
            tuple(life for life in lives if life.role == "tenant" and life.tenant == tenant)
            if view.is_allowed_host
            else ()
        )
        # Calls of the Admin API are told by their path, and findings are about one.
        is_any = not outcome.findings and all(life.role != "admin" for life in lives)
        request = view.request
        verdict = Verdict(*outcome, *span, tenant, used, None if is_any else request.path)
        self._known[request[2:4] + request[5:]] = verdict

    def _span(self, time: Micros, changes: Iterable[Micros]) -> tuple[Micros, Micros] | None:
        """From when to when nothing changes around a time; None when it is near to a change."""
        since, until = -_ALWAYS, _ALWAYS
        for change in changes:
            if time < change - self._before:
                until = min(until, change - self._before)
            elif time > change + self._behind:
                since = max(since, change + self._behind + 1)
            else:
                return None
        return since, until
