"""vcrpy's cassettes: one request for each interaction. Its time is the `Date` of the answer."""

from __future__ import annotations

from typing import Any

from antkey_scanner.egress.recordings.fields import value_at
from antkey_scanner.egress.recordings.moments import http_date
from antkey_scanner.egress.recordings.whole import Seen, pairs
from antkey_scanner.inventory.records import Place


def seen(interaction: Any, shown: str, line: int) -> Seen | None:
    """What an interaction tells; None for what is none. The answer's status is written last, so without it
    the interaction is cut."""
    request = interaction.get("request") if isinstance(interaction, dict) else None
    if not isinstance(request, dict):
        return None
    method, url = request.get("method"), request.get("uri", request.get("url"))
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    answer = interaction.get("response")
    if not isinstance(answer, dict) or value_at(answer, "status.code") is None:
        return None
    given = pairs(answer.get("headers"))
    dates = [value for name, value in given if name.lower() == "date"]
    status = value_at(answer, "status.code")
    return Seen(
        Place(shown, line),
        http_date(dates[0]) if dates else None,
        method,
        url,
        pairs(request.get("headers")),
        _body(request.get("body")),
        status if isinstance(status, int) and not isinstance(status, bool) else None,
        (_body(answer.get("body")), *(value for _, value in given)),
    )


def _body(value: Any) -> str:
    """A body: a text, bytes, or a table with one of them."""
    if isinstance(value, dict):
        value = value.get("string", value.get("base64_string"))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""
