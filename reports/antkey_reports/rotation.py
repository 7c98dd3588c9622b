"""What the page shows of the inventory: a row for each key, the most urgent first.

The findings say what is wrong, by the policy. This says how things stand, from dates alone: what a key's
state is here decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from html import escape
from typing import NamedTuple

from antkey_reports.escape import visible
from antkey_reports.moments import moment
from antkey_reports.overlap import Overlap, overlaps
from antkey_reports.wording import plural
from antkey_scanner.model import Finding, KeyRef, Result, Severity, Status
from antkey_scanner.policy.keys import WARN_DAYS

_DAY = timedelta(days=1)
_SKEW = timedelta(seconds=300)
"""Clocks differ: so much in the future is not yet a false date."""

_WARNING = "key-due-for-rotation"
"""The rule that says by the policy, not by the usual number of days, that a key is due soon."""

_MOST_ROWS = 300
_BYTES = 400_000
_AROUND_ROW = 420
_AROUND_RULE = 50
_RULES_NAMED = 4
_MOST_CHARACTERS = 160


class State(StrEnum):
    """How a key stands, in the order of urgency. NOT_DUE: its age is in order and something else is not."""

    OVERDUE = "overdue"
    AHEAD = "dated ahead"
    SOON = "due soon"
    UNKNOWN = "not judged"
    NOT_DUE = "not due"
    FINE = "in order"
    OFF = "not in use"


_URGENCY = tuple(State)


class Standing(NamedTuple):
    """A key at a time. due_in: negative when that was before; None where nothing tells."""

    state: State
    created: datetime | None
    due: datetime | None
    due_in: timedelta | None


class Link(NamedTuple):
    """A rule that a key breaks. anchor: of the incident, where the page has it."""

    rule: str
    anchor: str | None


class Beside(NamedTuple):
    """For how long a key worked beside the one that replaced it, and beside the one that it replaced."""

    by: Overlap | None
    of: Overlap | None

    @property
    def told(self) -> tuple[str, ...]:
        """A sentence for each."""
        by, of = self.by, self.of
        return (
            *(
                [f"replaced by {_short(by.newer.name)} on {_day(by.start)}; {by.told}"]
                if by
                else ()
            ),
            *([f"replaced {_short(of.older.name)}; {of.told}"] if of else ()),
        )


class Row(NamedTuple):
    """One key, as the table shows it. left: what the badge says of the time, `30 days overdue`; ended: when
    a key that is not in use was revoked."""

    key: KeyRef
    name: str
    environment: str
    service: str
    tenant: str
    owner: str
    standing: Standing
    badge: str
    left: str
    created: str
    age: str
    age_from: str
    due: str
    ended: datetime | None
    beside: Beside
    links: tuple[Link, ...]
    more_links: int


class Rotation(NamedTuple):
    """rows: as many as there is room for; total: all keys that were judged; counts: of the keys that
    the result names, by state."""

    now: datetime
    rows: tuple[Row, ...]
    total: int
    counts: tuple[tuple[State, int], ...]

    @property
    def overlaps(self) -> bool:
        """Whether any of the rows tells of two keys that both worked."""
        return any(any(row.beside) for row in self.rows)

    @property
    def hidden(self) -> int:
        """How many keys have no row."""
        return self.total - len(self.rows)

    @property
    def unnamed(self) -> int:
        """How many keys the result counts and does not name."""
        return self.total - sum(count for _, count in self.counts)


def rotation(result: Result, anchors: dict[tuple[str, str], str]) -> Rotation | None:
    """The keys of a result; None when it has none, or does not say when it was made.

    anchors: where on the page the incidents are, by rule and by key.
    """
    now = judged_at(result)
    if not result.keys or now is None:
        return None
    broken, warned, wrong = _by_key(result.findings)
    standings = [
        (standing(key, now, soon=key.name in warned, wrong=key.name in wrong), key)
        for key in result.keys
    ]
    standings.sort(key=lambda pair: (*_order(pair[0]), pair[1].name))
    rows: list[Row] = []
    left = _BYTES
    found = overlaps(result.keys, now)
    replaced = {one.older.name: one for one in found}
    replacing = {one.newer.name: one for one in found}
    for stands, key in standings[:_MOST_ROWS]:
        beside = Beside(replaced.get(key.name), replacing.get(key.name))
        row = _row(key, stands, broken.get(key.name, ()), anchors, beside)
        left -= _size(row)
        if left < 0:
            break
        rows.append(row)
    states = [stands.state for stands, _ in standings]
    return Rotation(
        now=now,
        rows=tuple(rows),
        total=max(result.stats.keys, len(result.keys)),
        counts=tuple((state, states.count(state)) for state in _URGENCY if state in states),
    )


def judged_at(result: Result) -> datetime | None:
    """The time that ages were judged by. The run's start, unless the ages themselves say another:
    the time that reports print can be fixed to something else."""
    started = moment(result.run.started_at)
    earliest = [time for key in result.keys if (time := _judged_from(key)) is not None]
    if started is None or not earliest:
        return started
    consistent = max(earliest) <= started < min(earliest) + _DAY
    return started if consistent else max(earliest)


def _judged_from(key: KeyRef) -> datetime | None:
    """From when on a key has the age that it is said to have, for a day."""
    created = moment(key.created_at)
    try:
        return created + key.age_days * _DAY if created and key.age_days is not None else None
    except OverflowError:
        return None


def standing(key: KeyRef, now: datetime, *, soon: bool = False, wrong: bool = False) -> Standing:
    """How a key stands at a time. soon: a rule warns that it is due; wrong: it breaks some rule."""
    created, due = moment(key.created_at), moment(key.due_at)
    due_in = due - now if due is not None else None
    if key.status != "active":
        state = State.OFF
    elif created is None or due_in is None:
        state = State.UNKNOWN
    elif due_in < timedelta(0):
        state = State.OVERDUE
    elif created - now > _SKEW:
        state = State.AHEAD
    elif soon or due_in <= WARN_DAYS * _DAY:
        state = State.SOON
    else:
        state = State.NOT_DUE if wrong else State.FINE
    return Standing(state, created, due, due_in)


def _order(stands: Standing) -> tuple[int, timedelta]:
    return _URGENCY.index(stands.state), stands.due_in or timedelta(0)


def _by_key(
    findings: Iterable[Finding],
) -> tuple[dict[str, tuple[str, ...]], set[str], set[str]]:
    """The rules that are told of each key; the keys that are due soon by the policy; those with an open
    violation."""
    rules: dict[str, dict[str, None]] = {}
    warned: set[str] = set()
    wrong: set[str] = set()
    for finding in findings:
        if finding.key is None or finding.secret is not None:
            continue
        names = (finding.key.name, *finding.also)
        for name in names:
            rules.setdefault(name, {})[finding.rule.id] = None
        if finding.rule.id == _WARNING:
            warned.update(names)
        if finding.status is Status.OPEN and finding.rule.severity is not Severity.INFO:
            wrong.update(names)
    return {name: tuple(ids) for name, ids in rules.items()}, warned, wrong


def _row(
    key: KeyRef,
    stands: Standing,
    rules: tuple[str, ...],
    anchors: dict[tuple[str, str], str],
    beside: Beside,
) -> Row:
    links = [Link(rule, anchors.get((rule, key.name))) for rule in rules[:_RULES_NAMED]]
    return Row(
        key=key,
        name=_short(key.name),
        environment=_short(key.environment),
        service=_short(key.service),
        tenant=_short(key.tenant or ("" if key.role == "tenant" else f"{key.role} key")),
        owner=_short(key.owner),
        standing=stands,
        badge=_badge(key, stands),
        left=_left(stands),
        created=_day(stands.created),
        age=_age(key, stands),
        age_from=_short(key.age_from) if key.age_from != "created_at" else "",
        due=_day(stands.due),
        ended=moment(key.revoked_at) if stands.state is State.OFF else None,
        beside=beside,
        links=tuple(links),
        more_links=len(rules) - len(links),
    )


def _badge(key: KeyRef, stands: Standing) -> str:
    if stands.state is State.SOON:
        return _left(stands)
    return _short(key.status) if stands.state is State.OFF else stands.state.value


def _left(stands: Standing) -> str:
    """`30 days overdue`, `due in 9 days`; empty where there is no such day."""
    if stands.due_in is None or stands.state in (State.OFF, State.UNKNOWN):
        return ""
    days = abs(stands.due_in) // _DAY
    if stands.due_in < timedelta(0):
        return f"{plural(days, 'day')} overdue" if days else "overdue today"
    return f"due in {plural(days, 'day')}" if days else "due within a day"


def _age(key: KeyRef, stands: Standing) -> str:
    if key.age_days is None:
        return "not known"
    if stands.state is State.AHEAD:
        return "in the future"
    return plural(max(key.age_days, 0), "day")


def _day(time: datetime | None) -> str:
    return "" if time is None else time.date().isoformat()


def _short(text: str | None) -> str:
    """A cell's text. A table of names that fill pages each is no table."""
    if text is None or len(text) <= _MOST_CHARACTERS:
        return text or ""
    half = _MOST_CHARACTERS // 2
    return f"{text[:half]}…{text[-half:]}"


def _size(row: Row) -> int:
    """The bytes of a row on the page, rounded up."""
    where = (row.environment, row.service, row.tenant, row.owner)
    texts = (row.name, *where, row.badge, row.age_from, *row.beside.told)
    links = sum(_AROUND_RULE + _bytes(link.rule) for link in row.links)
    return _AROUND_ROW + links + sum(map(_bytes, texts))


def _bytes(text: str) -> int:
    return len(escape(visible(text)).encode())
