"""Markdown for a pull request: whole, short enough, and nothing in it but our own markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.reports.test_hostile import ALL_AT_ONCE, HOSTILE, everywhere

from antkey_reports.escape import markdown, markdown_code, visible
from antkey_reports.registry import render
from antkey_scanner.model import (
    Assessment,
    Attestation,
    Cell,
    Comparison,
    Control,
    Outcome,
    Repository,
    Result,
    Severity,
    Skip,
    Status,
)
from antkey_scanner.trend import Past, Trend

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from tests.reports.conftest import Maker

COMMENT = 65_536
"""The characters that a comment on GitHub may have."""

SUMMARY = 1 << 20
"""The bytes that a job's summary may have."""

MARKUP = {
    "h2",
    "h3",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "li",
    "strong",
    "code",
}
FROM_MARKDOWN = [
    "*a*",
    "_a_",
    "[a](b)",
    "![a](b)",
    "~~a~~",
    "a|b",
    "`a",
    "``a",
    "\\",
    "<b>",
    "&lt;",
]
TO_PEOPLE = ["@octocat", "dana@example.com", "#12", "a/b#3", "GH-7", "https://a.example", "www.a.b"]
TO_SIGNS = [":tada:", "$x$", "$$y$$", "mailto:a", "##[error]x", "| --- |"]
WORDS = st.lists(
    st.sampled_from([*FROM_MARKDOWN, *TO_PEOPLE, *TO_SIGNS, "- a", "1. a", "# a", "> a", " "])
    | HOSTILE,
    min_size=1,
    max_size=4,
).map(" ".join)


@pytest.fixture(scope="module")
def reader() -> MarkdownIt:
    """Reads Markdown with tables and strikes, as GitHub does."""
    library = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
    found: MarkdownIt = library.MarkdownIt("commonmark", {"html": True}).enable(
        ["table", "strikethrough"]
    )
    return found


class Read(HTMLParser):
    """The tags and the text of a page, and the text that is not in code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = self.prose = ""
        self._codes = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  the parser's name
        self.tags.append(tag)
        self._codes += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._codes -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.prose += "" if self._codes else data


@given(text=WORDS)
@example(text=ALL_AT_ONCE)
def test_text_is_read_as_it_was(reader: MarkdownIt, text: str) -> None:
    read = Read(reader.render(f"- {markdown_code('x')} {markdown(text)}"))
    assert set(read.tags) <= {"ul", "li", "code", "p"}
    assert " ".join(read.text.split()) == " ".join(f"x {visible(text)}".split())


@given(text=WORDS)
@example(text="a|b")
@example(text="`|`")
def test_a_name_is_code_and_nothing_else(reader: MarkdownIt, text: str) -> None:
    read = Read(reader.render(f"| a | b |\n| --- | --- |\n| {markdown_code(text)} | end |"))
    assert read.tags.count("td") == 2
    assert read.tags.count("code") == (not visible(text).isspace())
    assert "end" in read.prose
    assert " ".join(visible(text).split()) in " ".join(read.text.split())


@pytest.mark.parametrize("word", TO_PEOPLE + TO_SIGNS[:4])
def test_nobody_is_called_and_nothing_is_linked(reader: MarkdownIt, word: str) -> None:
    for text in (word, f"({word}),", f"see {word} and more"):
        read = Read(reader.render(f"- {markdown(text)}"))
        assert word in read.text
        assert word not in read.prose


def test_what_people_read_stays_readable() -> None:
    told = "POST api.anthropic.com/v1/messages for acme (surface chat), exit code: 1; -f json"
    assert markdown(told) == told
    assert markdown("ask (dana@example.com), today") == "ask (`dana@example.com`), today"


@given(text=HOSTILE)
@example(text="   ")
@example(text=ALL_AT_ONCE)
@settings(max_examples=60)
def test_a_report_has_its_own_markup_and_whole_tables(
    make: Maker, reader: MarkdownIt, text: str
) -> None:
    page = reader.render(render("markdown", everywhere(make, text)))
    assert set(Read(page).tags) <= MARKUP
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        columns = {row.count("<th>") + row.count("<td>") for row in table.split("</tr>")[:-1]}
        assert len(columns) == 1


def test_every_state_is_read_as_its_sections(
    results: dict[str, Result], reader: MarkdownIt
) -> None:
    headings = re.findall(r"<h3>(.*?)</h3>", reader.render(render("markdown", results["requests"])))
    assert headings == ["Findings", "What to do", "Coverage", "Controls"]
    for result in results.values():
        assert set(Read(reader.render(render("markdown", result))).tags) <= MARKUP


def test_a_comment_has_room_for_any_result(make: Maker) -> None:
    long = "claude/" * 4_000
    findings = [make.carried(f"{long} {number}", where=long) for number in range(500)]
    rules = [make.rule(f"r{number}", title=long, remedy=long) for number in range(500)]
    cells = tuple(Cell(f"{long}{n}", long, f"{long}{n % 40}", "proven", 1) for n in range(900))
    control = Assessment(make_control(long), Outcome.NOT_ASSESSED, 0, "never seen " + long)
    result = make.judged(
        *(one._replace(rule=rule) for one, rule in zip(findings, rules, strict=True)),
        coverage=cells,
        assessments=(control,) * 300,
        skips=(Skip(long, long),) * 500,
    )
    waived = [make.finding(f"{long}{n}", number=n, status=Status.WAIVED) for n in range(500)]
    past = Past(long, 1, True, (1, 0, 0, 0, 0), 10**9, 10**9)
    vouched = control._replace(attestation=Attestation(long, long, long, long))
    full = result._replace(
        run=result.run._replace(command=long, version=long, finished_at=long),
        findings=(*result.findings, *waived),
        assessments=(*result.assessments, *((vouched,) * 300)),
        repositories=(Repository(long, long, long),) * 300,
        hosts=(long,) * 300,
        trend=Trend((past,) * 300, 1e9),
        comparison=Comparison(long, (), tuple(waived)),
    )
    text = render("markdown", full)
    assert len(text) < COMMENT
    assert len(text.encode()) < SUMMARY
    assert "more rows, none worse, in the json report" in text
    assert "more in the json report" in text


def make_control(name: str) -> Control:
    return Control(name, name, Severity.LOW, (name,))


def test_more_findings_than_there_is_room_for_are_counted(make: Maker) -> None:
    findings = [make.carried(f"request {number}") for number in range(1_000)]
    text = render("markdown", make.judged(*findings, coverage=()))
    shown = text.count("`egress-platform-key` |")
    assert 50 < shown < 1_000
    assert f"\n{1_000 - shown} more rows, none worse, in the json report.\n" in text


def test_the_worst_are_shown_first(make: Maker) -> None:
    low = make.rule("low-one", severity=Severity.LOW)
    findings = (make.finding("a.env", rule=low), make.finding("z.env", number=2))
    text = render("markdown", make.result(*findings))
    assert text.index("z.env") < text.index("a.env")


def test_a_clean_run_has_no_empty_sections(results: dict[str, Result]) -> None:
    text = render("markdown", results["clean"])
    assert text.startswith("## ✅ antkey scan: Clear to deploy\n")
    assert "###" not in text.replace("### Controls", "")
