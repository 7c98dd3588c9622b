"""Which addresses are public: what a name that passed may resolve to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

_NAT64 = 0x64_FF9B << 96

_GLOBAL_UNICAST = 0b001
"""The first three bits of all IPv6 addresses that are handed out (2000::/3)."""

# What this Python's tables may not know, or see as public: 192.0.0.0/24 is the protocols' own, and clouds
# have metadata services there; 192.88.99.0/24 led to whoever offered it (RFC 7526); 3fff::/20 is for
# documentation (RFC 9637).
_NOT_PUBLIC_24 = (0xC000_0000 >> 8, 0xC058_6300 >> 8)
_DOCUMENTATION = 0x3FFF0

_PLATFORM = 0xA83F_8110
"""168.63.129.16, from the inside of Azure the machine's own platform, though in a public range."""


def address_problem(text: str) -> str | None:
    """Why an address that a public name resolved to is none for a key; None when it is public."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return "is no address"
    for one in _meant(address):
        problem = _problem(one)
        if problem is not None:
            return problem
    return None


def is_loopback_address(text: str) -> bool:
    """Whether an address that `localhost` resolved to is this machine."""
    try:
        return all(one.is_loopback for one in _meant(ip_address(text.partition("%")[0])))
    except ValueError:
        return False


def _problem(address: IPv4Address | IPv6Address) -> str | None:
    if address.is_loopback:
        return "is this machine"
    if address.is_link_local:
        return "is link-local, as a cloud's metadata service"
    if not address.is_global or address.is_multicast or address.is_reserved:
        return "is not public"
    number = int(address)
    if isinstance(address, IPv4Address):
        if number == _PLATFORM:
            return "is a cloud's platform service"
        return "is not public" if number >> 8 in _NOT_PUBLIC_24 else None
    if number >> 125 != _GLOBAL_UNICAST or number >> 108 == _DOCUMENTATION:
        return "is not public"
    return None


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The addresses that a packet to this one ends at: IPv6 can carry an IPv4 address inside."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if int(address) >> 32 == _NAT64 >> 32:
        return [IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address]
