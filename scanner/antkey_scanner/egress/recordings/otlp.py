"""OpenTelemetry: the spans of HTTP clients in OTLP JSON (opentelemetry-proto's ExportTraceServiceRequest).

Attributes are named as in the semantic conventions for HTTP, the stable ones and those before. A span holds
only the headers that somebody asked for, so one without a key does not tell that none was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antkey_scanner.egress.attribution import body_fields, named, tenant_of
from antkey_scanner.egress.credentials import AUTHENTICATING, carried, redacted
from antkey_scanner.egress.recordings.fields import Record, text_of, value_at
from antkey_scanner.egress.recordings.mapped import host_and_path, referred, status_of, without_port
from antkey_scanner.egress.recordings.moments import moment
from antkey_scanner.egress.recordings.sightings import sighting
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.records import Place
from antkey_scanner.policy.egress import EgressPolicy

_METHOD = ("http.request.method", "http.method")
_URL = ("url.full", "http.url")
_HOST = ("server.address", "http.host", "net.peer.name", "peer.service")
_PATH = ("url.path", "http.target")
_STATUS = ("http.response.status_code", "http.status_code")
_MODEL = ("gen_ai.request.model", "gen_ai.response.model")
_HEADER = "http.request.header."
_SERVER = (2, "2", "SPAN_KIND_SERVER")
"""A request that came in is somebody else's."""

_LONGEST = 2_000
_NESTED = ("scopeSpans", "instrumentationLibrarySpans")

Attributes = dict[str, Any]


class Spans:
    """Makes requests of the spans of one recording."""

    def __init__(self, shown: str, policy: EgressPolicy) -> None:
        self._shown = shown
        self._policy = policy
        self._body_fields = body_fields(policy.tenant_from)

    def of_document(self, record: Record, line: int) -> Iterator[Request]:
        """All requests of an export, all at one line."""
        for resource in _objects(record.get("resourceSpans")):
            around = attributes_of(resource.get("resource"))
            scopes = (scope for name in _NESTED for scope in _objects(resource.get(name)))
            for scope in scopes:
                for span in _objects(scope.get("spans")):
                    request = self.of_span(span, around, line)
                    if request is not None:
                        yield request

    def of_span(self, span: Record, around: Attributes, line: int) -> Request | None:
        """The request that a span is of; None for one of something else. around: the attributes of the
        resource that it belongs to."""
        own = attributes_of(span)
        method = _first(own, _METHOD)
        where = self._where(own)
        if where is None or method is None or span.get("kind") in _SERVER:
            return None
        host, path = where
        known = {**around, **own}
        return Request(
            Place(self._shown, line),
            moment(span.get("startTimeUnixNano")),
            host,
            method.upper()[:_LONGEST],
            redacted(path)[:_LONGEST],
            self._credentials(known),
            self._tenant(known, host),
            self._mapped(known, "surface"),
            self._mapped(known, "scenario"),
            _first(own, _MODEL) or self._mapped(known, "model"),
            status_of(_first(own, _STATUS)),
            complete=False,
        )

    def _where(self, attributes: Attributes) -> tuple[str, str] | None:
        url = _first(attributes, _URL)
        found = host_and_path(url) if url is not None else None
        if found is not None:
            return found
        host = _first(attributes, _HOST)
        if host is None:
            return None
        path = (_first(attributes, _PATH) or "").partition("?")[0]
        return without_port(host.strip().lower()), path

    def _credentials(self, attributes: Attributes) -> tuple[Credential, ...]:
        found: list[Credential] = []
        for header, text in _headers(attributes):
            if header in AUTHENTICATING or "sk-ant-" in text:
                found += sighting(text, header).credentials
        raw = self._mapped(attributes, "key")
        if raw is not None:
            found += sighting(raw, "key").credentials
        if not found:
            digits, hint = (self._mapped(attributes, name) for name in ("key_sha256", "key_hint"))
            found += referred(digits, hint, "key")
        url = _first(attributes, _URL) or _first(attributes, _PATH)
        found += carried(url or "", (), authenticates=False)
        return tuple(dict.fromkeys(found))

    def _tenant(self, attributes: Attributes, host: str) -> str | None:
        headers = dict(_headers(attributes))
        texts = {name: text_of(value_at(attributes, name)) for name in self._body_fields}
        fields = {name: text for name, text in texts.items() if text is not None}
        found = tenant_of(self._policy.tenant_from, headers, fields, host)
        recorded = None if found is not None else self._mapped(attributes, "tenant")
        return found or (named(recorded) if recorded is not None else None)

    def _mapped(self, attributes: Attributes, field: str) -> str | None:
        """A field that the policy names; the usual names of the others are attributes of nobody's."""
        name = self._policy.fields.get(field, field)
        return text_of(value_at(attributes, name))


def attributes_of(holder: object) -> Attributes:
    """The attributes of a span or resource."""
    found: Attributes = {}
    for one in _objects(holder.get("attributes") if isinstance(holder, Mapping) else None):
        name = one.get("key")
        if isinstance(name, str):
            found[name] = _any_value(one.get("value"))
    return found


def _any_value(value: object) -> Any:
    """An AnyValue's value: a text, a number, a list of them; None for what says nothing here."""
    if not isinstance(value, Mapping):
        return value
    for kind in ("stringValue", "intValue", "doubleValue", "boolValue"):
        if kind in value:
            return value[kind]
    many = value.get("arrayValue")
    if isinstance(many, Mapping):
        # One level: the conventions have lists of texts, and hostile ones nest.
        texts = (one.get("stringValue") for one in _objects(many.get("values")))
        return [text for text in texts if isinstance(text, str)]
    return None


def _headers(attributes: Attributes) -> Iterator[tuple[str, str]]:
    """The recorded headers; before the conventions were stable `_` stood for `-`."""
    for name, value in attributes.items():
        if name.startswith(_HEADER):
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    yield name.removeprefix(_HEADER).lower().replace("_", "-"), text


def _first(attributes: Attributes, names: Iterable[str]) -> str | None:
    return next(
        (text for name in names if (text := text_of(attributes.get(name))) is not None), None
    )


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
