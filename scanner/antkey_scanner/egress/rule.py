"""What a rule about requests is: code that looks at one request and all that is known around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.model import Rule
from antkey_scanner.policy.egress import EgressPolicy

NO_KEY_SCENARIO = "no-key"
"""The scenario in which the tenants have no keys."""

NOT_CALLS = frozenset({"OPTIONS", "CONNECT"})
"""Requests of browsers and proxies that ask whether a call may be made, and never carry a key."""


FAULTS: Mapping[int | None, str] = {401: "401", 403: "403", 429: "429", 529: "529"}
"""The answers by which Anthropic refuses a key, or puts it off, and what they are called."""


class Carried(NamedTuple):
    """A credential with whose it is. life: None for a key that nobody knows; doubtful: what is recorded
    of it is not enough to say whether anybody does, or fits several keys."""

    credential: Credential
    life: KeyLife | None
    doubtful: bool = False


class Fault(NamedTuple):
    """A tenant's request that Anthropic refused before this one.

    what: `429`, `timeout`, `cut-stream`; key: what people call the key that was refused; time: when,
    None for just now.
    """

    what: str
    key: str | None
    time: Micros | None = None


class View(NamedTuple):
    """A request and what is known around it.

    carried: its credentials in headers and the URL; enclosed: keys in its body; answered: keys in the
    answer's body; tenant: for whom it was, None where nobody knows; has_key: whether the tenant was on a
    key of its own; since: since when it was or was not, None for always or not known; is_allowed_host:
    whether keys may go to where it went; live: whether antkey itself answered, so that nothing is left to
    guess; fault: the last one on the tenant's key, where this request carries a stranger; others: other keys
    of the tenant seen in the same window, without those that replaced this one or were replaced by it.
    """

    request: Request
    carried: tuple[Carried, ...]
    answered: tuple[Carried, ...]
    tenant: str | None
    has_key: bool
    since: Micros | None
    policy: EgressPolicy
    is_allowed_host: bool
    live: bool = False
    fault: Fault | None = None
    others: tuple[KeyLife, ...] = ()
    enclosed: tuple[Carried, ...] = ()

    @property
    def may_use_platform_key(self) -> bool:
        """Whether the policy lets this request carry the platform's key at its time."""
        if self.policy.fallback == "never":
            return False
        # A tenant's new key may be known a moment later than it is in force.
        return not self.has_key or self.is_within_grace(self.since)

    @property
    def strangers(self) -> tuple[Carried, ...]:
        """Its keys that are known not to be the tenant's own."""
        return strangers(self.carried, self.tenant)

    @property
    def is_unkeyed(self) -> bool:
        """Whether there must be no request at all: the tenants have no keys, and nothing stands in."""
        no_key = self.request.scenario == NO_KEY_SCENARIO
        return no_key and self.policy.fallback == "never"

    def is_within_grace(self, change: Micros | None) -> bool:
        """Whether a change of keys is so recent that what was before may still be seen. The last moment
        of the grace is included."""
        time = self.request.time
        if time is None or change is None:
            return False
        return change <= time <= change + round(self.policy.grace_seconds * SECOND)


def strangers(carried: Iterable[Carried], tenant: str | None) -> tuple[Carried, ...]:
    """Those of a request's keys that are known not to be the tenant's own, or any tenant's where nobody knows
    for which one it was."""
    return tuple(
        one
        for one in carried
        if not one.doubtful
        and (one.life is None or one.life.role != "tenant" or tenant not in (None, one.life.tenant))
    )


class Breach(NamedTuple):
    """What is wrong with a request, in one sentence. about: the credential that it is about, None where
    it is none."""

    message: str
    about: Credential | None = None


class EgressRule(NamedTuple):
    """A rule about requests.

    check: what is wrong, None when nothing is; convicts: whether a breach settles whose key it was, so
    that nothing else need be known of the request.
    """

    rule: Rule
    check: Callable[[View], Breach | None]
    convicts: bool = True
