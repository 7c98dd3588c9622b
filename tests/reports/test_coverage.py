"""The coverage of requests in every format: readable without colour, whole or counted."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from antkey_reports.coverage import OUTCOMES, matrix
from antkey_reports.load import load
from antkey_reports.registry import render
from antkey_scanner.model import Cell, Result

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

ALL = tuple(
    Cell("acme", "chat", scenario, outcome, requests)
    for scenario, outcome, requests in (
        ("ok", "proven", 3),
        ("no-key", "proven", 0),
        ("429", "failed", 2),
        ("529", "not-seen", 0),
        ("401", "undecided", 1),
        ("403", "platform", 1_204),
    )
)
WORDS = (
    *("proven (3)", "no request", "failed (2)", "not seen", "undecided (1)"),
    "platform key (1,204)",
)


def text(result: Result, width: int = 0) -> list[str]:
    lines = render("text", result, width=width).split("\n")
    start = lines.index("Coverage")
    return lines[start : lines.index("", start)]


@pytest.mark.parametrize("name", ["text", "html", "markdown"])
def test_every_outcome_is_a_word_and_a_sign(make: Maker, name: str) -> None:
    told = unescape(render(name, make.judged(coverage=ALL)))
    for word in WORDS:
        assert word in told
    signs = {
        line.split()[0] for line in re.findall(r"\S+ (?:</span> )?(?:not seen|no request)", told)
    }
    assert signs


def test_no_two_outcomes_share_a_sign() -> None:
    rows = matrix(ALL, 9)
    assert rows is not None
    signs = {cell.outcome: cell.mark for cell in rows.rows[0].cells if cell}
    assert len(set(signs.values())) == len(signs) == len(OUTCOMES)


def test_without_requests_there_is_no_matrix(results: dict[str, Result]) -> None:
    assert matrix((), 9) is None
    for name in ("text", "html", "markdown"):
        assert "Coverage" not in render(name, results["findings"])


def test_a_row_is_a_tenant_and_surface_and_a_column_a_scenario(make: Maker) -> None:
    cells = (
        Cell("acme", "chat", "ok", "proven", 1),
        Cell("acme", "kb", "ok", "not-seen", 0),
        Cell("globex", "chat", "429", "failed", 1),
        Cell(None, None, "ok", "undecided", 2),
    )
    assert text(make.judged(coverage=cells)) == [
        "Coverage",
        "  tenant     surface  ok               429",
        "  acme       chat     ✓ proven (1)",
        "  acme       kb       · not seen",
        "  globex     chat                      ✗ failed (1)",
        "  no tenant           ? undecided (2)",
    ]


def test_without_surfaces_and_scenarios_a_row_is_a_tenant(make: Maker) -> None:
    cells = (Cell("acme", None, None, "proven", 7),)
    assert text(make.judged(coverage=cells)) == [
        "Coverage",
        "  tenant  requests",
        "  acme    ✓ proven (7)",
    ]


@pytest.mark.parametrize("width", [40, 50, 60, 80, 100, 200])
def test_the_table_keeps_to_the_terminal(make: Maker, width: int) -> None:
    long = Cell("a-tenant-with-a-name-" * 9, "some-surface-" * 9, "scenario-" * 9, "failed", 12)
    for line in text(make.judged(coverage=(*ALL, long)), width):
        assert len(line) <= width


def test_a_narrow_terminal_has_a_line_for_each_cell(make: Maker) -> None:
    lines = text(make.judged(coverage=ALL), 40)
    assert lines[:4] == [
        "Coverage",
        "  acme, chat",
        "    ok: ✓ proven (3)",
        "    no-key: ✓ no request",
    ]


def test_of_many_rows_the_worst_are_shown_in_their_order(make: Maker) -> None:
    cells = [Cell(f"t{number:04}", None, "ok", "proven", 1) for number in range(2_000)]
    cells[1_500] = cells[1_500]._replace(outcome="failed")
    cells[700] = cells[700]._replace(outcome="not-seen", requests=0)
    rows = matrix(cells, 40)
    assert rows is not None
    names = [row.tenant for row in rows.rows]
    assert names == sorted(names)
    assert {"t1500", "t0700"} < set(names)
    assert rows.hidden == 1_960
    result = make.judged(coverage=tuple(cells))
    assert (
        text(result)[-1] == "  … and 1,960 more rows, none worse; the json report has all of them"
    )
    assert "1,700 more rows, none worse than these: all of them" in render("html", result)
    assert "1900 more rows" in render("markdown", result).replace(",", "")


def test_of_many_scenarios_the_first_are_shown(make: Maker) -> None:
    cells = tuple(Cell("acme", None, f"s{number}", "proven", 1) for number in range(20))
    result = make.judged(coverage=cells)
    assert text(result)[-1] == "  … and 8 more scenarios"
    assert "8 more scenarios" in render("html", result)
    assert "8 more scenarios" in render("markdown", result)


def test_json_has_every_cell_and_is_read_again(make: Maker) -> None:
    result = make.judged(coverage=(*ALL, Cell(None, None, None, "undecided", 1)))
    written = render("json", result)
    assert json.loads(written)["coverage"][0] == {
        "tenant": "acme",
        "surface": "chat",
        "scenario": "ok",
        "outcome": "proven",
        "requests": 3,
    }
    again = load(written, "results.json")
    assert again.coverage == result.coverage
    assert render("json", again) == written


def test_results_of_before_have_no_coverage(results: dict[str, Result]) -> None:
    document = json.loads(render("json", results["clean"]))
    del document["coverage"]
    assert load(json.dumps(document), "results.json").coverage == ()


def test_sarif_has_the_cells_as_a_property(make: Maker) -> None:
    run = json.loads(render("sarif", make.judged(coverage=ALL)))["runs"][0]
    assert [cell["outcome"] for cell in run["properties"]["coverage"]] == [
        cell.outcome for cell in ALL
    ]
    bare = json.loads(render("sarif", make.result()))["runs"][0]
    assert "coverage" not in bare["properties"]


def test_a_finding_about_a_request_says_what_was_wrong_and_exposes_no_key(make: Maker) -> None:
    finding = make.carried("POST /v1/messages for acme carries the platform's key")
    result = make.judged(finding, coverage=ALL)
    page = unescape(render("html", result))
    assert "carries the platform's key" in page
    assert "exposed" not in page
    assert "carries the platform's key" in render("text", result)


def test_two_requests_with_one_key_are_two_findings_on_the_page(make: Maker) -> None:
    findings = (make.carried("POST /a carries it"), make.carried("POST /b carries it"))
    page = render("html", make.judged(*findings, coverage=()))
    assert page.count('<li id="i-') == 2


@pytest.mark.parametrize(
    ("command", "files", "counted", "answer"),
    [
        ("egress run", 0, "3 requests judged", "Clear to deploy"),
        ("egress replay", 2, "3 requests judged in 2 recordings, 8.4 MB", "Requests are in order"),
    ],
)
def test_what_was_looked_at_are_requests(
    make: Maker, command: str, files: int, counted: str, answer: str
) -> None:
    result = make.judged(coverage=ALL[:1], command=command, files=files)
    assert f"\n{counted}" in render("text", result)
    for name in ("html", "markdown"):
        told = render(name, result)
        assert counted in told
        assert answer in told
        assert "Scanned" not in told


def test_the_page_of_a_large_result_stays_small(make: Maker) -> None:
    long = "tenant/" * 300
    cells = tuple(
        Cell(f"{long}{row}", long, f"{long}{column}", "failed", 1)
        for row in range(600)
        for column in range(12)
    )
    findings = (
        make.carried(f"{long} {number}", where=f"{long}{number}") for number in range(2_000)
    )
    page = render("html", make.judged(*findings, coverage=cells))
    assert len(page.encode()) < 3_000_000
