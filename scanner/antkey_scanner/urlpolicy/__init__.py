"""Judges base URLs of providers: may a key be sent there? Pure functions, no look-up of names.

A key belongs on an encrypted connection to a public name. Names that lead to machines nearby (localhost,
addresses in any notation, a cloud's metadata service) are how a server is made to hand its key to
whoever set the URL. What a name resolves to is judged by `address_problem`, by whoever connects.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

MESSAGES = "/v1/messages"
"""Where the Messages API lies below a base URL."""

_LONGEST = 2000

_PORTS = {"https": 443, "http": 80}

_PARTS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<host>\[[^\]/@]*\]|[^/:@\[\]]*)(?::(?P<port>[^/@]*))?(?P<path>/.*)?"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")

# The WHATWG URL standard's test for "this is an IPv4 address, or an invalid one": browsers, curl and
# inet_aton read 2130706433, 0x7f.1 and 0177.0.0.1 all as 127.0.0.1.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

_LOCAL_ENDS = frozenset(
    (
        *("localhost", "localdomain", "local", "internal", "intranet", "private"),
        *("lan", "home", "corp", "test", "invalid", "arpa"),
    )
)
"""Last labels of names that are local by RFC 6761, 6762, 8375 or ICANN's reservation, or by habit."""

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

_NAT64 = 0x64_FF9B << 96


class Verdict(NamedTuple):
    """ok: whether a key may be sent there; normal: the Messages endpoint, None unless ok; reason: the
    problem and its cure, None when ok."""

    ok: bool
    normal: str | None
    reason: str | None


class Root(NamedTuple):
    """What a base URL leads to. host: as in the URL, IPv6 in brackets; base: the path before `/v1`,
    with no slash at its end."""

    scheme: str
    host: str
    port: int
    base: str
    is_loopback: bool

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the scheme's own."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.base}"


def judge(url: str) -> Verdict:
    """A base URL, or that of the Messages endpoint itself, for a provider's keys."""
    root = _root(url)
    if isinstance(root, str):
        return Verdict(False, None, root)
    problem = _public_problem(root)
    if problem is not None:
        return Verdict(False, None, problem)
    return Verdict(True, root.url + MESSAGES, None)


def root_of(url: str) -> Root | str:
    """What lies behind a base URL that passes, or is loopback, as in tests; else the reason."""
    root = _root(url)
    if isinstance(root, str) or root.is_loopback:
        return root
    return _public_problem(root) or root


def address_problem(text: str) -> str | None:
    """Why an address that a public name resolved to is none for a key; None when it is public."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return "is no address"
    for one in _meant(address):
        if one.is_loopback:
            return "is this machine"
        if one.is_link_local:
            return "is link-local, as a cloud's metadata service"
        if not one.is_global or one.is_multicast or one.is_reserved:
            return "is not public"
        if isinstance(one, IPv6Address) and one.is_site_local:
            return "is not public"
    return None


def is_loopback_address(text: str) -> bool:
    """Whether an address that `localhost` resolved to is this machine."""
    try:
        return all(one.is_loopback for one in _meant(ip_address(text.partition("%")[0])))
    except ValueError:
        return False


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


def _root(url: str) -> Root | str:
    problem = _text_problem(url)
    if problem is not None:
        return problem
    match = _PARTS.fullmatch(url)
    if match is None:
        return "is no URL; write it as https://HOST"
    scheme, host = match["scheme"].lower(), match["host"].lower()
    if scheme not in _PORTS:
        return "is not HTTPS; write https://"
    port = _port(match["port"], _PORTS[scheme])
    if port is None:
        return "has no valid port; leave it out"
    if not host:
        return "has no host; write it as https://HOST"
    base = _base(match["path"] or "")
    if base is None:
        return "has a path that is not plain, or that of another endpoint; end it before /v1"
    if not host.startswith("["):
        host = host.removesuffix(".")
    return Root(scheme, host, port, base, host in _LOOPBACK)


def _text_problem(url: str) -> str | None:
    """What no part of a URL may hold."""
    if len(url) > _LONGEST:
        return f"is longer than {_LONGEST} characters; shorten it"
    if not url.isascii():
        return "has characters that are not ASCII; write the host in its xn-- form"
    if not url.isprintable() or " " in url or "\\" in url:
        return "has blanks, backslashes or control characters; take them out"
    if "#" in url:
        return "has a fragment; take out all from # on"
    if "?" in url:
        return "has a query; take out all from ? on"
    if "@" in url.partition("://")[2].partition("/")[0]:
        return "has a user name or password; take out all before the host"
    return None


def _port(text: str | None, usual: int) -> int | None:
    if not text:
        return usual
    if not text.isdigit() or len(text) > 5 or not 0 < int(text) < 65536:
        return None
    return int(text)


def _base(path: str) -> str | None:
    """The path before `/v1`, None for one that other programs might read in another way."""
    segments = path.strip("/").split("/") if path.strip("/") else []
    if any(not re.fullmatch(r"[A-Za-z0-9._~-]+", one) or one in (".", "..") for one in segments):
        return None
    if segments[-2:] == ["v1", "messages"]:
        del segments[-2:]
    elif segments[-1:] == ["v1"]:
        del segments[-1:]
    if "v1" in segments:
        return None
    return "".join(f"/{segment}" for segment in segments)


def _public_problem(root: Root) -> str | None:
    """Why a key must not be sent there, going by the name alone."""
    if root.scheme != "https":
        return "is not HTTPS; write https://"
    if root.port != 443:
        return "has a port other than 443; leave it out"
    if root.host.startswith("["):
        return "has an address for its host; use its name"
    labels = root.host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return "has an address for its host; use its name"
    if len(root.host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "has no valid host name; mend it"
    if labels[-1] in _LOCAL_ENDS:
        return "has the name of a machine nearby for its host; use a public name"
    if len(labels) < 2:
        return "has a host name without a dot, which only means something nearby; use a public name"
    return None
