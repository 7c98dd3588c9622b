"""A request as it is judged: without the text of any key."""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.times import Micros


class Credential(NamedTuple):
    """A credential that a request carried.

    carrier: the header's name in lower case, or `url`, `body`, `response`; kind: the family, such as
    `api03`, `bearer` for one that is not shaped like Anthropic's; sha256: None where a record has only
    a hint.
    """

    carrier: str
    kind: str
    hint: str
    sha256: str | None


class Silent(NamedTuple):
    """A scenario that was played to its end without a request: what nobody sends leaves no other trace."""

    scenario: str


class Request(NamedTuple):
    """One outgoing request.

    place: the recording and line, or what was run; time: when it started, None where nothing tells;
    host: lower case, without a port; path: without the query; tenant: for whom it was made, None where
    nothing tells; complete: whether all headers were seen, so that no credential means that none was
    sent; status: of the answer, 0 when there was none; browser: it was sent by a web page; source: call
    site or test, where that is known.
    """

    place: Place
    time: Micros | None
    host: str
    method: str
    path: str
    credentials: tuple[Credential, ...] = ()
    tenant: str | None = None
    surface: str | None = None
    scenario: str | None = None
    model: str | None = None
    status: int | None = None
    complete: bool = True
    browser: bool = False
    source: str | None = None
