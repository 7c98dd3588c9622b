"""The plan for each leaked key that works, or may work: what is known, what to do, and by when.

Within five minutes it is switched off and replaced, within the hour its use is reviewed, within the week
it is seen to that it does not happen again. The time runs from when antkey first told of it: by the
history of runs, else by the earlier run that this one is compared with, else by this run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from antkey_reports import room
from antkey_reports.circumstances import key_of, since, whose
from antkey_reports.incidents import Incident, anchor, incidents
from antkey_reports.keys import known
from antkey_reports.moments import moment
from antkey_reports.room import Room
from antkey_reports.steps import Step, prevent, review, stop
from antkey_reports.wording import DANGLING, exposed, placed, plural
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, KeyRef, Result

_STILL_ACTIVE = "leaked-key-still-active"
_BY_HISTORY = "by the history of runs"
_BY_COMPARISON = "by the earlier run that this one is compared with"
_BY_THIS_RUN = "by this run; no history tells of an earlier one"
_MOST = 20
_PLACES = 5
_AROUND = 3_800
"""Bytes of the markup and the fixed words of one plan, rounded up."""


class Phase(NamedTuple):
    """What has to be done by a time. by: the time, None where the result does not say when it was made;
    late: it was past already when the run ended."""

    title: str
    by: datetime | None
    late: bool
    steps: tuple[Step, ...]


class Plan(NamedTuple):
    """One key's. anchor: of its findings; facts: what is known of it; detected: when antkey first told, and
    told_by: which run that was."""

    id: str
    anchor: str
    label: str
    is_key: bool
    facts: tuple[tuple[str, str], ...]
    detected: datetime | None
    told_by: str
    phases: tuple[Phase, ...]


class Plans(NamedTuple):
    """The worst first. hidden: how many leaked keys have no plan on the page."""

    shown: tuple[Plan, ...]
    hidden: int

    @property
    def anchors(self) -> dict[str, str]:
        """Where a plan is, by where the findings are."""
        return {plan.anchor: plan.id for plan in self.shown}


def plans(result: Result) -> Plans:
    """A plan for each leaked key that is not known to be switched off."""
    leaks = list(_leaks(incidents(result.findings)))
    left = Room(room.RESPONSES)
    shown: list[Plan] = []
    for incident in leaks[:_MOST]:
        plan = _plan(incident, result)
        texts = [text for fact in plan.facts for text in fact]
        texts += [step.text for phase in plan.phases for step in phase.steps]
        if not left.fits(_AROUND, plan.label, *texts):
            break
        shown.append(plan)
    return Plans(tuple(shown), len(leaks) - len(shown))


def _leaks(every: Sequence[Incident]) -> Iterator[Incident]:
    """One incident for each key: what a scan found, else what an audit of the inventory tells of it."""
    still_open = [one for one in every if one.is_open]
    found = {key.name for one in still_open if exposed(one.findings[0]) and (key := key_of(one))}
    for incident in still_open:
        key = key_of(incident)
        if exposed(incident.findings[0]):
            wanted = key is None or key.status == "active"
        else:
            wanted = incident.rule.id == _STILL_ACTIVE and (key is None or key.name not in found)
        if wanted:
            yield incident


def _plan(incident: Incident, result: Result) -> Plan:
    first = incident.findings[0]
    secret = exposed(first)
    detected, told_by = _detected(incident, result)
    ended = moment(result.run.finished_at)
    name = anchor(first)
    return Plan(
        id=f"plan-{name[2:]}",
        anchor=name,
        label=secret.hint if secret else first.message,
        is_key=secret is not None,
        facts=tuple(_facts(incident, moment(result.run.started_at))),
        detected=detected,
        told_by=told_by,
        phases=(
            _phase(
                "Within 5 minutes: stop it", timedelta(minutes=5), detected, ended, stop(incident)
            ),
            _phase(
                "Within 1 hour: see what it did",
                timedelta(hours=1),
                detected,
                ended,
                review(incident),
            ),
            _phase(
                "Within 1 week: prevent the next one",
                timedelta(days=7),
                detected,
                ended,
                prevent(incident),
            ),
        ),
    )


def _detected(incident: Incident, result: Result) -> tuple[datetime | None, str]:
    """When antkey first told of it, and by what that is known."""
    started = moment(result.run.started_at)
    found = [(time, _BY_HISTORY) for one in incident.findings if (time := moment(one.detected))]
    compared = result.comparison
    before = None if compared is None else moment(compared.before)
    if compared is not None and before is not None:
        new = frozenset(compared.new)
        if any(fingerprint(one) not in new for one in incident.findings):
            found.append((before, _BY_COMPARISON))
    # What the history took from a run of another time zone or clock is no word on the future.
    earlier = [one for one in found if started is None or one[0] < started]
    return min(earlier, default=(started, _BY_THIS_RUN))


def _phase(
    title: str,
    within: timedelta,
    detected: datetime | None,
    ended: datetime | None,
    steps: tuple[Step, ...],
) -> Phase:
    try:
        by = detected + within if detected else None
    except OverflowError:
        by = None
    return Phase(title, by, by is not None and ended is not None and by < ended, steps)


def _facts(incident: Incident, now: datetime | None) -> Iterator[tuple[str, str]]:
    key = key_of(incident)
    yield "Works", _works(key)
    yield "Whose", whose(key)
    if key and key.name:
        details = ", ".join(
            text for text, value in known(key) if value not in (key.tenant, key.owner)
        )
        yield "In the inventory", f"{key.name} ({details})"
    yield "Where", _where(incident.findings)
    yield (
        "In the open since",
        since(incident.findings, now) or "not known; scan the history to learn it",
    )
    refs = {ref for one in incident.findings for ref in one.location.refs or ()}
    if any(one.location.refs is not None for one in incident.findings):
        yield "Reached by", ", ".join(sorted(refs)[:_PLACES]) or f"no ref ({DANGLING})"


def _works(key: KeyRef | None) -> str:
    if key is None:
        return "not known: no inventory names this key, so take it for active"
    probably = (
        ", if it is this key: only its hint could be compared" if key.match == "probable" else ""
    )
    return f"yes, it is {key.status}{probably}"


def _where(findings: Sequence[Finding]) -> str:
    places = [one for one in findings if exposed(one)] or findings
    named = ", ".join(placed(one) for one in places[:_PLACES])
    more = len(places) - _PLACES
    return f"{named} and {plural(more, 'more place')}" if more > 0 else named
