"""Drives the system's Chromium by its DevTools protocol, through a pipe: no driver and no port.

Playwright is 165 MB beside a browser that is there; what these tests need of it are these few calls.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-sync", "--hide-scrollbars", "--disable-background-networking"),
    *("--disable-component-update", "--disable-default-apps", "--remote-debugging-pipe"),
    "--disable-features=NetworkTimeServiceQuerying",
)

# Chromium reads commands from descriptor 3 and answers on descriptor 4.
_LAUNCH = """
import fcntl, os, sys
wanted = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3]]
os.dup2(wanted[0], 3)
os.dup2(wanted[1], 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""

KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    " ": ("Space", 32, " "),
}


def installed() -> str | None:
    """The path of a browser, None when there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


class Failed(Exception):
    """The browser refused a command, or a script threw."""


class Chromium:
    """A browser with one page. Every host name leads to `port` on loopback, where one is given."""

    def __init__(self, program: str, profile: Path, port: int = 9) -> None:
        reads, self._to = os.pipe()
        self._from, writes = os.pipe()
        command = [sys.executable, "-c", _LAUNCH, str(reads), str(writes), program, *FLAGS]
        command += [f"--user-data-dir={profile}", f"--host-resolver-rules=MAP * 127.0.0.1:{port}"]
        self._process = subprocess.Popen(
            [*command, "about:blank"],
            pass_fds=(reads, writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        """End the browser and wait for it."""
        self._session = None
        try:
            self.send("Browser.close")
        except (Failed, OSError):
            self._process.terminate()
        self._process.wait(30)
        os.close(self._to)
        os.close(self._from)

    def send(self, method: str, /, **parameters: Any) -> Any:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        view = memoryview(json.dumps(message).encode() + b"\0")
        while view:
            view = view[os.write(self._to, view) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                break
            self.events.append(answer)
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']}")
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._from, 1 << 20)
            if not piece:
                raise Failed("the browser ended")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def open(self, url: str) -> None:
        """Go to an address and wait until everything there is loaded."""
        self.events.clear()
        found = self.send("Page.navigate", url=url)
        if found.get("errorText"):
            raise Failed(f"{url}: {found['errorText']}")
        while not any(one.get("method") == "Page.loadEventFired" for one in self.events):
            self.events.append(self._next())

    def run(self, script: str) -> Any:
        """The value of an expression in the page, of a promise what it becomes."""
        found = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in found:
            raise Failed(json.dumps(found["exceptionDetails"])[:2000])
        return found["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key, or type a character."""
        code, number, text = KEYS.get(key, ("", 0, key))
        about = {"key": key, "modifiers": 8 if shift else 0}
        if code:
            about |= {"code": code, "windowsVirtualKeyCode": number}
        down = {"text": text} if text else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", **about, **down)
        self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def size(self, width: int, height: int = 800) -> None:
        """Give the page this many CSS pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def media(self, medium: str = "", *, dark: bool = False) -> None:
        """Show the page on screen or as in print, light or dark."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=medium, features=[scheme])

    def scripts(self, allowed: bool) -> None:
        """Let pages run scripts, or not."""
        self.send("Emulation.setScriptExecutionDisabled", value=not allowed)

    def picture(self, x: float = 0, y: float = 0, width: float = 0, height: float = 0) -> bytes:
        """A PNG of a part of the page; without a size, of the window."""
        part = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        whole = {"clip": part, "captureBeyondViewport": True} if width and height else {}
        found = self.send("Page.captureScreenshot", format="png", **whole)
        return base64.b64decode(found["data"])

    def pdf(self, width: float, height: float) -> bytes:
        """The page printed on paper of so many inches, if its style sheet does not name another."""
        found = self.send("Page.printToPDF", paperWidth=width, paperHeight=height)
        return base64.b64decode(found["data"])

    @property
    def asked_for(self) -> list[str]:
        """The addresses that the page has asked for since it was opened."""
        sent = (one for one in self.events if one.get("method") == "Network.requestWillBeSent")
        return [one["params"]["request"]["url"] for one in sent]

    @property
    def complaints(self) -> list[str]:
        """What the browser and the page's scripts wrote to the console as errors."""
        logged = [one["params"] for one in self.events if one.get("method") == "Log.entryAdded"]
        thrown = [one for one in self.events if one.get("method") == "Runtime.exceptionThrown"]
        return [one["entry"]["text"] for one in logged if one["entry"]["level"] == "error"] + [
            json.dumps(one["params"])[:500] for one in thrown
        ]
