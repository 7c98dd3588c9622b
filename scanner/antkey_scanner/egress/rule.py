"""What a rule about requests is: code that looks at one request and all that is known around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.times import Micros
from antkey_scanner.model import Rule
from antkey_scanner.policy.egress import EgressPolicy


class Carried(NamedTuple):
    """A credential with whose it is. life: None for a key that nobody knows."""

    credential: Credential
    life: KeyLife | None


class Fault(NamedTuple):
    """A tenant's request that Anthropic refused before this one. what: `429`, `timeout`, `cut-stream`."""

    what: str
    key: str | None


class View(NamedTuple):
    """A request and what is known around it.

    carried: its credentials in the request itself; answered: keys in the answer's body; tenant: for whom
    it was, None where nobody knows; has_key: whether the tenant had a key of its own in force; since:
    since when; live: whether antkey itself answered, so that nothing is left to guess; fault: the last
    one on the tenant's key; others: other keys of the tenant seen in the same window.
    """

    request: Request
    carried: tuple[Carried, ...]
    answered: tuple[Carried, ...]
    tenant: str | None
    has_key: bool
    since: Micros | None
    policy: EgressPolicy
    live: bool = False
    fault: Fault | None = None
    others: tuple[KeyLife, ...] = ()

    @property
    def is_allowed_host(self) -> bool:
        return self.request.host in self.policy.allowed_hosts

    @property
    def may_use_platform_key(self) -> bool:
        """Whether the policy lets this request carry the platform's key at its time."""
        if self.policy.fallback == "never":
            return False
        if not self.has_key:
            return True
        # A tenant's new key may be known a moment later than it is in force.
        time, grace = self.request.time, round(self.policy.grace_seconds * 1_000_000)
        return time is not None and self.since is not None and time <= self.since + grace

    def for_whom(self) -> str:
        """The request in a message: `POST /v1/messages for acme`."""
        whom = f" for {self.tenant}" if self.tenant is not None else ""
        return f"{self.request.method} {self.request.path}{whom}"


class EgressRule(NamedTuple):
    """A rule about requests. check: what is wrong, as one sentence, None when nothing is."""

    rule: Rule
    check: Callable[[View], str | None]
