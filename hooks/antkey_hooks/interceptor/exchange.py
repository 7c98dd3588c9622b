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
    for; credentials: all that it carried in headers, query and userinfo, each once, and in the body where the
    host is not allowed; transport: how it came, `base-url`, `proxy`, `tls` or `plain` (a mapped name, with
    and without TLS); version: of HTTP, `1.0`, `1.1` or `2`; is_complete: whether it was read to its end: a
    client that gives up in the middle has shown its key nevertheless.
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
    version: str = "1.1"
    is_complete: bool = True


Decide = Callable[[Exchange], Answer]
"""Asked once for each request to an allowed host, before it is answered, from one thread at a time."""

Refused = Callable[[Exchange], None]
"""Told of each request to a host that is not allowed; it was answered with 502 and went nowhere."""


class TroubleKind(StrEnum):
    """Why a connection was reached and nothing on it could be seen."""

    REFUSED_CERTIFICATE = "refused-certificate"
    NO_HANDSHAKE = "no-handshake"
    NO_REQUEST = "no-request"
    UNREADABLE = "unreadable"


class Trouble(NamedTuple):
    """A connection on which a client came, but showed no request that can be read.

    host: whom it meant, None where it did not say; detail: what was wrong, without text of the client's;
    credentials: what was found in bytes that are no HTTP.
    """

    kind: TroubleKind
    host: str | None
    transport: str
    detail: str
    credentials: tuple[Credential, ...] = ()


Troubles = Callable[[Trouble], None]
"""Told of each trouble, from the thread that calls `Decide`."""

Control = Callable[[str, bytes], tuple[int, bytes]]
"""Given path and body of a POST to the control URL: a status and a JSON text."""

Answered = Callable[[Exchange, int], None]
"""Told with which status an exchange was answered, 0 where it got no answer."""
