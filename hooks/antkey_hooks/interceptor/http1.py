"""HTTP/1.0 and 1.1 on a connection: requests in order, tunnels, and the proxy's forms of a request."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import h11

from antkey_hooks.interceptor.answers.reply import End, Reply
from antkey_hooks.interceptor.arrival import Arrival, Body
from antkey_hooks.interceptor.exchange import Trouble, TroubleKind
from antkey_hooks.interceptor.hosts import address_of, loopback_addresses, target_of
from antkey_hooks.interceptor.tunnel import Forward, Through
from antkey_hooks.interceptor.wire import CUT_AFTER, Channel, Entry, Layer, Phase, Services
from antkey_scanner.egress.credentials import keys_in
from antkey_scanner.inventory.times import Micros

_HEAD_LIMIT = 64 << 10
"""Bytes of a request's head, as large as servers take them."""

_UPLOAD_LIMIT = 1 << 30
"""Bytes after which a client that goes on sending is sent away."""

_EARLY_LIMIT = 1 << 20
"""Bytes of further requests that wait while one is being forwarded."""

Inside = Callable[[Channel, Entry], Layer]
"""Makes the layer for what comes through a tunnel."""


class Http1:
    """One connection's requests, one after the other."""

    def __init__(self, channel: Channel, entry: Entry, services: Services, inside: Inside) -> None:
        self._channel = channel
        self._entry = entry
        self._services = services
        self._inside = inside
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_LIMIT)
        self._started: Micros | None = None
        self._request: h11.Request | None = None
        self._body = Body(services.store)
        self._within: Layer | Forward | None = None
        self._phase = Phase.IDLE
        self._is_over = False
        self._early = 0

    @property
    def phase(self) -> Phase:
        """What it waits for."""
        return self._phase if self._within is None else self._within.phase

    def feed(self, data: bytes) -> None:
        if self._is_over or self._phase is Phase.HELD:
            return
        if self._started is None:
            self._started = self._services.clock()
            self._phase = Phase.HEAD
        if self._within is not None and not isinstance(self._within, Forward):
            self._within.feed(data)
            return
        if self._http.their_state is h11.DONE:
            self._early += len(data)
            if self._early > _EARLY_LIMIT:
                self._channel.reset()
                return
        try:
            self._http.receive_data(data)
            self._advance()
        except h11.RemoteProtocolError as problem:
            self._unreadable(problem, data)

    def lost(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._within is not None:
            self._within.lost()
        elif self._request is not None and self._phase is Phase.BODY:
            # The key has been sent, whatever became of the rest.
            self._take(is_complete=False)
        elif self._phase is Phase.HEAD:
            self._tell("the client left in the middle of a request's head")
        self._body.forget()

    def _advance(self) -> None:
        while not self._is_over:
            event = self._http.next_event()
            match event:
                case h11.Request():
                    self._begin(event)
                case h11.Data():
                    self._add(bytes(event.data))
                case h11.EndOfMessage():
                    self._end()
                case h11.ConnectionClosed():
                    self._channel.finish()
                    return
                case _:
                    return

    def _begin(self, request: h11.Request) -> None:
        self._request = request
        self._phase = Phase.BODY
        self._body = Body(self._services.store)
        target = request.target.decode("latin-1")
        if request.method != b"CONNECT" and "://" in target and not self._is_inside:
            where = target_of(target.partition("://")[2].partition("/")[0].partition("?")[0], 80)
            addresses = loopback_addresses(where.host) if where is not None else ()
            if where is not None and addresses and where.port != self._services.port:
                self._within = Forward(self._services, request, addresses, where.port, self)
        if self._http.they_are_waiting_for_100_continue and self._within is None:
            go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self._send(self._http.send(go_on))

    @property
    def _is_inside(self) -> bool:
        """Whether this came through a tunnel or TLS, or to the control URL: then there is no proxy here."""
        return self._entry.host is not None or self._entry.transport != "base-url"

    def relay(self, event: h11.InformationalResponse | h11.Response | h11.Data) -> None:
        """Send on what a service of this machine answers."""
        if self._is_over:
            return
        try:
            self._send(self._http.send(event))
        except h11.LocalProtocolError:
            # Such as a switch of protocols that nobody asked for.
            self._channel.reset()

    def relayed(self) -> None:
        """The service's answer is complete."""
        if not self._is_over:
            self._send(self._http.send(h11.EndOfMessage()))
            self._within = None
            self._next()
            self._resume()

    def failed(self) -> None:
        """The service is not there, or broke off."""
        if self._is_over:
            return
        self._within = None
        if self._http.our_state is h11.SEND_RESPONSE:
            self._reply(Reply(502, (), (b"",), 0))
            self._resume()
        else:
            self._channel.reset()

    def _resume(self) -> None:
        """Go on with what came in the meantime."""
        try:
            self._advance()
        except h11.RemoteProtocolError as problem:
            self._unreadable(problem, b"")

    def _add(self, data: bytes) -> None:
        if isinstance(self._within, Forward):
            self._within.add(data)
            return
        self._body.add(data)
        if self._body.size > _UPLOAD_LIMIT:
            self.lost()
            self._channel.reset()

    def _end(self) -> None:
        assert self._request is not None
        if isinstance(self._within, Forward):
            self._within.end()
        elif self._request.method == b"CONNECT":
            self._connect(self._request.target.decode("latin-1"))
        elif self._entry.transport == "control":
            method, path = self._request.method.decode("latin-1"), self._arrival().path
            self._reply(self._services.desk.control(method, path, self._body.content))
        else:
            self._reply(self._take(is_complete=True))

    def _connect(self, target: str) -> None:
        """Open a tunnel: a real one to this machine, to anywhere else one that ends here."""
        where = target_of(target, 443)
        if where is None or self._entry.transport == "control":
            self._reply(Reply(400, (), (b"",), 0))
            return
        addresses = loopback_addresses(where.host)
        if addresses and where.port != self._services.port:
            through = Through(self._channel, self._services, addresses, where.port)
            self._within = through
            through.feed(self._http.trailing_data[0])
            return
        entry = Entry("proxy", where.host)
        if addresses:
            # Our own port, through our own proxy: the same as without it.
            entry = Entry("base-url", None)
        opened = h11.Response(status_code=200, headers=[], reason=b"Connection established")
        self._send(self._http.send(opened))
        early, _ = self._http.trailing_data
        self._request = None
        self._within = self._inside(self._channel, entry)
        if early:
            self._within.feed(early)

    def _take(self, *, is_complete: bool) -> Reply:
        return self._services.desk.take(self._arrival(is_complete=is_complete))

    def _arrival(self, *, is_complete: bool = True) -> Arrival:
        request = self._request
        assert request is not None
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in request.headers.raw_items()
        ]
        target = request.target.decode("latin-1")
        named = next((value for name, value in headers if name.lower() == "host"), "")
        entry = self._entry
        if "://" in target and not self._is_inside:
            scheme, _, rest = target.partition("://")
            cut = min((rest.index(mark) for mark in "/?#" if mark in rest), default=len(rest))
            named, target = rest[:cut], rest[cut:] or "/"
            where = target_of(named, 80)
            if where is None or not loopback_addresses(where.host):
                entry = entry._replace(transport="proxy", is_secure=scheme.lower() == "https")
        host, transport = meant(entry, named, self._services)
        scheme = "https" if entry.is_secure else "http"
        return Arrival(
            self._started or self._services.clock(),
            host,
            request.method.decode("latin-1"),
            target,
            f"{scheme}://{named.rpartition('@')[2] or host}",
            headers,
            self._body,
            transport,
            request.http_version.decode("ascii"),
            is_complete,
        )

    def _reply(self, reply: Reply) -> None:
        self._body.forget()
        if reply.end is End.HELD:
            self._phase = Phase.HELD
            return
        headers = list(reply.headers)
        if reply.length is not None:
            headers.append(("content-length", str(reply.length)))
        head = h11.Response(status_code=reply.status, headers=headers, reason=_reason(reply.status))
        sent = [self._http.send(head) or b""]
        assert self._request is not None
        if self._request.method != b"HEAD":
            sent += [self._http.send(h11.Data(data=part)) or b"" for part in reply.parts if part]
        if reply.end is End.CUT:
            self._phase = Phase.HELD
            self._send(b"".join(sent))
            self._services.later(CUT_AFTER, self._channel.reset)
            return
        sent.append(self._http.send(h11.EndOfMessage()) or b"")
        self._send(b"".join(sent))
        self._next()

    def _next(self) -> None:
        self._request, self._started, self._phase = None, None, Phase.IDLE
        self._early = 0
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            if self._http.trailing_data[0]:
                self._started, self._phase = self._services.clock(), Phase.HEAD
        else:
            self._is_over = True
            self._channel.finish()

    def _send(self, data: bytes | None) -> None:
        if data:
            self._channel.send(data)

    def _unreadable(self, problem: h11.RemoteProtocolError, data: bytes) -> None:
        self._is_over = True
        if isinstance(self._within, Forward):
            self._within.lost()
        elif self._request is not None and self._phase is Phase.BODY:
            self._take(is_complete=False)
        else:
            # h11's own messages may quote what came.
            detail = "the head is too long" if problem.error_status_hint == 431 else "not HTTP"
            self._tell(detail, data)
        self._body.forget()
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            status = problem.error_status_hint
            close = [("connection", "close"), ("content-length", "0")]
            refused = h11.Response(status_code=status, headers=close, reason=_reason(status))
            self._send(self._http.send(refused))
        self._channel.finish()

    def _tell(self, detail: str, data: bytes = b"") -> None:
        found = keys_in(data.decode("latin-1"), "unreadable")
        host, transport = self._entry.host, self._entry.transport
        self._services.desk.trouble(Trouble(TroubleKind.UNREADABLE, host, transport, detail, found))


def meant(entry: Entry, named: str, services: Services) -> tuple[str, str]:
    """Whom a request is meant for, and how it came. named: the host that the request itself gives."""
    if entry.host is not None:
        return entry.host, entry.transport
    where = target_of(named, 443 if entry.is_secure else 80)
    if entry.transport == "proxy":
        return (where.host if where is not None else ""), "proxy"
    is_here = where is None or where.port == services.port or bool(loopback_addresses(where.host))
    if where is None or is_here or address_of(where.host) is not None:
        return services.base_host, entry.transport
    return where.host, entry.transport if entry.is_secure else "plain"


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b"Overloaded" if status == 529 else b""
