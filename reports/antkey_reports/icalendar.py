"""What is due as an iCalendar file (RFC 5545) that calendars import or subscribe to.

A key is named by its label only; what tells its events apart is a hash.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from itertools import islice

from antkey_reports.inert import all_inert, are_inert, inert
from antkey_scanner import __version__
from antkey_scanner.inventory.calendar import Event as Due
from antkey_scanner.inventory.calendar import Kind
from antkey_scanner.inventory.times import DAY, SECOND, Micros, day, rfc3339

_NAMESPACE = uuid.UUID("0e7b6a52-9d0c-4c1e-8a57-5f2f4b0f6d3a").bytes
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""By a digit: the same with the two highest bits of the variant that RFC 9562 says (section 4.1)."""

_AT_ONCE = 1_000
"""So many events are looked through together: nearly always there is nothing to mend in any of them."""

_LONGEST = 200
"""Characters of a name in a summary; calendars show one line of it."""

SUMMARIES: dict[Kind, str] = {
    "overlap": "Deactivate API key {}",
    "rotation": "Rotate API key {}",
    "expiry": "API key {} expires",
    "warning": "Plan the rotation of API key {}",
    "waiver": "Waiver for {} ends",
}

_SUMMARIES = {kind: summary.split("{}") for kind, summary in SUMMARIES.items()}

_HEAD = (
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    f"PRODID:-//antkey//antkey {__version__}//EN\r\n"
    "CALSCALE:GREGORIAN\r\n"
    "X-WR-CALNAME:API keys\r\n"
)
_END = "END:VCALENDAR\r\n"

_UTC = (
    "BEGIN:VTIMEZONE\r\n"
    "TZID:UTC\r\n"
    "BEGIN:STANDARD\r\n"
    "DTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0000\r\n"
    "TZOFFSETTO:+0000\r\n"
    "END:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
)
"""For a calendar without events: it must have some component (RFC 5545, section 3.6)."""

_LINE = 75
"""Octets of a line without its end (RFC 5545, section 3.1)."""

_CUT = _LINE - 1
"""Octets of a piece: the blank before it counts too."""

_COUNTED = re.compile(rb".{1,74}", re.DOTALL)
_PIECE = re.compile(rb".{0,73}[^\\](?![\x80-\xbf])|.{1,74}(?![\x80-\xbf])", re.DOTALL)
"""A piece of a folded line: as long as can be, parting no character and, if that can be, no escape."""


def render(events: Iterable[Due], now: Micros) -> str:
    """A calendar with one all-day event for each; lines end in CR LF.

    A warning is no event of its own here: it is the alarm of what it warns of. The same key and kind have
    the same UID in every run, so that a later export moves the event and adds none.
    """
    return "".join(pieces(events, now))


def pieces(events: Iterable[Due], now: Micros) -> Iterator[str]:
    """The calendar of `render` in pieces of whole lines: that of many keys is large."""
    stamp = re.sub(r"[-:]", "", rfc3339(now // SECOND * SECOND))
    yield _HEAD
    seen: dict[str, int] = {}
    days = _Compact()
    left = (event for event in events if event.kind != "warning")
    while some := list(islice(left, _AT_ONCE)):
        for event, name, description in zip(some, _names(some), _descriptions(some), strict=True):
            identity = _identity(event)
            number = seen.get(identity, 0)
            seen[identity] = number + 1
            on = days[event.time // DAY]
            yield _event(event, name, description, on, _uid(identity, number), stamp)
    if not seen:
        yield _UTC
    yield _END


class _Compact(dict[int, str]):
    """Days as `20261120`, by their number since 1970."""

    def __missing__(self, number: int) -> str:
        text = self[number] = day(number * DAY).replace("-", "")
        return text


def _event(due: Due, name: str, description: str, on: str, uid: str, stamp: str) -> str:
    """name, description: of the type TEXT, with nothing in them that anything obeys; on: as `20261120`."""
    before_name, behind_name = _SUMMARIES[due.kind]
    summary = f"{before_name}{name}{behind_name}"
    overdue = "Overdue: " if due.overdue else ""
    before = f"-P{due.days_before}D" if due.days_before else "PT0S"
    return (
        "BEGIN:VEVENT\r\n"
        f"{_folded(f'SUMMARY:{overdue}{summary}')}\r\n"
        f"DTSTART;VALUE=DATE:{on}\r\n"
        f"DTSTAMP:{stamp}\r\n"
        f"UID:{uid}\r\n"
        f"CATEGORIES:antkey,{due.kind}\r\n"
        f"{_folded(f'DESCRIPTION:{description}')}\r\n"
        "TRANSP:TRANSPARENT\r\n"
        "BEGIN:VALARM\r\n"
        "ACTION:DISPLAY\r\n"
        f"{_folded(f'DESCRIPTION:{summary}')}\r\n"
        f"TRIGGER:{before}\r\n"
        "END:VALARM\r\n"
        "END:VEVENT\r\n"
    )


def _names(events: Sequence[Due]) -> list[str]:
    """What each is about, as summaries show it."""
    names = _all_inert([event.about for event in events])
    shown = [name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…" for name in names]
    # What is inert holds no carriage return, so that all can be escaped together.
    return _text("\r".join(shown)).split("\r")


def _descriptions(events: Sequence[Due]) -> list[str]:
    """What is told of each, as values of the type TEXT."""
    told = list(map(_told, events))
    texts = list(map("\n".join, told))
    together = "\n".join(texts)
    if together.count("\n") + 1 != sum(map(len, told)) or not are_inert(together):
        texts = ["\n".join(map(_inert, lines)) for lines in told]
    # As above.
    return _text("\r".join(texts)).split("\r")


def _told(due: Due) -> list[str]:
    key = due.record
    if key is None:
        return [f"{due.about}: {due.message}.", due.remedy]
    told = [f"{due.about}: {due.message}."]
    if key.environment:
        told.append(f"Environment: {key.environment}")
    if key.service:
        told.append(f"Service: {key.service}")
    if key.tenant:
        told.append(f"Tenant: {key.tenant}")
    if owner := key.principal or key.created_by:
        told.append(f"Owner: {owner}")
    if key.hint:
        told.append(f"Hint: {key.hint}")
    told.append(due.remedy)
    return told


def _text(text: str) -> str:
    """A value of the type TEXT (RFC 5545, section 3.3.11)."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> str:
    if len(line) <= _LINE and line.isascii():
        return line
    data = line.encode()
    if len(data) <= _LINE:
        return line
    # Nearly always the pieces can be cut by counting: no cut is behind a backslash or within a character.
    is_easy = b"\\" not in data[_CUT - 1 :: _CUT] + data[-1:] and data[_CUT::_CUT].isascii()
    return b"\r\n ".join((_COUNTED if is_easy else _PIECE).findall(data)).decode()


def _all_inert(texts: Sequence[str]) -> Sequence[str]:
    return texts if all_inert(texts) is texts else list(map(_inert, texts))


def _inert(text: str) -> str:
    """Folding can begin a line anywhere in a text, so that no two colons of it may stay together: in a
    CI log they would begin a command."""
    return inert(text).replace("::", ":\\x3a")


def _identity(event: Due) -> str:
    """What stays the same of an event when its date, its name's spelling or the policy changes."""
    key = event.record
    if key is None:
        return f"{event.kind}\n{event.about}\n{event.message}"
    return f"{event.kind}\n{key.id or key.fingerprint or key.name or key.hint or event.about}"


def _uid(identity: str, number: int) -> str:
    """A UUID, as RFC 7986 recommends. number: which of the records of one identity it is."""
    text = f"antkey\n{identity}\n{number}" if number else f"antkey\n{identity}"
    # As `uuid.uuid5`, which takes three times as long.
    made = sha1(_NAMESPACE + text.encode(), usedforsecurity=False).hexdigest()
    variant = _VARIANT[made[16]]
    return f"{made[:8]}-{made[8:12]}-5{made[13:16]}-{variant}{made[17:20]}-{made[20:32]}"
