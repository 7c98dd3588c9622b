"""What a scan needs of git objects: which to search, and where what was found in them stands.

Implemented by `staged` (the index), `revisions` (a range of commits) and `history` (all objects).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple
from antkey_scanner.tally import Row, preferred
from antkey_scanner.tasks import Objects, Outcome, Piece, Task

if TYPE_CHECKING:
    from antkey_scanner.git.walk import Walk

_SHOWN_DIGITS = 12
_AND = "and "
"""What is said of refs that are counted and not named begins with it, as no name of a ref can."""


class Origin(NamedTuple):
    """A place of an object. path: as it is printed; commit: the earliest that holds it, in hex; when it
    was written; refs: see `shown_refs`, None where that is not asked."""

    path: str
    commit: str | None = None
    first_seen: str | None = None
    refs: tuple[str, ...] | None = None


class Text(NamedTuple):
    """A file that is judged as it stands in one place. blob: its object's id in hex."""

    blob: str
    origin: Origin
    data: bytes


def shown_refs(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Names of refs that reach something, and of how many more there are."""
    more = count - len(names)
    return (*names, f"{_AND}{more:,} more") if more > 0 else names


class Searched:
    """What became of the objects of one repository.

    clean: ids of those that hold nothing; found: of those that hold something, in hex; whole: whether
    all could be read; missing: ids that others, `lacking`, name and that are of no object there. All ids
    but `found` are one after the other.
    """

    def __init__(self) -> None:
        self.clean: list[bytes] = []
        self.found: set[str] = set()
        self.whole = True
        self.missing: list[bytes] = []
        self.lacking: list[bytes] = []

    def take(self, outcome: Outcome) -> None:
        """Add one task's outcome."""
        self.clean.append(outcome.clean)
        self.found.update(row.blob for row in outcome.rows)
        self.found.update(oid for oid, _ in outcome.objects)
        self.found.update(oid for oid, _, _ in outcome.problems if oid)
        self.whole = self.whole and not outcome.problems
        self.missing.append(outcome.missing)
        self.lacking.append(outcome.lacking)


class Source(Protocol):
    """Git objects to search.

    paths: file names to search, too; count: how many objects, for the progress; known: how many more
    need not be searched again; walks: those that the tasks count; skips: what cannot be read, known
    when the tasks are done. `leave_out` is told globs before all else, `done` what became of the
    objects, by their folders; `pointers` gives, for those paths of files as they are printed that are
    known in the history by another one, ids of objects there; `texts` gives the files that are judged as
    source code or settings, each that is no larger than what is said of its path, and skips.
    """

    @property
    def paths(self) -> Sequence[str]: ...
    @property
    def count(self) -> int: ...
    @property
    def known(self) -> int: ...
    @property
    def walks(self) -> Sequence[Walk]: ...
    @property
    def skips(self) -> Sequence[Skip]: ...
    def leave_out(self, exclude: Sequence[str]) -> None: ...
    def tasks(self) -> Iterator[Task]: ...
    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]: ...
    def pointers(self, paths: Iterable[str]) -> Mapping[str, Sequence[str]]: ...
    def texts(self, most: Callable[[str], int]) -> Iterator[Text | Skip]: ...
    def show(self, path: str) -> str: ...
    def done(self, searched: Mapping[tuple[str, ...], Searched]) -> None: ...


class Gathered:
    """What tasks about objects brought, until it is known where the objects stand."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._skips: list[tuple[str, Skip]] = []
        self._problems: list[tuple[str, str, str]] = []
        self._searched: dict[tuple[str, ...], Searched] = {}

    def take(self, task: Objects | Piece, outcome: Outcome) -> None:
        """Add what is about objects in one outcome."""
        self._rows += outcome.rows
        self._skips += outcome.objects
        self._problems += outcome.problems
        self._searched.setdefault(task.folders, Searched()).take(outcome)

    def __len__(self) -> int:
        return len(self._rows)

    def placed(
        self, source: Source, files: Collection[Row], judged: Iterable[Row] = ()
    ) -> tuple[list[Row], list[Skip]]:
        """Rows and skips with the paths that they have in the repository, one row for each key in a path;
        none for what has no path, as it was left out. files: the rows of what was read as files; judged:
        those of objects that have their places already."""
        pointers = source.pointers({_file_of(row) for row in files})
        asked = {row.blob for row in self._rows}
        asked |= {oid for oid, _ in self._skips}
        asked |= {oid for oid, _, _ in self._problems if oid}
        asked |= {oid for oids in pointers.values() for oid in oids}
        known = source.origins(asked) if asked else {}
        skips = list(self._placed_skips(known))
        skips += self._placed_problems(known, source)
        found = [_at(origin, row) for row in self._rows for origin in known[row.blob]]
        found += judged
        read: list[Row] = []
        for row in files:
            oids = pointers.get(_file_of(row))
            if oids is None:
                read.append(row)
            else:
                found += _by_pointer(row, oids, known)
        source.done(self._searched)
        skips += source.skips
        return _one_for_each(found, read), skips

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


def _file_of(row: Row) -> str:
    return row.path.partition("!/")[0]


def _by_pointer(
    row: Row, oids: Sequence[str], known: Mapping[str, Sequence[Origin]]
) -> Iterator[Row]:
    """A row of a file that stands for another one, where that stands in the history."""
    inside = row._replace(path=row.path[len(_file_of(row)) :])
    for oid in oids:
        for origin in known[oid]:
            yield _at(origin, inside)._replace(blob=oid)


def _one_for_each(found: Iterable[Row], read: Iterable[Row]) -> list[Row]:
    """Of each key in each path one row. found: in objects; read: in files."""
    rows: dict[tuple[str, str, str], Row] = {}
    for row in sorted(found, key=_age):
        key = (row.path, row.rule, row.sha256)
        rows[key] = earlier(rows[key], row) if key in rows else row
    for row in read:
        key = (row.path, row.rule, row.sha256)
        rows[key] = joined(row, rows[key]) if key in rows else row
    return list(rows.values())


def earlier(one: Row, other: Row) -> Row:
    """Of two places of a key in the history of one path the one that is reported: one that no mark
    waives, then the earlier one, with the refs that reach either."""
    if (one.waived is None) != (other.waived is None):
        return preferred(one, other)
    first = min(one, other, key=_age)
    return first._replace(refs=_refs_of_both(one.refs, other.refs))


def _age(row: Row) -> tuple[str, str, str, int]:
    return row.first_seen or "~", row.commit or "~", row.blob, row.offset


def _refs_of_both(
    one: tuple[str, ...] | None, other: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    names = dict.fromkeys(name for name in one + other if not name.startswith(_AND))
    is_all = len(names) == len({*one, *other})
    return tuple(names) if is_all else (*names, f"{_AND}more")


def joined(here: Row, there: Row) -> Row:
    """What is reported of a key that stands in a file today, and in the history of its path: where it
    is now and since when; what is in the history alone when no mark waives only that."""
    if here.waived is not None and there.waived is None:
        return there
    return here._replace(
        blob=there.blob, commit=there.commit, first_seen=there.first_seen, refs=there.refs
    )
