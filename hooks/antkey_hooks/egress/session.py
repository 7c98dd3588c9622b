"""One scenario's state: who is acting, which keys are in force, and the judgement of what arrives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Lock
from typing import NamedTuple

from antkey_hooks.egress.canaries import Canary, tenant_canary
from antkey_hooks.egress.scenarios import STATUS, Scenario
from antkey_hooks.interceptor.exchange import Answer, Exchange, Trouble, TroubleKind
from antkey_scanner.egress.attribution import host_templates, tenant_of
from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.hosts import Hosts
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.records import Request
from antkey_scanner.egress.rule import EgressRule, Fault
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy.egress import EgressPolicy

Record = Callable[[Request, Sequence[KeyLife | None]], None]
"""Writes one request down as evidence, with whose each of its credentials is."""


_BLIND = (TroubleKind.REFUSED_CERTIFICATE, TroubleKind.UNREADABLE)


_ALWAYS = -(1 << 62)
_MOST_MARKS = 1000
_MOST_HOSTS = 100


class Mark(NamedTuple):
    """For whom the command acts, as it said last."""

    tenant: str | None = None
    surface: str | None = None


class Session:
    """Judges one scenario's requests. Its methods are called by the interceptor, one at a time."""

    def __init__(
        self,
        scenario: Scenario,
        tenants: Sequence[str],
        platform: Sequence[Canary],
        rules: Sequence[EgressRule],
        policy: EgressPolicy,
        *,
        record: Record,
        clock: Callable[[], Micros],
        new_secret: Callable[[str], None],
    ) -> None:
        self._scenario = scenario
        self._policy = policy
        self._record = record
        self._clock = clock
        self._new_secret = new_secret
        self._allows = Hosts(policy.allowed_hosts, host_templates(policy.tenant_from)).allows
        self._lock = Lock()
        self._marks = [(_ALWAYS, Mark(tenants[0] if len(tenants) == 1 else None))]
        self._versions = dict.fromkeys(tenants, 1)
        self.keys = {name: tenant_canary(name) for name in tenants} if scenario.has_keys else {}
        self._book = Book([canary.life for canary in (*platform, *self.keys.values())])
        self.judge = Judge(rules, policy, self._book, live=True, tenants=tenants)
        self.rotations = 0
        self.rotated_at: Micros | None = None
        self.after_rotation = self.on_new_key = 0
        self._taken_up: set[str] = set()
        self.troubles: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def decide(self, exchange: Exchange) -> Answer:
        """Judge a request, and say what it is answered with."""
        with self._lock:
            lives = [self._life(one.sha256) for one in exchange.credentials]
            answer, hit = self._answer(lives)
            request = self._request(exchange, STATUS[answer])
            self._count(exchange, lives)
            self.judge.take(request)
            self._record(request, lives)
            if hit is not None and hit.tenant is not None:
                fault = Fault(answer.value, hit.source)
                self.judge.fault(hit.tenant, self._scenario.name, fault)
            return answer

    def _count(self, exchange: Exchange, lives: Sequence[KeyLife | None]) -> None:
        """Note what follows a change of keys: without any request nothing shows that it was taken up."""
        if self.rotated_at is not None and exchange.started >= self.rotated_at:
            self.after_rotation += 1
            current = {canary.life.source for canary in self.keys.values()}
            new = {life.source for life in lives if life is not None and life.start is not None}
            self.on_new_key += not current.isdisjoint(new)
            self._taken_up |= new

    @property
    def unused(self) -> tuple[str, ...]:
        """The tenants whose key was changed, and of whose newest one no request was seen."""
        changed = (name for name, version in self._versions.items() if version > 1)
        return tuple(name for name in changed if self.keys[name].life.source not in self._taken_up)

    def refused(self, exchange: Exchange) -> None:
        """Judge a request to a host that is not allowed; without a credential it is only counted."""
        with self._lock:
            if exchange.host in self.refusals or len(self.refusals) < _MOST_HOSTS:
                self.refusals[exchange.host] += 1
            if exchange.credentials:
                request = self._request(exchange, 502)
                self.judge.take(request)
                self._record(request, [self._life(one.sha256) for one in exchange.credentials])

    def trouble(self, trouble: Trouble) -> None:
        """A client came and was not understood, such as one that does not trust our certificate: what it
        would have sent is not known. One that meant another host got nowhere, whatever it was."""
        if trouble.kind in _BLIND and (trouble.host is None or self._allows(trouble.host)):
            with self._lock:
                self.troubles[trouble.detail] += 1

    def control(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Answer `POST /mark` and `POST /rotate`: a status and JSON."""
        try:
            asked = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            return _refusal("the body is no JSON")
        if not isinstance(asked, dict):
            return _refusal("the body is no JSON object")
        with self._lock:
            match path:
                case "/mark":
                    return self._marked(asked)
                case "/rotate":
                    return self._rotated(asked)
                case _:
                    return _refusal("there are /mark and /rotate", 404)

    def _marked(self, asked: dict[str, object]) -> tuple[int, bytes]:
        tenant, surface = asked.get("tenant"), asked.get("surface")
        if tenant is not None and tenant not in self._versions:
            return _refusal(f"no such tenant; there are {', '.join(self._versions)}")
        if surface is not None and not isinstance(surface, str):
            return _refusal("surface is no string")
        only = next(iter(self._versions)) if len(self._versions) == 1 else None
        mark = Mark(str(tenant) if tenant is not None else only, surface)
        self._marks.append((self._clock(), mark))
        del self._marks[:-_MOST_MARKS]
        return 200, b"{}"

    def _rotated(self, asked: dict[str, object]) -> tuple[int, bytes]:
        tenant = asked.get("tenant")
        if tenant is None and len(self._versions) == 1:
            tenant = next(iter(self._versions))
        if not isinstance(tenant, str) or tenant not in self._versions:
            return _refusal(f"no such tenant; there are {', '.join(self._versions)}")
        now = self._clock()
        self._versions[tenant] += 1
        new = tenant_canary(tenant, self._versions[tenant])
        self._new_secret(new.text)
        old = self.keys.get(tenant)
        if old is not None:
            self._book.add(old.life._replace(replaced_at=now, successor=new.life.source))
        self.keys[tenant] = new
        self._book.add(new.life._replace(start=now))
        self.rotations += 1
        self.rotated_at = now
        return 200, json.dumps({"key": new.text}).encode()

    def _mark(self, started: Micros) -> Mark:
        """For whom the command acted when a request started."""
        return next(
            (mark for since, mark in reversed(self._marks) if since <= started), self._marks[0][1]
        )

    def _life(self, sha256: str | None) -> KeyLife | None:
        return None if sha256 is None else self._book.known(sha256)

    def _answer(self, lives: Sequence[KeyLife | None]) -> tuple[Answer, KeyLife | None]:
        """The scenario's fault for a tenant's key, and which key that is; else the normal answer."""
        hit = next((life for life in lives if life is not None and life.role == "tenant"), None)
        if hit is None or self._scenario.answer is Answer.NORMAL:
            return Answer.NORMAL, None
        return self._scenario.answer, hit

    def _request(self, exchange: Exchange, status: int) -> Request:
        tenant = tenant_of(
            self._policy.tenant_from, exchange.headers, exchange.fields, exchange.host
        )
        mark = self._mark(exchange.started)
        tenant = tenant or mark.tenant
        surface = mark.surface
        place = "/".join(part for part in (self._scenario.name, tenant, surface) if part)
        return Request(
            Place(f"scenario-{place}"),
            exchange.started,
            exchange.host,
            exchange.method,
            exchange.path,
            exchange.credentials,
            tenant,
            surface,
            self._scenario.name,
            exchange.model,
            status,
            source=exchange.transport,
        )


def _refusal(problem: str, status: int = 400) -> tuple[int, bytes]:
    return status, json.dumps({"error": problem}).encode()
