"""The HTML page in a real browser: nothing leaves it, nothing foreign runs in it, anybody can use it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clients.places import environment, program
from tests.reports.showcase import showcase
from tests.reports.test_hostile import everywhere

from antkey_reports.registry import render
from antkey_scanner.model import Result, Skip

if TYPE_CHECKING:
    from tests.reports.browser.conftest import Page, Site
    from tests.reports.conftest import Maker

pytestmark = pytest.mark.browser

AXE = "axe-core/axe.min.js"
"""The rules that are checked are WCAG 2.2 AA and axe's own best practices."""

VNU = "vnu-jar/build/dist/vnu.jar"
"""The W3C's checker of HTML."""

STATES = (
    "showcase",
    "keys",
    "keys-undecided",
    "requests",
    "requests-undecided",
    "findings-incomplete",
    "undecided",
    "tolerated",
    "clean",
)

# `{at}` becomes an address on the test's own server; a script that runs leaves its mark in the page.
PAYLOADS = [
    "<script>document.body.dataset.owned=1</script>",
    "<img src={at}/img onerror=document.body.dataset.owned=1>",
    "<svg onload=document.body.dataset.owned=1><image href={at}/svg></svg>",
    "<iframe src={at}/frame></iframe><object data={at}/object></object><embed src={at}/embed>",
    "<link rel=stylesheet href={at}/style><style>@import '{at}/import'; body {{ display: none }}</style>",
    "<video src={at}/video autoplay></video><audio src={at}/audio autoplay></audio>",
    '" onfocus=document.body.dataset.owned=1 autofocus tabindex=1 x="',
    "' style='background:url({at}/background)' x='",
    "</code></li></ul></section></main><base href={at}/base/><a href=x>",
    "</title></style></textarea></noscript><script src={at}/script></script>",
    "<meta http-equiv=refresh content='0;url={at}/refresh'>",
    "<form action={at}/form><button autofocus>Log in</button></form>",
    "<form id=filters><input name=elements><input name=text autofocus></form>",
    "</option></select><template><details open ontoggle=document.body.dataset.owned=1>",
    "`</code><script>document.body.dataset.owned=1</script>`",
    "javascript:document.body.dataset.owned=1",
    "{{{{ cycler.__init__.__globals__ }}}}{{% for x in y %}}",
    "--><!-- <![CDATA[ ]]> &lt;script&gt; &#60;script&#62;",
]


def state(make: Maker, results: dict[str, Result], name: str) -> str:
    return render("html", showcase(make) if name == "showcase" else results[name])


def hostile(make: Maker, address: str) -> Result:
    texts = [payload.format(at=address) for payload in PAYLOADS]
    whole = everywhere(make, " ".join(texts))
    findings = [*whole.findings]
    for number, text in enumerate(texts):
        rule = make.rule(f"rule-{number}", title=text, why=text, remedy=text)
        finding = make.finding(text, rule=rule, number=number, message=text, decoded=(text,))
        again = finding._replace(location=finding.location._replace(path=f"again/{text}"))
        findings += [finding, again, finding._replace(secret=None, anchor=text)]
    keys = tuple(make.key(text, owner=text, tenant=text, age_from=text) for text in texts)
    findings += [make.about(key, message=key.name) for key in keys]
    skips = tuple(Skip(text, text, counts=number % 2 == 0) for number, text in enumerate(texts))
    return whole._replace(
        findings=tuple(findings),
        skips=(*whole.skips, *skips),
        keys=(*whole.keys, *keys),
        coverage=tuple(cell._replace(tenant=text) for text in texts for cell in whole.coverage[:1]),
        run=whole.run._replace(targets=tuple(texts)),
    )


def test_hostile_names_load_nothing_and_run_nothing(make: Maker, site: Site, page: Page) -> None:
    page.open(render("html", hostile(make, site.address)))
    assert page.show("h1") == ["Do not deploy"]
    assert page.show("#filters output") is not None
    page.browser.run("document.forms.filters.elements.rule.selectedIndex = 1")
    page.browser.run("document.forms.filters.dispatchEvent(new Event('input'))")
    page.settle()
    assert site.asked == set()
    assert not page.owned()
    assert page.browser.complaints == []


def test_even_markup_that_slipped_through_would_load_and_run_nothing(
    results: dict[str, Result], site: Site, page: Page
) -> None:
    # All but the redirect: navigating away is nothing that a policy in the page can forbid.
    raw = "".join(payload for payload in PAYLOADS if "refresh" not in payload).format(
        at=site.address
    )
    page.open(render("html", results["findings"]).replace("<main", f"{raw}<main"))
    assert site.asked == set()
    assert not page.owned()


def test_this_check_would_see_a_request_and_a_script(site: Site, page: Page) -> None:
    body = "".join(PAYLOADS[:2]).format(at="http://elsewhere.example")
    page.open(f"<!DOCTYPE html><title>x</title><body>{body}</body>")
    assert "/img" in site.asked
    assert page.owned()


@pytest.mark.parametrize("name", STATES)
def test_a_page_asks_for_nothing_and_its_script_has_no_errors(
    make: Maker, results: dict[str, Result], site: Site, page: Page, name: str
) -> None:
    page.open(state(make, results, name))
    assert site.asked == set()
    assert page.browser.complaints == []
    assert [url for url in page.browser.asked_for if "/report.html" not in url] == []


@pytest.mark.parametrize("name", STATES)
def test_a_telephone_need_not_scroll_sideways(
    make: Maker, results: dict[str, Result], page: Page, name: str
) -> None:
    page.browser.size(320)
    page.open(state(make, results, name))
    assert page.browser.run("innerWidth") == 320
    assert page.browser.run("document.documentElement.scrollWidth") <= 320


def test_hostile_names_do_not_widen_a_telephone(make: Maker, site: Site, page: Page) -> None:
    page.browser.size(320)
    page.open(render("html", hostile(make, site.address)))
    assert page.browser.run("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [680, 703], ids=["A4", "Letter"])
@pytest.mark.parametrize("name", ["showcase", "keys", "requests"])
def test_nothing_is_wider_than_paper(
    make: Maker, results: dict[str, Result], page: Page, name: str, width: int
) -> None:
    # The width of the paper less 15 mm on each side, at 96 pixels an inch.
    page.browser.media("print")
    page.browser.size(width)
    page.open(state(make, results, name))
    assert page.browser.run("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > {})"
    names = page.browser.run(
        wide.format(width + 1)
        + ".filter(one => !one.closest('svg')).map(one => one.className || one.tagName)"
    )
    assert names == []


def checker(path: str) -> Path:
    """A file of the checkers of pages; a skip where they are not installed."""
    return environment("page-checkers") / "node_modules" / path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(
    make: Maker, results: dict[str, Result], page: Page, name: str, width: int, dark: bool
) -> None:
    axe = checker(AXE)
    page.browser.media(dark=dark)
    page.browser.size(width)
    page.open(state(make, results, name))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    page.browser.run(axe.read_text("utf-8") + "; 0")
    found = page.browser.run(
        f"axe.run(document, {{runOnly: {json.dumps(rules)}}}).then(found =>"
        " found.violations.map(one => [one.id, one.nodes[0].html]))"
    )
    assert found == []


@pytest.mark.parametrize("name", STATES)
def test_the_checker_of_the_w3c_finds_no_error(
    make: Maker, results: dict[str, Result], tmp_path: Path, name: str
) -> None:
    java, vnu = program("java"), checker(VNU)
    file = tmp_path / "report.html"
    file.write_text(state(make, results, name), "utf-8")
    command = [java, "-jar", str(vnu), "--errors-only", "--format", "json", "--stdout", str(file)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    messages = json.loads(found.stdout)["messages"]
    assert [one["message"] for one in messages if one["type"] == "error"] == []
