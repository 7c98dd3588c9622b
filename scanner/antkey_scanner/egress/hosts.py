"""Which hosts requests with keys may go to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

_TENANT = "{tenant}"
_MOST_REMEMBERED = 4096


class Hosts:
    """The hosts of a policy.

    allowed: names, `*.` in front for all below one; templates: where a host's name says for whom a request
    is (`{tenant}.gateway.example.com`), it is one of the gateway's, so keys may go there.
    """

    def __init__(self, allowed: Iterable[str], templates: Iterable[str] = ()) -> None:
        names = [name.lower().rstrip(".") for name in allowed]
        self._exact = frozenset(name for name in names if not name.startswith("*."))
        self._below = tuple(name[1:] for name in names if name.startswith("*."))
        self._templates = [_pattern(text) for text in templates if _TENANT in text]
        self._known: dict[str, bool] = dict.fromkeys(self._exact, True)

    def allows(self, host: str) -> bool:
        """Whether a request to this host may carry a key. host: lower case, without a port."""
        known = self._known.get(host)
        if known is not None:
            return known
        found = self._allows(host.rstrip("."))
        if len(self._known) < _MOST_REMEMBERED:
            self._known[host] = found
        return found

    def _allows(self, host: str) -> bool:
        return (
            host in self._exact
            or host.endswith(self._below)
            or any(pattern.fullmatch(host) for pattern in self._templates)
        )


def is_loopback(host: str) -> bool:
    """Whether a host is the machine itself: what is sent there goes nowhere."""
    name = host.strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_unspecified


def _pattern(template: str) -> re.Pattern[str]:
    before, _, after = template.lower().partition(_TENANT)
    return re.compile(rf"{re.escape(before)}[^.]+{re.escape(after)}")
