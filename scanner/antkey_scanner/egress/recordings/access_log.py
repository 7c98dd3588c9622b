"""Logs of web servers and gateways, line by line, that name the key's hash or hint in a field of their own.

Understood are the common and combined formats of nginx and Apache, also with the virtual host in front, with
further fields behind them as `name=value` or `name="value"`; and logfmt, which is nothing but such fields.
"""

from __future__ import annotations

import re
from typing import Any

from antkey_scanner.containers import Stream
from antkey_scanner.egress.recordings import Items
from antkey_scanner.egress.recordings.faults import READ_ERRORS, Faults
from antkey_scanner.egress.recordings.lines import TOO_LONG, blocks
from antkey_scanner.egress.recordings.mapped import Mapped, without_port
from antkey_scanner.egress.recordings.moments import logged
from antkey_scanner.policy.egress import EgressPolicy

_COMMON = re.compile(
    r"""
    (?: (?P<host> [A-Za-z0-9_.:\[\]-]{1,255} ) [ ] )?
    [^ \[\]"]{1,255} [ ] [^ \[\]"]{1,255} [ ] [^\[\]"]{1,255}? [ ]
    \[ (?P<time> [^\]]{1,64} ) \] [ ]
    " (?P<method> [A-Z]{1,20} ) [ ] (?P<path> [^ "]{1,8192} ) (?: [ ] HTTP/[0-9.]{1,4} )? " [ ]
    (?P<status> [0-9]{3} | - ) (?: [ ] (?: [0-9]{1,20} | - ) )?
    (?P<rest> (?: [ ] .* )? )
    """,
    re.VERBOSE,
)
_FIELD = re.compile(r'(?<![^\s])([A-Za-z_][A-Za-z0-9_.-]{0,99})=("(?:[^"\\]|\\.)*"|[^\s"]*)')
_ESCAPED = re.compile(r"\\(.)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_FEWEST_FIELDS = 3
_LONGEST_LINE = 1 << 20

_STRANGE = "a line that is no request of an access log"
_LONG = "a line that is longer than 1 MiB"


def is_log(text: str) -> bool:
    """Whether a line may be one of a log that is understood here."""
    return _COMMON.match(text) is not None or len(_FIELD.findall(text)) >= _FEWEST_FIELDS


def read(stream: Stream, head: bytes, shown: str, policy: EgressPolicy) -> Items:
    """One request for each line that is one."""
    faults = Faults(shown)
    mapped = Mapped(policy)
    try:
        for number, lines in blocks(stream, head):
            for line, raw in enumerate(lines, number):
                if raw is TOO_LONG or len(raw) > _LONGEST_LINE:
                    yield from faults.at(line, _LONG)
                    continue
                text = raw.decode("utf-8", "replace").strip(" \t\r\n")
                if not text:
                    continue
                record = _record(text, mapped.names)
                if record is None:
                    yield from faults.at(line, _STRANGE)
                else:
                    yield mapped.request(record, shown, line)
    except READ_ERRORS as error:
        yield from faults.cut(error)
    yield from faults.rest()


def _record(text: str, names: dict[str, str]) -> dict[str, Any] | None:
    """A line's fields, by the names that a policy gives them; None for a line that is no request."""
    found = _COMMON.match(text)
    if found is None:
        fields = _fields(text)
        return fields if len(fields) >= _FEWEST_FIELDS else None
    # Behind the status there may be a referrer and a browser's name in quotes, and in these anything.
    record = _fields(_without_plain_quotes(found["rest"]))
    record[names["time"]] = logged(found["time"])
    for field in ("method", "path", "status"):
        record[names[field]] = found[field]
    if found["host"] is not None:
        record.setdefault(names["host"], without_port(found["host"]))
    return record


def _fields(text: str) -> dict[str, Any]:
    found = {}
    for name, value in _FIELD.findall(text):
        if value.startswith('"'):
            value = _ESCAPED.sub(r"\1", value[1:-1])
        found[name] = None if value in ("", "-") else value
    return found


def _without_plain_quotes(text: str) -> str:
    """The text without quoted parts that are the value of no field."""
    return _QUOTED.sub(
        lambda match: match.group() if text[match.start() - 1] == "=" else '""', text
    )
