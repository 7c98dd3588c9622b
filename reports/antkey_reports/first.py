"""What a reader should do first, and about what: the worst, whose it is, since when. Not escaped."""

from __future__ import annotations

from typing import NamedTuple

from antkey_reports import commands
from antkey_reports.circumstances import key_of, since, whose
from antkey_reports.incidents import Incident, anchor
from antkey_reports.moments import moment
from antkey_reports.rotation import judged_at
from antkey_reports.verdict import incomplete, is_asked_for, not_judged
from antkey_reports.wording import exposed, placed, plural
from antkey_scanner.model import Result, Severity


class First(NamedTuple):
    """The first thing to do. what: a key's hint or a sentence; where: None for what has no place; more:
    how many things are as bad; anchor: where the page says more."""

    severity: Severity | None
    what: str
    is_key: bool
    rule: str | None
    where: str | None
    more_places: int
    whose: str | None
    since: str | None
    remedy: str
    command: str | None
    anchor: str
    as_bad: int


def first(result: Result, open_incidents: tuple[Incident, ...]) -> First | None:
    """The worst of what is open, else what is missing for a verdict; None when there is nothing to do."""
    if open_incidents:
        return _of(open_incidents[0], result, open_incidents)
    missing = [one for one in not_judged(result) if is_asked_for(one)]
    unread = [skip for skip in result.skips if skip.counts]
    if unread and incomplete(result):
        return First(
            None,
            f"{plural(len(unread), 'place')} in scope could not be read to the end",
            False,
            None,
            unread[0].path,
            len(unread) - 1,
            None,
            None,
            f"{unread[0].reason}. Make it readable, leave it out, or accept it with a reason; then run"
            " again.",
            None,
            "skipped",
            0,
        )
    if missing and result.run.exit_code == 4:
        assessment = missing[0]
        return First(
            assessment.control.severity,
            assessment.control.title,
            False,
            assessment.control.id,
            None,
            0,
            None,
            None,
            assessment.evidence,
            None,
            "not-judged",
            len(missing) - 1,
        )
    return None


def _of(incident: Incident, result: Result, every: tuple[Incident, ...]) -> First:
    one = incident.findings[0]
    secret = exposed(one)
    key = key_of(incident)
    of_a_key = secret is not None or key is not None
    severity = incident.rule.severity
    return First(
        severity=severity,
        what=secret.hint if secret else one.message,
        is_key=secret is not None,
        rule=incident.rule.title,
        where=placed(one),
        more_places=max(sum(exposed(other) is not None for other in incident.findings) - 1, 0)
        if secret
        else len(incident.findings) - 1,
        whose=whose(key) if of_a_key else None,
        since=_since(incident, result),
        remedy=incident.rule.remedy,
        command=commands.scan_again(one.location) if secret else None,
        anchor=anchor(one),
        as_bad=sum(other.rule.severity is severity for other in every) - 1,
    )


def _since(incident: Incident, result: Result) -> str | None:
    now = judged_at(result)
    seen = since(incident.findings, now)
    if seen:
        return f"{seen}, by its first commit"
    key = key_of(incident)
    due = moment(key.due_at) if key else None
    if due and now and due < now and not exposed(incident.findings[0]):
        return f"{due.date().isoformat()}, when it was due ({plural((now - due).days, 'day')})"
    told = [time for one in incident.findings if (time := moment(one.detected))]
    started = moment(result.run.started_at)
    if told and started and min(told) < started:
        return f"{min(told).date().isoformat()}, when antkey first told of it"
    if exposed(incident.findings[0]):
        return "not known; scan the history to learn it"
    return None
