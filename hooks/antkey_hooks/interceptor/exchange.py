"""What the interceptor shows of a request, and what it may be told to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from antkey_scanner.egress.records import Credential
from antkey_scanner.inventory.times import Micros


class Answer(StrEnum):
    """What a request is answered with: normally, or with the fault of a scenario."""

    NORMAL = "ok"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    RATE_LIMITED = "429"
    OVERLOADED = "529"
    TIMEOUT = "timeout"
    CUT_STREAM = "cut-stream"


class Exchange(NamedTuple):
    """A request as it arrived, without the text of any credential.

    started: when its first byte came; host: whom the client meant, lower case, without a port (for the
    base-URL listener the API's own name); path: without the query; headers: lower-case names, without
    those that carry credentials, for attribution; fields: texts at JSON paths of the body that were asked
    for; credentials: all that it carried in headers, query and userinfo, each once; shaped: whether one of
    them is shaped like an Anthropic key; transport: `base-url`, `proxy`, `tls` or `http2`.
    """

    started: Micros
    host: str
    method: str
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    credentials: tuple[Credential, ...]
    model: str | None
    is_stream: bool
    transport: str


Decide = Callable[[Exchange], Answer]
"""Asked once for each request to an allowed host, before it is answered, from one thread at a time."""

Refused = Callable[[Exchange], None]
"""Told of each request to a host that is not allowed; it was answered with 502 and went nowhere."""
