"""Tells a listener of each request once, however many libraries it passes through on its way.

A request that requests hands to urllib3, and that to http.client, is seen by each of them. The outermost
tells of it; the others are known by what they carry to be about the same one. A library that is entered
again within a request makes another one: a redirect, or a retry.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Protocol

from antkey_hooks.observe.sighting import Asked, Sighting, sighting_of
from antkey_scanner.egress.hosts import Hosts


class Listener(Protocol):
    """Who is told, from any thread."""

    hosts: Hosts

    def began(self, sighting: Sighting) -> object:
        """Told before the request is sent. What is returned is handed to `ended`."""

    def ended(self, ticket: object, status: int | None, fault: str | None) -> None:
        """Told of the answer's status, or of what stood in its place: `timeout`, else None."""

    def unreadable(self, library: str, problem: str) -> None:
        """Told of a request of which nothing can be known."""


class _Enclosing:
    """The request that is being made around this point, and the libraries that it has passed through.

    is_open: False when it is over; a task that was started meanwhile may remember it longer.
    """

    def __init__(self, sighting: Sighting, layer: str) -> None:
        self.sighting = sighting
        self.layers = {layer}
        self.is_open = True

    def takes(self, inner: Sighting, layer: str) -> bool:
        """Whether a request within this one is the same, seen by a library further down."""
        if not self.is_open or layer in self.layers:
            return False
        # A lower library need not know the body.
        if inner._replace(model=None) != self.sighting._replace(model=None):
            return False
        self.layers.add(layer)
        return True


_enclosing: ContextVar[_Enclosing | None] = ContextVar("antkey_enclosing_request", default=None)


class Watch:
    """What the patches report to. `listener`: None while nobody listens, which costs nothing."""

    def __init__(self) -> None:
        self.listener: Listener | None = None

    def request(self, layer: str, asked: Callable[[], Asked]) -> Passage:
        """A request that a library is about to make; to be entered around it."""
        return Passage(self.listener, layer, asked)


class Passage:
    """One request on its way through one library. `status`: to be set from the answer."""

    def __init__(self, listener: Listener | None, layer: str, asked: Callable[[], Asked]) -> None:
        self._listener = listener
        self._layer = layer
        self._asked = asked
        self._ticket: object = None
        self._token: Token[_Enclosing | None] | None = None
        self._opened: _Enclosing | None = None
        self.status: int | None = None

    def __enter__(self) -> Passage:
        listener = self._listener
        if listener is None:
            return self
        try:
            sighting = sighting_of(self._asked(), listener.hosts)
        except Exception as error:  # noqa: BLE001 - whatever a library's next version does, tests go on
            listener.unreadable(self._layer.partition(" ")[0], type(error).__name__)
            return self
        if sighting is None:
            return self
        around = _enclosing.get()
        if around is not None and around.takes(sighting, self._layer):
            return self
        self._opened = _Enclosing(sighting, self._layer)
        self._token = _enclosing.set(self._opened)
        self._ticket = listener.began(sighting)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None and self._opened is not None and self._listener is not None:
            _enclosing.reset(self._token)
            self._opened.is_open = False
            self._listener.ended(self._ticket, self.status, _fault(error))


def _fault(error: BaseException | None) -> str | None:
    return "timeout" if error is not None and "Timeout" in type(error).__name__ else None
