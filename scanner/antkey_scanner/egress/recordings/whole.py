"""Makes requests of what is recorded in full: URL, headers and bodies of a request and its answer. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from antkey_scanner.egress.attribution import body_fields, tenant_of
from antkey_scanner.egress.credentials import (
    AUTHENTICATING,
    carried,
    keys_in,
    redacted,
    without_credentials,
)
from antkey_scanner.egress.hosts import Hosts
from antkey_scanner.egress.recordings.addresses import host_and_path
from antkey_scanner.egress.recordings.fields import text_of, value_at
from antkey_scanner.egress.recordings.sightings import sighting
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy.egress import EgressPolicy

_PRIVATE = (*AUTHENTICATING, "cookie", "proxy-authorization")
_LONGEST = 2_000
_LONGEST_BODY = 32 << 20
_KEY = re.compile(r"sk-ant-[a-z]{1,12}[0-9]{0,4}-[A-Za-z0-9_-]{40,}")
"""In a page's text shorter ones are examples and placeholders."""

_BY_A_PAGE = (
    "anthropic-dangerous-direct-browser-access",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
)
"""Headers that no page can set or leave out, and the one by which the SDK says that it is in a page."""

Headers = Sequence[tuple[str, str]]


class Seen(NamedTuple):
    """A request with its answer. browser: it was sent by a web page; answer: the texts of the answer."""

    place: Place
    time: Micros | None
    method: str
    url: str
    headers: Headers
    body: str
    status: int | None
    answer: Sequence[str] = ()
    browser: bool = False


class Whole:
    """Makes requests of one recording, and knows whether it shows credentials at all.

    Browsers leave `Authorization` and cookies out of what they export, and cassettes have filters: in a
    recording that shows none of these, a request without a key may have carried one.
    """

    def __init__(self, policy: EgressPolicy, *, is_trusted: bool) -> None:
        """is_trusted: the recorder is none that leaves headers out."""
        self._policy = policy
        hosts = (way.partition(":") for way in policy.tenant_from)
        self._hosts = Hosts(
            policy.allowed_hosts, [what for kind, _, what in hosts if kind == "host"]
        )
        self._body_fields = body_fields(policy.tenant_from)
        self._shows = is_trusted
        self._waiting: list[Request] = []

    def requests(self, seen: Seen) -> Iterator[Request]:
        """The request, unless it has to wait until it is known whether the recording shows credentials."""
        if _is_preflight(seen):
            return
        request, shows = self._request(seen)
        self._shows = self._shows or shows
        if request.credentials or not request.complete or self._shows:
            yield request
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting.append(request)
        else:
            yield request._replace(complete=False)

    def rest(self) -> Iterator[Request]:
        """What had to wait."""
        for request in self._waiting:
            yield request if self._shows else request._replace(complete=False)
        self._waiting.clear()

    def _request(self, seen: Seen) -> tuple[Request, bool]:
        """The request, and whether it shows that credentials are recorded."""
        host, path = host_and_path(seen.url) or ("", seen.url.partition("?")[0])
        authenticates = self._hosts.allows(host)
        found: list[Credential] = []
        replaced = shows = False
        for name, value in seen.headers:
            header = name.lower()
            if header in _PRIVATE or "sk-ant-" in unquote(value):
                if header in AUTHENTICATING and not authenticates and "sk-ant-" not in value:
                    shows = shows or bool(value.strip())
                    continue
                seen_here = sighting(value, header) if header in AUTHENTICATING else None
                replaced = replaced or (seen_here is not None and seen_here.replaced)
                shows = shows or not (seen_here is not None and seen_here.replaced)
                found += (
                    seen_here.credentials
                    if seen_here is not None
                    else carried("", [(name, value)], authenticates=False)
                )
        found += carried(seen.url, (), authenticates=False)
        found += _answered(seen.answer)
        fields = self._fields(seen.body) if authenticates else _NO_FIELDS
        headers = without_credentials(seen.headers)
        return Request(
            seen.place,
            seen.time,
            host,
            seen.method.upper()[:_LONGEST],
            redacted(path)[:_LONGEST],
            tuple(dict.fromkeys(found)),
            tenant_of(self._policy.tenant_from, headers, fields.texts, host),
            None,
            None,
            fields.model,
            seen.status,
            complete=bool(seen.headers) and not replaced,
            browser=seen.browser or _is_by_a_page(headers),
        ), shows

    def _fields(self, body: str) -> _Fields:
        if not body or len(body) > _LONGEST_BODY:
            return _NO_FIELDS
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return _NO_FIELDS
        if not isinstance(document, dict):
            return _NO_FIELDS
        model = document.get("model")
        texts = {name: text_of(value_at(document, name)) for name in self._body_fields}
        return _Fields(
            model[:_LONGEST] if isinstance(model, str) else None,
            {name: text for name, text in texts.items() if text is not None},
        )


class _Fields(NamedTuple):
    """What a request's body says."""

    model: str | None
    texts: Mapping[str, str]


_NO_FIELDS = _Fields(None, {})
_MOST_WAITING = 100_000


def pairs(value: Any) -> list[tuple[str, str]]:
    """Headers as recordings have them: objects with name and value, or a table with one or more values."""
    if isinstance(value, dict):
        many = ((name, one) for name, held in value.items() for one in _each(held))
    elif isinstance(value, list):
        named = (one for one in value if isinstance(one, dict))
        many = ((one.get("name"), one.get("value")) for one in named)
    else:
        return []
    return [
        (name, text if isinstance(text, str) else text.decode("latin-1"))
        for name, text in many
        if isinstance(name, str) and isinstance(text, str | bytes)
    ]


def _each(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [held]


def _is_preflight(seen: Seen) -> bool:
    """A browser's question whether a page may send a request; it never carries a key."""
    return seen.method.upper() == "OPTIONS" and any(
        name.lower() == "access-control-request-method" for name, _ in seen.headers
    )


def _is_by_a_page(headers: Mapping[str, str]) -> bool:
    """Whether a browser sent it. Servers pass an `Origin` on, and pretend to be browsers, but hardly both."""
    if any(name in headers for name in _BY_A_PAGE):
        return True
    return "origin" in headers and headers.get("user-agent", "").startswith("Mozilla/")


def _answered(texts: Sequence[str]) -> Iterator[Credential]:
    for text in texts:
        if "sk-ant-" in text:
            for match in _KEY.finditer(text):
                yield from keys_in(match.group(), "response")
