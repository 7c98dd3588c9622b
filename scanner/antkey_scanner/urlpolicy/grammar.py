"""How a base URL may be written: one strict ASCII grammar, and the words for what does not fit it.

Parsers differ in what they make of odd URLs, and a key goes where the client's parser says. So this is
no parser: what passes is in a form that all of them read alike, and nothing is repaired on the way.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from antkey_scanner.late import late

HTTPS_PORT = 443

_PORTS = {"https": HTTPS_PORT, "http": 80}

_LONGEST = 2000

_FORM = late(
    r"""
    (?P<scheme>[Hh][Tt][Tt][Pp][Ss]?)://
    (?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])
    (?::(?P<port>[1-9][0-9]{0,4}))?
    (?P<path>(?:/[A-Za-z0-9._~/-]*)?)
    """,
    re.VERBOSE,
)
# An empty part, or one of dots alone.
_ODD_PART = late(r"//|/\.+(?:/|$)")
_SCHEME = late(r"[A-Za-z][A-Za-z0-9+.-]*:")

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

_VERSION = "v1"
# What follows `/v1` in the URL of an endpoint, and not in that of a gateway.
_ENDPOINT = late(
    r"/v1/(?:messages|complete|completions|chat|responses|embeddings|models|files|organizations)(?:/|$)"
)

_KEY = "sk-ant-"


class Root(NamedTuple):
    """What a base URL leads to. host: in lower case, IPv6 in brackets; base: the path before the last
    `/v1`, with no slash at its end."""

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


def read(url: str) -> Root | str:
    """What a URL that follows the grammar leads to, wherever that is; else the problem and its cure."""
    if len(url) > _LONGEST:
        return f"is longer than {_LONGEST:,} characters; shorten it"
    match = _FORM.fullmatch(url)
    if match is None or _ODD_PART.search(match["path"]):
        return _diagnosis(url)
    if _KEY in url.lower():
        return "holds what may be a key; take it out, a key is sent in a header"
    base = _base(match["path"].removesuffix("/"))
    if base is None:
        return "has the path of another endpoint; end it before /v1"
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = _PORTS[scheme] if match["port"] is None else int(match["port"])
    if port > 65535:
        return "has no valid port; leave it out"
    return Root(scheme, host, port, base, host in _LOOPBACK)


def _base(path: str) -> str | None:
    """The path before `/v1` or `/v1/messages` at its end, None for that of another endpoint."""
    for end in (f"/{_VERSION}/messages", f"/{_VERSION}"):
        if path.endswith(end):
            path = path.removesuffix(end)
            break
    # A gateway may have a version of its own: /v1/ACCOUNT/anthropic.
    return None if _ENDPOINT.search(path) else path


def _diagnosis(url: str) -> str:
    """Why a text does not follow the grammar, the plainest reason first."""
    if not url.isascii():
        return "has characters that are not ASCII; write the host in its xn-- form"
    if not url.isprintable() or " " in url or "\\" in url:
        return "has blanks, backslashes or control characters; take them out"
    scheme, separator, rest = url.partition("://")
    if not separator or not _SCHEME.fullmatch(scheme + ":"):
        return "is no URL; write it as https://HOST"
    if scheme.lower() not in _PORTS:
        return "is not HTTPS; write https://"
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return (
        _authority_problem(authority)
        or _rest_problem(rest[len(authority) :])
        or "is no URL; write it as https://HOST"
    )


def _authority_problem(authority: str) -> str | None:
    """What is wrong with what stands between `//` and the path."""
    if "@" in authority:
        return "has a user name or password; take out all before the host"
    if "[" in authority or "]" in authority or authority.count(":") > 1:
        return "has an address for its host; use its name"
    host, colon, port = authority.partition(":")
    if not host:
        return "has no host; write it as https://HOST"
    if "%" in host:
        return "has a host that is percent-encoded; write its name"
    if not re.fullmatch(r"[A-Za-z0-9.-]+", host):
        return "has no valid host name; mend it"
    if colon and not re.fullmatch(r"[1-9][0-9]{0,4}", port):
        return "has a port other than 443; leave it out"
    return None


def _rest_problem(rest: str) -> str | None:
    """What is wrong with the path and what stands behind it."""
    if "#" in rest:
        return "has a fragment; take out all from # on"
    if "?" in rest:
        return "has a query; take out all from ? on"
    if "%" in rest:
        return "has a path that is percent-encoded; write plain letters, digits and . _ ~ -"
    if any(part and not part.strip(".") for part in rest.split("/")):
        return "has dots alone as a part of its path; write where it leads"
    if "//" in rest:
        return "has an empty part in its path; write single slashes"
    return "has a path that is not plain; write letters, digits and . _ ~ - between slashes"
