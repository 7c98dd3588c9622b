"""A request as an HTTP library was asked to make it, reduced to what may be known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from antkey_scanner.egress.credentials import carried, redacted
from antkey_scanner.egress.hosts import Hosts
from antkey_scanner.egress.records import Credential

Pairs = Iterable[tuple[str | bytes, str | bytes]]

_LARGEST_BODY = 20_000_000


class Asked(NamedTuple):
    """What a library was asked for, with the text of its keys: read at once and let go.

    headers: in any case; body: bytes, text, a JSON object, or what is none of these and not looked at;
    in_process: whether the library hands it to an application in this process.
    """

    method: str
    url: str
    headers: Pairs
    body: Any = None
    in_process: bool = False


class Sighting(NamedTuple):
    """A request without the text of any key. host: lower case, without a port; path: without the query;
    model: as its JSON body names it."""

    method: str
    host: str
    path: str
    credentials: tuple[Credential, ...]
    model: str | None


def sighting_of(asked: Asked, hosts: Hosts) -> Sighting | None:
    """The request, None for one that is no business of ours: elsewhere, and without a key."""
    parts = urlsplit(asked.url)
    if parts.scheme not in ("http", "https"):
        return None
    host = (parts.hostname or "").rstrip(".")
    allowed = hosts.allows(host)
    if asked.in_process and not allowed:
        return None
    headers = [(_text(name), _text(value)) for name, value in asked.headers]
    credentials = carried(asked.url, headers, authenticates=allowed)
    if not allowed and not credentials:
        return None
    path = redacted(parts.path or "/")
    return Sighting(asked.method.upper(), host, path, credentials, _model(asked.body))


def _model(body: Any) -> str | None:
    """The model that a JSON body asks for."""
    if isinstance(body, str | bytes | bytearray):
        marker: Any = "model" if isinstance(body, str) else b"model"
        if len(body) > _LARGEST_BODY or marker not in body:
            return None
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return None
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else None


def _text(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else bytes(raw).decode("utf-8", "surrogateescape")
