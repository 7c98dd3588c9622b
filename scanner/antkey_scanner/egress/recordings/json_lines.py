"""JSON lines: a gateway's log, antkey's own evidence, OpenTelemetry's exports, mixed as they come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from operator import itemgetter
from typing import Any, NamedTuple

from antkey_scanner.containers import Stream
from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.evidence import (
    VERSION_FIELD,
    Witnessed,
    from_json,
    silence_from_json,
)
from antkey_scanner.egress.recordings import HEAD_BYTES, Item, Items
from antkey_scanner.egress.recordings.faults import READ_ERRORS, Faults
from antkey_scanner.egress.recordings.fields import Record
from antkey_scanner.egress.recordings.lines import TOO_LONG, blocks
from antkey_scanner.egress.recordings.mapped import Mapped
from antkey_scanner.egress.recordings.moments import moment
from antkey_scanner.egress.recordings.otlp import Spans
from antkey_scanner.egress.recordings.quick_json import Decode, by_json, decoder
from antkey_scanner.egress.records import Request, Said, Stretch
from antkey_scanner.inventory.records import Place, Tenant
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy.egress import EgressPolicy

_BROKEN = "broken JSON; mend the line"
_NO_OBJECT = "a value that is no record; mend the line"
_LONG = "a line longer than 64 MiB"
_NOT_UTF8 = "is not UTF-8"
_MOST_TEXT = 16 << 20
"""So many characters of lines of evidence are kept, of no line more than `_LONGEST`."""

_LONGEST = 2_000
_LONGEST_HINT = 40
_CALLER = "caller"
_DOCUMENTS = frozenset({"log", "interactions"})
_SPANS = "resourceSpans"


def read(stream: Stream, head: bytes, shown: str, policy: EgressPolicy) -> Items:
    """One request for each line that is one."""
    faults, records = Faults(shown), Records(shown, policy)
    try:
        for number, lines in blocks(stream, head):
            yield from items_of(lines, number, records, faults)
            # A short recording ends before this has paid.
            records.hurry()
    except READ_ERRORS as error:
        yield from faults.cut(error)
    yield from faults.rest()


def items_of(lines: Iterable[bytes], number: int, records: Records, faults: Faults) -> Items:
    """What some lines hold. number: that of the first one."""
    shown, decode = records.shown, records.decode
    said, known = records.mapped.said, records.known
    first, times, told = number, list[Micros | None](), list[Said]()
    for line, raw in enumerate(lines, number):
        record = decode(raw)
        is_record = type(record) is dict and (
            len(raw) < HEAD_BYTES or _DOCUMENTS.isdisjoint(record)
        )
        if is_record and _SPANS not in record:
            found = said(record) if VERSION_FIELD not in record else known(record)
            if found is not None:
                times.append(moment(found[0]))
                told.append(found[1])
                continue
        if told:
            yield Stretch(shown, first, times, told)
            times, told = [], []
        first = line + 1
        if is_record and (_SPANS in record or VERSION_FIELD in record):
            yield from records.items(record, line, faults)
        else:
            yield from _others(raw, line, records, faults)
    if told:
        yield Stretch(shown, first, times, told)


def _others(raw: bytes, line: int, records: Records, faults: Faults) -> Items:
    """What a line holds that is no usual one."""
    record = _slowly(raw)
    if isinstance(record, str):
        yield from faults.at(line, record) if record else ()
    elif type(record) is not dict:
        yield from faults.at(line, _NO_OBJECT)
    elif len(raw) >= HEAD_BYTES and not _DOCUMENTS.isdisjoint(record):
        # Its start did not tell what it is.
        from antkey_scanner.egress.recordings import json_document

        yield from json_document.read(BytesIO(raw), b"", records.shown, records.policy)
    else:
        yield from records.items(record, line, faults)


def _slowly(raw: bytes) -> Any:
    """A line with blanks around it, or what is wrong with it; "" for an empty line."""
    if raw is TOO_LONG:
        return _LONG
    try:
        text = raw.decode().strip(" \t\r\n")
        return json.loads(text) if text else ""
    except UnicodeDecodeError:
        return _NOT_UTF8
    except (ValueError, RecursionError):
        return _BROKEN


class Records:
    """Makes requests of the objects of one recording, whichever kind each is of."""

    def __init__(self, shown: str, policy: EgressPolicy) -> None:
        self.shown = shown
        self.policy = policy
        self.mapped = Mapped(policy)
        self.decode: Decode = by_json
        self._spans = Spans(shown, policy)
        self._told = _Told()
        self._witnessed: dict[tuple[str, ...], _Witnessed] = {}
        self._kept_text = 0

    def hurry(self) -> None:
        """Prepare for many lines."""
        if self.decode is by_json:
            self.decode = decoder()

    def items(self, record: Record, line: int, faults: Faults) -> Iterator[Item]:
        """The requests of one object, as a rule one."""
        if VERSION_FIELD in record:
            return self._evidence(record, line, faults)
        if _SPANS in record:
            return self._spans.of_document(record, line)
        return iter((self.mapped.request(record, self.shown, line),))

    def known(self, record: Record) -> tuple[object, Said] | None:
        """What tells the time of a line of evidence, and what else it says; None for one that says what none
        before it has said: it may tell whose its keys are."""
        names = tuple(record)
        witnessed = self._witnessed.get(names)
        caller = record.get(_CALLER)
        if (
            witnessed is None
            or not (caller is None or type(caller) is str)
            or len(caller or "") > _LONGEST
        ):
            return None
        try:
            said = witnessed.said.get(witnessed.values(record))
        except TypeError:  # it tells of several credentials
            return None
        return None if said is None else (record.get("time"), said)

    def _keep(self, record: Record, said: Said) -> None:
        """Keep what a line of evidence says, unless it is long or may hold a key's text."""
        names = tuple(record)
        texts = [value for value in record.values() if type(value) is str]
        size = sum(map(len, texts))
        if size > _LONGEST or self._kept_text + size > _MOST_TEXT:
            return
        if any(len(text) > _LONGEST_HINT and "sk-ant-" in text for text in texts):
            return
        witnessed = self._witnessed.get(names)
        if witnessed is None:
            telling = [name for name in names if name not in ("time", _CALLER)]
            witnessed = _Witnessed(itemgetter(*telling, VERSION_FIELD), {})
        with suppress(TypeError):
            witnessed.said[witnessed.values(record)] = said
            self._witnessed[names] = witnessed
            self._kept_text += size

    def _evidence(self, record: Record, line: int, faults: Faults) -> Iterator[Item]:
        """A line of evidence."""
        if (silent := silence_from_json(record)) is not None:
            yield silent
            return
        time = record.get("time")
        found = self.known(record)
        if found is not None:
            yield Request(Place(self.shown, line), moment(time), *found[1])
            return
        try:
            witnessed = from_json(record, Place(self.shown, line), moment(time))
        except ValueError as error:
            yield from faults.at(line, str(error))
            return
        # Which test has sent it no finding tells.
        request = witnessed.request._replace(source=None)
        self._keep(record, request[2:])
        yield from self._told.of(witnessed)
        yield request


class _Witnessed(NamedTuple):
    """Lines of evidence with the same fields. values: all but the time and the caller; said: by these."""

    values: Callable[[Record], tuple[Any, ...]]
    said: dict[tuple[Any, ...], Said]


class _Told:
    """Whose keys evidence has told of so far. All made-up keys of a tenant are versions of one."""

    def __init__(self) -> None:
        self._lives: dict[str | None, KeyLife] = {}
        self._last: dict[str, KeyLife] = {}
        self._tenants: set[str] = set()
        self._with_key: set[str] = set()

    def of(self, witnessed: Witnessed) -> Iterator[KeyLife | Tenant]:
        """What a line adds to what is known."""
        tenant = witnessed.request.tenant
        if tenant is not None and tenant not in self._tenants:
            self._tenants.add(tenant)
            yield Tenant(tenant)
        if witnessed.has_key and tenant is not None and tenant not in self._with_key:
            # Where an application never sends the tenant's key, no line tells of it.
            self._with_key.add(tenant)
            name = f"key of {tenant}"
            yield KeyLife(name, "tenant", tenant, sha256(name.encode()).hexdigest())
        for life in witnessed.lives:
            known = self._lives.get(life.sha256)
            if known != life:
                self._lives[life.sha256] = life
                if known is None:
                    yield from self._version(life)
                yield life

    def _version(self, life: KeyLife) -> Iterator[KeyLife]:
        """The key that this one took the place of."""
        if life.role != "tenant" or life.tenant is None:
            return
        last = self._last.get(life.tenant)
        self._last[life.tenant] = life
        if last is not None:
            last = self._lives.get(last.sha256, last)
            if last.successor is None:
                yield last._replace(successor=life.source, replaced_at=life.start)
