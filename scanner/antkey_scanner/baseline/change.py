"""Changes to a baseline: what `create` adds and `prune` takes out. Pure functions.

What was there before stays as it is, so that two runs, one after the other, lose nothing.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from antkey_scanner.baseline import Entry, Identity, Scope, cover, identity_of
from antkey_scanner.fingerprint import without_key
from antkey_scanner.model import Finding, Status


class Change(NamedTuple):
    """A baseline after a change, in the order in which it is written; how many entries were what."""

    entries: tuple[Entry, ...]
    added: int = 0
    moved: int = 0
    removed: int = 0

    @property
    def kept(self) -> int:
        """Entries that were there before, where they are now."""
        return len(self.entries) - self.added - self.moved


def created(
    entries: Sequence[Entry], findings: Sequence[Finding], scope: Scope, added_at: str
) -> Change:
    """The entries with one more for each open finding that none of them covers."""
    by_identity = _by_identity(entries)
    moved = _follow(by_identity, findings, scope)
    added = 0
    for finding in findings:
        if finding.status is not Status.OPEN:
            continue
        identity = identity_of(finding, scope)
        known = by_identity.get(identity)
        if known is None:
            added += 1
            known = Entry(finding.rule.id, _path(finding, scope), identity[2], added_at=added_at)
        by_identity[identity] = known
    _note_history(by_identity, findings, scope)
    return Change(_ordered(by_identity), added, moved)


def pruned(
    entries: Sequence[Entry],
    findings: Sequence[Finding],
    scope: Scope,
    rules: Container[str],
) -> Change:
    """The entries without those whose finding a complete scan has not met.

    rules: those that the scan looked for. An entry whose rule or place it had nothing to do with stays.
    """
    by_identity = _by_identity(entries)
    moved = _follow(by_identity, findings, scope)
    met = {identity_of(finding, scope) for finding in findings}
    gone = [
        identity
        for identity, entry in by_identity.items()
        if identity not in met and entry.rule in rules and scope.looked_at(entry)
    ]
    for identity in gone:
        del by_identity[identity]
    _note_history(by_identity, findings, scope)
    return Change(_ordered(by_identity), moved=moved, removed=len(gone))


def _by_identity(entries: Sequence[Entry]) -> dict[Identity, Entry]:
    """Each entry once: a merge of two branches may bring the same one twice, the first counts."""
    return {entry.identity: entry for entry in reversed(entries)}


def _ordered(entries: dict[Identity, Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries.values(), key=lambda one: (one.path, one.rule, one.sha256)))


def _follow(by_identity: dict[Identity, Entry], findings: Sequence[Finding], scope: Scope) -> int:
    """Give entries whose key has moved its new path; how many there were."""
    moves = [one for one in cover(findings, by_identity.values(), scope) if one.moved]
    in_history = {identity_of(finding, scope) for finding in findings} if moves else set()
    for finding, entry, _ in moves:
        if entry.identity in in_history:
            by_identity[entry.identity] = entry._replace(history=True)
        else:
            del by_identity[entry.identity]
        by_identity[identity_of(finding, scope)] = entry._replace(path=_path(finding, scope))
    return len(moves)


def _path(finding: Finding, scope: Scope) -> str:
    return without_key(scope.place(finding.location.path))


def _note_history(
    by_identity: dict[Identity, Entry], findings: Sequence[Finding], scope: Scope
) -> None:
    """Mark the entries whose key is in git history and no longer in a file."""
    for finding in findings:
        if finding.location.commit is None or not scope.gone(scope.place(finding.location.path)):
            continue
        identity = identity_of(finding, scope)
        if identity in by_identity:
            by_identity[identity] = by_identity[identity]._replace(history=True)
