"""Judges requests one by one, in the order in which they come, by rules and a book of keys.

Findings of one rule about the same thing (tenant, surface, scenario, endpoint, key) are one finding with a
count. What cannot be judged is counted by its reason: *never seen is never a pass*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.egress.attribution import host_templates
from antkey_scanner.egress.book import Book
from antkey_scanner.egress.breaches import counted, finding_of, group_of
from antkey_scanner.egress.hosts import Hosts
from antkey_scanner.egress.recall import Group, Outcome, Recall, Verdict, fresh_fault
from antkey_scanner.egress.records import Credential, Request, Stretch
from antkey_scanner.egress.rule import (
    FAULTS,
    NO_KEY_SCENARIO,
    NOT_CALLS,
    Breach,
    Carried,
    EgressRule,
    Fault,
    View,
    strangers,
)
from antkey_scanner.egress.stretches import Stretches
from antkey_scanner.egress.windows import Windows
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.model import Finding
from antkey_scanner.policy.egress import EgressPolicy

NO_TIME = "no time is recorded"
NO_TENANT = "nothing says for which tenant it was made"
NO_KEY = "the record does not say which key was sent"
NO_OWNER = "nothing says which tenant the key belongs to"
UNCLEAR = "what is recorded of the key is not enough to tell whose it is"
TWO_FIT = "the hint fits several keys"
NO_BOOK = "the tenant is not known: no key and no mode of it is recorded"
TOO_EARLY = "the key was made later than the request"

REASONS = frozenset({NO_TIME, NO_TENANT, NO_KEY, NO_OWNER, UNCLEAR, TWO_FIT, NO_BOOK, TOO_EARLY})
"""Why a single request cannot be judged."""

_FAULT_SCENARIOS = frozenset({*FAULTS.values(), "timeout", "cut-stream"})
_CLOCKS_DIFFER = 300 * SECOND
_MOST_CELLS = 20_000


class Seen(NamedTuple):
    """A cell of the coverage matrix."""

    tenant: str | None
    surface: str | None
    scenario: str | None


REST = Seen("…", "…", "…")
"""The cell of whatever is too much for a cell of its own."""


class Judge:
    """The judgement of a stream of requests. Memory grows with what is found, not with what is seen.

    live: antkey itself answers, so that nothing is left to guess; tenants: those that there are; requests:
    how many were taken; calls: how many of them went to an allowed host; unjudged: why requests could not
    be judged; seen: what the calls of each cell proved (`tenant`, `platform`, `failed`, `undecided`).
    """

    def __init__(
        self,
        rules: Sequence[EgressRule],
        policy: EgressPolicy,
        book: Book,
        *,
        live: bool = False,
        tenants: Sequence[str] = (),
    ) -> None:
        self._checks = [(rule, rule.check) for rule in rules]
        self.policy = policy
        self._book = book
        self._live = live
        self._only = tenants[0] if len(tenants) == 1 else None
        self._allows = Hosts(policy.allowed_hosts, host_templates(policy.tenant_from)).allows
        self._faults: dict[tuple[str | None, str | None], Fault] = {}
        self._windows = Windows(book)
        self._recall = (
            None if live else Recall(book, self._windows, policy, _CLOCKS_DIFFER, self._faults)
        )
        self._stretches = (
            None
            if self._recall is None
            else Stretches(self._recall, self.take, self._recount, self._note_fault)
        )
        self._found: dict[Group, tuple[Finding, int]] = {}
        self.unjudged: Counter[str] = Counter()
        self.seen: dict[Seen, Counter[str]] = {}
        self.requests = 0
        self.calls = 0

    def fault(self, tenant: str, scenario: str | None, fault: Fault) -> None:
        """From now on requests of this tenant come after a fault on its key."""
        self._faults[(tenant, scenario)] = fault

    @property
    def has_seen_faults(self) -> bool:
        """Whether a tenant's key was ever answered with a fault."""
        return bool(self._faults)

    def take(self, request: Request) -> tuple[Finding, ...]:
        """Judge one request: what is wrong with it, each of which counts in `findings` too."""
        self.requests += 1
        known = None if self._recall is None else self._recall.verdict(request)
        if known is not None:
            self._note_fault(known, request.time)
            return self._count(known)
        view, gaps = self._view(request)
        wrong = [(rule, found) for rule, check in self._checks if (found := check(view))]
        is_call = view.is_allowed_host and request.method not in NOT_CALLS
        gap: str | None = None
        if is_call:
            self.calls += 1
            # A request whose key convicts it is judged, whatever else nobody knows of it.
            if gaps and not any(rule.convicts for rule, _ in wrong):
                gap = gaps[0]
                self.unjudged[gap] += 1
        counts, what = None, "failed" if wrong else "undecided" if gaps else _proven(view)
        if is_call or wrong:
            counts = self._counts(view)
            counts[what] += 1
        kept = [self._keep(rule, found, view) for rule, found in wrong]
        findings, groups = tuple(one for one, _ in kept), tuple(group for _, group in kept)
        fault = None if self._live else _fault_told(view)
        if fault is not None and view.tenant is not None:
            self.fault(view.tenant, request.scenario, fault)
        if self._recall is not None:
            self._recall.keep(view, Outcome(findings, groups, is_call, gap, counts, what, fault))
        return findings

    def take_all(self, stretch: Stretch) -> None:
        """Judge requests that follow each other, as `take` does each of them."""
        if self._stretches is not None:
            self._stretches.take(stretch)
            return
        for request in stretch.requests():
            self.take(request)

    def _recount(self, known: Verdict, times: int) -> None:
        """Count more requests by the verdict on an earlier one."""
        self.requests += times
        self._count(known, times)

    def _note_fault(self, known: Verdict, time: Micros | None) -> None:
        """Take note of the fault that a request tells of by the verdict on an earlier one."""
        if known.outcome.fault is not None:
            self._faults[known.whose] = known.outcome.fault._replace(time=time)

    def _count(self, verdict: Verdict, times: int = 1) -> tuple[Finding, ...]:
        """Count requests by the verdict on an earlier one."""
        known = verdict.outcome
        if known.is_call:
            self.calls += times
        if known.gap is not None:
            self.unjudged[known.gap] += times
        if known.counts is not None:
            known.counts[known.what] += times
        for group in known.groups:
            finding, count = self._found[group]
            self._found[group] = (finding, count + times)
        return known.findings

    def findings(self) -> tuple[Finding, ...]:
        """What was wrong, in the order in which it was first seen."""
        return tuple(counted(finding, count) for finding, count in self._found.values())

    def _view(self, request: Request) -> tuple[View, list[str]]:
        gaps: list[str] = []
        time, tenant = request.time, request.tenant or self._only
        is_allowed = self._allows(request.host)
        carried, enclosed, answered = self._whose(request, gaps)
        if is_allowed:
            gaps += self._missing(request, tenant, carried)
        has_key = False
        since: Micros | None = None
        fault: Fault | None = None
        if tenant is not None and time is not None and request.scenario != NO_KEY_SCENARIO:
            has_key, since = self._book.standing(tenant, time)
        if self._faults and strangers(carried, tenant):
            fault = self._fault_before(tenant, request)
        others = (
            self._windows.others(tenant, time, [one.life for one in carried if one.life])
            if is_allowed and tenant is not None and time is not None
            else ()
        )
        view = View(
            request,
            carried,
            answered,
            tenant,
            has_key,
            since,
            self.policy,
            is_allowed,
            self._live,
            fault,
            others,
            enclosed,
        )
        return view, gaps

    def _whose(
        self, request: Request, gaps: list[str]
    ) -> tuple[tuple[Carried, ...], tuple[Carried, ...], tuple[Carried, ...]]:
        """The credentials of a request, of its body, and of its answer."""
        carried: list[Carried] = []
        enclosed: list[Carried] = []
        answered: list[Carried] = []
        for credential in request.credentials:
            if credential.carrier == "response":
                answered.append(self._one(credential, None, []))
            elif credential.carrier == "body":
                enclosed.append(self._one(credential, None, []))
            else:
                carried.append(self._one(credential, request.time, gaps))
        return tuple(carried), tuple(enclosed), tuple(answered)

    def _one(self, credential: Credential, time: Micros | None, gaps: list[str]) -> Carried:
        lives = self._book.find(credential)
        if not lives:
            if self._live or not self._book.may_hold(credential):
                return Carried(credential, None)
            gaps.append(UNCLEAR)
            return Carried(credential, None, doubtful=True)
        if len(lives) > 1:
            gaps.append(TWO_FIT)
            return Carried(credential, None, doubtful=True)
        life = lives[0]
        if life.role == "tenant" and life.tenant is None:
            gaps.append(NO_OWNER)
        if time is not None and life.start is not None and time < life.start - _CLOCKS_DIFFER:
            gaps.append(TOO_EARLY)
        return Carried(credential, life)

    def _missing(
        self, request: Request, tenant: str | None, carried: Sequence[Carried]
    ) -> Iterator[str]:
        """What a request to an allowed host lacks to be judged."""
        if request.time is None:
            yield NO_TIME
        if tenant is None:
            if not _is_for_nobody(request, carried):
                yield NO_TENANT
        elif not self._live and not self._book.knows(tenant):
            yield NO_BOOK
        if not carried and not request.complete:
            yield NO_KEY

    def _fault_before(self, tenant: str | None, request: Request) -> Fault | None:
        scenario = request.scenario
        if tenant is not None:
            return fresh_fault(self._faults.get((tenant, scenario)), request.time)
        if not self._live:
            return None
        # Of a request of which nobody knows for whom it is: what it comes after.
        faults = [fault for (_, where), fault in self._faults.items() if where == scenario]
        return faults[-1] if faults else None

    def _keep(self, rule: EgressRule, found: Breach, view: View) -> tuple[Finding, Group]:
        group = group_of(rule, found, view)
        finding, count = self._found.get(group) or (finding_of(rule, found, view, group), 0)
        self._found[group] = (finding, count + 1)
        return finding, group

    def _counts(self, view: View) -> Counter[str]:
        """What was counted so far in a request's cell."""
        cell = Seen(view.tenant, view.request.surface, view.request.scenario)
        counts = self.seen.get(cell)
        if counts is None:
            if len(self.seen) >= _MOST_CELLS:
                cell = REST
            counts = self.seen.setdefault(cell, Counter())
        return counts


def _is_for_nobody(request: Request, carried: Sequence[Carried]) -> bool:
    """Whether a request is one to the Admin API, which acts for the organisation and no tenant."""
    return request.path.startswith("/v1/organizations/") and any(
        one.life is not None and one.life.role == "admin" for one in carried
    )


def _fault_told(view: View) -> Fault | None:
    """What a recorded answer tells of that refuses the tenant's own key."""
    request, tenant = view.request, view.tenant
    what = FAULTS.get(request.status or 200)
    if what is None and request.scenario in _FAULT_SCENARIOS:
        what = request.scenario
    if what is None or tenant is None or not view.is_allowed_host:
        return None
    for one in view.carried:
        if one.life is not None and one.life.tenant == tenant:
            return Fault(what, one.life.source, request.time)
    return None


def _proven(view: View) -> str:
    """Whose key a request in order carried."""
    roles = {one.life.role for one in view.carried if one.life is not None}
    return "tenant" if roles == {"tenant"} else "platform" if roles else "undecided"
