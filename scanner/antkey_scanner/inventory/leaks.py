"""Which keys of the inventory were found where no key may be. Pure functions.

A key that was found is known by the SHA-256 of its bytes (*exact*) or, where the inventory has no
fingerprint of a key, by the hint that Anthropic's Console shows of it (*probable*: the hint holds some
30 bits of the key).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from antkey_scanner.inventory.judge import key_ref
from antkey_scanner.inventory.records import Inventory, KeyRecord
from antkey_scanner.inventory.rule import Case, Leak
from antkey_scanner.inventory.times import Micros, micros
from antkey_scanner.model import Finding, SecretRef

_PARTIAL = "partial-key-exposed"
"""Finds what is left of a masked key: its SHA-256 is of no key, and such a text opens nothing."""


class _Match(NamedTuple):
    """A key of the inventory, by its position there."""

    position: int
    how: Literal["exact", "probable"]


class Known:
    """The keys of an inventory, to be recognised."""

    def __init__(self, keys: Sequence[KeyRecord]) -> None:
        self._keys = keys
        self._by_fingerprint: dict[str, list[int]] = {}
        self._by_hint: dict[str, list[int]] = {}
        for position, key in enumerate(keys):
            if key.fingerprint is not None:
                self._by_fingerprint.setdefault(key.fingerprint, []).append(position)
            elif key.hint is not None:
                self._by_hint.setdefault(key.hint, []).append(position)

    def matches(self, secret: SecretRef) -> list[_Match]:
        """All keys that this may be: several when a key is listed twice, or when a hint fits two."""
        exact = self._by_fingerprint.get(secret.sha256)
        if exact is not None:
            return [_Match(position, "exact") for position in exact]
        return [_Match(position, "probable") for position in self._by_hint.get(secret.hint, ())]


def leaks_of(findings: Iterable[Finding], inventory: Inventory) -> tuple[Leak, ...]:
    """The keys of the inventory that leaked, in its order, each once."""
    known = Known(inventory.keys)
    found: dict[int, tuple[_Match, list[Finding]]] = {}
    for finding in findings:
        for match in _matches(finding, known):
            found.setdefault(match.position, (match, []))[1].append(finding)
    return tuple(
        _leak(inventory.keys[position], match, places)
        for position, (match, places) in sorted(found.items())
    )


def recognised(findings: Iterable[Finding], case: Case) -> Iterator[Finding]:
    """The findings, each with the key that it shows where the inventory knows that."""
    known = Known(case.inventory.keys)
    for finding in findings:
        matches = _matches(finding, known)
        if matches and finding.key is None:
            record = case.inventory.keys[matches[0].position]
            yield finding._replace(key=key_ref(record, case)._replace(match=matches[0].how))
        else:
            yield finding


def _matches(finding: Finding, known: Known) -> list[_Match]:
    if finding.secret is None or finding.rule.id == _PARTIAL:
        return []
    return known.matches(finding.secret)


def _leak(record: KeyRecord, match: _Match, places: Sequence[Finding]) -> Leak:
    seen = [time for time in map(_first_seen, places) if time is not None]
    first = min(
        places, key=lambda finding: (_first_seen(finding) or 1 << 63, finding.location.path)
    )
    paths = {finding.location.path for finding in places}
    return Leak(record, match.how, len(paths), first.location.path, min(seen, default=None))


def _first_seen(finding: Finding) -> Micros | None:
    """When git first saw it; None where that is not known."""
    if finding.location.first_seen is None:
        return None
    try:
        return micros(datetime.fromisoformat(finding.location.first_seen))
    except ValueError:  # a saved result may hold anything
        return None
