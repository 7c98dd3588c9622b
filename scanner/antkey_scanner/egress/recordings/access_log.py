"""Logs of web servers and gateways, line by line, that name the key's hash or hint in a field of their own.

Understood are the common and combined formats of nginx and Apache, also with the virtual host in front, with
further fields behind them as `name=value` or `name="value"`; and logfmt, which is nothing but such fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from antkey_scanner.containers import Stream
from antkey_scanner.egress.recordings import Items
from antkey_scanner.egress.recordings.addresses import without_port
from antkey_scanner.egress.recordings.faults import READ_ERRORS, Faults
from antkey_scanner.egress.recordings.lines import TOO_LONG, blocks
from antkey_scanner.egress.recordings.mapped import Mapped, is_raw
from antkey_scanner.egress.recordings.moments import Clock, moment
from antkey_scanner.egress.records import Said, Stretch
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy.egress import EgressPolicy

_COMMON = re.compile(
    r"""
    (?: (?P<host> [A-Za-z0-9_.:\[\]-]{1,255} ) [ ] )?
    [^ \[\]"]{1,255} [ ] [^ \[\]"]{1,255} [ ] [^\[\]"]{1,255}? [ ]
    \[ (?P<time> [^\]]{1,64} ) \] [ ]
    " (?P<method> [A-Z]{1,20} ) [ ] (?P<path> [^ "]{1,8192} ) (?: [ ] HTTP/[0-9.]{1,4} )? " [ ]
    (?P<status> [0-9]{3} | - ) (?: [ ] (?: [0-9]{1,20} | - ) )?
    (?: (?: [ ] "[^"\\]*" ){0,4} (?P<words> (?: [ ] [^"\\]* )? ) \Z
      | (?P<rest> (?: [ ] .* )? ) )
    """,
    re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_FIELD = re.compile(rf'(?<![^\s])({_NAME.pattern})=("(?:[^"\\]|\\.)*"|[^\s"]*)')
_ESCAPED = re.compile(r"\\(.)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_FEWEST_FIELDS = 3
_LONGEST_LINE = 1 << 20
_LONGEST_KEPT, _MOST_KEPT = 1_000, 50_000
_LONGEST_NAME, _MOST_NAMES = 100, 10_000

_STRANGE = "a line that is no request of an access log"
_LONG = "a line that is longer than 1 MiB"


def is_log(text: str) -> bool:
    """Whether a line may be one of a log that is understood here."""
    return _COMMON.match(text) is not None or len(_FIELD.findall(text)) >= _FEWEST_FIELDS


def read(stream: Stream, head: bytes, shown: str, policy: EgressPolicy) -> Items:
    """One request for each line that is one."""
    faults, log = Faults(shown), _Log(policy)
    try:
        for number, lines in blocks(stream, head):
            yield from _items(lines, number, shown, log, faults)
    except READ_ERRORS as error:
        yield from faults.cut(error)
    yield from faults.rest()


def _items(lines: Iterable[bytes], number: int, shown: str, log: _Log, faults: Faults) -> Items:
    first, times, told = number, list[Micros | None](), list[Said]()
    for line, raw in enumerate(lines, number):
        text = raw.decode("utf-8", "replace").strip(" \t\r\n")
        is_long = raw is TOO_LONG or len(raw) > _LONGEST_LINE
        found = log.said(text) if text and not is_long else None
        if found is not None:
            times.append(found[0])
            told.append(found[1])
            continue
        if told:
            yield Stretch(shown, first, times, told)
            times, told = [], []
        first = line + 1
        if text or is_long:
            yield from faults.at(line, _LONG if is_long else _STRANGE)
    if told:
        yield Stretch(shown, first, times, told)


class _Log:
    """Reads the lines of one log; of those that say the same but for their time, it looks at one."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._mapped = Mapped(policy)
        self._clock = Clock()
        self._names = _Names(_is_name)
        self._asked = _Names(lambda name: self._names[name] and self._mapped.wanted[name])
        self._told: dict[tuple[str | None, ...], Said] = {}

    def said(self, text: str) -> tuple[Micros | None, Said] | None:
        """When a line's request started and what it says; None for a line that is no request."""
        found = _COMMON.match(text) if "[" in text else None
        if found is None:
            fields = _fields(text, self._names)
            if len(fields) < _FEWEST_FIELDS:
                return None
            when, said = self._mapped.said(fields)
            return moment(when), said
        host, written, method, path, status, words, rest = found.groups()
        time = self._clock.read(written)
        # Behind the status there may be a referrer and a browser's name in quotes, and in these anything.
        fields = _fields(words if rest is None else _without_plain_quotes(rest), self._asked)
        shape = (host, method, path, status, *fields, *fields.values())
        known = self._told.get(shape)
        if known is not None:
            return time, known
        _, said = self._mapped.said(self._record(host, time, method, path, status, fields))
        if self._mapped.is_time_apart and len(text) < _LONGEST_KEPT and not any(map(is_raw, shape)):
            if len(self._told) >= _MOST_KEPT:
                self._told.clear()
            self._told[shape] = said
        return time, said

    def _record(
        self,
        host: str | None,
        time: Micros | None,
        method: str,
        path: str,
        status: str,
        fields: dict[str, Any],
    ) -> dict[str, Any]:
        """A line's fields, by the names that a policy gives them."""
        names, record = self._mapped.names, dict(fields)
        record[names["time"]] = time
        for field, value in (("method", method), ("path", path), ("status", status)):
            record[names[field]] = value
        if host is not None:
            record.setdefault(names["host"], without_port(host))
        return record


def _fields(text: str, asked: _Names) -> dict[str, Any]:
    """The fields that are asked for, by name; of several of one name the last."""
    if '"' not in text:
        words = (word.partition("=") for word in text.split())
        return {
            name: None if value in ("", "-") else value
            for name, equals, value in words
            if equals and asked[name]
        }
    found = {}
    for name, value in _FIELD.findall(text):
        if asked[name]:
            if value.startswith('"'):
                value = _ESCAPED.sub(r"\1", value[1:-1])
            found[name] = None if value in ("", "-") else value
    return found


def _is_name(word: str) -> bool:
    return _NAME.fullmatch(word) is not None


class _Names(dict[str, bool]):
    """By what stands before a `=` what is said of it."""

    def __init__(self, say: Callable[[str], bool]) -> None:
        super().__init__()
        self._say = say

    def __missing__(self, name: str) -> bool:
        said = self._say(name)
        if len(self) >= _MOST_NAMES:
            self.clear()
        if len(name) <= _LONGEST_NAME:
            self[name] = said
        return said


def _without_plain_quotes(text: str) -> str:
    """The text without quoted parts that are the value of no field."""
    return _QUOTED.sub(
        lambda match: match.group() if text[match.start() - 1] == "=" else '""', text
    )
