"""Findings that a team has accepted before: what an entry says, and which findings it covers.

An entry names a rule, a path and the SHA-256 of a key, so it survives edits around the key. Pure
functions; files are read by `baseline.read` and written by the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from antkey_scanner.fingerprint import comparable_path
from antkey_scanner.model import Accepted, Finding, Status

Identity = tuple[str, str, str]
"""Rule, comparable path, SHA-256: two entries with the same are about the same finding."""


class Entry(NamedTuple):
    """One accepted finding.

    path: seen from the baseline's folder, `/` between parts; sha256: of the key, or of the anchor of
    a finding without one; added_at: RFC 3339; history: it stood in git history only, which a scan of
    files does not look at.
    """

    rule: str
    path: str
    sha256: str
    reason: str | None = None
    owner: str | None = None
    added_at: str | None = None
    history: bool = False

    @property
    def identity(self) -> Identity:
        return self.rule, comparable_path(self.path), self.sha256


class Scope(NamedTuple):
    """What a scan was about, as paths seen from the baseline's folder.

    place: a finding's path as seen from there; looked_at: whether everything was read where an entry's
    key would be if it still were there; gone: whether surely no file is at a path, looked at or not.
    """

    place: Callable[[str], str]
    looked_at: Callable[[Entry], bool]
    gone: Callable[[str], bool]


class Covered(NamedTuple):
    """A finding with the entry that covers it. moved: the key has left the entry's path for this."""

    finding: Finding
    entry: Entry
    moved: bool


def accept_findings(
    findings: Sequence[Finding], entries: Iterable[Entry], scope: Scope
) -> tuple[Finding, ...]:
    """The findings, where an entry covers an open one as accepted by the baseline."""
    covered = {id(one.finding): one.entry for one in cover(findings, entries, scope)}
    return tuple(_accepted(finding, covered.get(id(finding))) for finding in findings)


def _accepted(finding: Finding, entry: Entry | None) -> Finding:
    if entry is None:
        return finding
    why = Accepted("baseline", entry.reason, entry.owner)
    return finding._replace(status=Status.BASELINE, accepted=why)


def cover(findings: Sequence[Finding], entries: Iterable[Entry], scope: Scope) -> Iterator[Covered]:
    """The open findings that are covered, each with its entry.

    A key that has moved stays accepted, and a copy of it does not get accepted by that: where more
    paths have come to hold a key than have stopped to, all that have come are open.
    """
    known = {entry.identity: entry for entry in entries}
    met: dict[Identity, Finding] = {}
    arrived: dict[_Key, list[Finding]] = {}
    for finding in findings:
        identity = identity_of(finding, scope)
        met[identity] = finding
        if finding.status is not Status.OPEN:
            continue
        if identity in known:
            yield Covered(finding, known[identity], moved=False)
        else:
            arrived.setdefault((identity[0], identity[2]), []).append(finding)
    if arrived:
        yield from _moved(arrived, known, met, scope)


_Key = tuple[str, str]


def _moved(
    arrived: dict[_Key, list[Finding]],
    known: dict[Identity, Entry],
    met: dict[Identity, Finding],
    scope: Scope,
) -> Iterator[Covered]:
    left: dict[_Key, list[Entry]] = {}
    for identity, entry in known.items():
        key = (entry.rule, entry.sha256)
        if key in arrived and _has_left(entry, met.get(identity), arrived[key], scope):
            left.setdefault(key, []).append(entry)
    for key, free in left.items():
        new = sorted(arrived[key], key=lambda finding: finding.location.path)
        if len(new) <= len(free):
            free.sort(key=lambda entry: entry.path)
            for finding, entry in zip(new, free, strict=False):
                yield Covered(finding, entry, moved=True)


def _has_left(
    entry: Entry, there: Finding | None, arrived: Sequence[Finding], scope: Scope
) -> bool:
    """Whether a key no longer stands at an entry's path; in git history it stays for ever."""
    if entry.history:
        return False
    if there is None:
        return scope.looked_at(entry) or scope.gone(entry.path)
    return (
        there.location.commit is not None
        and scope.gone(entry.path)
        and not any(scope.gone(scope.place(finding.location.path)) for finding in arrived)
    )


def identity_of(finding: Finding, scope: Scope) -> Identity:
    """What an entry about the finding is recognised by."""
    place = comparable_path(scope.place(finding.location.path))
    return finding.rule.id, place, sha256_of(finding)


def sha256_of(finding: Finding) -> str:
    """The hash of what a finding is about."""
    if finding.secret is not None:
        return finding.secret.sha256
    return sha256(finding.anchor.encode("utf-8", "backslashreplace")).hexdigest()
