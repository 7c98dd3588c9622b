"""A report that is open in the browser, on a site that remembers what is asked of it: fixtures."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.reports.browser.chromium import BROWSERS, Chromium, installed


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

    @property
    def asked(self) -> set[str]:
        """What was asked for beside the page itself."""
        return set(self.requests) - {"/favicon.ico", "/report.html"}


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture(scope="module")
def browser(server: Site) -> Iterator[Chromium]:
    """A browser in which every host name is the test's own site."""
    program = installed()
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    pytest.importorskip("playwright")
    running = Chromium(program, server.server.server_port)
    yield running
    running.close()


@pytest.fixture
def site(server: Site) -> Site:
    server.requests.clear()
    return server


@pytest.fixture
def page(browser: Chromium, site: Site) -> Iterator[Page]:
    yield Page(browser, site)
    browser.scripts(allowed=True)
    browser.media()


class Page:
    """A report that is open in the browser."""

    def __init__(self, browser: Chromium, site: Site) -> None:
        self.browser = browser
        self._site = site
        browser.size(1280)

    def open(self, text: str, fragment: str = "") -> None:
        """Open a report, at a fragment of it if one is named."""
        self._site.page = text
        self.browser.open("about:blank")
        self.browser.open(f"{self._site.address}/report.html{fragment}")

    def show(self, selector: str) -> list[str]:
        """The texts of the elements that are shown."""
        found: list[str] = self.browser.run(
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            ".filter(one => one.checkVisibility()).map(one => one.innerText)"
        )
        return found

    def owned(self) -> bool:
        """Whether a payload has run."""
        return bool(self.browser.run("'owned' in document.body.dataset"))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.browser.press(key)

    def focus(self, selector: str) -> None:
        self.browser.run(f"document.querySelector({json.dumps(selector)}).focus()")

    def settle(self) -> None:
        """Wait until the filters have been applied."""
        self.browser.run("new Promise(done => setTimeout(done, 250))")
