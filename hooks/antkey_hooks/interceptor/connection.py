"""One TCP connection: finds out what is spoken on it, and puts the layers on top of each other."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from typing import cast

from antkey_hooks.interceptor.http1 import Http1
from antkey_hooks.interceptor.wire import Channel, Entry, Layer, Phase, Services, Tunnel

_TLS_HANDSHAKE = 0x16
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_PATIENCE = {Phase.IDLE: 300.0, Phase.HEAD: 30.0, Phase.BODY: 60.0, Phase.TUNNEL: float("inf")}
"""Seconds that a connection may wait: for a new request, a whole head, more of a body."""


_LAST_READS, _LAST_SIZE = 64, 1 << 16
"""How often and how much is read of a connection that is lost."""

_NO_TIME = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Sniffer:
    """Looks at the first bytes, then is the layer that they call for."""

    def __init__(self, channel: Channel, entry: Entry, services: Services) -> None:
        self._channel = channel
        self._entry = entry
        self._services = services
        self._first = b""
        self._inner: Layer | None = None

    @property
    def phase(self) -> Phase:
        """What it waits for."""
        if self._inner is not None:
            return self._inner.phase
        return Phase.HEAD if self._first else Phase.IDLE

    def feed(self, data: bytes) -> None:
        if self._inner is None:
            self._first += data
            if len(self._first) < len(_PREFACE) and _PREFACE.startswith(self._first):
                return
            self._inner = self._layer(self._first)
            data, self._first = self._first, b""
        self._inner.feed(data)

    def lost(self) -> None:
        if self._inner is not None:
            self._inner.lost()

    def _layer(self, first: bytes) -> Layer:
        if first[0] == _TLS_HANDSHAKE and not self._entry.is_secure:
            from antkey_hooks.interceptor.tls import Tls

            is_mapped = self._entry.transport == "base-url"
            entry = self._entry._replace(transport="tls") if is_mapped else self._entry
            return Tls(self._channel, entry, self._services, self._above)
        if first.startswith(_PREFACE):
            return self._above(self._channel, self._entry, "h2")
        return self._above(self._channel, self._entry, None)

    def _above(self, channel: Channel, entry: Entry, protocol: str | None) -> Layer:
        if protocol == "h2":
            from antkey_hooks.interceptor.http2 import Http2

            return Http2(channel, entry, self._services)
        return Http1(channel, entry, self._services, self._inside)

    def _inside(self, channel: Channel, entry: Entry) -> Layer:
        return Sniffer(channel, entry, self._services)


class Guests:
    """The connections that are open. events: goes up whenever anything happens on one of them."""

    def __init__(self) -> None:
        self.open: set[Connection] = set()
        self.events = 0


class Socket(asyncio.Protocol):
    """The end of a channel that is a socket."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._tell: Callable[[bool], None] = self.pause

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def pause_writing(self) -> None:
        self._tell(True)

    def resume_writing(self) -> None:
        self._tell(False)

    def send(self, data: bytes) -> None:
        """As `Channel` says."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def finish(self) -> None:
        """As `Channel` says."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """As `Channel` says."""
        if self._transport is None:
            return
        found = self._transport.get_extra_info("socket")
        if found is not None and not self._transport.is_closing():
            # Lingering for no time at all is how a socket sends a reset.
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_TIME)
        self._transport.abort()

    def pause(self, on: bool) -> None:
        """As `Channel` says."""
        if self._transport is None or self._transport.is_closing():
            return
        if on:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def throttle(self, tell: Callable[[bool], None]) -> None:
        """As `Channel` says; without it, a client that does not read is not read from."""
        self._tell = tell


class Connection(Socket):
    """The client's end of the layers."""

    def __init__(self, entry: Entry, services: Services, guests: Guests) -> None:
        super().__init__()
        self._services = services
        self._guests = guests
        self._layer: Layer = Sniffer(self, entry, services)
        self._phase = Phase.IDLE
        self._is_read = False
        self._loop = asyncio.get_running_loop()
        self.deadline = self._loop.time() + _PATIENCE[Phase.HEAD]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._guests.open.add(self)
        self._guests.events += 1

    def data_received(self, data: bytes) -> None:
        self._guests.events += 1
        self._layer.feed(data)
        phase = self._layer.phase
        # A head that comes byte by byte gets no more time for each byte; a body does.
        if phase is not self._phase or phase is not Phase.HEAD:
            self._phase = phase
            patience = self._services.hold if phase is Phase.HELD else _PATIENCE[phase]
            self.deadline = self._loop.time() + patience

    def eof_received(self) -> bool:
        self._is_read = True
        return False

    def connection_lost(self, _: Exception | None) -> None:
        self._guests.open.discard(self)
        self._guests.events += 1
        try:
            if not self._is_read:
                self._read_rest()
        finally:
            self._layer.lost()

    def _read_rest(self) -> None:
        """Take what came before the end.

        Who leaves without reading lets a write fail, and then asyncio reads no more either: but the request
        that lies there has been sent.
        """
        found = self._transport.get_extra_info("socket") if self._transport is not None else None
        if found is None:
            return
        try:
            with found.dup() as there:
                for _ in range(_LAST_READS):
                    data = there.recv(_LAST_SIZE)
                    if not data:
                        return
                    self._layer.feed(data)
        except OSError:
            return

    @property
    def is_idle(self) -> bool:
        """Whether no request is under way."""
        return self._phase is Phase.IDLE


class Upstream(Socket):
    """The far end of a tunnel to this machine."""

    def __init__(self, tunnel: Tunnel) -> None:
        super().__init__()
        self._tunnel = tunnel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._tunnel.connected(self)

    def data_received(self, data: bytes) -> None:
        self._tunnel.received(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._tunnel.closed()
