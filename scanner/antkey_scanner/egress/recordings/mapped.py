"""Makes requests of records with named fields: a gateway's JSON lines, a web server's log. Pure.

Which field is which a policy says by `[egress.fields]`; without that they are named as in evidence. A
policy's own name for a key, hash or hint takes the place of the usual names of all three.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from antkey_scanner.egress.attribution import body_fields, named, tenant_of
from antkey_scanner.egress.credentials import AUTHENTICATING, carried, redacted
from antkey_scanner.egress.recordings.fields import Getter, Record, getter, text_of
from antkey_scanner.egress.recordings.moments import moment
from antkey_scanner.egress.recordings.sightings import NOTHING, Sighting, hinted, sighting
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.records import Place
from antkey_scanner.policy.egress import EgressPolicy

_PLAIN = (
    "host",
    "url",
    "method",
    "path",
    "tenant",
    "surface",
    "scenario",
    "model",
    "status",
    "header",
)
_KEYS = ("key", "key_sha256", "key_hint")
_USUAL: Mapping[str, tuple[str, ...]] = {
    "key": ("key",),
    "key_sha256": ("sha256", "key_sha256"),
    "key_hint": ("hint", "key_hint"),
}
_HEADERS_BELOW = ("headers", "request.headers", "request_headers", "req.headers")
"""Where gateways keep the headers of a request; a web server's log has them beside the rest."""

_MOST_KNOWN = 20_000
_LONGEST = 2_000
_LONGEST_HINT = 40

Tail = tuple[Any, ...]
"""A request's fields behind its place and time."""


class Mapped:
    """Makes requests of one recording's records; of those that say the same, it looks at one."""

    def __init__(self, policy: EgressPolicy) -> None:
        names = policy.fields
        self.names = {field: names.get(field, field) for field in (*_PLAIN, "time")}
        self._policy = policy
        self._time = getter(self.names["time"])
        self._getters = [getter(self.names[field]) for field in _PLAIN]
        mapped = [field for field in _KEYS if field in names]
        self._is_usual = not mapped
        self._carrier = _carrier(names[mapped[0]]) if mapped else "key"
        for field in _KEYS:
            wanted = (names[field],) if field in names else () if mapped else _USUAL[field]
            self._getters.append(_first_of(wanted))
        self._getters += [_header(way) for way in _ways(policy, "header")]
        self._getters += [getter(name) for name in body_fields(policy.tenant_from)]
        self._tails: dict[tuple[Any, ...], Tail] = {}
        self._sightings: dict[bytes, Sighting] = {}

    def request(self, record: Record, path: str, line: int) -> Request:
        """What a record says. path, line: where it stands."""
        values = [get(record) for get in self._getters]
        for at in (_KEY + 1, _KEY + 2):
            if _is_raw(values[at]):
                values[_KEY], values[at] = values[at], None
        if values[_KEY] is not None:
            # A raw key is not kept, not even as what is known already.
            values[_KEY] = self._hashed(values[_KEY])
        # Evidence of a request without a key says so; a field that is left out says nothing.
        is_told = self._is_usual and "sha256" in record and "header" in record
        shape = (is_told, *values)
        try:
            tail = self._tails.get(shape)
        except TypeError:  # a list or an object where a text should be
            values = [value if _is_plain(value) else text_of(value) for value in values]
            shape = (is_told, *values)
            tail = self._tails.get(shape)
        if tail is None:
            tail = self._tail(values, is_told=is_told)
            if not any(map(_is_raw, values)):
                if len(self._tails) >= _MOST_KNOWN:
                    self._tails.clear()
                self._tails[shape] = tail
        return Request._make((Place(path, line), moment(self._time(record)), *tail))

    def _hashed(self, raw: object) -> bytes:
        text = raw if type(raw) is str else "\n".join(_texts(raw))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        if digest not in self._sightings:
            if len(self._sightings) >= _MOST_KNOWN:
                self._sightings.clear()
                self._tails.clear()
            found = [sighting(one, self._carrier) for one in text.split("\n")]
            credentials = tuple(dict.fromkeys(one for each in found for one in each.credentials))
            self._sightings[digest] = Sighting(credentials, any(each.replaced for each in found))
        return digest

    def _tail(self, values: list[Any], *, is_told: bool) -> Tail:
        """The request that some values stand for. values: as `_getters` gave them, the key's digest in the
        place of the key."""
        texts = [text_of(value) for value in values]
        host, url, method, path, tenant, surface, scenario, model, status, header = texts[:_KEY]
        digits, hint = texts[_KEY + 1 : _KEY + 3]
        where = _where(host, url, path, self._policy.allowed_hosts)
        carrier = (header or self._carrier).lower()[:_LONGEST]
        seen = self._sightings[values[_KEY]] if values[_KEY] is not None else NOTHING
        credentials = (
            tuple(one._replace(carrier=carrier) for one in seen.credentials)
            if header
            else seen.credentials
        )
        if not credentials and not seen.replaced:
            credentials = referred(digits, hint, carrier)
        credentials += carried(url or path or "", (), authenticates=False)
        return (
            where[0],
            (method or "").upper()[:_LONGEST],
            redacted(where[1])[:_LONGEST],
            tuple(dict.fromkeys(credentials)),
            self._tenant(texts[_KEY + 3 :], where[0], tenant),
            surface,
            scenario,
            model,
            int(status)
            if status and status.isascii() and status.isdigit() and len(status) < 4
            else None,
            is_told and not any((header, digits, hint)),
            False,
            None,
        )

    def _tenant(self, texts: list[str | None], host: str, recorded: str | None) -> str | None:
        """texts: those of headers and fields that the policy tells tenants by."""
        names = (*_ways(self._policy, "header"), *body_fields(self._policy.tenant_from))
        known = {name: text for name, text in zip(names, texts, strict=True) if text is not None}
        found = tenant_of(self._policy.tenant_from, known, known, host)
        return found or (named(recorded) if recorded is not None else None)


_KEY = len(_PLAIN)


def _ways(policy: EgressPolicy, wanted: str) -> tuple[str, ...]:
    ways = (way.partition(":") for way in policy.tenant_from)
    return tuple(what.strip().lower() for kind, _, what in ways if kind == wanted)


def _header(name: str) -> Getter:
    """What finds a header's value, wherever gateways keep the headers."""
    return _first_of((name, *(f"{below}.{name}" for below in _HEADERS_BELOW)))


def _first_of(names: tuple[str, ...]) -> Getter:
    if len(names) == 1:
        return getter(names[0])
    getters = [getter(name) for name in names]

    def get(record: Record) -> Any:
        for one in getters:
            found = one(record)
            if found is not None:
                return found
        return None

    return get


def _carrier(name: str) -> str:
    """The header that a field stands for by its name, else what the field is called."""
    last = name.rpartition(".")[2].lower()
    return last if last in AUTHENTICATING else "key"


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values if (text := text_of(one)) is not None]


def _is_raw(value: object) -> bool:
    """Whether a value may hold the text of a key."""
    return type(value) is str and len(value) > _LONGEST_HINT and "sk-ant-" in value


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | bytes | int | float)


def _where(
    host: str | None, url: str | None, path: str | None, allowed: tuple[str, ...]
) -> tuple[str, str]:
    """Host and path. A gateway that names no host speaks of requests to the API."""
    for text in (url, path):
        if text is not None and "://" in text[:10]:
            found = host_and_path(text)
            if found is not None:
                return found
    plain = (path or url or "").partition("?")[0]
    if host is None:
        return allowed[0] if allowed else "", plain
    return without_port(host.strip().lower()), plain


def host_and_path(url: str) -> tuple[str, str] | None:
    """Host, lower case and without a port, and path of a URL; None for what is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return (host.lower(), parts.path or "/") if host else None


def without_port(host: str) -> str:
    """A host's name out of `name:443`."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and ("]" in name or ":" not in name) else host


def referred(digits: str | None, hint: str | None, carrier: str) -> tuple[Credential, ...]:
    """The credential that a hash or a hint stands for."""
    shown = hinted(hint, carrier) if hint else None
    found = (digits or "").strip().lower().removeprefix("sha256:")
    is_hash = len(found) == 64 and not found.strip("0123456789abcdef")
    if is_hash:
        kind, text = (shown.kind, shown.hint) if shown else ("unknown", "")
        return (Credential(carrier, kind, text, found),)
    return (shown,) if shown is not None and shown.hint else ()
