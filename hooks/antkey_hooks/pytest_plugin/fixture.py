"""What the fixture `antkey_egress` offers to a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.pytest_plugin.trial import EgressViolation
from antkey_hooks.pytest_plugin.wording import rule_broken, violations

if TYPE_CHECKING:
    from antkey_hooks.pytest_plugin.acting import Seen
    from antkey_hooks.pytest_plugin.session import EgressPlugin


class ObservedRequest(NamedTuple):
    """A request that was seen.

    host: lower case, without a port; path: without the query; tenant, surface: those of the marker;
    header: what carried the key, in lower case, `url` for the URL; source: what the key is called, None
    for one that nobody knows; hint: how a key is told from others; status: of the answer; site: where in
    the program it was made. None for what was not there.
    """

    method: str
    host: str
    path: str
    tenant: str | None
    surface: str | None
    header: str | None
    source: str | None
    hint: str | None
    model: str | None
    status: int | None
    site: str | None


class Egress:
    """Made-up keys, and what the current test has sent."""

    def __init__(self, plugin: EgressPlugin) -> None:
        self._plugin = plugin

    def __repr__(self) -> str:
        return "antkey_egress"

    def tenant_key(self, name: str = "") -> str:
        """A made-up key for a tenant, to be stored as its own; the same for the whole run. Without a
        name it is that of the tenant for whom the test acts."""
        return self._plugin.tenant_key(name or self._plugin.acting().tenant)

    @property
    def platform_key(self) -> str:
        """The made-up key that stands in ANTHROPIC_API_KEY while the test runs."""
        return self._plugin.platform_key

    @property
    def requests(self) -> list[ObservedRequest]:
        """The requests that the current test has made so far, in their order."""
        return [_observed(seen) for seen in self._plugin.acting().seen]

    def assert_tenant_key(self, tenant: str = "") -> None:
        """Assert that there were requests, and that each carried the tenant's key and nothing else.

        tenant: without it the one for whom the test acts, else the only one whose key was asked for.
        """
        __tracebackhide__ = True
        acting = self._plugin.acting()
        whose = tenant or acting.tenant
        if not acting.seen:
            raise EgressViolation(
                rule_broken(self._plugin.not_seen, f"no request was seen of {whose}", acting.nodeid)
            )
        wrong = acting.judged_for(whose)
        if wrong:
            raise EgressViolation(violations(wrong, acting.nodeid))
        for seen in acting.seen:
            if not seen.is_of(whose):
                raise EgressViolation(f"{_told(seen)}, which is not the key of {whose}")


def _observed(seen: Seen) -> ObservedRequest:
    request = seen.request
    at = seen.foremost
    credential = None if at is None else request.credentials[at]
    life = None if at is None else seen.lives[at]
    return ObservedRequest(
        request.method,
        request.host,
        request.path,
        request.tenant,
        request.surface,
        None if credential is None else credential.carrier,
        None if life is None else life.source,
        None if credential is None else credential.hint,
        request.model,
        request.status,
        seen.site,
    )


def _told(seen: Seen) -> str:
    request = _observed(seen)
    key = f"{request.source or 'a key that nobody knows'} in {request.header}"
    carried = key if request.header else "no key"
    return f"{request.method} {request.host}{request.path} carries {carried}"
