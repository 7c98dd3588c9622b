"""What the history tells: what is new, what is fixed, since when, how long it took."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hooks.history.conftest import Check, finding

from antkey_hooks.history import record as module
from antkey_hooks.history.record import Remembered, record
from antkey_hooks.history.store import FILE, FOLDER, HistoryError
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Outcome, Result, Status


def told(results: list[Result], folder: Path, scope: str = "a") -> Remembered:
    last = [record(result, str(folder), scope) for result in results]
    return last[-1]


def changes(remembered: Remembered) -> list[tuple[int, int]]:
    return [(run.new, run.fixed) for run in remembered.trend.runs]


def asked(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / FOLDER / FILE)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_runs_are_told_oldest_first_with_what_they_found(check: Check, tmp_path: Path) -> None:
    runs = told([check(1, "a", "b"), check(2, "a"), check(3)], tmp_path).trend.runs
    assert [run.at[8:10] for run in runs] == ["01", "02", "03"]
    assert [run.open for run in runs] == [(0, 2, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 0, 0, 0)]
    assert [run.exit_code for run in runs] == [1, 1, 0]


def test_new_and_fixed_are_against_the_run_before(check: Check, tmp_path: Path) -> None:
    runs = [check(1, "a", "b"), check(2, "b", "c", "d"), check(3)]
    assert changes(told(runs, tmp_path)) == [(0, 0), (2, 1), (0, 3)]


def test_a_finding_keeps_the_day_that_it_was_first_seen(check: Check, tmp_path: Path) -> None:
    since = told([check(1, "a"), check(2, "a"), check(5, "a", "b")], tmp_path).since
    assert since == {fingerprint(finding("a")): "2026-11-01T12:00:00Z"}


def test_what_comes_back_is_new_again(check: Check, tmp_path: Path) -> None:
    remembered = told([check(1, "a"), check(2), check(3, "a")], tmp_path)
    assert changes(remembered) == [(0, 0), (0, 1), (1, 0)]
    assert remembered.since == {}


def test_the_mean_time_to_fix_is_from_first_seen_to_first_gone(
    check: Check, tmp_path: Path
) -> None:
    runs = [check(1, "a", "b"), check(2, "a", "b"), check(3, "a"), check(9)]
    assert told(runs, tmp_path).trend.days_to_fix == (2 + 8) / 2


def test_there_is_no_mean_before_the_first_fix(check: Check, tmp_path: Path) -> None:
    assert told([check(1, "a"), check(2, "a")], tmp_path).trend.days_to_fix is None


def test_an_incomplete_run_fixes_nothing(check: Check, tmp_path: Path) -> None:
    cut = check(2, "b", complete=False)
    remembered = told([check(1, "a"), cut, check(3, "b")], tmp_path)
    assert changes(remembered) == [(0, 0), (1, 0), (0, 1)]
    assert [run.complete for run in remembered.trend.runs] == [True, False, True]


@pytest.mark.parametrize("outcome", [Outcome.NOT_ASSESSED, Outcome.ERROR])
def test_a_control_without_evidence_fixes_nothing(
    check: Check, tmp_path: Path, outcome: Outcome
) -> None:
    before = check(1, "a", finding("k", "overdue"))
    after = check(2, overdue=outcome, undecided=True)
    assert changes(told([before, after], tmp_path)) == [(0, 0), (0, 1)]


def test_a_control_that_fails_with_gaps_fixes_nothing_of_keys(check: Check, tmp_path: Path) -> None:
    def keys(*names: str) -> list[object]:
        return [finding(name, "overdue") for name in names]

    before = check(1, "a", "b", *keys("k", "l"))  # type: ignore[arg-type]
    after = check(2, "b", *keys("l"), undecided=True)  # type: ignore[arg-type]
    assert changes(told([before, after], tmp_path)) == [(0, 0), (0, 1)]


@pytest.mark.parametrize("code", [2, 70, 130])
def test_a_run_that_failed_fixes_nothing(check: Check, tmp_path: Path, code: int) -> None:
    assert changes(told([check(1, "a"), check(2, exit_code=code)], tmp_path))[-1] == (0, 0)


def test_what_is_accepted_is_neither_open_nor_fixed(check: Check, tmp_path: Path) -> None:
    waived = check(2, finding("a", status=Status.WAIVED))
    remembered = told([check(1, "a"), waived], tmp_path)
    assert changes(remembered) == [(0, 0), (0, 0)]
    assert remembered.trend.runs[-1].open == (0, 0, 0, 0, 0)
    assert asked(tmp_path, "SELECT how FROM spans") == [("accepted",)]


def test_a_policy_that_changed_fixes_nothing(check: Check, tmp_path: Path) -> None:
    remembered = told([check(1, "a"), check(2, policy="cd"), check(3, policy="cd")], tmp_path)
    assert changes(remembered) == [(0, 0), (0, 0), (0, 0)]
    assert remembered.trend.days_to_fix is None


def test_runs_of_another_scope_are_kept_apart(check: Check, tmp_path: Path) -> None:
    record(check(1, "a"), str(tmp_path), "files")
    assert changes(record(check(2), str(tmp_path), "other")) == [(0, 0)]
    assert changes(record(check(3), str(tmp_path), "files")) == [(0, 0), (0, 1)]


def test_the_same_time_again_tells_the_same(check: Check, tmp_path: Path) -> None:
    first = told([check(1, "a", "b"), check(2, "b", "c")], tmp_path)
    for _ in range(3):
        assert record(check(2, "b", "c"), str(tmp_path), "a") == first
    changed = record(check(2, "a", "b"), str(tmp_path), "a")
    assert changes(changed) == [(0, 0), (0, 0)]
    assert changes(record(check(3), str(tmp_path), "a"))[-1] == (0, 2)


def test_an_older_run_is_compared_and_not_written(check: Check, tmp_path: Path) -> None:
    told([check(1, "a"), check(5, "a", "b"), check(7)], tmp_path)
    before = asked(tmp_path, "SELECT * FROM runs") + asked(tmp_path, "SELECT * FROM spans")
    late = record(check(6, "b", "c"), str(tmp_path), "a")
    assert changes(late) == [(0, 0), (1, 0), (1, 1)]
    assert late.trend.days_to_fix == 5
    assert asked(tmp_path, "SELECT * FROM runs") + asked(tmp_path, "SELECT * FROM spans") == before


def test_what_shall_not_be_kept_is_only_compared(check: Check, tmp_path: Path) -> None:
    told([check(1, "a")], tmp_path)
    assert changes(record(check(20), str(tmp_path), "a", keep=False)) == [(0, 0), (0, 1)]
    assert asked(tmp_path, "SELECT count(*) FROM runs") == [(1,)]


def test_nothing_but_hashes_and_names_of_rules_is_kept(check: Check, tmp_path: Path) -> None:
    record(check(1, "tenants/acme/secret.env"), str(tmp_path), "a")
    content = (tmp_path / FOLDER / FILE).read_bytes()
    assert b"acme" not in content
    assert b"sk-ant" not in content
    assert b"R2D" not in content
    assert b"leaked" in content


def test_the_file_does_not_grow_for_ever(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RUNS_KEPT", 4)
    monkeypatch.setattr(module, "SCOPES_KEPT", 2)
    for day in range(1, 13):
        record(check(day, f"gone-{day}", "stays"), str(tmp_path), "a")
        record(check(day), str(tmp_path), f"scope-{day}")
    assert asked(tmp_path, "SELECT count(*) FROM scopes") == [(2,)]
    last = record(check(13, "stays"), str(tmp_path), "a")
    assert len(last.trend.runs) == 4 + 1 - 1 + 0
    assert asked(tmp_path, "SELECT count(*) FROM runs WHERE scope = 1") == [(4,)]
    assert asked(tmp_path, "SELECT count(*) FROM spans WHERE scope = 1")[0][0] <= 6  # type: ignore[operator]
    assert last.since == {fingerprint(finding("stays")): "2026-11-01T12:00:00Z"}


@given(days=st.lists(st.frozensets(st.sampled_from("abcdefg")), min_size=1, max_size=12))
@settings(max_examples=60)
def test_numbers_add_up_over_any_course_of_events(
    check: Check, tmp_path_factory: pytest.TempPathFactory, days: list[frozenset[str]]
) -> None:
    folder = tmp_path_factory.mktemp("course")
    results = [check(day, *sorted(found)) for day, found in enumerate(days, 1)]
    trend = told(results, folder).trend
    assert [sum(run.open) for run in trend.runs] == [len(found) for found in days]
    for before, run in pairwise(trend.runs):
        assert sum(run.open) == sum(before.open) + run.new - run.fixed
    assert (trend.days_to_fix is not None) is any(run.fixed for run in trend.runs)
    assert told(results[-1:], folder).trend == trend


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-20", "2026-11-20T12:00:00+01:00"])
def test_a_run_without_a_time_of_ours_is_not_kept(check: Check, tmp_path: Path, at: str) -> None:
    with pytest.raises(HistoryError):
        record(check(1, at=at), str(tmp_path), "a")
