"""From a name that passed to the addresses that a key may be sent to.

A client has to connect to exactly these, with the name in SNI, Host and the certificate's check: a name
that answers with another address the second time (DNS rebinding) gains nothing then.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple

from antkey_scanner.urlpolicy.addresses import address_problem
from antkey_scanner.urlpolicy.grammar import HTTPS_PORT

Resolver = Callable[[str], Sequence[str]]
"""The addresses of a name, as text. Raises OSError when there are none, or nobody answers."""


class Vetted(NamedTuple):
    """What a name resolved to. addresses: all that it has, without repetition; problem: which of them is
    none for a key and why, None when every address is public."""

    addresses: tuple[str, ...]
    problem: str | None


def vetted(host: str, resolver: Resolver) -> Vetted:
    """Resolve a name once and judge every address. Raises OSError when it cannot be resolved."""
    addresses = tuple(dict.fromkeys(resolver(host)))
    if not addresses:
        raise OSError("the name has no address")
    # One private address among public ones refuses all: which one is used is chance.
    for address in addresses:
        problem = address_problem(address)
        if problem is not None:
            return Vetted(addresses, f"{address} {problem}")
    return Vetted(addresses, None)


def by_system(host: str) -> Sequence[str]:
    """What this machine's resolver says, as its clients will see it. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    except UnicodeError:  # a name that the resolver's own encoding does not take
        raise OSError("the name is no name") from None
    return [str(entry[4][0]) for entry in found]
