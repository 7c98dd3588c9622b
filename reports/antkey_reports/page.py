"""What the HTML page shows, as plain values that the template only has to lay out.

A page of any result stays under three megabytes: what does not fit is counted, never dropped in
silence. The worst comes first and is the last to be left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import NamedTuple

from antkey_reports.coverage import Matrix, matrix
from antkey_reports.escape import visible
from antkey_reports.incidents import Incident, incidents
from antkey_reports.keys import about
from antkey_reports.wording import DANGLING, accepted, decoded, exposed, place
from antkey_scanner.model import Finding, Result, Rule, Skip

_BYTES_OF_FINDINGS = 2_200_000
_PARAGRAPHS_OF_WHY = 5
_BYTES_OF_SKIPS = 300_000
_BYTES_OF_KEYS = 450_000
"""What the table of keys and their timeline, or the coverage of requests, take at most."""
_PLACES_OF_INCIDENT = 25
_ROWS_OF_COVERAGE = 300

# Bytes of markup around one thing: counted in the template, and rounded up.
_AROUND_RULE = 550
_AROUND_INCIDENT = 210
_AROUND_PLACE = 12
_AROUND_TEXT = 30
_AROUND_CELL = 180


class ShownPlace(NamedTuple):
    """One line of an incident. refs: those that reach the commit, or that none does; status: why it
    does not count; rule: its id where it is another than the incident's."""

    where: str
    decoded: str
    commit: str | None
    date: str | None
    refs: str | None
    status: str | None
    rule: str | None
    note: str | None


class ShownIncident(NamedTuple):
    """One key. label: its hint or, without a key, the message; about: what the inventory knows of it;
    hidden: places that are not shown."""

    anchor: str
    label: str
    is_key: bool
    about: str | None
    first_seen: str | None
    places: tuple[ShownPlace, ...]
    hidden: int

    @property
    def total(self) -> int:
        return len(self.places) + self.hidden


class ShownRule(NamedTuple):
    """A rule with its incidents. why: in paragraphs, the first ones of many."""

    rule: Rule
    why: tuple[str, ...]
    incidents: tuple[ShownIncident, ...]


class ShownFindings(NamedTuple):
    """What is shown of the findings. keys: how many are still open; hidden: incidents left out; anchors:
    by rule and name of a key of the inventory, where on the page it is."""

    still_open: tuple[ShownRule, ...]
    accepted: tuple[ShownRule, ...]
    keys: int
    hidden: int
    anchors: dict[tuple[str, str], str]


class ShownSkips(NamedTuple):
    """Places that were not read. hidden: how many more there are."""

    shown: tuple[Skip, ...]
    hidden: int

    @property
    def total(self) -> int:
        return len(self.shown) + self.hidden


class _Room:
    """Counts the bytes that are left."""

    def __init__(self, size: int) -> None:
        self._left = size

    def fits(self, around: int, *texts: str | None) -> bool:
        """Take the room for these texts and the markup around them; False when there is none left."""
        self._left -= around + sum(_bytes(text) for text in texts if text)
        return self._left >= 0


def _bytes(text: str) -> int:
    return _AROUND_TEXT + len(escape(visible(text)).encode())


def shown_findings(result: Result) -> ShownFindings:
    """The findings as incidents under their rules, as far as there is room."""
    every = incidents(result.findings)
    size = _BYTES_OF_FINDINGS - (_BYTES_OF_KEYS if result.keys or result.coverage else 0)
    fitting = list(_fitting(every, _Room(size)))
    still_open = [incident for incident in every if incident.is_open]
    keys = sum(exposed(incident.findings[0]) is not None for incident in still_open)
    return ShownFindings(
        still_open=_by_rule([pair for pair in fitting if pair[0].is_open]),
        accepted=_by_rule([pair for pair in fitting if not pair[0].is_open]),
        keys=keys,
        hidden=len(every) - len(fitting),
        anchors=_anchors(fitting),
    )


def _anchors(fitting: list[tuple[Incident, ShownIncident]]) -> dict[tuple[str, str], str]:
    return {
        (finding.rule.id, finding.key.name): shown.anchor
        for incident, shown in fitting
        for finding in incident.findings
        if finding.key is not None and finding.secret is None
    }


def _fitting(every: tuple[Incident, ...], room: _Room) -> Iterator[tuple[Incident, ShownIncident]]:
    paid = None
    for incident in every:
        rule = incident.rule
        section = (incident.is_open, rule.id)
        if section != paid and not room.fits(
            _AROUND_RULE, rule.id, rule.title, rule.why, rule.remedy
        ):
            return
        paid = section
        shown = _incident(incident, room)
        if shown is None:
            return
        yield incident, shown


def _by_rule(pairs: list[tuple[Incident, ShownIncident]]) -> tuple[ShownRule, ...]:
    grouped = groupby(pairs, key=lambda pair: pair[0].rule.id)
    runs = [list(run) for _, run in grouped]
    return tuple(
        ShownRule(run[0][0].rule, _why(run[0][0].rule), tuple(shown for _, shown in run))
        for run in runs
    )


def _why(rule: Rule) -> tuple[str, ...]:
    paragraphs = (" ".join(part.split()) for part in rule.why.split("\n\n"))
    return tuple(paragraph for paragraph in paragraphs if paragraph)[:_PARAGRAPHS_OF_WHY]


def _incident(incident: Incident, room: _Room) -> ShownIncident | None:
    first = incident.findings[0]
    secret = exposed(first)
    label = secret.hint if secret else first.message
    known = next((text for one in incident.findings if (text := about(one))), None)
    if not room.fits(_AROUND_INCIDENT, label, known):
        return None
    places = []
    for finding in incident.findings[:_PLACES_OF_INCIDENT]:
        shown = _place(finding, incident.rule)
        if not room.fits(_AROUND_PLACE, *shown):
            break
        places.append(shown)
    if not places:
        return None
    return ShownIncident(
        anchor=_anchor(first),
        label=label,
        is_key=secret is not None,
        about=known,
        first_seen=_first_seen(incident),
        places=tuple(places),
        hidden=len(incident.findings) - len(places),
    )


def _place(finding: Finding, rule: Rule) -> ShownPlace:
    where = finding.location
    return ShownPlace(
        where=place(where),
        decoded=decoded(where),
        commit=where.commit[:12] if where.commit else None,
        date=where.first_seen.partition("T")[0] if where.first_seen else None,
        refs=None if where.refs is None else ", ".join(where.refs) or DANGLING,
        status=accepted(finding),
        rule=finding.rule.id if finding.rule.id != rule.id else None,
        note=finding.note,
    )


def _anchor(finding: Finding) -> str:
    from hashlib import sha256

    secret = exposed(finding)
    subject = secret.sha256 if secret else f"{finding.rule.id}\0{finding.anchor}"
    return "i-" + sha256(subject.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _first_seen(incident: Incident) -> str | None:
    times = [one.location.first_seen for one in incident.findings if one.location.first_seen]
    return min(times, default=None)


def shown_coverage(result: Result) -> Matrix | None:
    """The coverage of requests, as many rows of it as there is room for."""
    whole = matrix(result.coverage, _ROWS_OF_COVERAGE)
    if whole is None:
        return None
    columns = sum(_AROUND_CELL + _bytes(name) for name in whole.columns)
    names = max(_bytes(row.tenant) + _bytes(row.surface) for row in whole.rows)
    most = _BYTES_OF_KEYS // (_AROUND_INCIDENT + columns + names)
    return whole if len(whole.rows) <= most else matrix(result.coverage, most)


def shown_skips(skips: tuple[Skip, ...], counting: bool) -> ShownSkips:
    """The skips in scope, or those that do not count, as far as there is room."""
    wanted = [skip for skip in skips if skip.counts is counting]
    room = _Room(_BYTES_OF_SKIPS)
    shown: list[Skip] = []
    for skip in wanted:
        if not room.fits(_AROUND_PLACE, skip.path, skip.reason):
            break
        shown.append(skip)
    return ShownSkips(tuple(shown), len(wanted) - len(shown))
