"""Verdicts and tables of the benchmark: what counts as met, and when a time counts at all."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.gitrows import GIT_WORKS
from benchmarks.race import NO_EFFECT, Measured
from benchmarks.rows import ANTKEY, WORKS, Bound, Contender
from benchmarks.table import bound_line, judge, runs_table

PEER = "peer, its rules"


def measured(name: str, *walls: float, **other: Any) -> Measured:
    plain = Measured(Contender(name, "{x}"), "x TREE", walls, walls, 10**7, 16, 16, 1.0, None)
    return plain._replace(**other)


def verdict(bound: Bound, own: Measured, peer: Measured) -> tuple[float | None, str]:
    return judge(bound, {ANTKEY: own, PEER: peer})


@pytest.mark.parametrize(
    ("own", "expected"),
    [(0.1, "met, aim too"), (0.2, "met, aim too"), (0.3, "met, aim not"), (0.6, "**not met**")],
)
def test_ratio_is_judged_by_bound_and_aim(own: float, expected: str) -> None:
    value, said = verdict(
        Bound("ratio", PEER, 0.5, 0.2), measured(ANTKEY, own), measured(PEER, 1.0)
    )
    assert (value, said) == (own, expected)


def test_bound_is_inclusive() -> None:
    bound = Bound("ratio", PEER, 0.5)
    assert verdict(bound, measured(ANTKEY, 1.0), measured(PEER, 2.0)) == (0.5, "met")


def test_ratio_is_that_of_the_medians() -> None:
    own, peer = measured(ANTKEY, 1.0, 2.0, 90.0), measured(PEER, 4.0, 0.1, 5.0)
    assert verdict(Bound("ratio", PEER, 1), own, peer)[0] == 0.5


def test_time_above_is_a_difference_in_seconds() -> None:
    value, said = verdict(
        Bound("above", PEER, 0.035), measured(ANTKEY, 0.060), measured(PEER, 0.020)
    )
    assert value == pytest.approx(0.040)
    assert said == "**not met**"


def test_memory_needs_no_peer() -> None:
    own = measured(ANTKEY, 1.0, memory=65 * 10**6)
    assert judge(Bound("memory", None, 150e6, 64e6), {ANTKEY: own}) == (65e6, "met, aim not")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"found": 15}, "15 of 16 keys"),
        ({"scanned": 0.93}, "93.0 % of the bytes"),
        ({"remark": "exit code 70"}, "exit code 70"),
    ],
)
def test_antkey_meets_nothing_with_work_undone(fault: dict[str, Any], said: str) -> None:
    own = measured(ANTKEY, 0.1, **fault)
    bound = Bound("ratio", PEER, 0.5)
    assert verdict(bound, own, measured(PEER, 1.0))[1] == f"**not met**: antkey: {said}"


def test_peer_with_work_undone_is_named() -> None:
    peer = measured(PEER, 1.0, found=4)
    said = verdict(Bound("ratio", PEER, 0.5), measured(ANTKEY, 0.1), peer)[1]
    assert said == "met (the other: 4 of 16 keys)"


def test_missing_peer_is_not_measured_and_never_met() -> None:
    peer = measured(PEER, remark="no peer on PATH")
    value, said = verdict(Bound("ratio", PEER, 0.5), measured(ANTKEY, 0.1), peer)
    assert (value, said) == (None, "not measured: no peer on PATH")


def test_ratio_without_a_bound_is_only_shown() -> None:
    own, peer = measured(ANTKEY, 3.0), measured(PEER, 1.0)
    assert verdict(Bound("ratio", PEER, None), own, peer) == (3.0, "no bound")


def test_antkey_that_was_stopped_meets_nothing() -> None:
    own = measured(ANTKEY, found=None, scanned=None, memory=None, remark="stopped after 900 s")
    value, said = verdict(Bound("ratio", PEER, 0.5), own, measured(PEER, 1.0))
    assert (value, said) == (None, "**not met**: antkey: stopped after 900 s")


def test_unknown_peer_is_not_measured() -> None:
    own = measured(ANTKEY, 0.1)
    assert judge(Bound("ratio", PEER, 0.5), {ANTKEY: own}) == (None, "not measured")


def test_bound_line_has_a_cell_for_each_column() -> None:
    bound = Bound("above", PEER, 0.035)
    by_name = {ANTKEY: measured(ANTKEY, 0.05), PEER: measured(PEER, 0.02)}
    assert bound_line(WORKS[0], bound, by_name) == (
        f"| source tree | time above {PEER} | 35 ms | - | 30 ms | met |"
    )


def test_runs_table_marks_missed_keys_and_bytes() -> None:
    peer = measured(PEER, 2.0, 2.2, found=4, scanned=0.936)
    lines = runs_table([measured(ANTKEY, 1.05), peer])
    assert lines[3] == (
        f"| {PEER} | 2.10 s | 2.00 s to 2.20 s | 0.50 | 2.10 s | 10 MB | **4 of 16** | **93.6 %** | 2 |"
    )
    assert lines[-1] == f"* {PEER}: `x TREE`"


def test_every_bound_names_a_contender_of_its_work() -> None:
    for work in (*WORKS, *GIT_WORKS):
        names = {contender.name for contender in work.contenders}
        assert work.contenders[0].name == ANTKEY
        assert {bound.against for bound in work.bounds} <= names | {None}
        assert {bound.own for bound in work.bounds} <= names


AGAIN = Bound("ratio", ANTKEY, 0.1, own="second")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (measured("second", 0.2), (0.05, "met")),
        (measured("second", 0.5), (0.125, "**not met**")),
        (measured("second", 0.2, found=15), (0.05, "**not met**: second: 15 of 16 keys")),
        (
            measured("second", 4.0, remark=NO_EFFECT),
            (None, f"not measured: second: {NO_EFFECT}"),
        ),
    ],
)
def test_second_scan_is_compared_with_the_first(
    second: Measured, expected: tuple[float | None, str]
) -> None:
    assert judge(AGAIN, {ANTKEY: measured(ANTKEY, 4.0), "second": second}) == expected


def test_bound_of_a_second_scan_says_whose_it_is() -> None:
    by_name = {ANTKEY: measured(ANTKEY, 4.0), "second": measured("second", 0.2)}
    assert bound_line(WORKS[0], AGAIN, by_name) == (
        "| source tree | second: time ÷ antkey | 0.10 | - | 0.05 | met |"
    )
