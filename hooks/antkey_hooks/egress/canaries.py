"""Made-up keys in the real format: whoever sends one gives away where it came from."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.credentials import credential_of
from antkey_scanner.policy.egress import PLATFORM_ENV

_ALPHABET = string.ascii_letters + string.digits + "-_"
_RANDOM = 93
_API_KEY, _ACCESS_TOKEN = "sk-ant-api03-", "sk-ant-oat01-"


class Canary(NamedTuple):
    """A made-up key. text: never printed; life: whose it is, without the text."""

    text: str
    life: KeyLife

    def __repr__(self) -> str:
        return f"Canary({self.life.source})"


def tenant_canary(tenant: str, version: int = 1) -> Canary:
    """A fresh key for a tenant. version: counted from 1 at each rotation."""
    source = f"key of {tenant}" if version == 1 else f"key {version} of {tenant}"
    return _canary(_API_KEY, source, KeyLife(source, "tenant", tenant))


def platform_canaries(variables: Sequence[str]) -> tuple[Canary, ...]:
    """A key of its own for each credential variable of the platform: those that the SDKs read by
    themselves, and the policy's."""
    return tuple(
        _canary(
            _ACCESS_TOKEN if name.endswith("TOKEN") else _API_KEY, name, KeyLife(name, "platform")
        )
        for name in dict.fromkeys((*PLATFORM_ENV, *variables))
    )


def variable_of(tenant: str) -> str:
    """`ANTKEY_TENANT_KEY_ACME_EU` for `acme-eu`."""
    return f"ANTKEY_TENANT_KEY_{tenant.upper().replace('-', '_')}"


def environment_of(
    platform: Iterable[Canary], tenants: Mapping[str, Canary]
) -> Iterator[tuple[str, str]]:
    """The variables that hold the keys. The first tenant's is there without its name too."""
    for canary in platform:
        yield canary.life.source, canary.text
    for position, (tenant, canary) in enumerate(tenants.items()):
        if position == 0:
            yield "ANTKEY_TENANT_KEY", canary.text
        yield variable_of(tenant), canary.text


def _canary(prefix: str, source: str, life: KeyLife) -> Canary:
    text = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM)) + "AA"
    known = credential_of(text, source)
    return Canary(text, life._replace(sha256=known.sha256, hint=known.hint))
