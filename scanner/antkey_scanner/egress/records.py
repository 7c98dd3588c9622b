"""A request as it is judged: without the text of any key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

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
    """A scenario that was played to its end without a request: what nobody sends leaves no other trace.
    time: when it ended."""

    scenario: str
    time: Micros | None = None


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


Said = tuple[Any, ...]
"""What a request says: its fields behind its place and time."""


class Stretch(NamedTuple):
    """Requests of lines that follow each other, or of one line, in their order.

    path: the recording; first: the first one's line; times: when each started; said: what each says; step:
    how many lines each is behind the one before it, 1 or 0. Those that say the same share one object as far
    as the reader knows, so that one look at it is enough.
    """

    path: str
    first: int
    times: Sequence[Micros | None]
    said: Sequence[Said]
    step: int = 1

    def requests(self) -> Iterator[Request]:
        """Each by itself."""
        return map(self.request, range(len(self.said)))

    def request(self, at: int) -> Request:
        """One of them, counted from 0."""
        # Made this way tuples take a third of the time.
        place = tuple.__new__(Place, (self.path, self.first + at * self.step))
        return tuple.__new__(Request, (place, self.times[at], *self.said[at]))
