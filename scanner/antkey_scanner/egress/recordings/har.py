"""HAR 1.2, as browsers and proxies export it: one request for each entry, and what its answer gave away."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from antkey_scanner.egress.recordings.fields import value_at
from antkey_scanner.egress.recordings.moments import moment
from antkey_scanner.egress.recordings.whole import Seen, pairs
from antkey_scanner.inventory.records import Place

_BROWSERS = ("webinspector", "webkit web inspector", "firefox", "chrom", "webkit", "safari", "edge")


class Recorder:
    """Who wrote a file, as far as it says."""

    def __init__(self) -> None:
        self.is_browser = False

    def read(self, value: Any) -> None:
        """Take note of `log.creator` or `log.browser`."""
        name = value.get("name") if isinstance(value, dict) else None
        if isinstance(name, str) and any(name.lower().startswith(known) for known in _BROWSERS):
            self.is_browser = True


def seen(entry: Any, shown: str, line: int, recorder: Recorder) -> Seen | None:
    """What an entry tells; None for one without a request."""
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict):
        return None
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    answer = entry.get("response")
    content = value_at(answer, "content") if isinstance(answer, dict) else None
    headers = answer.get("headers") if isinstance(answer, dict) else None
    status = answer.get("status") if isinstance(answer, dict) else None
    body = value_at(request, "postData.text")
    return Seen(
        Place(shown, line),
        moment(entry.get("startedDateTime")),
        method,
        url,
        pairs(request.get("headers")),
        body if isinstance(body, str) else "",
        status if isinstance(status, int) and not isinstance(status, bool) else None,
        (_text(content), *(value for _, value in pairs(headers))),
        recorder.is_browser or "_initiator" in entry,
    )


def _text(content: Any) -> str:
    """An answer's body."""
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(text, str):
        return ""
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text).decode("latin-1")
    except (ValueError, binascii.Error):
        return ""
