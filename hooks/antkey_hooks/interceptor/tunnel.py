"""Ways through to services on this machine: a tunnel for CONNECT, and one forwarded request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import h11

from antkey_hooks.interceptor.wire import Channel, Phase, Services

_OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_FAILED = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

_HOPS = frozenset(
    (b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"te", b"upgrade")
)
"""Headers that are between two neighbours only."""


class Upward:
    """A connection to a port of this machine: tries its addresses in turn."""

    phase = Phase.TUNNEL

    def __init__(self, services: Services, addresses: Sequence[str], port: int) -> None:
        self._services = services
        self._addresses = list(addresses)
        self._port = port
        self._upstream: Channel | None = None
        self._early: list[bytes] = []
        self._is_over = False
        self._dial()

    def feed(self, data: bytes) -> None:
        """Take bytes for the service."""
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
        """The service is there."""
        if self._is_over:
            upstream.finish()
            return
        self._upstream = upstream
        self.opened(upstream)
        for data in self._early:
            upstream.send(data)
        self._early = []

    def failed(self) -> None:
        """Nobody listens there: try the next address."""
        if self._is_over:
            return
        if self._addresses:
            self._dial()
        else:
            self.closed()

    def opened(self, upstream: Channel) -> None:
        """What is to be done before anything is sent."""

    def received(self, data: bytes) -> None:
        """The service sent this."""
        raise NotImplementedError

    def closed(self) -> None:
        """The service is done, or was never there."""
        raise NotImplementedError

    def _dial(self) -> None:
        self._services.dial(self._addresses.pop(0), self._port, self)


class Through(Upward):
    """Carries bytes both ways between a client and a port of this machine."""

    def __init__(
        self, channel: Channel, services: Services, addresses: Sequence[str], port: int
    ) -> None:
        self._channel = channel
        super().__init__(services, addresses, port)

    def opened(self, upstream: Channel) -> None:
        """Tell the client, and slow down whoever gives faster than the other takes."""
        upstream.throttle(self._channel.pause)
        self._channel.throttle(upstream.pause)
        self._channel.send(_OPENED)

    def received(self, data: bytes) -> None:
        """The service sent this."""
        self._channel.send(data)

    def closed(self) -> None:
        """The service is done, or was never there."""
        if self._upstream is None:
            self._channel.send(_FAILED)
        self._is_over = True
        self._channel.finish()


class Asker(Protocol):
    """Who gets the answer to a forwarded request."""

    def relay(self, event: h11.InformationalResponse | h11.Response | h11.Data) -> None:
        """A part of the answer."""

    def relayed(self) -> None:
        """There is no more of it."""

    def failed(self) -> None:
        """There is no answer, or no rest of it."""


class Forward(Upward):
    """One request in a proxy's form, passed on to a service of this machine as that expects it."""

    def __init__(
        self,
        services: Services,
        request: h11.Request,
        addresses: Sequence[str],
        port: int,
        asker: Asker,
    ) -> None:
        super().__init__(services, addresses, port)
        self._asker = asker
        self._http = h11.Connection(h11.CLIENT)
        target = request.target.partition(b"://")[2]
        cut = min(
            (target.index(mark) for mark in (b"/", b"?") if mark in target), default=len(target)
        )
        path = target[cut:] if target[cut : cut + 1] == b"/" else b"/" + target[cut:]
        headers = [*_without_hops(request.headers.raw_items()), (b"connection", b"close")]
        self._pass(h11.Request(method=request.method, target=path, headers=headers))

    def add(self, data: bytes) -> None:
        """Pass on a part of the body."""
        self._pass(h11.Data(data=data))

    def end(self) -> None:
        """The body is complete."""
        self._pass(h11.EndOfMessage())

    def received(self, data: bytes) -> None:
        """The service sent this; nothing at its end."""
        if self._is_over:
            return
        try:
            self._http.receive_data(data)
            while self._relay(self._http.next_event()):
                pass
        except h11.RemoteProtocolError:
            self.closed()

    def closed(self) -> None:
        """The service is done: with the answer, too, when only that tells its end."""
        if self._is_over:
            return
        if self._http.their_state is h11.SEND_BODY:
            try:
                self._http.receive_data(b"")
                self._relay(self._http.next_event())
            except h11.RemoteProtocolError:
                pass
        if not self._is_over:
            self._is_over = True
            self._asker.failed()

    def _relay(self, event: object) -> bool:
        """Hand an event on; whether there may be more."""
        match event:
            case h11.Response():
                headers = _without_hops(event.headers.raw_items())
                answer = h11.Response(
                    status_code=event.status_code, headers=headers, reason=event.reason
                )
                self._asker.relay(answer)
            case h11.InformationalResponse() | h11.Data():
                self._asker.relay(event)
            case h11.EndOfMessage():
                self.lost()
                self._asker.relayed()
                return False
            case _:
                return False
        return True

    def _pass(self, event: h11.Event) -> None:
        try:
            data = self._http.send(event)
        except h11.LocalProtocolError:
            # The service answered before it had the whole body, and is done.
            return
        if data:
            self.feed(data)


def _without_hops(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOPS]
