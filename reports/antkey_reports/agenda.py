"""What is due as an agenda for people, by month and day, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from antkey_reports.cells import all_left, columns, cut, cut_in_the_middle, left, widest
from antkey_reports.escape import json_document
from antkey_reports.inert import Once, all_inert, inert
from antkey_reports.mask import mask
from antkey_reports.wording import plural
from antkey_scanner.inventory.calendar import Calendar, Event, Kind, Undated
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import DAY, Days, Micros, day, rfc3339

_VERBS: dict[Kind, str] = {
    "overlap": "deactivate",
    "rotation": "rotate",
    "expiry": "expires",
    "warning": "plan",
    "waiver": "waiver",
}
_VERB = max(map(len, _VERBS.values()))
_DATE = len("2026-11-20")
# Not from the locale: the same agenda on every machine.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NARROWEST_MESSAGE = 24
_WIDEST_WITHOUT_TERMINAL = 64
_NARROWEST_NAME = 12
_WIDE_NAME = 40
"""So much of the line is for names before anything else."""
_UNDATED_SHOWN = 20

_BOLD, _DIM, _BAD = "1", "2", "1;31"


Dated = tuple[str, Event]
"""A day, and what is due on it."""


def text(calendar: Calendar, now: Micros, color: bool, width: int) -> Iterator[str]:
    """Lines without their ends: what is overdue, then what is to come, then what is not known.

    width: columns of the terminal, 0 for a pipe, where nothing is cut.
    """
    days = Days()
    dated = [(days[event.time // DAY], event) for event in calendar.events]
    page = _Page(dated, now, color, width)
    late = [one for one in dated if one[1].overdue]
    coming = [one for one in dated if not one[1].overdue]
    blocks = [page.overdue(late)] if late else []
    blocks += [page.month(list(month)) for _, month in groupby(coming, _month)]
    if calendar.undated:
        blocks.append(page.undated(calendar.undated))
    for number, block in enumerate(blocks):
        if number:
            yield ""
        yield from block


def _month(dated: Dated) -> str:
    return dated[0][:7]


class _Page:
    """Knows the terminal and how wide each column is."""

    def __init__(self, dated: Sequence[Dated], now: Micros, color: bool, width: int) -> None:
        today = date.fromisoformat(day(now))
        self._color = color
        self._width = width
        events = [event for _, event in dated]
        days = {on for on, _ in dated}
        relative = {on: _relative(date.fromisoformat(on) - today) for on in days}
        when = widest(relative.values())
        self._when = {on: left(text, when) for on, text in relative.items()}
        abouts = [event.about for event in events]
        names = all_inert(abouts)
        named = {event.record.environment or "" for event in events if event.record}
        environment = widest(map(inert, named))
        name, message = min(widest(names), _WIDEST_WITHOUT_TERMINAL), None
        if width:
            room = width - 2 - _DATE - 2 - when - 2 - _VERB - 2
            name = max(min(widest(names), room, max(room // 2, _WIDE_NAME)), _NARROWEST_NAME)
            names = [cut_in_the_middle(text, name) for text in names]
            room -= name + 2
            if room < environment:
                environment = 0
            room -= environment + 2 if environment else 0
            message = room if room >= _NARROWEST_MESSAGE else 0
        self._names = dict(zip(abouts, all_left(names, name), strict=True))
        self._environments = Once(lambda text: left(inert(text), environment)[:environment])
        self._messages = Once(lambda text: _told(inert(text), message))

    def overdue(self, dated: Sequence[Dated]) -> Iterator[str]:
        yield self._paint(_BAD, "Overdue")
        for on, event in dated:
            yield self._line(on, on, event)

    def month(self, dated: Sequence[Dated]) -> Iterator[str]:
        """Of one month; a day is named once."""
        first = date.fromisoformat(dated[0][0])
        yield self._paint(_BOLD, f"{_MONTHS[first.month - 1]} {first.year}")
        for on, of_day in groupby(dated, itemgetter(0)):
            named = f"{_WEEKDAYS[date.fromisoformat(on).weekday()]} {on[8:]}"
            for _, event in of_day:
                yield self._line(named, on, event)
                named = ""

    def _line(self, named: str, on: str, event: Event) -> str:
        of = event.record.environment if event.record else None
        cells = (
            named.ljust(_DATE),
            self._when[on],
            _VERBS[event.kind].ljust(_VERB),
            self._names[event.about],
            self._environments[of or ""],
            self._messages[event.message],
        )
        return "  " + "  ".join(filter(None, cells)).rstrip()

    def undated(self, undated: Sequence[Undated]) -> Iterator[str]:
        yield self._paint(_BOLD, "Not known")
        for one in undated[:_UNDATED_SHOWN]:
            line = inert(f"{one.record.label}: {one.reason}")
            room = self._width - 2
            yield "  " + (cut(line, room) if self._width and columns(line) > room else line)
        if len(undated) > _UNDATED_SHOWN:
            more = len(undated) - _UNDATED_SHOWN
            yield self._paint(_DIM, f"  … and {more:,} more; -f json names all of them")

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text


def closing(calendar: Calendar, days: int | None) -> str:
    """`12 dates: 5 overdue, 7 in the next 30 days; of 3 keys it is not known`."""
    late = sum(event.overdue for event in calendar.events)
    coming = len(calendar.events) - late
    ahead = "to come" if days is None else f"in the next {plural(days, 'day')}"
    if not calendar.events:
        told = "Nothing is due" + ("" if days is None else f" in the next {plural(days, 'day')}")
    else:
        told = f"{plural(len(calendar.events), 'date')}: {late:,} overdue, {coming:,} {ahead}"
    if calendar.undated:
        told += f"; {len(calendar.undated):,} not known"
    return told


def json_text(calendar: Calendar) -> str:
    """An object with `events`, and with `unknown` for what has no date. One to a line."""
    return "".join(json_pieces(calendar))


def json_pieces(calendar: Calendar) -> Iterator[str]:
    """The text of `json_text` in pieces: that of many keys is large."""
    days = Days()
    # The same few things are said of many keys.
    said = Once(lambda text: json.dumps(mask(text)))
    events = (_event(event, days[event.time // DAY], said) for event in calendar.events)
    yield '{"events": '
    yield from _listed(events)
    yield ',\n "unknown": '
    yield from _listed(_unknown(one, said) for one in calendar.undated)
    yield "}\n"


def _event(event: Event, on: str, said: Once) -> str:
    return (
        f'{{"date": "{on}", "time": "{rfc3339(event.time)}", "kind": "{event.kind}",'
        f' "key": {said[event.about]},{_where(event.record, said)}'
        f' "message": {said[event.message]}, "remedy": {said[event.remedy]},'
        f' "overdue": {"true" if event.overdue else "false"}}}'
    )


def _unknown(undated: Undated, said: Once) -> str:
    record = undated.record
    return (
        f'{{"key": {said[record.label]},{_where(record, said)} "message": {said[undated.reason]}}}'
    )


def _where(record: KeyRecord | None, said: Once) -> str:
    if record is None or record.environment is None:
        return ""
    return f' "environment": {said[record.environment]},'


def _listed(objects: Iterable[str]) -> Iterator[str]:
    between = "[\n  "
    for one in objects:
        yield between + json_document(one)
        between = ",\n  "
    yield "\n ]" if between.startswith(",") else "[]"


def _told(message: str, most: int | None) -> str:
    """most: columns that there are for it, None for any number."""
    return message if most is None else cut(message, most) if most else ""


def _relative(distance: timedelta) -> str:
    days = distance.days
    if abs(days) <= 1:
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"{-days:,} days ago" if days < 0 else f"in {days:,} days"
