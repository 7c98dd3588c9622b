"""What the layers of a connection are to each other: bytes come up through `feed` and go down a channel."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, Protocol

from antkey_hooks.interceptor.arrival import Store
from antkey_hooks.interceptor.authority import Authority
from antkey_hooks.interceptor.desk import Desk
from antkey_scanner.inventory.times import Micros


class Phase(Enum):
    """What a connection is waiting for; how long it may is a matter of this."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    HELD = "held"
    TUNNEL = "tunnel"


class Channel(Protocol):
    """Where a layer sends its bytes."""

    def send(self, data: bytes) -> None:
        """Send, in order."""

    def finish(self) -> None:
        """Close when everything is sent."""

    def reset(self) -> None:
        """Break the connection, so that the other side sees an error."""

    def pause(self, on: bool) -> None:
        """Read no more from the other side for now (True), or again."""

    def throttle(self, tell: Callable[[bool], None]) -> None:
        """Ask to be told when the other side takes no more for now (True), and when it does again."""


class Layer(Protocol):
    """A protocol on a connection, without any socket."""

    @property
    def phase(self) -> Phase:
        """What it waits for."""

    def feed(self, data: bytes) -> None:
        """Take bytes that came."""

    def lost(self) -> None:
        """Nothing comes any more: the other side is gone, or was sent away."""


class Entry(NamedTuple):
    """How a connection came in.

    transport: as an exchange has it, or `control`; host: whom the client named to get here, None where
    each request says.
    """

    transport: str
    host: str | None
    is_secure: bool = False


class Services(NamedTuple):
    """What all connections share.

    base_host: the host that the base-URL listener stands for; port: of this server itself; later: calls
    something after some seconds; dial: opens a tunnel to this machine.
    """

    desk: Desk
    authority: Authority
    store: Store
    clock: Callable[[], Micros]
    base_host: str
    port: int
    hold: float
    later: Callable[[float, Callable[[], None]], object]
    dial: Callable[[str, int, Tunnel], None]


class Tunnel(Protocol):
    """What wants a connection to a service on this machine."""

    def connected(self, upstream: Channel) -> None:
        """It is there."""

    def failed(self) -> None:
        """It is not there."""

    def received(self, data: bytes) -> None:
        """The service sent this."""

    def closed(self) -> None:
        """The service is done."""


CUT_AFTER = 0.05
"""Seconds between the last bytes of an answer that is cut and the cut: the client is to read them first."""
