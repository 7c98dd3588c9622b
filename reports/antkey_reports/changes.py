"""What became of findings since an earlier run: new, still open, fixed. Not escaped."""

from __future__ import annotations

from typing import NamedTuple

from antkey_reports import room
from antkey_reports.room import Room
from antkey_reports.wording import exposed, place
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Severity, Status

_AROUND = 160


class Fixed(NamedTuple):
    """A finding that is gone. label: the key's hint or, without a key, the message."""

    severity: Severity
    rule: str
    label: str
    is_key: bool
    where: str


class Changes(NamedTuple):
    """Open findings only, but for `fixed`. hidden: fixed ones that are counted and not listed."""

    before: str
    new: int
    still_open: int
    fixed: int
    shown: tuple[Fixed, ...]

    @property
    def hidden(self) -> int:
        return self.fixed - len(self.shown)


def changes(result: Result) -> Changes | None:
    """What changed; None where a result was compared with nothing."""
    compared = result.comparison
    if compared is None:
        return None
    names = frozenset(compared.new)
    counted = [one for one in result.findings if one.status is Status.OPEN]
    new = sum(fingerprint(one) in names for one in counted)
    gone = sorted(compared.fixed, key=lambda one: (-one.rule.severity.rank, one.location.path))
    left = Room(room.CHANGES)
    shown: list[Fixed] = []
    for finding in gone:
        one = _fixed(finding)
        if not left.fits(_AROUND, one.rule, one.label, one.where):
            break
        shown.append(one)
    return Changes(compared.before, new, len(counted) - new, len(gone), tuple(shown))


def _fixed(finding: Finding) -> Fixed:
    secret = exposed(finding)
    return Fixed(
        finding.rule.severity,
        finding.rule.id,
        secret.hint if secret else finding.message,
        secret is not None,
        place(finding.location),
    )
