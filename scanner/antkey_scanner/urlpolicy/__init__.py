"""Judges base URLs of providers: may a key be sent there? Pure functions, no look-up of names.

A key belongs on an encrypted connection to a public name. Names that lead to machines nearby (localhost,
addresses in any notation, a cloud's metadata service) are how a server is made to hand its key to
whoever set the URL. Nothing is forbidden here but what is not allowed: `grammar` says how a URL is
written, `names` which hosts are public. What a name resolves to is judged by `address_problem`, by
whoever connects (`resolve` does both).
"""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.urlpolicy.addresses import address_problem, is_loopback_address
from antkey_scanner.urlpolicy.grammar import HTTPS_PORT, Root, read
from antkey_scanner.urlpolicy.names import name_problem

__all__ = (
    "MESSAGES",
    "Root",
    "Verdict",
    "address_problem",
    "check_base_url",
    "is_loopback_address",
    "root_of",
)

MESSAGES = "/v1/messages"
"""Where the Messages API lies below a base URL."""


class Verdict(NamedTuple):
    """ok: whether a key may be sent there; normal: the Messages endpoint, None unless ok; reason: the
    problem and its cure, None when ok; it repeats nothing of the URL."""

    ok: bool
    normal: str | None
    reason: str | None


def check_base_url(url: str) -> Verdict:
    """Judge a base URL, or the URL of the Messages endpoint itself. Any text has a verdict; nothing
    raises."""
    root = read(url)
    if isinstance(root, str):
        return Verdict(False, None, root)
    problem = _public_problem(root)
    if problem is not None:
        return Verdict(False, None, problem)
    return Verdict(True, root.url + MESSAGES, None)


def root_of(url: str) -> Root | str:
    """What lies behind a base URL that passes, or is loopback, as in tests; else the reason."""
    root = read(url)
    if isinstance(root, str) or root.is_loopback:
        return root
    return _public_problem(root) or root


def _public_problem(root: Root) -> str | None:
    """Why a key must not be sent there, going by the URL alone."""
    if root.scheme != "https":
        return "is not HTTPS; write https://"
    if root.port != HTTPS_PORT:
        return "has a port other than 443; leave it out"
    return name_problem(root.host)
