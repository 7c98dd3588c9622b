"""From a host's name to the addresses that a key may be sent to.

Names are resolved here, once for each connection, and the connection is made to exactly the addresses
that were judged: a name that answers with another address the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket

from antkey_scanner.urlpolicy import Root, address_problem, is_loopback_address


class Refused(Exception):
    """The name leads where no key may go."""


def addresses_of(root: Root) -> list[str]:
    """Addresses to try in turn, IPv6 in brackets. Raises OSError, Refused."""
    host = root.host.strip("[]")
    found = socket.getaddrinfo(host, root.port, type=socket.SOCK_STREAM)
    # One private address among public ones is refused as well: which one is used is chance.
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if root.is_loopback:
            problem = None if is_loopback_address(address) else "is not this machine"
        else:
            problem = address_problem(address)
        if problem is not None:
            raise Refused(f"leads to an address that {problem}")
    return [f"[{address}]" if ":" in address else address for address in addresses]
