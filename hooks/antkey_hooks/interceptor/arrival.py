"""A request as it came over the wire, and the exchange that is shown of it.

The credential's text is in an `Arrival` and nowhere else; an arrival lives until its answer is made.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from antkey_hooks.interceptor.exchange import Exchange
from antkey_scanner.egress.credentials import carried, keys_in, without_credentials
from antkey_scanner.egress.records import Credential
from antkey_scanner.inventory.times import Micros

BODY_LIMIT = 32 << 20
"""Bytes that Anthropic takes in one request of the Messages API (documented: 32 MB)."""

ALL_BODIES = 256 << 20
"""Bytes of all bodies that are kept at a time. What comes beyond is read and let go."""


class Store:
    """How many bytes of bodies may still be kept."""

    def __init__(self, limit: int = ALL_BODIES) -> None:
        self.left = limit


class Body:
    """A body on its way in. What is beyond the limit is counted and not kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: list[bytes] = []
        self._kept = 0
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        if self.size > BODY_LIMIT or self._store.left < len(data):
            self.forget()
        elif self._kept + len(data) == self.size:
            self._parts.append(data)
            self._kept += len(data)
            self._store.left -= len(data)

    def forget(self) -> None:
        """Give the memory back."""
        self._store.left += self._kept
        self._parts, self._kept = [], 0

    @property
    def content(self) -> bytes | None:
        """All of it, None where it was too much to keep."""
        return b"".join(self._parts) if self._kept == self.size else None


class Arrival(NamedTuple):
    """A request with everything in it.

    host: whom the client meant; target: path and query, as sent; origin: scheme, host and port by which the
    client calls this server, for the links in answers; headers: as sent.
    """

    started: Micros
    host: str
    method: str
    target: str
    origin: str
    headers: Sequence[tuple[str, str]]
    body: Body
    transport: str
    version: str
    is_complete: bool = True

    def header(self, name: str) -> str:
        """The value of the first header of that (lower-case) name, empty without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0].partition("#")[0]


def document_of(arrival: Arrival) -> object:
    """What the body says in JSON, None where it is none."""
    content = arrival.body.content
    if not content:
        return None
    encoding = arrival.header("content-encoding").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, BODY_LIMIT)
        except zlib.error:
            return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def exchange_of(
    arrival: Arrival, document: object, fields: Iterable[str], *, allowed: bool
) -> Exchange:
    """What is shown of a request. allowed: whether its host is one whose every credential counts."""
    credentials = carried(f"{arrival.host}{arrival.target}", arrival.headers, authenticates=allowed)
    if not allowed:
        credentials += _in_body(arrival)
    body: Mapping[str, object] = document if isinstance(document, dict) else {}
    model = body.get("model")
    return Exchange(
        started=arrival.started,
        host=without_keys(arrival.host),
        method=without_keys(arrival.method),
        path=without_keys(arrival.path),
        headers=without_credentials(arrival.headers),
        fields=_texts(document, fields),
        credentials=credentials,
        model=without_keys(model) if isinstance(model, str) else None,
        is_stream=body.get("stream") is True,
        transport=arrival.transport,
        version=arrival.version,
        is_complete=arrival.is_complete,
    )


_KEY = re.compile(r"sk-ant-[A-Za-z0-9_-]{8,}")


def without_keys(text: str) -> str:
    """A text in which no key is left, also none that is percent-encoded."""
    if "sk-ant-" not in text:
        plain = unquote(text) if "%" in text else text
        if "sk-ant-" not in plain:
            return text
        text = plain
    return _KEY.sub("sk-ant-…", text)


def _in_body(arrival: Arrival) -> tuple[Credential, ...]:
    """Keys in the body that a host got which is none of theirs."""
    content = arrival.body.content or b""
    if b"sk-ant-" not in content:
        return ()
    return keys_in(content.decode("latin-1"), "body")


def _texts(document: object, paths: Iterable[str]) -> dict[str, str]:
    found = {}
    for path in paths:
        value = _at(document, path)
        if isinstance(value, bool | int | float):
            value = json.dumps(value)
        if isinstance(value, str) and "sk-ant-" not in value:
            found[path] = value
    return found


def _at(document: object, path: str) -> object:
    """The value at a dotted path, in which a number counts a list's items from 0."""
    here = document
    for step in path.split("."):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isascii() and step.isdecimal() and len(step) < 6:
            here = here[int(step)] if int(step) < len(here) else None
        else:
            return None
    return here
