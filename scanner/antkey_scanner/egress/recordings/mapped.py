"""Makes requests of records with named fields: a gateway's JSON lines, a web server's log. Pure.

Which field is which a policy says by `[egress.fields]`; without that they are named as in evidence. A
policy's own name for a key, hash or hint takes the place of the usual names of all three.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from antkey_scanner.egress.attribution import body_fields, named, tenant_of
from antkey_scanner.egress.credentials import AUTHENTICATING, carried, redacted
from antkey_scanner.egress.recordings.addresses import where
from antkey_scanner.egress.recordings.fields import Fields, Record, Wanted, text_of
from antkey_scanner.egress.recordings.moments import moment
from antkey_scanner.egress.recordings.sightings import Sighting, referred, sighting
from antkey_scanner.egress.records import Credential, Request, Said
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

_MOST_KNOWN = 50_000
_MOST_TEXT = 32 << 20
"""So many things that records say are kept, and so many characters of them."""

_MOST_SHAPES = 1_000
_LONGEST = 2_000
_LONGEST_HINT = 40
_TELLS_OF_NONE = b"no key"
_TELLING = ("sha256", "header")


class _Flat(NamedTuple):
    """Records of the same fields, none of which holds others. time: the field that tells it; said: the
    values that tell the rest; tails: by these values, for all records that have them in whatever order and
    among whatever else."""

    time: str
    said: Callable[[Record], tuple[Any, ...]]
    tails: dict[tuple[Any, ...], Said]


_NEW = _Flat("", itemgetter(0, 1), {})
"""Stands for what nobody has looked at yet."""


class Mapped:
    """Makes requests of one recording's records; of those that say the same, it looks at one.

    names: the fields, by ours; wanted: whether a field matters; is_time_apart: nothing else hangs on the one
    that tells the time."""

    def __init__(self, policy: EgressPolicy) -> None:
        names = policy.fields
        self.names = {field: names.get(field, field) for field in (*_PLAIN, "time")}
        self._policy = policy
        mapped = [field for field in _KEYS if field in names]
        self._is_usual = not mapped
        self._carrier = _carrier(names[mapped[0]]) if mapped else "key"
        self._headers = _ways(policy, "header")
        self._body_fields = body_fields(policy.tenant_from)
        groups = [
            (self.names["time"],),
            *((self.names[field],) for field in _PLAIN),
            *((names[field],) if field in names else _usual(field, mapped) for field in _KEYS),
            *map(_header_names, self._headers),
            *((name,) for name in self._body_fields),
        ]
        names_wanted = [name for group in groups for name in group]
        self._fields = Fields(names_wanted)
        self.wanted = Wanted((*names_wanted, *_TELLING))
        # The field of the time may be that of something else too.
        self.is_time_apart = self.names["time"].lower() not in map(str.lower, names_wanted[1:])
        ends = list(accumulate(len(group) for group in groups))
        self._places = [
            range(end - len(group), end) for group, end in zip(groups, ends, strict=True)
        ]
        self._raw = frozenset(self._places[_KEY])
        self._hashable = [at for places in self._places[_KEY : _KEY + 3] for at in places]
        self._flat: dict[tuple[str, ...], _Flat | None] = {}
        self._flat_tails: dict[object, dict[tuple[Any, ...], Said]] = {}
        self._tails: dict[tuple[Any, ...], Said] = {}
        self._sightings: dict[bytes, Sighting] = {}
        self._kept = self._kept_text = 0

    def request(self, record: Record, path: str, line: int) -> Request:
        """What a record says. path, line: where it stands."""
        time, said = self.said(record)
        return Request(Place(path, line), moment(time), *said)

    def said(self, record: Record) -> tuple[object, Said]:
        """What tells a record's time, and what else it says: one object for all that say the same."""
        names = tuple(record)
        flat = self._flat.get(names, _NEW)
        if flat is _NEW:
            flat = self._of_shape(names)
        if flat is None:
            return self._read(record)
        values = flat.said(record)
        try:
            return record[flat.time], flat.tails[values]
        except KeyError:
            time, tail = self._read(record, keeps=False)
            self._keep(flat.tails, values, tail)
            return time, tail
        except TypeError:  # a list or an object where a text should be
            return self._read(record)

    def _of_shape(self, names: tuple[str, ...]) -> _Flat | None:
        """How records of such fields are told from each other. None where that takes a closer look: where
        something lies deeper or may be a key, or nothing tells the time."""
        fields = self._fields.flat(names) or {}
        time = next((name for name, places in fields.items() if places == (0,)), None)
        said = sorted((name for name in fields if name != time), key=fields.__getitem__)
        told = [at for name in said for at in fields[name]]
        if len(self._flat) >= _MOST_SHAPES:
            self._flat.clear()
            self._flat_tails.clear()
        flat = None
        if time is not None and len(said) > 1 and self._raw.isdisjoint(told) and 0 not in told:
            meant = (*(fields[name] for name in said), self._tells_of_none(names))
            flat = _Flat(time, itemgetter(*said), self._flat_tails.setdefault(meant, {}))
        self._flat[names] = flat
        return flat

    def _read(self, record: Record, *, keeps: bool = True) -> tuple[object, Said]:
        """The time, and what else a record says."""
        values = self._fields.values(record)
        time = values[0]
        values[0] = _TELLS_OF_NONE if self._tells_of_none(record) else None
        for at in self._hashable:
            value = values[at]
            if value is not None and (
                at in self._raw or (type(value) is str and "sk-ant-" in value and is_raw(value))
            ):
                # A raw key is not kept, not even as what is known already.
                values[at] = self._hashed(value)
        shape = tuple(values)
        try:
            tail = self._tails.get(shape)
        except TypeError:  # a list or an object where a text should be
            shape = tuple(value if _is_plain(value) else text_of(value) for value in values)
            tail = self._tails.get(shape)
        if tail is None:
            tail = self._tail(shape)
            if len(self._sightings) >= _MOST_KNOWN:
                self._forget()
            if keeps:
                self._keep(self._tails, shape, tail)
        return time, tail

    def _tells_of_none(self, names: Container[str]) -> bool:
        """Whether a record of such fields that names no key tells that there was none: evidence says so, and
        elsewhere a field that is left out says nothing."""
        return self._is_usual and all(name in names for name in _TELLING)

    def _keep(self, tails: dict[tuple[Any, ...], Said], shape: tuple[Any, ...], tail: Said) -> None:
        """Keep what some values stand for, unless one of them is a key's text, or is equal to one that says
        something else, as 1 is to true, or they are long."""
        size = 0
        for value in shape:
            if type(value) is str:
                size += len(value)
                if is_raw(value):
                    return
            elif value is not None and value in (0, 1):
                return
        if size > _LONGEST:
            return
        self._kept += 1
        self._kept_text += size
        if self._kept > _MOST_KNOWN or self._kept_text > _MOST_TEXT:
            self._forget()
        tails[shape] = tail

    def _forget(self) -> None:
        self._kept = self._kept_text = 0
        self._tails.clear()
        self._sightings.clear()
        for tails in self._flat_tails.values():
            tails.clear()

    def _hashed(self, raw: object) -> bytes:
        text = raw if type(raw) is str else "\n".join(_texts(raw))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        if digest not in self._sightings:
            found = [sighting(one, self._carrier) for one in text.split("\n")]
            credentials = tuple(dict.fromkeys(one for each in found for one in each.credentials))
            self._sightings[digest] = Sighting(credentials, any(each.replaced for each in found))
        return digest

    def _tail(self, shape: Said) -> Said:
        """The request that some values stand for. shape: as `request` made it, digests in the place of
        keys, and in that of the time whether the record tells that there was no key."""
        values = [
            shape[places[0]] if len(places) == 1 else _first(shape, places)
            for places in self._places
        ]
        texts = [text if type(text) is str else text_of(text) for text in values]
        host, url, method, path, tenant, surface, scenario, model, status, header = texts[1:_KEY]
        digits, hint = texts[_KEY + 1 : _KEY + 3]
        host, path, query = where(host, url, path, self._policy.allowed_hosts)
        credentials = self._credentials(values[_KEY : _KEY + 3], header)
        credentials += carried(query, (), authenticates=False)
        return (
            host,
            (method or "").upper()[:_LONGEST],
            redacted(path)[:_LONGEST],
            tuple(dict.fromkeys(credentials)),
            self._tenant(texts[_KEY + 3 :], host, tenant),
            _cut(surface),
            _cut(scenario),
            _cut(model),
            status_of(status),
            bool(values[0]) and not any((header, digits, hint)),
            False,
            None,
        )

    def _credentials(self, values: list[Any], header: str | None) -> tuple[Credential, ...]:
        """values: of key, hash and hint, each a digest where it was the text of a key."""
        carrier = (header or self._carrier).lower()[:_LONGEST]
        digests = [value for value in values if isinstance(value, bytes)]
        seen = [self._sightings[digest] for digest in digests]
        found = tuple(
            one._replace(carrier=carrier) if header else one
            for each in seen
            for one in each.credentials
        )
        if found or any(each.replaced for each in seen):
            return found
        return referred(text_of(values[1]), text_of(values[2]), carrier)

    def _tenant(self, texts: list[str | None], host: str, recorded: str | None) -> str | None:
        """texts: those of headers and fields that the policy tells tenants by."""
        names = (*self._headers, *self._body_fields)
        known = {name: text for name, text in zip(names, texts, strict=True) if text is not None}
        found = tenant_of(self._policy.tenant_from, known, known, host)
        return found or (named(recorded) if recorded is not None else None)


_KEY = 1 + len(_PLAIN)


def _ways(policy: EgressPolicy, wanted: str) -> tuple[str, ...]:
    ways = (way.partition(":") for way in policy.tenant_from)
    return tuple(what.strip().lower() for kind, _, what in ways if kind == wanted)


def _header_names(name: str) -> tuple[str, ...]:
    """Where a header's value may be: gateways keep the headers together, logs beside the rest."""
    return (name, *(f"{below}.{name}" for below in _HEADERS_BELOW))


def _usual(field: str, mapped: list[str]) -> tuple[str, ...]:
    return () if mapped else _USUAL[field]


def _first(values: Said, places: range) -> Any:
    """Of several values for one thing the first that there is."""
    for at in places:
        if values[at] is not None:
            return values[at]
    return None


def status_of(text: str | None) -> int | None:
    """An HTTP status."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


def _carrier(name: str) -> str:
    """The header that a field stands for by its name, else what the field is called."""
    last = name.rpartition(".")[2].lower()
    return last if last in AUTHENTICATING else "key"


def _cut(text: str | None) -> str | None:
    return text if text is None else text[:_LONGEST]


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values if (text := text_of(one)) is not None]


def is_raw(value: object) -> bool:
    """Whether a value may hold the text of a key: such a one is not kept."""
    return type(value) is str and len(value) > _LONGEST_HINT and "sk-ant-" in value


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | bytes | int | float)
