"""Whose something is that was found, and since when it is so, as far as anything tells. Not escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from antkey_reports.incidents import Incident
from antkey_reports.moments import moment
from antkey_reports.wording import plural
from antkey_scanner.model import Finding, KeyRef


def key_of(incident: Incident) -> KeyRef | None:
    """The key of the inventory that an incident is about."""
    return next((one.key for one in incident.findings if one.key), None)


def tenants_of(finding: Finding) -> tuple[str, ...]:
    """The tenants that a finding is about."""
    own = finding.key.tenant if finding.key else None
    return tuple(dict.fromkeys((*([own] if own else []), *finding.tenants)))


def whose(key: KeyRef | None) -> str:
    """The tenant and the owner of a key, as far as the inventory says."""
    if key is None:
        return "not known: no inventory names this key"
    named = [f"tenant {key.tenant}"] if key.tenant else []
    named += [f"owner {key.owner}"] if key.owner else ["no owner named"]
    return ", ".join(named)


def since(findings: Sequence[Finding], now: datetime | None) -> str | None:
    """The day from which on a place held it, and how long that is; None where no history tells."""
    times = [time for one in findings if (time := moment(one.location.first_seen))]
    if not times:
        return None
    first = min(times)
    days = (now - first).days if now else -1
    how_long = f" ({plural(days, 'day')})" if days >= 0 else ""
    return first.date().isoformat() + how_long
