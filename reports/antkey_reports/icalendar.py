"""What is due as an iCalendar file (RFC 5545) that calendars import or subscribe to.

Escaping, folding and the order of properties are those of the library `icalendar`. A key is named by its
label only; what tells its events apart is a hash.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard

from antkey_reports.escape import terminal
from antkey_reports.mask import mask
from antkey_scanner import __version__
from antkey_scanner.inventory.calendar import Event as Due
from antkey_scanner.inventory.calendar import Kind
from antkey_scanner.inventory.times import Micros, day

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


def render(events: Iterable[Due], now: Micros) -> str:
    """A calendar with one all-day event for each; lines end in CR LF.

    A warning is no event of its own here: it is the alarm of what it warns of. The same key and kind have
    the same UID in every run, so that a later export moves the event and adds none.
    """
    return "".join(pieces(events, now))


def pieces(events: Iterable[Due], now: Micros) -> Iterator[str]:
    """The calendar of `render` in pieces of whole lines: that of many keys is large."""
    stamp = _moment(now).replace(microsecond=0)
    head, tail = _frame()
    yield head
    seen: Counter[str] = Counter()
    for event in events:
        if event.kind == "warning":
            continue
        identity = _identity(event)
        yield _event(event, _uid(identity, seen[identity]), stamp)
        seen[identity] += 1
    if not seen:
        yield _text(_utc())
    yield tail


def _frame() -> tuple[str, str]:
    """What stands before the events, and behind them."""
    calendar = Calendar()
    calendar.add("prodid", f"-//antkey//antkey {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", "API keys")
    text = _text(calendar)
    end = "END:VCALENDAR\r\n"
    return text.removesuffix(end), end


def _utc() -> Timezone:
    """For a calendar without events: it must have some component (RFC 5545, section 3.6)."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  # the standard asks for a local time
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone = Timezone()
    zone.add("tzid", "UTC")
    zone.add_component(standard)
    return zone


def _event(due: Due, uid: str, stamp: datetime) -> str:
    name = _inert(due.about)
    shown = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    summary = SUMMARIES[due.kind].format(shown)
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", date.fromisoformat(day(due.time)))
    event.add("summary", f"Overdue: {summary}" if due.overdue else summary)
    event.add("description", "\n".join(_description(due)))
    event.add("categories", ["antkey", due.kind])
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(days=-due.days_before))
    event.add_component(alarm)
    return _text(event)


def _description(due: Due) -> Iterator[str]:
    yield _inert(f"{due.about}: {due.message}.")
    key = due.record
    if key is not None:
        told = (
            ("Environment", key.environment),
            ("Service", key.service),
            ("Tenant", key.tenant),
            ("Owner", key.principal or key.created_by),
            ("Hint", key.hint),
        )
        yield from (_inert(f"{what}: {value}") for what, value in told if value)
    yield _inert(due.remedy)


def _text(component: Any) -> str:
    text: str = component.to_ical(sorted=True).decode()
    return text


def _inert(text: str) -> str:
    """Folding can begin a line anywhere in a text, so that no two colons of it may stay together: in a
    CI log they would begin a command."""
    return terminal(mask(text)).replace("::", ":\\x3a")


def _moment(time: Micros) -> datetime:
    return _EPOCH + timedelta(microseconds=time)


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
