"""What is due as an iCalendar file (RFC 5545) that calendars import or subscribe to.

A key is named by its label only; what tells its events apart is a hash.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator

from antkey_reports.inert import inert
from antkey_scanner import __version__
from antkey_scanner.inventory.calendar import Event as Due
from antkey_scanner.inventory.calendar import Kind
from antkey_scanner.inventory.times import SECOND, Micros, day, rfc3339

_NAMESPACE = uuid.UUID("0e7b6a52-9d0c-4c1e-8a57-5f2f4b0f6d3a")
_LONGEST = 200
"""Characters of a name in a summary; calendars show one line of it."""

SUMMARIES: dict[Kind, str] = {
    "overlap": "Deactivate API key {}",
    "rotation": "Rotate API key {}",
    "expiry": "API key {} expires",
    "warning": "Plan the rotation of API key {}",
    "waiver": "Waiver for {} ends",
}

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
    seen: Counter[str] = Counter()
    for event in events:
        if event.kind == "warning":
            continue
        identity = _identity(event)
        yield _event(event, _uid(identity, seen[identity]), stamp)
        seen[identity] += 1
    if not seen:
        yield _UTC
    yield _END


def _event(due: Due, uid: str, stamp: str) -> str:
    name = _inert(due.about)
    shown = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    summary = _text(SUMMARIES[due.kind].format(shown))
    overdue = "Overdue: " if due.overdue else ""
    before = f"-P{due.days_before}D" if due.days_before else "PT0S"
    return (
        "BEGIN:VEVENT\r\n"
        f"{_folded(f'SUMMARY:{overdue}{summary}')}\r\n"
        f"DTSTART;VALUE=DATE:{day(due.time).replace('-', '')}\r\n"
        f"DTSTAMP:{stamp}\r\n"
        f"UID:{uid}\r\n"
        f"CATEGORIES:antkey,{due.kind}\r\n"
        f"{_folded(f'DESCRIPTION:{_text(_description(due))}')}\r\n"
        "TRANSP:TRANSPARENT\r\n"
        "BEGIN:VALARM\r\n"
        "ACTION:DISPLAY\r\n"
        f"{_folded(f'DESCRIPTION:{summary}')}\r\n"
        f"TRIGGER:{before}\r\n"
        "END:VALARM\r\n"
        "END:VEVENT\r\n"
    )


def _description(due: Due) -> str:
    lines = list(_told(due))
    together = " ".join(lines)
    # Nearly always there is nothing to escape, and one look is enough to see that.
    return "\n".join(lines if _inert(together) == together else map(_inert, lines))


def _told(due: Due) -> Iterator[str]:
    yield f"{due.about}: {due.message}."
    key = due.record
    if key is not None:
        told = (
            ("Environment", key.environment),
            ("Service", key.service),
            ("Tenant", key.tenant),
            ("Owner", key.principal or key.created_by),
            ("Hint", key.hint),
        )
        for what, value in told:
            if value:
                yield f"{what}: {value}"
    yield due.remedy


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
    return b"\r\n ".join(_PIECE.findall(data)).decode()


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
    return str(uuid.uuid5(_NAMESPACE, text))
