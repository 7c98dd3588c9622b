"""CSV: one table that any spreadsheet reads and none takes a formula from."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.reports.comparisons import WORD
from tests.reports.test_hostile import ALL_AT_ONCE, HOSTILE, everywhere

from antkey_reports.formats.csv import HEADER
from antkey_reports.registry import render
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Result

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\uff1d1",
    "=cmd|' /c calc'!A0",
]


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render("csv", result))))


def records(result: Result) -> list[str]:
    return [row["record"] for row in rows(result)]


def test_header_is_the_one_that_people_rely_on(results: dict[str, Result]) -> None:
    for result in results.values():
        assert render("csv", result).splitlines()[0] == ",".join(f'"{name}"' for name in HEADER)
    assert HEADER[:6] == ("record", "status", "severity", "id", "title", "path")


def test_each_finding_control_and_skip_is_a_row(results: dict[str, Result]) -> None:
    result = results["findings-incomplete"]
    told = records(result)
    assert told[0] == "run"
    assert told.count("control") == len(result.assessments)
    assert told.count("finding") == len(result.findings)
    assert told.count("skipped") == len(result.skips)


def test_a_run_that_found_nothing_still_says_how_it_ended(results: dict[str, Result]) -> None:
    first = rows(results["clean"])[0]
    assert (first["record"], first["status"]) == ("run", "clean")
    assert (first["exit_code"], first["complete"]) == ("0", "true")


def test_a_finding_says_what_is_known_of_it(make: Maker) -> None:
    key = make.key(age_days=100)
    finding = make.finding("src/a.py", commit="ab" * 20)._replace(key=key._replace(match="exact"))
    row = rows(make.result(finding))[-1]
    assert (row["path"], row["line"], row["column"]) == ("src/a.py", "3", "9")
    assert (row["hint"], row["commit"]) == ("sk-ant-api03-R2D…igAA", "ab" * 20)
    assert (row["key"], row["tenant"], row["owner"]) == (key.name, "acme", "dana@example.com")
    assert row["fingerprint"] == fingerprint(finding)


def test_an_accepted_finding_says_why_and_until_when(results: dict[str, Result]) -> None:
    row = next(row for row in rows(results["findings"]) if row["path"] == "src/old.py")
    assert row["status"] == "waived"
    assert (row["reason"], row["owner"]) == ("policy: vendor freeze", "security@example.com")
    assert row["until"] == "2026-12-31"


def test_a_control_on_somebody_s_word_says_whose(results: dict[str, Result]) -> None:
    row = next(row for row in rows(results["compared"]) if row["id"] == "super-admin-only")
    assert (row["owner"], row["reason"]) == (WORD.owner, WORD.statement)
    assert (row["time"], row["until"]) == (WORD.on, WORD.expires)


def test_compared_findings_say_what_became_of_them(results: dict[str, Result]) -> None:
    told = [row["compared"] for row in rows(results["compared"]) if row["path"]]
    assert sorted(told) == sorted(
        ["", *["new"], *["still open"] * 4, *["accepted"] * 3, "fixed", ""]
    )


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(make: Maker, formula: str) -> None:
    for row in csv.reader(io.StringIO(render("csv", everywhere(make, formula)))):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")), cell


@given(text=HOSTILE | st.sampled_from(FORMULAS))
@example(text=ALL_AT_ONCE)
@example(text='a","b')
def test_no_text_leaves_its_cell(make: Maker, text: str) -> None:
    printed = render("csv", everywhere(make, text))
    read = list(csv.reader(io.StringIO(printed)))
    assert {len(row) for row in read} == {len(HEADER)}
    assert len(read) == printed.count("\n")
    assert {row[0] for row in read} == {"record", "run", "control", "finding", "skipped", "fixed"}
