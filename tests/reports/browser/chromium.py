"""The system's Chromium with one page, driven by Playwright: what the tests of the report ask of it.

By the DevTools protocol go what a test runs in the page, since Playwright's own way is by scripts of the
page, which some tests forbid, and media, which Playwright forgets when another page is opened.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Error, Request

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--disable-gpu", "--disable-quic", "--disable-features=NetworkTimeServiceQuerying")


def installed() -> str | None:
    """The path of a browser, None when there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


class Failed(Exception):
    """A script threw."""


class Chromium:
    """A browser with one page. Every host name leads to `port` on loopback, where one is given."""

    def __init__(self, program: str, port: int = 9) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=program,
            chromium_sandbox=False,
            args=[*FLAGS, f"--host-resolver-rules=MAP * 127.0.0.1:{port}"],
        )
        self._page = self._browser.new_page()
        self._devtools = self._page.context.new_cdp_session(self._page)
        self.asked_for: list[str] = []
        """The addresses that the page has asked for since it was opened."""
        self.complaints: list[str] = []
        """What the browser and the page's scripts wrote to the console as errors since then."""
        self._page.on("request", self._asked)
        self._page.on("console", self._told)
        self._page.on("pageerror", self._thrown)

    def _asked(self, request: Request) -> None:
        self.asked_for.append(request.url)

    def _told(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _thrown(self, error: Error) -> None:
        self.complaints.append(str(error))

    @property
    def version(self) -> str:
        return self._browser.version

    def close(self) -> None:
        """End the browser and wait for it."""
        self._browser.close()
        self._playwright.stop()

    def open(self, url: str) -> None:
        """Go to an address and wait until everything there is loaded."""
        self.asked_for.clear()
        self.complaints.clear()
        self._page.goto(url)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, of a promise what it becomes."""
        found = self._devtools.send(
            "Runtime.evaluate",
            {"expression": script, "awaitPromise": True, "returnByValue": True},
        )
        if "exceptionDetails" in found:
            raise Failed(json.dumps(found["exceptionDetails"])[:2000])
        return found["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key, or type a character."""
        name = "Space" if key == " " else key
        self._page.keyboard.press(f"Shift+{name}" if shift else name)

    def size(self, width: int, height: int = 800) -> None:
        """Give the page this many CSS pixels."""
        self._page.set_viewport_size({"width": width, "height": height})

    def media(self, medium: str = "", *, dark: bool = False) -> None:
        """Show the page on screen or as in print, light or dark."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._devtools.send("Emulation.setEmulatedMedia", {"media": medium, "features": [scheme]})

    def scripts(self, allowed: bool) -> None:
        """Let pages run scripts, or not."""
        self._devtools.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def let_use_clipboard(self) -> None:
        """Let pages read and write it."""
        self._page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def picture(self, x: float, y: float, width: float, height: float) -> bytes:
        """A PNG of a part of the page, seen or not."""
        part = {"x": x, "y": y, "width": width, "height": height}
        return self._page.screenshot(full_page=True, clip=part)  # type: ignore[arg-type]

    def pdf(self, width: float, height: float) -> bytes:
        """The page printed on paper of so many inches, if its style sheet does not name another."""
        return self._page.pdf(width=f"{width}in", height=f"{height}in")
