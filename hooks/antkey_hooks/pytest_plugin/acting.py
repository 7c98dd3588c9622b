"""One test and all that is seen while it runs: for whom it acts, its requests, what is wrong with them.

The current test is the whole process's, threads and tasks included, because pytest runs one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from threading import RLock
from typing import NamedTuple

from antkey_hooks.observe.sighting import Sighting
from antkey_hooks.pytest_plugin.keyring import Keyring
from antkey_hooks.pytest_plugin.marker import DEFAULT_TENANT, Mark
from antkey_scanner.egress.attribution import host_templates
from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.hosts import Hosts, is_loopback
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.records import Request
from antkey_scanner.egress.rule import EgressRule, Fault
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import Micros
from antkey_scanner.model import Finding
from antkey_scanner.policy.egress import EgressPolicy

# A stand-in for the API that a test runs on the machine itself is judged like the API.
_LOOPBACK = ("localhost", "*.localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - nothing is bound
_API_PATH = re.compile(r"/(?:messages|models|complete|files|skills|organizations)(?:/|$)")

_FAULTS = {401: "401", 403: "403", 429: "429", 529: "529"}


class World(NamedTuple):
    """What is the same for all tests of a run. scenario: that of `antkey egress run`, if it is under one;
    folder: pytest's root; site: tells the call site."""

    ring: Keyring
    rules: Sequence[EgressRule]
    policy: EgressPolicy
    scenario: str | None
    folder: str
    clock: Callable[[], Micros]
    site: Callable[[str], str | None]


class Seen:
    """A request of the test, with what is known of it so far."""

    def __init__(self, request: Request, lives: Sequence[KeyLife | None], site: str | None) -> None:
        self.request = request
        self.lives = tuple(lives)
        self.site = site
        self.findings: tuple[Finding, ...] = ()

    @property
    def foremost(self) -> int | None:
        """Which of its credentials to show first: one that is not its tenant's; None without any."""
        whose = [None if life is None else life.tenant for life in self.lives]
        wrong = (at for at, tenant in enumerate(whose) if tenant != (self.request.tenant or tenant))
        return next(wrong, 0) if whose else None

    def is_of(self, tenant: str) -> bool:
        """Whether it carried the key of this tenant and no other."""
        return {None if life is None else life.tenant for life in self.lives} == {tenant}


class Acting:
    """A listener for the time of one test."""

    def __init__(self, world: World, mark: Mark | None, nodeid: str, place: Place) -> None:
        self._world = world
        self.nodeid = nodeid
        self._place = place
        self._lock = RLock()
        self._book = world.ring.book()
        self._judge = self._new_judge(mark.tenant) if mark is not None else None
        self.hosts = _hosts(world.policy)
        self.mark = mark
        self.seen: list[Seen] = []
        self.asked: list[str] = []
        self.problems: list[str] = []

    @property
    def tenant(self) -> str:
        """For whom it acts, as its marker says, else by the only key that it asked for."""
        if self.mark is not None:
            return self.mark.tenant
        return self.asked[0] if len(self.asked) == 1 else DEFAULT_TENANT

    def ask(self, tenant: str) -> str:
        """A tenant's key, which from now on it has."""
        with self._lock:
            if tenant not in self.asked:
                self.asked.append(tenant)
            self._book.add(self._world.ring.life(tenant))
            return self._world.ring.tenant(tenant)

    def began(self, sighting: Sighting) -> object:
        """Judge a request before it is sent."""
        if not self.hosts.allows(sighting.host) and _is_local(sighting):
            return None
        with self._lock:
            request = self._request(sighting)
            lives = [self._owner(one.sha256) for one in sighting.credentials]
            seen = Seen(request, lives, self._world.site(self._world.folder))
            if self._judge is not None:
                seen.findings = self._judge.take(request)
            self.seen.append(seen)
            return seen

    def ended(self, ticket: object, status: int | None, fault: str | None) -> None:
        """Note how a request was answered, which later ones are judged by."""
        if not isinstance(ticket, Seen):
            return
        with self._lock:
            ticket.request = ticket.request._replace(status=status)
            what = _FAULTS.get(status or 200) or fault
            if what is None or self.mark is None or self._judge is None:
                return
            for life in ticket.lives:
                if life is not None and life.tenant == self.mark.tenant:
                    self._judge.fault(
                        self.mark.tenant, self._world.scenario, Fault(what, life.source)
                    )

    def unreadable(self, library: str, problem: str) -> None:
        """Note a request that was made and not understood."""
        with self._lock:
            self.problems.append(f"a request of {library} could not be read ({problem})")

    def judged_for(self, tenant: str) -> list[tuple[Seen, Finding]]:
        """What would be wrong with the requests if all were made for this tenant."""
        with self._lock:
            if self.mark is not None and self.mark.tenant == tenant:
                return [(seen, finding) for seen in self.seen for finding in seen.findings]
            judge = self._new_judge(tenant)
            found = []
            for seen in self.seen:
                request = seen.request._replace(tenant=tenant)
                meant = Seen(request, seen.lives, seen.site)
                found += [(meant, finding) for finding in judge.take(request)]
            return found

    def _new_judge(self, tenant: str) -> Judge:
        policy = self._world.policy
        policy = policy._replace(allowed_hosts=(*policy.allowed_hosts, *_LOOPBACK))
        return Judge(self._world.rules, policy, self._book, live=True, tenants=(tenant,))

    def _owner(self, sha256: str | None) -> KeyLife | None:
        """Whose a key is. Who sends a tenant's key has it, whoever asked for it."""
        life = None if sha256 is None else self._book.known(sha256)
        if life is not None and life.role == "tenant" and life.tenant is not None:
            life = self._world.ring.life(life.tenant)
            self._book.add(life)
        return life

    def _request(self, sighting: Sighting) -> Request:
        return Request(
            self._place,
            self._world.clock(),
            sighting.host,
            sighting.method,
            sighting.path,
            sighting.credentials,
            None if self.mark is None else self.mark.tenant,
            None if self.mark is None else self.mark.surface,
            self._world.scenario,
            sighting.model,
            source=self.nodeid,
        )


def _hosts(policy: EgressPolicy) -> Hosts:
    return Hosts(policy.allowed_hosts, host_templates(policy.tenant_from))


def _is_local(sighting: Sighting) -> bool:
    """Whether it is the tested application itself that a key is handed to, to be stored for example."""
    return is_loopback(sighting.host) and _API_PATH.search(sighting.path) is None
