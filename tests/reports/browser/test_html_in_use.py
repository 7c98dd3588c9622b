"""The HTML page as people use it: filters, links, keyboard, paper, and all of it without its script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.reports.showcase import showcase

from antkey_reports.registry import render

if TYPE_CHECKING:
    from tests.reports.browser.conftest import Page
    from tests.reports.conftest import Maker

pytestmark = pytest.mark.browser


def test_paper_has_tick_boxes_and_no_filters(make: Maker, page: Page) -> None:
    page.browser.media("print")
    page.open(render("html", showcase(make)))
    assert page.show("#filters, nav, button") == []
    boxes = page.browser.run(
        "[...document.querySelectorAll('.phase input')].map(one => one.getBoundingClientRect().width)"
    )
    assert len(boxes) == 26
    assert min(boxes) > 8
    breaks = page.browser.run(
        "[...document.querySelectorAll('.plan + .plan')].map(one => getComputedStyle(one).breakBefore)"
    )
    assert breaks == ["page"]
    assert page.browser.pdf(8.27, 11.69).startswith(b"%PDF")


def test_paper_unfolds_the_lists_of_controls_and_the_screen_folds_them_again(
    make: Maker, page: Page
) -> None:
    text = render("html", showcase(make)).replace('class="groups" open', 'class="groups"')
    text = text.replace("<details open>\n<summary>What is", "<details>\n<summary>What is")
    page.open(text)
    folded = (
        "document.querySelectorAll('#controls ~ details:not([open]),"
        " #not-judged ~ details:not([open])').length"
    )
    assert page.browser.run(folded) == 3
    page.browser.run(
        "window.during = []; addEventListener('beforeprint', () => during.push(" + folded + "))"
    )
    page.browser.pdf(8.5, 11)
    assert page.browser.run("during") == [0]
    assert page.browser.run(folded) == 3


def test_without_scripts_everything_is_there_but_filters(make: Maker, page: Page) -> None:
    page.browser.scripts(allowed=False)
    result = showcase(make)
    page.open(render("html", result))
    assert page.show("#filters") == []
    assert page.show(".copy") == []
    shown = " ".join(page.show("body"))
    for finding in result.findings:
        assert finding.location.path in shown
    for assessment in result.assessments:
        assert assessment.control.title in shown


def visible_places(page: Page) -> list[str]:
    return page.show(".rule .places > li code")


def test_words_of_a_search_filter_places_and_say_how_many_are_left(make: Maker, page: Page) -> None:
    page.open(render("html", showcase(make)))
    assert len(visible_places(page)) == 14
    page.focus("#filters [name=text]")
    page.press(*"gateway r2d")
    page.settle()
    assert visible_places(page) == [
        "deploy/backup.tar.gz!/etc/app.env:3:9",
        "deploy/production/app.env:3:9",
        "docs/runbooks/incident-2026-08.md:3:9",
        "services/gateway/config/local.env:3:9",
        "services/gateway/tests/fixtures/request.har:3:9",
    ]
    assert page.show("#filters output") == ["5 of 14 findings"]
    assert [title.split("\n")[0] for title in page.show(".rule h3")] == [
        "CRITICAL Anthropic API key anthropic-api-key"
    ]


@pytest.mark.parametrize(
    ("field", "value", "count"),
    [
        ("severity", "high", 4),
        ("rule", "key-past-rotation-age", 3),
        ("tenant", "globex", 2),
        ("status", "waived", 1),
        ("status", "new", 4),
        ("path", "services/*.env", 2),
        ("path", "nowhere", 0),
    ],
)
def test_each_filter_keeps_what_fits(
    make: Maker, page: Page, field: str, value: str, count: int
) -> None:
    page.open(render("html", showcase(make)))
    page.browser.run(
        f"(() => {{ const field = document.forms.filters.elements.{field};"
        f" field.value = {json.dumps(value)};"
        " field.dispatchEvent(new Event('input', {bubbles: true})) })()"
    )
    page.settle()
    assert len(visible_places(page)) == count
    told = f"{count} of 14 findings" if count else "None of 14 findings"
    assert page.show("#filters output") == [told]


def test_clearing_the_filters_shows_all_again(make: Maker, page: Page) -> None:
    page.open(render("html", showcase(make)))
    page.focus("#filters [name=text]")
    page.press(*"harfile")
    page.settle()
    assert visible_places(page) == []
    page.focus("#filters button")
    page.press("Enter")
    page.settle()
    assert len(visible_places(page)) == 14


def test_a_link_opens_what_is_folded_and_undoes_filters(make: Maker, page: Page) -> None:
    findings = [make.finding(f"{number:02}.env") for number in range(40)]
    text = render("html", make.result(*findings))
    page.open(text)
    last = page.browser.run("[...document.querySelectorAll('[id^=finding-]')].pop().id")
    page.open(text, f"#{last}")
    assert page.browser.run(f"document.getElementById('{last}').checkVisibility()") is True
    page.focus("#filters [name=text]")
    page.press(*"03.env")
    page.settle()
    assert len(visible_places(page)) == 1
    page.browser.run(f"location.hash = '{last[:-1]}'")  # leads nowhere, and does no harm
    page.browser.run(f"location.hash = '{last}'")
    page.settle()
    assert page.browser.run(f"document.getElementById('{last}').checkVisibility()") is True


def test_the_whole_page_can_be_used_with_the_keyboard(make: Maker, page: Page) -> None:
    page.open(render("html", showcase(make)))
    wanted = page.browser.run(
        "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]"
        ".filter(one => one.checkVisibility()).length"
    )
    page.browser.run("window.seen = []")
    for _ in range(wanted):
        page.press("Tab")
        page.browser.run(
            "(() => { const one = document.activeElement; const style = getComputedStyle(one);"
            " seen.push([one, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]) })()"
        )
    assert page.browser.run("new Set(seen.map(([one]) => one)).size") == wanted
    in_order = (
        "seen.every(([one], at) => !at ||"
        " seen[at - 1][0].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)"
    )
    assert page.browser.run(in_order) is True
    assert (
        page.browser.run("seen.filter(([, shown]) => !shown).map(([one]) => one.outerHTML)") == []
    )


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_what_has_the_focus_is_not_under_the_filters(make: Maker, page: Page, width: int) -> None:
    page.browser.size(width, 600)
    page.open(render("html", showcase(make)))
    page.browser.run("scrollTo(0, document.body.scrollHeight)")
    hidden = (
        "[...document.querySelectorAll('.rule a')].reverse().filter(one => { one.focus();"
        " const [top, bar] = [one, document.forms.filters].map(each => each.getBoundingClientRect());"
        " return top.top < bar.bottom && top.bottom > bar.top }).map(one => one.textContent)"
    )
    assert page.browser.run(hidden) == []


def test_a_box_is_ticked_and_a_command_copied_with_the_keyboard(make: Maker, page: Page) -> None:
    page.open(render("html", showcase(make)))
    page.focus(".phase input")
    page.press(" ")
    assert page.browser.run("document.querySelector('.phase input').checked") is True
    page.browser.let_use_clipboard()
    page.focus(".copy")
    page.press("Enter")
    page.settle()
    assert page.show(".copy")[0] == "Copied"
    assert page.browser.run("navigator.clipboard.readText()") == "antkey scan --history -- ."
