"""OpenTelemetry: the spans of HTTP clients in OTLP JSON (opentelemetry-proto's ExportTraceServiceRequest).

Attributes are named as in the semantic conventions for HTTP, the stable ones and those before. A span holds
only the headers that somebody asked for, so one without a key does not tell that none was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antkey_scanner.egress.attribution import body_fields, named, tenant_of
from antkey_scanner.egress.credentials import AUTHENTICATING, carried, redacted
from antkey_scanner.egress.recordings.addresses import host_and_path, without_port
from antkey_scanner.egress.recordings.fields import Record, Wanted, text_of, value_at
from antkey_scanner.egress.recordings.mapped import status_of
from antkey_scanner.egress.recordings.moments import moment
from antkey_scanner.egress.recordings.sightings import referred, sighting
from antkey_scanner.egress.records import Credential, Request, Said, Stretch
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy.egress import EgressPolicy

_METHOD = ("http.request.method", "http.method")
_URL = ("url.full", "http.url")
_HOST = ("server.address", "http.host", "net.peer.name", "peer.service")
_PATH = ("url.path", "http.target")
_STATUS = ("http.response.status_code", "http.status_code")
_MODEL = ("gen_ai.request.model", "gen_ai.response.model")
_CONVENTIONS = frozenset((*_METHOD, *_URL, *_HOST, *_PATH, *_STATUS, *_MODEL))
_KEYS = ("key", "key_sha256", "key_hint")
_MAPPED = ("tenant", "surface", "scenario", "model", *_KEYS)
_HEADER = "http.request.header."
_SERVER = (2, "2", "SPAN_KIND_SERVER")
"""A request that came in is somebody else's."""

_LONGEST = 2_000
_NESTED = ("scopeSpans", "instrumentationLibrarySpans")

_MOST_KNOWN = 20_000

Attributes = dict[str, Any]

_Shape = tuple[tuple[object, ...], ...]


class Spans:
    """Makes requests of the spans of one recording."""

    def __init__(self, shown: str, policy: EgressPolicy) -> None:
        self._shown = shown
        self._policy = policy
        self._body_fields = body_fields(policy.tenant_from)
        # A policy's own name for a key, hash or hint takes the place of the usual names of all three.
        keys = set(_KEYS) if policy.fields.keys().isdisjoint(_KEYS) else policy.fields.keys()
        names = [name for name in _MAPPED if name not in _KEYS or name in keys]
        self._names = {name: policy.fields.get(name, name) for name in names}
        self._wanted = _Wanted((*self._names.values(), *self._body_fields))
        self._known: dict[_Shape, Said | None] = {}

    def of_document(self, record: Record, line: int) -> Iterator[Stretch]:
        """All requests of an export, all at one line."""
        times, told = list[Micros | None](), list[Said]()
        for resource in _objects(record.get("resourceSpans")):
            around = self.attributes(resource.get("resource"))
            scopes = (scope for name in _NESTED for scope in _objects(resource.get(name)))
            for scope in scopes:
                for span in _objects(scope.get("spans")):
                    said = self._of_span(span, around)
                    if said is not None:
                        times.append(moment(span.get("startTimeUnixNano")))
                        told.append(said)
        if told:
            yield Stretch(self._shown, line, times, told, 0)

    def of_span(self, span: Record, around: Attributes, line: int) -> Request | None:
        """The request that a span is of; None for one of something else. around: the attributes of the
        resource that it belongs to."""
        said = self._of_span(span, around)
        if said is None:
            return None
        return Request(Place(self._shown, line), moment(span.get("startTimeUnixNano")), *said)

    def _of_span(self, span: Record, around: Attributes) -> Said | None:
        if span.get("kind") in _SERVER:
            return None
        return self._said(self.attributes(span), around)

    def attributes(self, holder: object) -> Attributes:
        """The attributes of a span or resource that anything is looked for in."""
        found: Attributes = {}
        wanted = self._wanted
        attributes = holder.get("attributes") if isinstance(holder, dict) else None
        for one in attributes if isinstance(attributes, list) else ():
            name = one.get("key") if type(one) is dict else None
            if type(name) is str and wanted[name]:
                value = one.get("value")
                is_text = type(value) is dict and "stringValue" in value
                found[name] = value["stringValue"] if is_text else _any_value(value)
        return found

    def _said(self, own: Attributes, around: Attributes) -> Said | None:
        """What a span with some attributes says; of spans with the same ones it looks at one."""
        shape = _shape(own, around)
        if shape is not None and shape in self._known:
            return self._known[shape]
        said = self._read(own, around)
        if shape is not None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[shape] = said
        return said

    def _read(self, own: Attributes, around: Attributes) -> Said | None:
        method = _first(own, _METHOD)
        where = self._where(own)
        if where is None or method is None:
            return None
        host, path = where
        known = {**around, **own}
        return (
            host,
            method.upper()[:_LONGEST],
            redacted(path)[:_LONGEST],
            self._credentials(known),
            self._tenant(known, host),
            self._mapped(known, "surface"),
            self._mapped(known, "scenario"),
            _first(own, _MODEL) or self._mapped(known, "model"),
            status_of(_first(own, _STATUS)),
            False,
            False,
            None,
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
        name = self._names.get(field)
        return None if name is None else text_of(value_at(attributes, name))


class _Wanted(Wanted):
    """The attributes that the conventions or a policy name, and headers."""

    def is_wanted(self, name: str) -> bool:
        """Finds out."""
        return super().is_wanted(name) or name in _CONVENTIONS or name.startswith(_HEADER)


def _shape(*all_attributes: Attributes) -> _Shape | None:
    """What attributes are told from others by; None for those of which nothing is to be kept: a key's text
    and long ones."""
    shape: list[tuple[object, ...]] = []
    size = 0
    for attributes in all_attributes:
        for name, value in attributes.items():
            texts = value if type(value) is list else (value,)
            for text in texts:
                if type(text) is str:
                    size += len(text)
                    if "sk-ant-" in text:
                        return None
                elif texts is value:
                    return None
            # By its type too: 1 is equal to true.
            shape.append((name, type(value), tuple(texts) if texts is value else value))
        shape.append(())
    return tuple(shape) if size <= _LONGEST else None


def _any_value(value: object) -> Any:
    """An AnyValue's value: a text, a number, a list of them; None for what says nothing here."""
    if not isinstance(value, dict):
        return value
    for kind in ("stringValue", "intValue", "doubleValue", "boolValue"):
        if kind in value:
            return value[kind]
    many = value.get("arrayValue")
    if isinstance(many, dict):
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
