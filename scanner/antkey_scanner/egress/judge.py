"""Judges requests one by one, in the order in which they come, by rules and a book of keys.

Findings of one rule about the same thing (tenant, surface, scenario, endpoint, key) are one finding with a
count. What cannot be judged is counted by its reason: *never seen is never a pass*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.egress.rule import Carried, EgressRule, Fault, View
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.model import Finding, Location, SecretRef
from antkey_scanner.policy.egress import EgressPolicy

WINDOW = 300 * SECOND
"""Requests of a tenant that are this near to each other share a prompt cache, so should share a key."""

NO_TIME = "no time is recorded"
NO_TENANT = "nothing says for which tenant it was made"
NO_KEY = "the record does not say which key was sent"
TWO_FIT = "the hint fits several keys"
NO_BOOK = "the tenant is not known: no key and no mode of it is recorded"
TOO_EARLY = "the key was made later than the request"


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


class Seen(NamedTuple):
    """A cell of the coverage matrix."""

    tenant: str | None
    surface: str | None
    scenario: str | None


class Judge:
    """The judgement of a stream of requests. Memory grows with what is found, not with what is seen."""

    def __init__(
        self,
        rules: Sequence[EgressRule],
        policy: EgressPolicy,
        book: Book,
        *,
        live: bool = False,
        tenants: Sequence[str] = (),
    ) -> None:
        self._rules = rules
        self._policy = policy
        self._book = book
        self._live = live
        self._only = tenants[0] if len(tenants) == 1 else None
        self._faults: dict[tuple[str, str | None], Fault] = {}
        self._windows: dict[str, dict[str, tuple[Micros, KeyLife]]] = {}
        self._found: dict[Group, tuple[Finding, int]] = {}
        self.unjudged: Counter[str] = Counter()
        self.seen: dict[Seen, Counter[str]] = {}
        self.requests = 0

    def fault(self, tenant: str, scenario: str | None, fault: Fault) -> None:
        """From now on requests of this tenant come after a fault on its key."""
        self._faults[(tenant, scenario)] = fault

    def take(self, request: Request) -> tuple[Finding, ...]:
        """Judge one request: what is wrong with it, each of which counts in `findings` too."""
        self.requests += 1
        view, gaps = self._view(request)
        wrong = [
            (rule, message) for rule in self._rules if (message := rule.check(view)) is not None
        ]
        if not wrong:
            # A request whose key convicts it is judged, whatever else nobody knows of it.
            self.unjudged.update(gaps[:1])
        self._cover(view, failed=bool(wrong), undecided=bool(gaps))
        return tuple(self._keep(rule, message, view) for rule, message in wrong)

    def findings(self) -> tuple[Finding, ...]:
        """What was wrong, in the order in which it was first seen."""
        return tuple(_counted(finding, count) for finding, count in self._found.values())

    def _view(self, request: Request) -> tuple[View, list[str]]:
        gaps: list[str] = []
        carried = self._carried(request.credentials, request.time, gaps, answer=False)
        answered = self._carried(request.credentials, request.time, gaps, answer=True)
        tenant = request.tenant or self._only
        has_key, since = self._own(tenant, request.time)
        if not self._live:
            gaps += self._missing(request, tenant, carried)
        elif tenant is None:
            gaps.append(NO_TENANT)
        view = View(
            request,
            carried,
            answered,
            tenant,
            has_key,
            since,
            self._policy,
            self._live,
            self._faults.get((tenant, request.scenario)) if tenant is not None else None,
            self._others(tenant, request.time, carried),
        )
        return view, gaps

    def _carried(
        self,
        credentials: Sequence[Credential],
        time: Micros | None,
        gaps: list[str],
        *,
        answer: bool,
    ) -> tuple[Carried, ...]:
        found: list[Carried] = []
        for credential in credentials:
            if (credential.carrier == "response") is not answer:
                continue
            lives = self._book.find(credential)
            if len(lives) > 1 and time is not None:
                lives = tuple(life for life in lives if life.is_valid(time)) or lives
            if len({(life.role, life.tenant) for life in lives}) > 1:
                gaps.append(TWO_FIT)
                continue
            life = lives[0] if lives else None
            if life is not None and time is not None and _is_early(life, time):
                gaps.append(TOO_EARLY)
            found.append(Carried(credential, life))
        return tuple(found)

    def _own(self, tenant: str | None, time: Micros | None) -> tuple[bool, Micros | None]:
        if tenant is None or time is None:
            return False, None
        since = self._book.own_since(tenant, time)
        return since is not None, since

    def _missing(
        self, request: Request, tenant: str | None, carried: Sequence[Carried]
    ) -> Iterator[str]:
        """What a record lacks to be judged."""
        if request.host not in self._policy.allowed_hosts and not carried:
            return
        if request.time is None:
            yield NO_TIME
        if tenant is None:
            yield NO_TENANT
        elif not self._book.knows(tenant):
            yield NO_BOOK
        if not carried and not request.complete:
            yield NO_KEY

    def _others(
        self, tenant: str | None, time: Micros | None, carried: Sequence[Carried]
    ) -> tuple[KeyLife, ...]:
        """Other keys of the tenant in the same window, and this one's for those that follow."""
        if tenant is None or time is None:
            return ()
        window = self._windows.setdefault(tenant, {})
        for source in [source for source, (seen, _) in window.items() if abs(time - seen) > WINDOW]:
            del window[source]
        own = [one.life for one in carried if one.life is not None and one.life.tenant == tenant]
        names = {life.source for life in own}
        others = tuple(life for source, (_, life) in window.items() if source not in names)
        for life in own:
            window[life.source] = (time, life)
        return others if own else ()

    def _keep(self, rule: EgressRule, message: str, view: View) -> Finding:
        request = view.request
        key = next((one.credential.sha256 or one.credential.hint for one in view.carried), None)
        group = Group(
            rule.rule.id,
            view.tenant,
            request.surface,
            request.scenario,
            request.method,
            request.host,
            request.path,
            key,
        )
        known = self._found.get(group)
        finding = known[0] if known is not None else _finding(rule, message, view, group)
        self._found[group] = (finding, 1 if known is None else known[1] + 1)
        return finding

    def _cover(self, view: View, *, failed: bool, undecided: bool) -> None:
        if not view.is_allowed_host and not view.carried:
            return
        cell = Seen(view.tenant, view.request.surface, view.request.scenario)
        what = "failed" if failed else "undecided" if undecided else _proven(view)
        self.seen.setdefault(cell, Counter())[what] += 1


def _proven(view: View) -> str:
    """Whose key a request in order carried."""
    roles = {one.life.role for one in view.carried if one.life is not None}
    return "platform" if "platform" in roles else "tenant" if "tenant" in roles else "none"


_CLOCKS_DIFFER = 300 * SECOND


def _is_early(life: KeyLife, time: Micros) -> bool:
    return life.start is not None and time < life.start - _CLOCKS_DIFFER


def _finding(rule: EgressRule, message: str, view: View, group: Group) -> Finding:
    place = view.request.place
    anchor = " ".join(str(part) for part in group[1:] if part is not None)
    secret = next(
        (
            SecretRef(one.credential.kind, one.credential.hint, one.credential.sha256)
            for one in (*view.carried, *view.answered)
            if one.credential.sha256 is not None
        ),
        None,
    )
    return Finding(rule.rule, Location(place.path, place.line), message, anchor, secret)


def _counted(finding: Finding, count: int) -> Finding:
    return (
        finding if count == 1 else finding._replace(message=f"{finding.message} ({count:,} times)")
    )
