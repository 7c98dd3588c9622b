"""The HTML page in a real browser: nothing leaves it, nothing runs in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from antkey_reports.registry import render
from antkey_scanner.model import Result, Skip

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# `{at}` becomes an address on the test's own server; a script that runs leaves its mark in the page.
AXE = os.environ.get("ANTKEY_AXE_CORE", "")
"""The path of axe.min.js; the rules that it checks are WCAG 2.2 AA and its own best practices."""

STATES = (
    "keys",
    "keys-undecided",
    "requests",
    "requests-undecided",
    "findings-incomplete",
    "clean",
)

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
    "javascript:document.body.dataset.owned=1",
    "{{{{ cycler.__init__.__globals__ }}}}{{% for x in y %}}",
    "--><!-- <![CDATA[ ]]> &lt;script&gt; &#60;script&#62;",
]


class Site:
    """Serves one page on a loopback port and remembers every request."""

    def __init__(self) -> None:
        self.page = ""
        self.requests: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requests.append(self.path)
                body = site.page.encode() if self.path == "/report.html" else b""
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def opened(site: Site, tmp_path: Path) -> Callable[[str], str]:
    """Opens a page in the browser and returns what became of it; every host name is the test's site."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")

    def open_page(page: str) -> str:
        site.page = page
        port = site.server.server_port
        flags = (
            "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
            " --disable-background-networking --disable-component-update --disable-default-apps"
            " --disable-features=NetworkTimeServiceQuerying"
        )
        command = [browser, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}"]
        command += [f"--host-resolver-rules=MAP * 127.0.0.1:{port}", "--window-size=320,800"]
        command += ["--virtual-time-budget=5000", "--dump-dom", f"{site.address}/report.html"]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=120
        ).stdout

    return open_page


class Marked(HTMLParser):
    """Whether a script left its mark on the body."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.owned = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.owned |= tag == "body" and any(name == "data-owned" for name, _ in attrs)


def hostile(make: Maker, address: str) -> Result:
    texts = [payload.format(at=address) for payload in PAYLOADS]
    findings = []
    for number, text in enumerate(texts):
        rule = make.rule(f"rule-{number}", title=text, why=text, remedy=text)
        finding = make.finding(text, rule=rule, number=number, message=text, decoded=(text,))
        findings += [finding, finding._replace(secret=None, anchor=text)]
    keys = tuple(make.key(text, owner=text, tenant=text, age_from=text) for text in texts)
    findings += [make.about(key, message=key.name) for key in keys]
    skips = tuple(Skip(text, text, counts=number % 2 == 0) for number, text in enumerate(texts))
    result = make.result(*findings, skips=skips, allow_incomplete=texts[0], targets=tuple(texts))
    return result._replace(keys=keys)


def test_hostile_names_load_nothing_and_run_nothing(
    make: Maker, site: Site, opened: Callable[[str], str]
) -> None:
    page = opened(render("html", hostile(make, site.address)))
    assert "Do not deploy" in page
    assert set(site.requests) - {"/favicon.ico"} == {"/report.html"}
    assert not Marked(page).owned


def test_even_markup_that_slipped_through_would_load_and_run_nothing(
    results: dict[str, Result], site: Site, opened: Callable[[str], str]
) -> None:
    # All but the redirect: navigating away is nothing that a policy in the page can forbid.
    raw = "".join(payload for payload in PAYLOADS if "refresh" not in payload).format(
        at=site.address
    )
    page = opened(render("html", results["findings"]).replace("<main", f"{raw}<main"))
    assert set(site.requests) - {"/favicon.ico"} == {"/report.html"}
    assert not Marked(page).owned


def test_this_check_would_see_a_request_and_a_script(
    site: Site, opened: Callable[[str], str]
) -> None:
    body = "".join(PAYLOADS[:2]).format(at="http://elsewhere.example")
    page = opened(f"<!DOCTYPE html><title>x</title><body>{body}</body>")
    assert "/img" in site.requests
    assert Marked(page).owned


def told(page: str, script: str) -> str:
    """The page with a script that writes what it found into the title. The page itself allows none."""
    allowed = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    return allowed.replace("</body>", f"<script>{script}</script></body>")


def title(page: str) -> str:
    found = re.search(r"<title>FOUND (.*?)</title>", page, re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("state", STATES)
def test_a_telephone_need_not_scroll_sideways(
    results: dict[str, Result], opened: Callable[[str], str], state: str
) -> None:
    # Headless windows are 500 pixels wide at least, so the page is measured in a frame.
    measure = (
        "const frame = document.querySelector('iframe'); frame.onload = () => { document.title ="
        " 'FOUND ' + frame.contentDocument.documentElement.scrollWidth }; frame.srcdoc = source"
    )
    source = json.dumps(render("html", results[state])).replace("<", "\\u003c")
    body = '<title></title><body><iframe width="320" frameborder="0"></iframe></body>'
    assert int(title(opened(told(body, f"const source = {source}; {measure}")))) <= 320


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(
    results: dict[str, Result], opened: Callable[[str], str], state: str
) -> None:
    if not AXE:
        pytest.skip("ANTKEY_AXE_CORE does not name axe-core's axe.min.js")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    script = Path(AXE).read_text("utf-8").replace("</script", "<\\/script")
    run = (
        f";axe.run(document, {{runOnly: {json.dumps(rules)}}}).then(found => {{document.title ="
        " 'FOUND ' + JSON.stringify(found.violations.map(one => [one.id, one.nodes[0].html]))})"
    )
    assert json.loads(title(opened(told(render("html", results[state]), script + run)))) == []
