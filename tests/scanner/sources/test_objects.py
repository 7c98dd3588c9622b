"""What was found in objects gets its places, and a key in many versions of a file is one finding."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import pytest

from antkey_scanner.git.walk import Walk
from antkey_scanner.model import Skip
from antkey_scanner.sources.objects import (
    Gathered,
    Origin,
    Searched,
    earlier,
    joined,
    shown_refs,
)
from antkey_scanner.tally import Row
from antkey_scanner.tasks import Objects, Outcome, Task

TASK = Objects(("store",), 20, ())


class Known:
    """A source that knows where objects stand."""

    walks: Sequence[Walk] = ()
    paths: Sequence[str] = ()
    count = known = 0

    def __init__(self, origins: Mapping[str, Sequence[Origin]], **pointers: Sequence[str]) -> None:
        self.skips: list[Skip] = []
        self.asked: list[set[str]] = []
        self.told: Mapping[tuple[str, ...], Searched] = {}
        self._origins = origins
        self._pointers = pointers

    def leave_out(self, _: Sequence[str]) -> None: ...

    def tasks(self) -> Iterator[Task]:
        return iter(())

    def origins(self, oids: Collection[str]) -> Mapping[str, Sequence[Origin]]:
        self.asked.append(set(oids))
        return {oid: self._origins[oid] for oid in oids}

    def pointers(self, paths: Iterable[str]) -> Mapping[str, Sequence[str]]:
        return {path: self._pointers[path] for path in paths if path in self._pointers}

    def show(self, path: str) -> str:
        return f"shown {path}"

    def done(self, searched: Mapping[tuple[str, ...], Searched]) -> None:
        self.told = searched


def row(
    path: str = "",
    blob: str = "",
    *,
    line: int = 1,
    waived: str | None = None,
    commit: str | None = None,
    first_seen: str | None = None,
    refs: tuple[str, ...] | None = None,
) -> Row:
    return Row(
        *(path, "rule", "sha", "api03", "hint", (), line * 10, line, 1),
        waived=waived,
        blob=blob,
        commit=commit,
        first_seen=first_seen,
        refs=refs,
    )


def placed(source: Known, *rows: Row, files: Sequence[Row] = ()) -> list[Row]:
    gathered = Gathered()
    gathered.take(TASK, Outcome(rows=tuple(rows)))
    return gathered.placed(source, files)[0]


def test_a_row_gets_path_commit_date_and_refs() -> None:
    origin = Origin("a.env", "c1", "2026-01-01T00:00:00Z", ("refs/heads/main",))
    (found,) = placed(Known({"b1": [origin]}), row("!/inner", "b1"))
    assert found.path == "a.env!/inner"
    assert (found.commit, found.first_seen, found.refs) == origin[1:]


def test_an_object_at_two_paths_is_two_rows() -> None:
    found = placed(Known({"b1": [Origin("a"), Origin("b")]}), row(blob="b1"))
    assert [each.path for each in found] == ["a", "b"]


def test_an_object_that_was_left_out_is_none() -> None:
    assert placed(Known({"b1": []}), row(blob="b1")) == []


def test_nobody_is_asked_when_nothing_was_found() -> None:
    source = Known({})
    assert placed(source, files=[row("a")]) == [row("a")]
    assert source.asked == []


def test_of_many_versions_the_earliest_is_told_in_any_order() -> None:
    """Whatever the order in which workers send them home."""
    origins = {
        f"b{day}": [Origin("a", f"c{day}", f"2026-01-0{day}", (f"r{day}",))] for day in (1, 2, 3)
    }
    rows = [row(blob=f"b{day}", line=day) for day in (1, 2, 3)]
    results = {
        tuple(placed(Known(origins), *order, files=files))
        for order in itertools.permutations(rows)
        for files in [(row("a", line=9),)]
    }
    assert len(results) == 1
    ((found,),) = results
    assert (found.line, found.commit, found.blob) == (9, "c1", "b1")
    assert found.refs == ("r1", "r2", "r3")


def test_a_file_of_today_keeps_its_line_beside_many_versions() -> None:
    """The first one that is joined must not make an object of the file."""
    origins = {"b1": [Origin("a", "c1", "2026-01-02")], "b2": [Origin("a", "c2", "2026-01-01")]}
    rows = (row(blob="b1", line=5), row(blob="b2", line=6))
    (found,) = placed(Known(origins), *rows, files=[row("a", line=9)])
    assert (found.line, found.commit) == (9, "c2")


def test_what_no_mark_waived_in_the_history_stays_open() -> None:
    origins = {"b1": [Origin("a", "c1", "2026-01-01")], "b2": [Origin("a", "c2", "2026-01-02")]}
    versions = (row(blob="b1", waived="sample"), row(blob="b2", line=2))
    (found,) = placed(Known(origins), *versions, files=[row("a", line=9, waived="sample")])
    assert found.waived is None
    assert (found.line, found.commit) == (2, "c2")


def test_what_is_marked_everywhere_is_waived_with_its_history() -> None:
    origins = {"b1": [Origin("a", "c1", "2026-01-01")]}
    versions = [row(blob="b1", waived="old reason")]
    (found,) = placed(Known(origins), *versions, files=[row("a", line=9, waived="sample")])
    assert (found.waived, found.line, found.commit) == ("sample", 9, "c1")


def test_what_is_open_today_is_told_with_the_history_of_what_was_marked() -> None:
    here, there = row("a", line=9), row("a", "b1", waived="sample", commit="c1")
    found = joined(here, there)
    assert (found.waived, found.line, found.commit) == (None, 9, "c1")


def test_an_open_version_goes_before_an_earlier_one_that_is_marked() -> None:
    marked = row("a", "b1", waived="sample", first_seen="2026-01-01")
    still_open = row("a", "b2", first_seen="2026-01-02")
    assert earlier(marked, still_open) == still_open == earlier(still_open, marked)


def test_what_has_no_date_goes_last() -> None:
    dated = row("a", "b2", first_seen="2026-01-01", commit="c")
    assert earlier(row("a", "b1"), dated).commit == "c"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (("a",), ("b",), ("a", "b")),
        (("a",), ("a",), ("a",)),
        ((), ("b",), ("b",)),
        ((), (), ()),
        (None, ("b",), ("b",)),
        (None, None, None),
        (("a", "and 3 more"), ("b",), ("a", "b", "and more")),
    ],
)
def test_refs_of_two_versions(
    one: tuple[str, ...] | None, other: tuple[str, ...] | None, both: tuple[str, ...] | None
) -> None:
    first, second = row("a", "b1", first_seen="1", refs=one), row("a", "b2", refs=other)
    assert earlier(first, second).refs == both


@pytest.mark.parametrize(
    ("count", "shown"), [(1, ("a",)), (2, ("a", "and 1 more")), (4_001, ("a", "and 4,000 more"))]
)
def test_refs_beyond_those_named_are_counted(count: int, shown: tuple[str, ...]) -> None:
    assert shown_refs(("a",), count) == shown


def test_a_file_that_stands_for_another_has_that_ones_place() -> None:
    origin = Origin("data/big.bin", "c1", "2026-01-01", ("r",))
    source = Known({"p1": [origin]}, **{".git/lfs/x": ["p1"]})
    (found,) = placed(source, files=[row(".git/lfs/x!/inner", line=4)])
    assert (found.path, found.line) == ("data/big.bin!/inner", 4)
    assert (found.commit, found.refs) == ("c1", ("r",))


def test_problems_and_skips_are_told_where_the_object_stands() -> None:
    source = Known({"b1" * 20: [Origin("a"), Origin("b")], "b2": [Origin("c")]})
    source.skips.append(Skip("refs", "odd"))
    gathered = Gathered()
    skipped = (("b2", Skip("!/x", "encrypted")),)
    problems = (("b1" * 20, "pack", "is damaged"), ("", "pack", "has a wrong checksum"))
    gathered.take(TASK, Outcome(objects=skipped, problems=problems))
    _, skips = gathered.placed(source, ())
    assert skips == [
        Skip("c!/x", "encrypted (object b2)"),
        Skip("a", "object b1b1b1b1b1b1: is damaged"),
        Skip("shown pack", "has a wrong checksum"),
        Skip("refs", "odd"),
    ]
