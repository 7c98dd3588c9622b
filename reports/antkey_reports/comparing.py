"""Sorts the findings of a compared result: what is new, what is still open, what is fixed. Not escaped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from antkey_reports.wording import place, plural
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Comparison, Finding, Result, Status

State = Literal["new", "still open", "fixed", "accepted"]


class Compared(NamedTuple):
    """Findings by what became of them. new, still_open: open ones of this result; fixed: of the earlier
    one, gone; before: when that started."""

    before: str
    new: tuple[Finding, ...]
    still_open: tuple[Finding, ...]
    fixed: tuple[Finding, ...]


def compared(result: Result) -> Compared | None:
    """The three groups, each in the order it came in; None where nothing was compared."""
    given = result.comparison
    if given is None:
        return None
    new: list[Finding] = []
    still_open: list[Finding] = []
    state_of = states(given)
    for finding in result.findings:
        state = state_of(finding)
        if state == "new":
            new.append(finding)
        elif state == "still open":
            still_open.append(finding)
    return Compared(given.before, tuple(new), tuple(still_open), given.fixed)


def states(comparison: Comparison) -> Callable[[Finding], State]:
    """What tells of a finding of the later result what it is against the earlier one."""
    new = frozenset(comparison.new)

    def state_of(finding: Finding) -> State:
        if finding.status is not Status.OPEN:
            return "accepted"
        return "new" if fingerprint(finding) in new else "still open"

    return state_of


def summary(groups: Compared) -> str:
    """`Since 2026-11-19T12:00:00Z: 2 new, 1 still open, 3 fixed`."""
    return f"Since {groups.before}: {counts(groups)}"


def counts(groups: Compared) -> str:
    """`2 new, 1 still open, 3 fixed`."""
    new, still_open, fixed = map(len, (groups.new, groups.still_open, groups.fixed))
    return f"{new:,} new, {still_open:,} still open, {fixed:,} fixed"


def named(finding: Finding) -> str:
    """`deploy/app.env:3:9: anthropic-api-key [repository api]`: a finding in a list of changes."""
    note = f" [{finding.note}]" if finding.note else ""
    return f"{place(finding.location)}: {finding.rule.id}{note}"


def unproven(result: Result) -> str | None:
    """Why what is gone does not count as fixed; None where it does."""
    if result.run.complete:
        return None
    unread = sum(skip.counts for skip in result.skips)
    places = f" ({plural(unread, 'place')} not read)" if unread else ""
    return f"nothing counts as fixed, because this run is incomplete{places}"
