"""A reply to one request: what is sent, and how it ends."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from antkey_scanner.inventory.times import SECOND, rfc3339

Header = tuple[str, str]


class End(Enum):
    """How a reply ends. HELD: nothing is ever sent; CUT: the connection breaks in the middle."""

    WHOLE = "whole"
    CUT = "cut"
    HELD = "held"


class Reply(NamedTuple):
    """parts: sent one after the other; length: what the headers promise, None for a stream."""

    status: int
    headers: tuple[Header, ...]
    parts: tuple[bytes, ...]
    length: int | None
    end: End = End.WHOLE


HELD = Reply(0, (), (), None, End.HELD)


def json_reply(status: int, document: object, headers: Sequence[Header] = ()) -> Reply:
    """A reply of one JSON document."""
    return body_reply(
        status, "application/json", json.dumps(document, ensure_ascii=False).encode(), headers
    )


def body_reply(status: int, media: str, body: bytes, headers: Sequence[Header] = ()) -> Reply:
    """A reply of which the whole body is known."""
    return Reply(status, (("content-type", media), *headers), (body,), len(body))


def events_reply(events: Sequence[dict[str, object]]) -> Reply:
    """A stream of server-sent events, each named by its type."""
    parts = tuple(
        f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        for event in events
    )
    headers = (("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"))
    return Reply(200, headers, parts, None)


def cut(reply: Reply) -> Reply:
    """The same reply, which breaks in the middle."""
    if reply.length is not None:
        body = reply.parts[0]
        return reply._replace(parts=(body[: len(body) // 2],), end=End.CUT)
    half = max(1, len(reply.parts) // 2)
    broken = reply.parts[half] if half < len(reply.parts) else b""
    return reply._replace(parts=(*reply.parts[:half], broken[: len(broken) // 2]), end=End.CUT)


def new_id(prefix: str) -> str:
    """An id as Anthropic makes them: `msg_01` and 22 letters and digits."""
    return f"{prefix}_01{secrets.token_hex(11)}"


_LIMITS = (
    ("requests", 4000),
    ("tokens", 2_400_000),
    ("input-tokens", 2_000_000),
    ("output-tokens", 400_000),
)


def account_headers(owner: str, *, is_limited: bool = False) -> tuple[Header, ...]:
    """The headers of every answer of the API.

    owner: the hash of the credential, by which the organisation's id differs; is_limited: nothing is left.
    """
    reset = rfc3339((int(time.time()) + 1) * SECOND)
    headers = [
        ("request-id", f"req_011{secrets.token_hex(10)}"),
        ("anthropic-organization-id", _organization(owner)),
    ]
    for name, limit in _LIMITS:
        left = 0 if is_limited else limit - 1
        headers += [
            (f"anthropic-ratelimit-{name}-limit", str(limit)),
            (f"anthropic-ratelimit-{name}-remaining", str(left)),
            (f"anthropic-ratelimit-{name}-reset", reset),
        ]
    return tuple(headers)


def _organization(owner: str) -> str:
    """A UUID that is the same for the same owner."""
    digits = (owner or "0" * 32)[:32].ljust(32, "0")
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
