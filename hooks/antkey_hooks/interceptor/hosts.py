"""Whom a request is meant for: hosts and ports as clients write them, and which of them are this machine."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple


class Target(NamedTuple):
    """host: lower case, an IPv6 address without brackets, no final dot."""

    host: str
    port: int


def target_of(text: str, default_port: int) -> Target | None:
    """What `host:port`, `host`, `[::1]:443` or `user@host` means; None for anything else."""
    rest = text.rpartition("@")[2].strip()
    if rest.startswith("["):
        host, bracket, tail = rest[1:].partition("]")
        port = tail.removeprefix(":") if bracket else "?"
    elif rest.count(":") > 1:
        host, port = rest, ""
    else:
        host, _, port = rest.partition(":")
    if not host or len(host) > 253 or not host.isprintable() or any(c in host for c in " /\\?#@"):
        return None
    if port and not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        return None
    return Target(host.lower().rstrip("."), int(port) if port else default_port)


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, None for a name. An IPv4 address in IPv6's clothes is the former."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def loopback_addresses(host: str) -> tuple[str, ...]:
    """Where on this machine to find a host, empty for one that is not this machine. No name is looked up."""
    if host == "localhost" or host.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    address = address_of(host)
    if address is None:
        return ()
    if address.is_unspecified:
        return ("127.0.0.1", "::1") if address.version == 6 else ("127.0.0.1",)
    return (str(address),) if address.is_loopback else ()
