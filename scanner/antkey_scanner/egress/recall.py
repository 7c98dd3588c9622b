"""What was judged of requests that say the same, so that of a million of them few are judged by all rules.

A verdict holds while nothing about the keys and the tenant changes: not near the times at which one of them
came, went or was replaced, where clocks and graces matter. It holds for all requests of a tenant that carry
the same, whichever endpoint, model or answer they are of, as far as these decide nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.records import Request, Said
from antkey_scanner.egress.rule import FAULTS, Fault, View
from antkey_scanner.egress.windows import WINDOW, Spells, Windows
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.model import Finding
from antkey_scanner.policy.egress import EgressPolicy

_ALWAYS = 1 << 62
_PATH = Request._fields.index("path") - Request._fields.index("host")
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
    cell in the coverage and what it showed there, None for a request that is in none; fault: the one on its
    tenant's key that its answer tells of."""

    findings: tuple[Finding, ...]
    groups: tuple[Group, ...]
    is_call: bool
    gap: str | None
    counts: Counter[str] | None
    what: str
    fault: Fault | None


class Verdict(NamedTuple):
    """An outcome, as it is for all requests that say the same from a time to another, that one excluded.

    whose: for which tenant and in which scenario they are; lives: the keys whose use at a time matters to
    others; feels_faults: it holds only while no fault on the tenant's key is fresh.
    """

    outcome: Outcome
    since: Micros
    until: Micros
    whose: tuple[str | None, str | None]
    lives: tuple[KeyLife, ...]
    feels_faults: bool


Faults = Mapping[tuple[str | None, str | None], Fault]
"""The last fault of each tenant in each scenario."""


class Standing:
    """A verdict on requests that come one after the other. count: those that had it and are not counted
    anywhere else yet; only: where the use of its only key has to be taken up, which is all that there is to
    do while that is the only one of `keys`, all that the tenant has used; None where it takes a closer
    look."""

    __slots__ = ("count", "keys", "only", "since", "until", "verdict")

    def __init__(self, verdict: Verdict, keys: Mapping[str, Spells]) -> None:
        """keys: of the verdict's tenant, as they are taken up."""
        self.verdict = verdict
        self.since = verdict.since
        self.until = verdict.until
        self.count = 0
        self.keys = keys
        self.only: tuple[Spells, KeyLife] | None = None
        if len(verdict.lives) == 1 and not verdict.feels_faults and verdict.outcome.fault is None:
            (life,) = verdict.lives
            spells = keys.get(life.source)
            self.only = None if spells is None else (spells, life)


class Recall:
    """The last verdict on each kind of request."""

    def __init__(
        self,
        book: Book,
        windows: Windows,
        policy: EgressPolicy,
        clocks_differ: Micros,
        faults: Faults,
    ) -> None:
        """clocks_differ: so long before a change a verdict may be another one already; faults: as they are
        taken up."""
        self._book = book
        self._windows = windows
        self._faults = faults
        self._before = clocks_differ + SECOND
        self._behind = max(clocks_differ, round(policy.grace_seconds * SECOND)) + SECOND
        self._models = bool(policy.allowed_models)
        self._known: dict[tuple[Any, ...], Verdict] = {}
        self._revision = book.revision

    @property
    def revision(self) -> int:
        """Another one whenever verdicts may be others."""
        return self._book.revision

    def verdict(self, request: Request) -> Verdict | None:
        """The verdict that a request has, None where it has to be judged. Takes note of the use of its
        keys."""
        time = request.time
        known = self.last(request[2:], has_time=time is not None)
        return known if known is not None and self.holds(known, time) else None

    def last(self, said: Said, *, has_time: bool = True) -> Verdict | None:
        """The last verdict on requests that say the same, which holds while it holds."""
        if self._book.revision != self._revision:
            self._known.clear()
            self._revision = self._book.revision
        told = self._told(said, has_time=has_time)
        return self._known.get((*told, None)) or self._known.get((*told, said[_PATH]))

    def standing(self, verdict: Verdict) -> Standing:
        """A verdict to be applied to many."""
        tenant = verdict.whose[0]
        return Standing(verdict, {} if tenant is None else self._windows.of(tenant))

    def holds(self, known: Verdict, time: Micros | None) -> bool:
        """Whether a verdict holds at a time. Takes note of the use of its keys, then."""
        if time is not None and not known.since <= time < known.until:
            return False
        tenant, _ = known.whose
        if known.feels_faults and fresh_fault(self._faults.get(known.whose), time) is not None:
            return False
        if time is None or tenant is None or not known.lives:
            return True
        return not self._windows.others(tenant, time, known.lives)

    def keep(self, view: View, outcome: Outcome) -> None:
        """Remember what became of a request, unless that hangs on what was before it."""
        time, tenant = view.request.time, view.tenant
        if view.fault is not None or view.others:
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
        whose = (tenant, view.request.scenario)
        verdict = Verdict(outcome, *span, whose, used, bool(view.strangers))
        said = view.request[2:]
        told = self._told(said, has_time=time is not None)
        # Calls of the Admin API are told by their path, and findings are about one.
        if outcome.findings or any(life.role == "admin" for life in lives):
            self._known.pop((*told, None), None)
            self._known[(*told, said[_PATH])] = verdict
        else:
            self._known[(*told, None)] = verdict

    def _told(self, said: Said, *, has_time: bool) -> tuple[Any, ...]:
        """What verdicts hang on, of what a request says, but for its path and when it was."""
        host, method, _, credentials, tenant, surface, scenario, model, status, *shown, _ = said
        model = model if self._models else None
        answer = FAULTS.get(status)
        return host, method, credentials, tenant, surface, scenario, model, answer, *shown, has_time

    def _span(self, time: Micros | None, changes: Iterable[Micros]) -> tuple[Micros, Micros] | None:
        """From when to when nothing changes around a time; None when it is near to a change."""
        since, until = -_ALWAYS, _ALWAYS
        if time is None:
            return since, until
        for change in changes:
            if time < change - self._before:
                until = min(until, change - self._before)
            elif time > change + self._behind:
                since = max(since, change + self._behind + 1)
            else:
                return None
        return since, until


def fresh_fault(fault: Fault | None, time: Micros | None) -> Fault | None:
    """A fault that a request of some time follows from: in a record, while it is fresh."""
    if fault is None or fault.time is None or time is None:
        return fault
    return fault if 0 <= time - fault.time <= WINDOW else None
