"""The interceptor: a server on loopback, in a thread of its own, that pretends to be Anthropic's API.

It opens no connection but to this machine, and looks no name up.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Self

from antkey_hooks.interceptor.arrival import Store
from antkey_hooks.interceptor.authority import Authority
from antkey_hooks.interceptor.connection import Connection, Guests, Upstream
from antkey_hooks.interceptor.desk import Desk
from antkey_hooks.interceptor.exchange import Answered, Control, Decide, Refused, Troubles
from antkey_hooks.interceptor.wire import Entry, Services, Tunnel
from antkey_scanner.inventory.times import Micros

API = "api.anthropic.com"
"""The host that the base-URL listener stands for."""

HOLD_SECONDS = 30.0
"""How long a request is left without an answer before its connection is closed."""

_BACKLOG = 1024
_SWEEP_SECONDS = 0.5
_MOST_CONNECTIONS = 2000
_CLOSE_SECONDS = 0.4
_SETTLE_SECONDS = 0.2
_QUIET_ROUNDS = 8


def _now() -> Micros:
    return time.time_ns() // 1000


class Interceptor:
    """Serves from `start` (or `with`) to `close`; a second start is not possible.

    decide, refused, control, troubles, answered: called by the server's thread, one at a time; they are to be
    quick. allowed_hosts: whose requests are answered, `*.example.com` and `{tenant}.example.com` for all
    below. What one of them raises is in `failure`, and raised when the `with` block ends. hold: seconds for
    which the fault `timeout` keeps silent.
    """

    def __init__(
        self,
        decide: Decide,
        refused: Refused,
        *,
        allowed_hosts: Sequence[str],
        control: Control,
        fields: Sequence[str] = (),
        troubles: Troubles | None = None,
        answered: Answered | None = None,
        base_host: str = API,
        hold: float = HOLD_SECONDS,
        clock: Callable[[], Micros] = _now,
    ) -> None:
        self._desk = Desk(
            decide,
            refused,
            control,
            allowed_hosts=allowed_hosts,
            fields=fields,
            troubles=troubles,
            answered=answered,
        )
        self._authority = Authority()
        self._main, self._control = _listening(), _listening()
        self._port: int = self._main.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._unexpected)
        self._services = Services(
            self._desk,
            self._authority,
            Store(),
            clock,
            base_host.lower(),
            self._port,
            hold,
            self._loop.call_later,
            self._dial,
        )
        self._guests = Guests()
        self._tasks: set[asyncio.Task[object]] = set()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._run, name="antkey-interceptor", daemon=True)
        self._is_closed = False

    @property
    def base_url(self) -> str:
        """What ANTHROPIC_BASE_URL is to be, without a final slash."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def proxy_url(self) -> str:
        """What HTTP_PROXY and HTTPS_PROXY are to be."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def tls_port(self) -> int:
        """The port on 127.0.0.1 that speaks TLS for whatever name a client asks for."""
        return self._port

    @property
    def control_url(self) -> str:
        """Where `POST /mark` and `POST /rotate` go, without a final slash."""
        return f"http://127.0.0.1:{self._control.getsockname()[1]}"

    @property
    def ca_pem(self) -> bytes:
        """The certificate by which clients may know this server."""
        return self._authority.ca_pem

    @property
    def failure(self) -> Exception | None:
        """The first exception that a callback raised."""
        return self._desk.failure

    def start(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        self._call(self._serve(self._main, "base-url"))
        self._call(self._serve(self._control, "control"))
        return self

    def adopt(self, listening: socket.socket, *, is_control: bool = False) -> None:
        """Serve one more socket, which listens already: such as one of a network namespace.

        Names that are mapped to it are served with TLS and without; it is closed with the rest.
        is_control: it stands for the control URL instead.
        """
        self._call(self._serve(listening, "control" if is_control else "base-url"))

    def settle(self) -> None:
        """Wait until everything that has arrived so far is shown, a fifth of a second at most."""
        self._call(self._settle())

    def close(self) -> None:
        """Show what has arrived, and stop. Connections that are open break. May be called again."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop)
            self._thread.join(_CLOSE_SECONDS)
        else:
            self._loop.close()
        self._main.close()
        self._control.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if error is None and self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        self._loop.call_soon(self._sweep)
        try:
            self._loop.run_forever()
        finally:
            self._wind_up()
            self._loop.close()

    def _wind_up(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        for connection in list(self._guests.open):
            connection.reset()
        # Once more round, for the transports to close their sockets.
        for _ in range(2):
            self._loop.call_soon(self._loop.stop)
            self._loop.run_forever()

    async def _settle(self) -> None:
        until = self._loop.time() + _SETTLE_SECONDS
        quiet, events = 0, self._guests.events
        # Each round reads once from every socket that has something; an accepted one is read a round later.
        while quiet < _QUIET_ROUNDS and self._loop.time() < until:
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._guests.events == events else 0
            events = self._guests.events

    async def _end(self) -> None:
        try:
            await self._settle()
        finally:
            self._desk.mute()
            self._loop.stop()

    async def _serve(self, listening: socket.socket, transport: str) -> None:
        entry = Entry(transport, None)
        server = await self._loop.create_server(
            lambda: Connection(entry, self._services, self._guests),
            sock=listening,
            backlog=_BACKLOG,
        )
        self._servers.append(server)

    def _call(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _dial(self, address: str, port: int, tunnel: Tunnel) -> None:
        task = self._loop.create_task(self._connect(address, port, tunnel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, address: str, port: int, tunnel: Tunnel) -> object:
        try:
            await self._loop.create_connection(lambda: Upstream(tunnel), address, port)
        except OSError:
            tunnel.failed()
        return None

    def _sweep(self) -> None:
        """Break connections that have waited too long, and idle ones where there are too many."""
        now = self._loop.time()
        for connection in list(self._guests.open):
            if connection.deadline < now:
                connection.reset()
        if len(self._guests.open) > _MOST_CONNECTIONS:
            idle = sorted(
                (one for one in self._guests.open if one.is_idle), key=lambda one: one.deadline
            )
            for connection in idle[: len(self._guests.open) - _MOST_CONNECTIONS]:
                connection.reset()
        self._loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """What went wrong in a connection breaks that connection, and is told when the server is closed."""
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self._desk.keep(error)


def _listening() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.bind(("127.0.0.1", 0))
        made.listen(_BACKLOG)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made
