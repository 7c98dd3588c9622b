"""Decides whether a request may leave: only with its tenant's key, and with a key only to allowed hosts.

Nothing is hashed, decoded or imported for a request that is in order; it costs some microseconds.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Sequence
from hmac import compare_digest
from typing import Literal, NamedTuple
from urllib.parse import unquote_to_bytes

from antkey_hooks.transport_blocked import PlatformKeyBlocked, blocked
from antkey_scanner.egress.hosts import Hosts, is_loopback

Headers = Iterable[tuple[bytes, bytes]]
Fallback = Literal["never", "when-no-tenant-key"]
Key = str | bytes | None

ALLOWED_HOSTS = ("api.anthropic.com",)

_MARK = b"sk-ant-"
_SHAPED = re.compile(rb"sk-ant-[A-Za-z0-9_-]{8,}")


class Target(NamedTuple):
    """Where a request goes. host: lower case, without a port; path: with the query, and before them the
    user's name and password of the URL if it has any."""

    method: str
    scheme: str
    host: str
    path: bytes


class Guard:
    """The check that the transports share.

    hosts: to which keys may go, `*.` in front for all below one; fallback: whether a request for a
    tenant without a key may carry another, as in the policy's `[egress]`.
    """

    def __init__(self, hosts: Iterable[str], fallback: Fallback) -> None:
        if fallback not in ("never", "when-no-tenant-key"):
            raise ValueError('fallback: write "never" or "when-no-tenant-key"')
        self._hosts = Hosts(hosts)
        self._may_fall_back = fallback == "when-no-tenant-key"
        self._local: dict[str, bool] = {}

    def allows(self, host: str) -> bool:
        """Whether keys may go there: only then is it asked whose key it has to be. What is sent to the
        machine itself goes nowhere."""
        return self._hosts.allows(host) or self._is_local(host)

    def elsewhere(self, target: Target, headers: Headers) -> PlatformKeyBlocked | None:
        """What is wrong with a request to a host that keys may not go to."""
        for name, value in headers:
            found = _key_in(value) or _key_in_basic(name, value)
            if found is not None:
                return _refusal(
                    "keys may not go to this host; see allowed_hosts", target, name, found
                )
        found = _key_in(target.path)
        if found is not None:
            return _refusal(
                "keys may not go to this host; see allowed_hosts", target, b"url", found
            )
        return None

    def here(self, expected: Key, target: Target, headers: Headers) -> PlatformKeyBlocked | None:
        """What is wrong with a request to a host that keys may go to. expected: the tenant's key."""
        wanted = expected.encode() if isinstance(expected, str) else expected
        if wanted is not None and not isinstance(wanted, bytes):
            raise TypeError("expected has to return a str, bytes or None")
        carries_it = carries_any = False
        for name, value in headers:
            for secret in _credentials(name.lower(), value):
                carries_any = True
                if wanted and compare_digest(secret, wanted):
                    carries_it = True
                elif wanted or not self._may_fall_back:
                    return _refusal(_why_not(bool(wanted)), target, name, secret)
        if (found := _key_in(target.path)) is not None:
            return _refusal("a key does not belong into a URL", target, b"url", found)
        if wanted and not carries_it:
            return _refusal("it carries no key, though its tenant has one", target)
        if carries_any and target.scheme != "https" and not self._is_local(target.host):
            return _refusal("a key may not go over an unencrypted connection", target)
        return None

    def without_key(self, target: Target) -> PlatformKeyBlocked:
        """The refusal of a request that is sure to carry a key, for a tenant that has none."""
        return _refusal("its tenant has no key", target)

    def _is_local(self, host: str) -> bool:
        known = self._local.get(host)
        if known is None:
            known = is_loopback(host)
            if len(self._local) < 1000:
                self._local[host] = known
        return known


def _why_not(has_key: bool) -> str:
    if has_key:
        return "it carries a credential that is not its tenant's key"
    return "it carries a credential, though its tenant has no key"


def _credentials(name: bytes, value: bytes) -> Sequence[bytes]:
    """What a header authenticates by, or the keys that it holds. name: lower case."""
    if name == b"x-api-key":
        secret = value.strip()
    elif name == b"authorization":
        scheme, _, secret = value.strip().partition(b" ")
        # Of another scheme the whole is compared, so that it is never taken for the key.
        secret = secret.strip() if scheme.lower() == b"bearer" else value.strip()
    elif _MARK in value or b"%" in value:
        return _SHAPED.findall(value) or _SHAPED.findall(unquote_to_bytes(value))
    else:
        return ()
    return (secret,) if secret else ()


def _key_in(raw: bytes) -> bytes | None:
    """A key shaped like Anthropic's, also one that is percent-encoded."""
    if _MARK not in raw and b"%" not in raw:
        return None
    found = _SHAPED.search(raw) or _SHAPED.search(unquote_to_bytes(raw))
    return None if found is None else found.group()


def _key_in_basic(name: bytes, value: bytes) -> bytes | None:
    if name.lower() not in (b"authorization", b"proxy-authorization"):
        return None
    scheme, _, rest = value.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return _key_in(b64decode(rest.strip() + b"=="))
    except ValueError:
        return None


def _refusal(
    reason: str, target: Target, carrier: bytes | None = None, secret: bytes | None = None
) -> PlatformKeyBlocked:
    from antkey_scanner.egress.credentials import credential_of, redacted

    header = None if carrier is None else carrier.decode("latin-1").lower()
    hint = None
    if header is not None and secret is not None:
        hint = credential_of(secret.decode("utf-8", "replace"), header).hint
    path = target.path.partition(b"?")[0].decode("utf-8", "replace")
    return blocked(
        reason,
        method=target.method,
        host=target.host,
        path=redacted("/" + path.partition("/")[2]),
        header=header,
        hint=hint,
    )
