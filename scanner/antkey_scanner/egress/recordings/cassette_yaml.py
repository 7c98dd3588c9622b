"""vcrpy's cassettes in YAML, interaction by interaction: the whole file is never there as a tree."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import yaml

from antkey_scanner.containers import Stream
from antkey_scanner.egress.recordings import LONGEST_ENTRY, Items, cassette
from antkey_scanner.egress.recordings.faults import READ_ERRORS, Faults
from antkey_scanner.egress.recordings.joined import Joined
from antkey_scanner.egress.recordings.whole import Whole
from antkey_scanner.model import Skip
from antkey_scanner.policy.egress import EgressPolicy

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LIST = "interactions"
_DEEPEST = 64
_MOST_ANCHORS = 10_000
_ENTRY = "an interaction that is no request; mend the recording"
_OTHER = "is YAML, but no vcrpy cassette: it has no list of interactions"


class _Refused(Exception):
    """The file is YAML that no cassette needs."""


def read(stream: Stream, head: bytes, shown: str, policy: EgressPolicy) -> Items:
    """One request for each interaction that is one."""
    faults = Faults(shown)
    whole = Whole(policy, is_trusted=False)
    events = _Events(stream, head)
    try:
        for line, interaction in events.interactions():
            seen = cassette.seen(interaction, shown, line)
            if seen is None:
                yield from faults.at(line, _ENTRY)
            else:
                yield from whole.requests(seen)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1:,}: " if mark is not None else ""
        yield Skip(shown, f"{where}broken YAML; what follows was not read")
    except RecursionError:
        yield Skip(shown, f"line {events.line:,}: is nested too deep; what follows was not read")
    except _Refused as refused:
        yield Skip(shown, f"line {events.line:,}: {refused}; what follows was not read")
    except READ_ERRORS as error:
        yield from faults.cut(error)
    if not events.is_cassette:
        yield Skip(shown, _OTHER)
    yield from whole.rest()
    yield from faults.rest()


class _Events:
    """Makes values of the parser's events. line: of the event that came last, 1-based."""

    def __init__(self, stream: Stream, head: bytes) -> None:
        self._events = iter(yaml.parse(Joined(stream, head), Loader=_LOADER))
        self._anchors: dict[str, Any] = {}
        self._size = 0
        self.line = 1
        self.is_cassette = False

    def interactions(self) -> Iterator[tuple[int, Any]]:
        """The elements of the list, each with its line."""
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                yield from self._fields()
            elif not isinstance(
                event,
                yaml.StreamStartEvent
                | yaml.StreamEndEvent
                | yaml.DocumentStartEvent
                | yaml.DocumentEndEvent,
            ):
                return

    def _fields(self) -> Iterator[tuple[int, Any]]:
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._value(event, 0)
            event = next(self._events)
            if name != _LIST or not isinstance(event, yaml.SequenceStartEvent):
                self._value(event, 0)
                continue
            self.is_cassette = True
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                self._size, line = 0, _line(event)
                value = self._value(event, 0)
                yield line, value

    def _value(self, event: Any, depth: int) -> Any:
        self.line = _line(event)
        if depth > _DEEPEST:
            raise _Refused("is nested too deep")
        if isinstance(event, yaml.AliasEvent):
            return self._anchors.get(event.anchor or "")
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
                value.append(self._value(inner, depth + 1))
        else:
            value = {}
            while not isinstance(inner := next(self._events), yaml.MappingEndEvent):
                name = self._value(inner, depth + 1)
                held = self._value(next(self._events), depth + 1)
                if isinstance(name, str):
                    value[name] = held
        if event.anchor is not None:
            if len(self._anchors) >= _MOST_ANCHORS:
                raise _Refused("has too many anchors")
            self._anchors[event.anchor] = value
        return value

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text = str(event.value)
        self._size += len(text)
        if self._size > LONGEST_ENTRY:
            raise _Refused("an entry is longer than 64 MiB")
        if event.tag is not None and event.tag.endswith("binary"):
            try:
                return base64.b64decode(text)
            except (ValueError, binascii.Error):
                return b""
        if not event.style and text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        return text


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1
