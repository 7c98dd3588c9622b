"""The made-up keys of a run, and whose each one is.

All are made from one random seed, which the processes of pytest-xdist share: a tenant has the same key in
all of them. Under `antkey egress run` the keys are those that it has put into the environment.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence

from antkey_hooks.egress.canaries import Canary, variable_of
from antkey_hooks.egress.masking import Masker
from antkey_scanner.egress.book import Book, KeyLife
from antkey_scanner.egress.credentials import credential_of
from antkey_scanner.policy.egress import PLATFORM_ENV

_API_KEY, _ACCESS_TOKEN = "sk-ant-api03-", "sk-ant-oat01-"
_RANDOM = 93
_NEVER = -(1 << 62)


class Keyring:
    """Keys by tenant and by variable.

    environment: as it was before the run; is_wrapped: whether it is that of `antkey egress run`, whose
    keys are not replaced.
    """

    def __init__(
        self,
        seed: bytes,
        variables: Sequence[str],
        environment: Mapping[str, str],
        *,
        is_wrapped: bool,
    ) -> None:
        self._seed = seed
        self._environment = environment
        self._is_wrapped = is_wrapped
        self._tenants: dict[str, Canary] = {}
        self._asked_for_good: set[str] = set()
        self.masker = Masker()
        self.variables = tuple(dict.fromkeys((*PLATFORM_ENV, *variables)))
        self._platform = {name: self._of_platform(name) for name in self.variables}
        # What stands in the developer's own environment is the platform's too, however it gets out.
        self._inherited = tuple(
            life
            for name in self.variables
            if (life := _inherited(name, environment.get(name, ""))) is not None
        )

    def platform(self, variable: str) -> str:
        """The key in a variable of the platform."""
        return self._platform[variable].text

    def tenant(self, name: str) -> str:
        """A tenant's key, the same for the whole run."""
        canary = self._tenants.get(name)
        if canary is None:
            canary = self._tenants[name] = self._of_tenant(name)
        return canary.text

    def keep(self, name: str) -> None:
        """From now on this tenant has its key in every test."""
        self._asked_for_good.add(name)

    def environ(self) -> Iterator[tuple[str, str]]:
        """The variables that give away whoever falls back."""
        if not self._is_wrapped:
            yield from ((name, canary.text) for name, canary in self._platform.items())

    def book(self) -> Book:
        """All keys. A tenant for which nobody asked in this test has none in force, but is known by it."""
        book = Book(self._inherited)
        for canary in self._platform.values():
            book.add(canary.life)
        for name, canary in self._tenants.items():
            ended = None if name in self._asked_for_good else _NEVER
            book.add(canary.life._replace(end=ended))
        return book

    def life(self, name: str) -> KeyLife:
        """A tenant's key, in force."""
        self.tenant(name)
        return self._tenants[name].life

    def _of_tenant(self, name: str) -> Canary:
        source = f"key of {name}"
        text = self._environment.get(variable_of(name)) if self._is_wrapped else None
        return self._canary(_API_KEY, source, KeyLife(source, "tenant", name), text)

    def _of_platform(self, name: str) -> Canary:
        prefix = _ACCESS_TOKEN if name.endswith("TOKEN") else _API_KEY
        text = self._environment.get(name) if self._is_wrapped else None
        return self._canary(prefix, name, KeyLife(name, "platform"), text)

    def _canary(self, prefix: str, source: str, life: KeyLife, given: str | None) -> Canary:
        text = given or prefix + self._random(f"{life.role} {source}") + "AA"
        known = credential_of(text, source)
        try:
            self.masker.add(text)
        except ValueError:  # no key of ours, but what somebody has put there
            pass
        return Canary(text, life._replace(sha256=known.sha256, hint=known.hint))

    def _random(self, purpose: str) -> str:
        digest = hashlib.shake_256(self._seed + purpose.encode()).digest(_RANDOM)
        return urlsafe_b64encode(digest).decode()[:_RANDOM]


def _inherited(name: str, text: str) -> KeyLife | None:
    if not text.strip():
        return None
    known = credential_of(text, name)
    return KeyLife(name, "platform", sha256=known.sha256, hint=known.hint)
