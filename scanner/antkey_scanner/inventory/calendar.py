"""What is due when: the dates that an inventory, a policy and its waivers imply. Pure functions.

It judges nothing (the rules do that) and looks back no further than at what is still to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from antkey_scanner.inventory.index import replacements
from antkey_scanner.inventory.records import Inventory, KeyRecord
from antkey_scanner.inventory.times import DAY, HOUR, LAST, Micros, day, midnight
from antkey_scanner.policy import Waiver
from antkey_scanner.policy.keys import KeysPolicy, Limits

Kind = Literal["overlap", "rotation", "expiry", "warning", "waiver"]

KINDS: tuple[Kind, ...] = ("overlap", "rotation", "expiry", "warning", "waiver")
"""In the order in which they are named where they fall on one moment."""


_RANKS = {kind: rank for rank, kind in enumerate(KINDS)}


class Event(NamedTuple):
    """Something to be done. time: the last moment at which all is in order; about: the key's label, or
    whom a waiver is for; record: None for a waiver; days_before: how early a reminder makes sense."""

    time: Micros
    kind: Kind
    about: str
    record: KeyRecord | None
    message: str
    remedy: str
    overdue: bool
    days_before: int


class Undated(NamedTuple):
    """A key of which a date is not known. reason: what is missing, and the cure."""

    record: KeyRecord
    reason: str


class Calendar(NamedTuple):
    """events: by time; undated: in the inventory's order."""

    events: tuple[Event, ...]
    undated: tuple[Undated, ...]


def calendar(
    inventory: Inventory,
    policy: KeysPolicy,
    now: Micros,
    waivers: Sequence[Waiver] = (),
    wanted: Callable[[KeyRecord], bool] = lambda _: True,
    *,
    warnings: bool = True,
) -> Calendar:
    """All that is due, and what is overdue already.

    wanted: whose dates are asked for; successors are looked up among all keys; warnings: whether the days
    on which a warning is due are dates of their own.
    """
    successors = {id(pair.older): pair.newer for pair in replacements(inventory.keys).pairs}
    dates = _Dates(policy, now, warnings)
    for key in inventory.keys:
        if key.is_active and wanted(key):
            dates.add(key, successors.get(id(key)))
    events = [*dates.events, *_of_waivers(waivers, now)]
    events.sort(key=lambda event: (event.time, _RANKS[event.kind], event.about))
    return Calendar(tuple(events), tuple(dates.undated))


def within(calendar: Calendar, now: Micros, days: int | None) -> Calendar:
    """What is overdue, and what is due in the next days of 86,400 seconds; None: all."""
    if days is None:
        return calendar
    last = now + days * DAY
    kept = tuple(event for event in calendar.events if event.overdue or event.time <= last)
    return calendar._replace(events=kept)


class _Dates:
    """Collects the dates of active keys."""

    def __init__(self, policy: KeysPolicy, now: Micros, warnings: bool) -> None:
        self._policy = policy
        self._now = now
        self._warnings = warnings
        self.events: list[Event] = []
        self.undated: list[Undated] = []

    def add(self, key: KeyRecord, newer: KeyRecord | None) -> None:
        """All dates of a key. newer: what replaces it."""
        limits = self._policy.limits_of(key.environment)
        if newer is not None:
            self._overlap(key, newer, limits.overlap_hours)
        if key.created_at is None:
            self.undated.append(Undated(key, "its age is not known; record created_at"))
        else:
            self._rotation(key, key.created_at, newer, limits)
        if key.expires_at is not None:
            self._expiry(key, key.expires_at, limits)

    def _rotation(
        self, key: KeyRecord, created: Micros, newer: KeyRecord | None, limits: Limits
    ) -> None:
        due = min(created + limits.max_age_days * DAY, LAST)
        label = key.label
        remedy = _rotate(limits.overlap_hours) if newer is None else _deactivate(newer)
        message = _since(created // DAY, key.age_from, limits.max_age_days)
        overdue = self._now > due
        # Nearly every event is one of these. Made this way it takes a third of the time.
        event = (due, "rotation", label, key, message, remedy, overdue, limits.warn_days)
        self.events.append(tuple.__new__(Event, event))
        warned = due - limits.warn_days * DAY
        # A warning that lies behind warns of nothing any more, and a successor is what it would ask for.
        if self._warnings and self._now <= warned < due and newer is None:
            self.events.append(
                Event(
                    time=warned,
                    kind="warning",
                    about=label,
                    record=key,
                    message=_left(due // DAY, limits.warn_days),
                    remedy=remedy,
                    overdue=False,
                    days_before=0,
                )
            )

    def _expiry(self, key: KeyRecord, expires: Micros, limits: Limits) -> None:
        self.events.append(
            Event(
                time=expires,
                kind="expiry",
                about=key.label,
                record=key,
                message="expires; requests that still run on it fail from then on",
                remedy="Create a new key and deploy it before this one expires.",
                overdue=self._now >= expires,
                days_before=limits.warn_days,
            )
        )

    def _overlap(self, key: KeyRecord, newer: KeyRecord, hours: float) -> None:
        if newer.created_at is None:
            reason = (
                f"when {newer.label} replaced it is not known; record created_at of {newer.label}"
            )
            self.undated.append(Undated(key, reason))
            return
        end = min(newer.created_at + round(hours * HOUR), LAST)
        self.events.append(
            Event(
                time=end,
                kind="overlap",
                about=key.label,
                record=key,
                message=f"replaced by {newer.label} on {day(newer.created_at)};"
                f" both may be active for {_hours(hours)}",
                remedy=_deactivate(newer),
                overdue=self._now > end,
                days_before=min(1, int(hours // 24)),
            )
        )


def _of_waivers(waivers: Iterable[Waiver], now: Micros) -> Iterator[Event]:
    for waiver in waivers:
        # It holds until its day is over.
        end = min(midnight(waiver.expires) + DAY - 1, LAST)
        whom = waiver.key or waiver.path or "everything"
        yield Event(
            time=end,
            kind="waiver",
            about=whom,
            record=None,
            message=f"the waiver of {waiver.rule} ends ({waiver.reason})",
            remedy="Mend what it tolerates, or renew the waiver: a policy with an expired one is refused.",
            overdue=now > end,
            days_before=14,
        )


# Many keys are made on one day by one rule: what is said of them is made once.


@lru_cache(1 << 14)
def _since(created: int, told_by: str | None, most: int) -> str:
    """created: the day's number since 1970; most: the limit in days."""
    since = f"created on {day(created * DAY)}"
    if told_by != "created_at":
        since += f" ({told_by})"
    return f"{since}; the limit is {_plural(most, 'day')}"


@lru_cache(1 << 14)
def _left(due: int, ahead: int) -> str:
    """due: the day's number since 1970; ahead: days."""
    return f"{_plural(ahead, 'day')} left: it is due on {day(due * DAY)}"


@lru_cache(1 << 14)
def _rotate(hours: float) -> str:
    return (
        "Create a new key, deploy it, verify that requests run on it, and deactivate this one within"
        f" {_hours(hours)}."
    )


def _deactivate(newer: KeyRecord) -> str:
    return f"Verify that requests run on {newer.label}, and deactivate this one."


def _hours(hours: float) -> str:
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def _plural(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
