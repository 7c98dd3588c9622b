"""Ways through to services on this machine: a tunnel for CONNECT, and one forwarded request."""

from __future__ import annotations

from collections.abc import Sequence

import h11

from antkey_hooks.interceptor.wire import Channel, Phase, Services

_OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_FAILED = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

_HOPS = frozenset(
    ("connection", "proxy-connection", "proxy-authorization", "keep-alive", "te", "upgrade")
)


class Through:
    """Carries bytes both ways between a client and a port of this machine."""

    phase = Phase.TUNNEL

    def __init__(
        self, channel: Channel, services: Services, addresses: Sequence[str], port: int
    ) -> None:
        self._channel = channel
        self._services = services
        self._addresses = list(addresses)
        self._port = port
        self._upstream: Channel | None = None
        self._early: list[bytes] = []
        self._is_over = False
        self._dial()

    def feed(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._upstream is not None:
            self._upstream.send(data)
        elif not self._is_over:
            self._early.append(data)

    def lost(self) -> None:
        """The client is gone."""
        self._is_over = True
        if self._upstream is not None:
            self._upstream.finish()

    def connected(self, upstream: Channel) -> None:
        """The service answers."""
        if self._is_over:
            upstream.finish()
            return
        self._upstream = upstream
        # Whoever is slow to take slows down who gives, so that nothing piles up here.
        upstream.throttle(self._channel.pause)
        self._channel.throttle(upstream.pause)
        self._greet()
        for data in self._early:
            upstream.send(data)
        self._early = []

    def failed(self) -> None:
        """Nobody listens there: try the next address."""
        if self._is_over:
            return
        if self._addresses:
            self._dial()
            return
        self._is_over = True
        self._channel.send(_FAILED)
        self._channel.finish()

    def received(self, data: bytes) -> None:
        """The service sent this."""
        self._channel.send(data)

    def closed(self) -> None:
        """The service is done."""
        self._is_over = True
        self._channel.finish()

    def _greet(self) -> None:
        self._channel.send(_OPENED)

    def _dial(self) -> None:
        self._services.dial(self._addresses.pop(0), self._port, self)


class Forward(Through):
    """One request in a proxy's form, passed on to a service of this machine as that expects it.

    The connection ends with the answer, so that the answer need not be understood.
    """

    def __init__(
        self,
        channel: Channel,
        services: Services,
        request: h11.Request,
        addresses: Sequence[str],
        port: int,
    ) -> None:
        super().__init__(channel, services, addresses, port)
        self._http = h11.Connection(h11.CLIENT)
        target = request.target.partition(b"://")[2]
        rest = target[len(target.partition(b"/")[0]) :] if b"/" in target else b"/"
        headers = [
            (name, value)
            for name, value in request.headers.raw_items()
            if name.lower().decode("latin-1") not in _HOPS
        ]
        headers.append((b"connection", b"close"))
        self._pass(h11.Request(method=request.method, target=rest or b"/", headers=headers))

    def add(self, data: bytes) -> None:
        """Pass on a part of the body."""
        self._pass(h11.Data(data=data))

    def end(self) -> None:
        """The body is complete."""
        self._pass(h11.EndOfMessage())

    def _pass(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self.feed(data)

    def _greet(self) -> None:
        """Nothing: the service's own answer is the first thing that the client sees."""
