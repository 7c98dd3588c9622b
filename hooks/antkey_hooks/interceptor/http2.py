"""HTTP/2 on a connection: many requests at a time, each with its own windows."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from antkey_hooks.interceptor.answers.reply import End, Reply
from antkey_hooks.interceptor.arrival import Arrival, Body
from antkey_hooks.interceptor.exchange import Trouble, TroubleKind
from antkey_hooks.interceptor.http1 import meant
from antkey_hooks.interceptor.wire import CUT_AFTER, Channel, Entry, Phase, Services
from antkey_scanner.inventory.times import Micros

_WINDOW = 1 << 20
_CONNECTION_WINDOW = 16 << 20
_STREAMS = 250
_HEAD_LIMIT = 64 << 10
_UPLOAD_LIMIT = 1 << 30


class Stream(NamedTuple):
    """A request on its way in."""

    started: Micros
    headers: list[tuple[str, str]]
    body: Body


class Outgoing(NamedTuple):
    """What is still to be sent of a reply."""

    parts: deque[bytes]
    end: End


class Http2:
    """One connection's streams."""

    def __init__(self, channel: Channel, entry: Entry, services: Services) -> None:
        self._channel = channel
        self._entry = entry
        self._services = services
        self._streams: dict[int, Stream] = {}
        self._outgoing: dict[int, Outgoing] = {}
        self._held: set[int] = set()
        self._gone: set[int | None] = set()
        self._requests = 0
        self._is_unreadable = False
        self._is_over = False
        self._http = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="latin-1")
        )
        self._http.local_settings = h2.settings.Settings(
            client=False,
            initial_values={
                h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW,
                h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: _STREAMS,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: _HEAD_LIMIT,
            },
        )
        self._http.initiate_connection()
        self._http.increment_flow_control_window(_CONNECTION_WINDOW)
        self._flush()

    @property
    def phase(self) -> Phase:
        """What it waits for."""
        if self._streams or self._outgoing:
            return Phase.BODY
        return Phase.HELD if self._held else Phase.IDLE

    def feed(self, data: bytes) -> None:
        if self._is_over:
            return
        try:
            events = self._http.receive_data(data)
            # What a client takes back in the same breath is shown, but there is nobody left to answer.
            self._gone = {
                event.stream_id for event in events if isinstance(event, h2.events.StreamReset)
            }
            for event in events:
                self._take(event)
        except h2.exceptions.ProtocolError:
            self._unreadable()
        self._flush()

    def lost(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        for number in list(self._streams):
            self._give_up(number)
        if not self._requests and not self._is_unreadable:
            self._tell(TroubleKind.NO_REQUEST, "the client left without a request")

    def _take(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived():
                self._begin(event)
            case h2.events.DataReceived():
                self._add(event)
            case h2.events.StreamEnded():
                self._end(event.stream_id)
            case h2.events.StreamReset():
                self._outgoing.pop(event.stream_id, None)
                self._held.discard(event.stream_id)
                self._give_up(event.stream_id)
            case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                for number in list(self._outgoing):
                    self._pump(number)
            case h2.events.ConnectionTerminated():
                self.lost()
                self._channel.finish()
            case _:
                pass

    def _begin(self, event: h2.events.RequestReceived) -> None:
        self._requests += 1
        headers = [(_text(name), _text(value)) for name, value in event.headers or ()]
        self._streams[event.stream_id] = Stream(
            self._services.clock(), headers, Body(self._services.store)
        )
        waits = any(name == "expect" and "100-continue" in value.lower() for name, value in headers)
        if waits and event.stream_id not in self._gone:
            self._http.send_headers(event.stream_id, [(":status", "100")])

    def _add(self, event: h2.events.DataReceived) -> None:
        stream = self._streams.get(event.stream_id)
        if stream is not None:
            stream.body.add(event.data or b"")
            if stream.body.size > _UPLOAD_LIMIT:
                self._give_up(event.stream_id)
                self._break(event.stream_id)
                return
        if event.flow_controlled_length:
            self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)

    def _end(self, number: int) -> None:
        stream = self._streams.pop(number, None)
        if stream is None:
            return
        arrival = self._arrival(stream, is_complete=True)
        if self._entry.transport == "control":
            desk = self._services.desk
            reply = desk.control(arrival.method, arrival.path, stream.body.content)
        else:
            reply = self._services.desk.take(arrival)
        stream.body.forget()
        if number not in self._gone:
            self._reply(number, reply, is_head=arrival.method == "HEAD")

    def _give_up(self, number: int) -> None:
        """Show a request that its client left in the middle: its key has been sent."""
        stream = self._streams.pop(number, None)
        if stream is not None and self._entry.transport != "control":
            self._services.desk.take(self._arrival(stream, is_complete=False))
            stream.body.forget()

    def _arrival(self, stream: Stream, *, is_complete: bool) -> Arrival:
        pseudo = {name: value for name, value in stream.headers if name.startswith(":")}
        headers = [(name, value) for name, value in stream.headers if not name.startswith(":")]
        named = pseudo.get(":authority") or dict(headers).get("host", "")
        host, transport = meant(self._entry, named, self._services)
        scheme = "https" if self._entry.is_secure else "http"
        return Arrival(
            stream.started,
            host,
            pseudo.get(":method", ""),
            pseudo.get(":path", "/"),
            f"{scheme}://{named.rpartition('@')[2] or host}",
            headers,
            stream.body,
            transport,
            "2",
            is_complete,
        )

    def _reply(self, number: int, reply: Reply, *, is_head: bool) -> None:
        if reply.end is End.HELD:
            self._held.add(number)
            self._services.later(self._services.hold, lambda: self._break(number))
            return
        headers = [(":status", str(reply.status)), *reply.headers]
        if reply.length is not None:
            headers.append(("content-length", str(reply.length)))
        parts = deque(part for part in reply.parts if part and not is_head)
        if not parts and reply.end is End.WHOLE:
            self._http.send_headers(number, headers, end_stream=True)
            return
        self._http.send_headers(number, headers)
        self._outgoing[number] = Outgoing(parts, reply.end)
        self._pump(number)

    def _pump(self, number: int) -> None:
        """Send as much of a reply as the client's windows allow."""
        outgoing = self._outgoing[number]
        parts = outgoing.parts
        while parts:
            room = self._http.local_flow_control_window(number)
            size = min(room, self._http.max_outbound_frame_size, len(parts[0]))
            if size <= 0:
                return
            part = parts.popleft()
            if size < len(part):
                parts.appendleft(part[size:])
            is_last = not parts and outgoing.end is End.WHOLE
            self._http.send_data(number, part[:size], end_stream=is_last)
        del self._outgoing[number]
        if outgoing.end is End.CUT:
            self._held.add(number)
            self._services.later(CUT_AFTER, lambda: self._break(number))

    def _break(self, number: int) -> None:
        self._held.discard(number)
        if self._is_over:
            return
        try:
            self._http.reset_stream(number, h2.errors.ErrorCodes.INTERNAL_ERROR)
        except h2.exceptions.ProtocolError:
            # The client closed it before.
            return
        self._flush()

    def _unreadable(self) -> None:
        # Frames that came with the bad one are lost with it, so this is told whatever was seen before.
        self._is_unreadable = True
        self.lost()
        self._tell(TroubleKind.UNREADABLE, "not HTTP/2")
        self._flush()
        self._channel.finish()

    def _tell(self, kind: TroubleKind, detail: str) -> None:
        trouble = Trouble(kind, self._entry.host, self._entry.transport, detail)
        self._services.desk.trouble(trouble)

    def _flush(self) -> None:
        data = self._http.data_to_send()
        if data:
            self._channel.send(data)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
