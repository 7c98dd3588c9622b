"""What the HTML page shows of findings and of coverage, as plain values that templates lay out.

What does not fit is counted, never dropped in silence. The worst comes first and is the last to be left
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from antkey_reports import room
from antkey_reports.anchors import Anchors, anchors
from antkey_reports.circumstances import tenants_of
from antkey_reports.coverage import Matrix, matrix
from antkey_reports.incidents import Incident, anchor, incidents
from antkey_reports.keys import about
from antkey_reports.room import Room, written
from antkey_reports.slug import slug
from antkey_reports.wording import DANGLING, accepted, decoded, exposed, place
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Rule, Status

_PARAGRAPHS_OF_WHY = 5
_PLACES_AT_ONCE = 25
_TENANTS = 20
"""More of one incident are folded away: a key that leaked a thousand times is one thing to do."""

_ROWS_OF_COVERAGE = 300
_MOST_LINKED = 400
"""With more findings the links to each of them are left to whoever knows its fingerprint."""

# Bytes of markup around one thing: counted in the template, and rounded up.
_AROUND_RULE = 620
_AROUND_INCIDENT = 160
_AROUND_PLACE = 75
_AROUND_LINK = 85
_AROUND_CELL = 180


class ShownPlace(NamedTuple):
    """One line of an incident. id: what links to it end with, None where an earlier line has it; refs:
    those that reach the commit, or that none does; state: whether it counts; status: why it does not;
    rule: where it is another than the incident's; is_new: the earlier run had no such finding."""

    id: str | None
    where: str
    decoded: str
    commit: str | None
    date: str | None
    refs: str | None
    state: Status
    status: str | None
    rule: Rule | None
    note: str | None
    is_new: bool


class ShownIncident(NamedTuple):
    """One key. label: its hint or, without a key, the message; about: what the inventory knows of it;
    tenants: whom it is about; folded: places that show when one asks for them; hidden: that are not shown."""

    anchor: str
    label: str
    is_key: bool
    about: str | None
    tenants: tuple[str, ...]
    first_seen: str | None
    places: tuple[ShownPlace, ...]
    folded: tuple[ShownPlace, ...]
    hidden: int

    @property
    def total(self) -> int:
        return len(self.places) + len(self.folded) + self.hidden


class ShownRule(NamedTuple):
    """A rule with its incidents. anchor: what links to it, None where another has it; why: in paragraphs,
    the first ones of many."""

    rule: Rule
    anchor: str | None
    why: tuple[str, ...]
    incidents: tuple[ShownIncident, ...]


class ShownFindings(NamedTuple):
    """What is shown of the findings. keys: how many are still open; hidden: incidents left out; anchors:
    by rule and name of a key of the inventory, where on the page it is; of_rules: where each rule with an
    open finding is; linked: whether each place has a
    link to itself."""

    still_open: tuple[ShownRule, ...]
    accepted: tuple[ShownRule, ...]
    keys: int
    hidden: int
    anchors: dict[tuple[str, str], str]
    of_rules: Anchors
    linked: bool


def shown_findings(result: Result) -> ShownFindings:
    """The findings as incidents under their rules, as far as there is room."""
    every = incidents(result.findings)
    linked = len(result.findings) <= _MOST_LINKED
    left, places = Room(_size(result)), _Places(result, linked=linked)
    fitting = [
        (incident, _with_folded(incident, shown, left, places))
        for incident, shown in list(_fitting(every, left, places))
    ]
    still_open = [incident for incident in every if incident.is_open]
    keys = sum(exposed(incident.findings[0]) is not None for incident in still_open)
    groups = tuple(_by_rule([pair for pair in fitting if pair[0].is_open], "rule"))
    return ShownFindings(
        still_open=groups,
        accepted=tuple(_by_rule([pair for pair in fitting if not pair[0].is_open], "accepted")),
        keys=keys,
        hidden=len(every) - len(fitting),
        anchors=_anchors(fitting),
        of_rules=anchors(every, len(fitting), {group.rule.id for group in groups}),
        linked=linked,
    )


def _size(result: Result) -> int:
    """The bytes that the other parts of the page leave to the findings."""
    parts = (
        (room.KEYS, result.keys),
        (room.COVERAGE, result.coverage),
        (room.CONTROLS, result.assessments),
        (room.RESPONSES, result.findings),
        (room.CHANGES, result.comparison),
        (2 * room.SKIPS, result.skips),
    )
    return room.PAGE - room.ANCHORS - sum(size for size, there in parts if there)


def _anchors(fitting: list[tuple[Incident, ShownIncident]]) -> dict[tuple[str, str], str]:
    return {
        (finding.rule.id, finding.key.name): shown.anchor
        for incident, shown in fitting
        for finding in incident.findings
        if finding.key is not None and finding.secret is None
    }


def _fitting(
    every: tuple[Incident, ...], left: Room, places: _Places
) -> Iterator[tuple[Incident, ShownIncident]]:
    paid = None
    for incident in every:
        rule = incident.rule
        section = (incident.is_open, rule.id)
        if section != paid and not left.fits(
            _AROUND_RULE, rule.id, rule.title, rule.why, rule.remedy
        ):
            return
        paid = section
        shown = _incident(incident, left, places)
        if shown is None:
            return
        yield incident, shown


def _by_rule(pairs: list[tuple[Incident, ShownIncident]], kind: str) -> Iterator[ShownRule]:
    given: set[str] = set()
    for _, run in groupby(pairs, key=lambda pair: pair[0].rule.id):
        group = list(run)
        rule = group[0][0].rule
        name = slug(kind, rule.id)
        yield ShownRule(
            rule,
            None if name in given else name,
            _why(rule),
            tuple(shown for _, shown in group),
        )
        given.add(name)


def _why(rule: Rule) -> tuple[str, ...]:
    paragraphs = (" ".join(part.split()) for part in rule.why.split("\n\n"))
    return tuple(paragraph for paragraph in paragraphs if paragraph)[:_PARAGRAPHS_OF_WHY]


def _incident(incident: Incident, left: Room, places: _Places) -> ShownIncident | None:
    first = incident.findings[0]
    secret = exposed(first)
    label = secret.hint if secret else first.message
    known = next((text for one in incident.findings if (text := about(one))), None)
    tenants = tuple(dict.fromkeys(name for one in incident.findings for name in tenants_of(one)))
    tenants = tenants[:_TENANTS]
    first_seen = _first_seen(incident)
    if not left.fits(_AROUND_INCIDENT, label, known, *tenants, first_seen):
        return None
    shown = tuple(places.of(incident.findings[:_PLACES_AT_ONCE], incident.rule, label, left))
    if not shown:
        return None
    return ShownIncident(
        anchor=anchor(first),
        label=label,
        is_key=secret is not None,
        about=known,
        tenants=tenants,
        first_seen=first_seen,
        places=shown,
        folded=(),
        hidden=len(incident.findings) - len(shown),
    )


def _with_folded(
    incident: Incident, shown: ShownIncident, left: Room, places: _Places
) -> ShownIncident:
    """An incident with its other places, when each one has had room for its first."""
    more = incident.findings[len(shown.places) :]
    folded = tuple(places.of(more, incident.rule, shown.label, left))
    return shown._replace(folded=folded, hidden=len(more) - len(folded))


class _Places:
    """Makes the lines of incidents, and gives each finding's fingerprint to one of them."""

    def __init__(self, result: Result, *, linked: bool) -> None:
        self._around = _AROUND_PLACE + (_AROUND_LINK if linked else 0)
        self._new = frozenset(result.comparison.new if result.comparison else ())
        self._given: set[str] = set()

    def of(
        self, findings: Sequence[Finding], rule: Rule, label: str, left: Room
    ) -> Iterator[ShownPlace]:
        """A line for each finding of an incident with this rule and label, as far as there is room."""
        for finding in findings:
            shown = self._line(finding, rule, label)
            texts = (shown.where, shown.decoded, shown.commit, shown.date, shown.refs)
            other = shown.rule.id if shown.rule else None
            # A rule of its own stands in the text and in an attribute.
            if not left.fits(self._around, *texts, shown.status, other, other, shown.note):
                return
            yield shown

    def _line(self, finding: Finding, rule: Rule, label: str) -> ShownPlace:
        where = finding.location
        other = finding.rule if finding.rule.id != rule.id else None
        # What an audit says of a key stands among the places where the key lies.
        is_told = finding.key is not None and exposed(finding) is None and finding.message != label
        told = finding.message if is_told else None
        name = fingerprint(finding)
        known = name in self._given
        self._given.add(name)
        return ShownPlace(
            id=None if known else f"finding-{name}",
            where=place(where),
            decoded=decoded(where),
            commit=where.commit[:12] if where.commit else None,
            date=where.first_seen.partition("T")[0] if where.first_seen else None,
            refs=None if where.refs is None else ", ".join(where.refs) or DANGLING,
            state=finding.status,
            status=accepted(finding),
            rule=other,
            note=finding.note or told,
            is_new=name in self._new,
        )


def _first_seen(incident: Incident) -> str | None:
    times = [one.location.first_seen for one in incident.findings if one.location.first_seen]
    return min(times, default=None)


def shown_coverage(result: Result) -> Matrix | None:
    """The coverage of requests, as many rows of it as there is room for."""
    whole = matrix(result.coverage, _ROWS_OF_COVERAGE)
    if whole is None:
        return None
    columns = sum(_AROUND_CELL + written(name) for name in whole.columns)
    names = max(written(row.tenant) + written(row.surface) for row in whole.rows)
    most = room.COVERAGE // (_AROUND_INCIDENT + columns + names)
    return whole if len(whole.rows) <= most else matrix(result.coverage, most)
