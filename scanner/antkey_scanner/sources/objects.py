"""What a scan needs of git objects: which to search, and where what was found in them stands.

Implemented by `staged` (the index), `revisions` (a range of commits) and `history` (all objects).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from antkey_scanner.model import Skip
from antkey_scanner.tally import Row, preferred
from antkey_scanner.tasks import Outcome, Task

if TYPE_CHECKING:
    from antkey_scanner.git.walk import Walk

_SHOWN_DIGITS = 12


class Origin(NamedTuple):
    """A place of an object. path: as it is printed; commit: the earliest that holds it, in hex; when it
    was written; refs: names that still reach it, None where that is not asked."""

    path: str
    commit: str | None = None
    first_seen: str | None = None
    refs: tuple[str, ...] | None = None


class Source(Protocol):
    """Git objects to search.

    paths: file names to search, too; count: how many objects, for the progress; walks: those that the
    tasks count; skips: what cannot be read, known when the tasks are done. `leave_out` is told globs
    before all else, `done` the ids of the objects that hold nothing.
    """

    @property
    def paths(self) -> Sequence[str]: ...
    @property
    def count(self) -> int: ...
    @property
    def walks(self) -> Sequence[Walk]: ...
    @property
    def skips(self) -> Sequence[Skip]: ...
    def leave_out(self, exclude: Sequence[str]) -> None: ...
    def tasks(self) -> Iterator[Task]: ...
    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]: ...
    def show(self, path: str) -> str: ...
    def done(self, clean: bytes) -> None: ...


class Gathered:
    """What tasks about objects brought, until it is known where the objects stand."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._skips: list[tuple[str, Skip]] = []
        self._problems: list[tuple[str, str, str]] = []
        self._clean: list[bytes] = []

    def take(self, outcome: Outcome) -> None:
        """Add what is about objects in one outcome."""
        self._rows += outcome.rows
        self._skips += outcome.objects
        self._problems += outcome.problems
        self._clean.append(outcome.clean)

    def __len__(self) -> int:
        return len(self._rows)

    def placed(self, source: Source) -> tuple[list[Row], list[Skip]]:
        """Rows and skips with the paths that they have in the repository; none for what has no path, as
        it was left out."""
        asked = {row.blob for row in self._rows}
        asked |= {oid for oid, _ in self._skips}
        asked |= {oid for oid, _, _ in self._problems if oid}
        known = source.origins(asked) if asked else {}
        skips = list(self._placed_skips(known))
        skips += self._placed_problems(known, source)
        skips += source.skips
        rows = [_at(origin, row) for row in self._rows for origin in known[row.blob]]
        source.done(b"".join(self._clean))
        return rows, skips

    def _placed_skips(self, known: Mapping[str, Sequence[Origin]]) -> Iterator[Skip]:
        for oid, skip in self._skips:
            for origin in known[oid][:1]:
                reason = f"{skip.reason} (object {oid[:_SHOWN_DIGITS]})"
                yield skip._replace(path=origin.path + skip.path, reason=reason)

    def _placed_problems(
        self, known: Mapping[str, Sequence[Origin]], source: Source
    ) -> Iterator[Skip]:
        for oid, path, reason in self._problems:
            if oid:
                for origin in known[oid][:1]:
                    yield Skip(origin.path, f"object {oid[:_SHOWN_DIGITS]}: {reason}")
            else:
                yield Skip(source.show(path), reason)


def _at(origin: Origin, row: Row) -> Row:
    return row._replace(
        path=origin.path + row.path,
        commit=origin.commit,
        first_seen=origin.first_seen,
        refs=origin.refs,
    )


def joined(one: Row, other: Row) -> Row:
    """Of two places of one key in one path the one that is reported, with its history.

    A file shows where the key stands today, an object since when; an older commit goes before a newer
    one. What no mark waives goes before everything.
    """
    if (one.waived is None) != (other.waived is None):
        return preferred(one, other)
    if bool(one.blob) != bool(other.blob):
        here, there = (other, one) if one.blob else (one, other)
        return here._replace(
            blob=there.blob, commit=there.commit, first_seen=there.first_seen, refs=there.refs
        )
    if not one.blob:
        return preferred(one, other)
    return min(one, other, key=lambda row: (row.first_seen or "~", row.commit or "~", row.offset))
