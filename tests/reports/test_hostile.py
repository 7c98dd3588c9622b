"""Hostile names are inert in every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antkey_reports.registry import names, render
from antkey_scanner.fingerprint import fingerprint
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
)
from antkey_scanner.trend import Past, Trend

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

PIECES = [
    *(
        "\x1b]0;owned\x07",
        "\x1b[2J",
        "\x9b31m",
        "\r\n",
        "\n",
        "\x00",
        "\x08",
        "\u202e",
        "\u2069",
        "\u200b",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</style>",
        "</title>",
        "-->",
        "<!--",
    ),
    *(
        '" onmouseover="alert(1)',
        "' autofocus onfocus='x",
        "{{ 7*7 }}",
        "{% raw %}",
        "&lt;b&gt;",
        "]]>",
    ),
    *(
        "\n::error file=a::b",
        "::stop-commands::x",
        "##[error]",
        "##vso[task.complete]",
        "##teamcity[x]",
    ),
    *(
        "=cmd|'/c calc'!A0",
        "[x](javascript:alert(1))",
        "%0A",
        "\udcff",
        "\ud800",
        "\ufffe",
        "a",
        "/",
        " ",
    ),
]
HOSTILE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join) | st.text(
    st.characters(), min_size=1, max_size=30
)

ALL_AT_ONCE = "".join(PIECES)

OWN_COMMAND = re.compile(
    r"::(error|warning|notice) (file=[^,:]+,)?(line=\d+,)?(col=\d+,)?title=[^,:]+::.*"
)
"""The only commands that the format for GitHub may give."""

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer"),
    *("h1", "h2", "h3", "p", "div", "span", "strong", "small", "code", "q", "a", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "svg", "circle", "path"),
    *(
        "figure",
        "figcaption",
        "rect",
        "line",
        "text",
        "desc",
        "nav",
        "h4",
        "article",
        "pre",
        "script",
    ),
    *(
        "details",
        "summary",
        "form",
        "fieldset",
        "legend",
        "label",
        "input",
        "select",
        "button",
        "output",
    ),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "dir", "role"),
    *("aria-hidden", "aria-label", "aria-labelledby", "focusable", "tabindex", "scope"),
    *("x", "y", "x1", "x2", "y1", "y2", "dx", "width", "height"),
    *(
        "viewbox",
        "cx",
        "cy",
        "r",
        "fill",
        "d",
        "stroke-width",
        "paint-order",
        "type",
        "autocomplete",
    ),
    *("data-label", "data-exit-code", "data-complete", "data-severity", "data-rule", "data-tenant"),
    *("data-status", "data-new", "hidden", "open"),
}


def everywhere(make: Maker, text: str) -> Result:
    """A result that holds the text in every place that a scanned tree or a user can fill."""
    rule = make.rule(title=text, why=text, remedy=text)
    named = make.finding(text, rule=rule, message=text, decoded=(text, text), commit=text)
    place = named.location._replace(first_seen=text, blob=text, refs=(text, text))
    located = named._replace(location=place)
    plain = make.finding(f"a/{text}", message=text)._replace(secret=None, anchor=text)
    control = Control(text, text, Severity.LOW, (text,), (text,), (text,))
    texts = dict.fromkeys(("environment", "service", "tenant", "owner", "status", "role"), text)
    key = make.key(text, age_days=100, age_from=text, hint=text, **texts)
    named_key = make.key(text, age_days=100, age_from=text, owner=text, tenant=text)
    result = make.result(
        located._replace(key=key._replace(match="probable")),
        plain._replace(key=key),
        make.about(named_key, message=text),
        skips=(Skip(text, text), Skip(text, text, counts=False)),
        assessments=(Assessment(control, Outcome.ERROR, 1, text),),
        allow_incomplete=text,
        targets=(text, text),
    )
    policy = result.run.policy._replace(path=text, profile=text)
    run = result.run._replace(policy=policy)
    carried = make.carried(text, where=text)
    vouched = Assessment(control, Outcome.PASS, 0, text, Attestation(text, text, text, text))
    gone = make.finding(f"b/{text}", message=text, note=text)
    past = Past(text, 1, True, (1, 0, 0, 0, 0), 0, 0)
    cells = (Cell(text, text, text, "failed", 1), Cell(f"a{text}", None, "ok", "not-seen", 0))
    return result._replace(
        run=run,
        findings=(*result.findings, carried),
        keys=(key, named_key, key._replace(due_at=text)),
        coverage=cells,
        assessments=(*result.assessments, vouched),
        repositories=(Repository(text, text, text), Repository(f"a{text}", None)),
        hosts=(text, f"a{text}"),
        trend=Trend((past, past), 1.5),
        comparison=Comparison(text, (fingerprint(plain),), (gone, gone)),
    )


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}


def strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from strings(item)
        case dict():
            for item in value.values():
                yield from strings(item)


@pytest.mark.parametrize("name", names())
@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
@settings(max_examples=60)
def test_no_format_prints_what_a_terminal_or_a_ci_log_obeys(
    make: Maker, name: str, text: str
) -> None:
    printed = render(name, everywhere(make, text))
    printed.encode()
    assert all(line.isprintable() for line in printed.split("\n"))
    assert "##[" not in printed
    assert "##vso[" not in printed
    assert "##teamcity[" not in printed
    commands = [line for line in printed.split("\n") if line.lstrip().startswith("::")]
    if name == "github":
        assert all(OWN_COMMAND.fullmatch(line) for line in commands)
    else:
        assert commands == []


@given(text=HOSTILE, color=st.booleans(), width=st.sampled_from([0, 1, 40, 80, 200]))
@example(text=ALL_AT_ONCE, color=True, width=40)
@example(text=":", color=False, width=0)
def test_text_has_the_colours_that_were_asked_for_and_nothing_else(
    make: Maker, text: str, color: bool, width: int
) -> None:
    printed = render("text", everywhere(make, text), color=color, width=width)
    if color:
        assert "\x1b[1;31m" in printed
        printed = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    assert all(line.isprintable() for line in printed.split("\n"))
    assert not any(line.lstrip().startswith("::") for line in printed.split("\n"))


@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
def test_text_gives_each_finding_one_line(make: Maker, text: str) -> None:
    printed = render("text", everywhere(make, text))
    hints = [line for line in printed.split("\n") if "sk-ant-api03-R2D…igAA" in line]
    assert len(hints) == 1
    assert ":3:9" in hints[0]


@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
def test_html_has_its_own_markup_and_nothing_else(make: Maker, text: str) -> None:
    page = Page(render("html", everywhere(make, text)))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert all(link.startswith("#") for link in page.links)


@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
def test_json_says_exactly_what_was_there(make: Maker, text: str) -> None:
    document = json.loads(render("json", everywhere(make, text)))
    told = text.encode("utf-8", "backslashreplace").decode()
    assert document["targets"] == [told, told]
    assert told in {finding["location"]["path"] for finding in document["findings"]}


@pytest.mark.parametrize("name", ["json", "sarif"])
@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
def test_json_and_sarif_hold_no_lone_surrogate(make: Maker, name: str, text: str) -> None:
    for value in strings(json.loads(render(name, everywhere(make, text)))):
        value.encode()
