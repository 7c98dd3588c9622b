"""Leads this process's connections to the interceptor: names become addresses that only we know.

A program resolves a name and connects to the address; both are done by the module `_socket`, whatever library
stands above it. A name that is to be intercepted resolves to an address in 127.77.0.0/16, and who connects
to that address reaches the interceptor. Nothing is imported that the program does not import itself.

Loaded into programs of Python 3.7 and newer. May not import antkey.
"""

from __future__ import annotations

import _socket
import os
import sys

TYPE_CHECKING = False  # importing typing for it would cost each process a millisecond
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_LOOPBACK = ("localhost", "::1", "::", "0.0.0.0", "")  # noqa: S104 - recognised, not listened on
_INTERCEPTED_PORTS = (443, "443", b"443", "https", b"https")


class Routes:
    """Whom to lead where. hosts: led there on all ports; others only on HTTPS's, unless they are here."""

    def __init__(self, lines: list[str]) -> None:
        pairs = [line.split(" ", 1) for line in lines if " " in line]
        self.hosts = frozenset(value for key, value in pairs if key == "host")
        self.local = frozenset(value for key, value in pairs if key == "local")
        single = dict(pairs)
        self.tls, self.plain = int(single["tls"]), int(single["plain"])
        self.authority = single["authority"]
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def address(self, name: str) -> str:
        """The address that stands for a name in this process."""
        known = self._addresses.get(name)
        if known is None:
            number = len(self._addresses) + 1
            known = self._addresses.setdefault(name, "127.77.%d.%d" % divmod(number, 250))  # noqa: UP031
            self._names[known] = name
        return known

    def leads(self, name: str, port: object) -> bool:
        """Whether a name is to be intercepted on a port."""
        if name in self.hosts:
            return True
        return port in _INTERCEPTED_PORTS and not self.is_here(name) and not _is_address(name)

    def is_here(self, name: str) -> bool:
        """Whether this is the machine itself."""
        return (
            name in _LOOPBACK
            or name in self.local
            or name.startswith("127.")
            or name.endswith(".localhost")
        )

    def port(self, host: str, port: object) -> int | None:
        """The interceptor's port for who connects to a host, None for who may go on."""
        if host in self._names or host in self.hosts:
            return self.plain if port == 80 else self.tls
        return self.tls if port == 443 and not self.is_here(host) else None


def install() -> None:
    """Steer this process."""
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "routes"), encoding="utf-8") as file:
        routes = Routes(file.read().splitlines())
    _steer_names(routes)
    _steer_connections(routes)
    _Later(
        {
            "ssl": lambda module: _trust(module, routes),
            "aiohttp.resolver": _resolve_plainly,
            "uvloop": lambda module: _steer_uvloop(module, routes),
            "asyncio.windows_events": lambda module: _steer_proactor(module, routes),
        }
    ).install()


def _name(host: object) -> str:
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    return host.lower().rstrip(".") if isinstance(host, str) else ""


def _is_address(name: str) -> bool:
    for family in (_socket.AF_INET, _socket.AF_INET6):
        try:
            _socket.inet_pton(family, name.partition("%")[0])
        except OSError:
            continue
        return True
    return False


def _steer_names(routes: Routes) -> None:
    getaddrinfo = _socket.getaddrinfo

    def steered(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - its name, which callers use
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        name = _name(host)
        if not routes.leads(name, port):
            return getaddrinfo(host, port, family, type, proto, flags)
        if family == _socket.AF_INET6:
            raise _socket.gaierror(_socket.EAI_NONAME, "Name or service not known")
        # What asks for addresses that this machine could use would find none on one without a network.
        flags &= ~getattr(_socket, "AI_ADDRCONFIG", 0)
        return getaddrinfo(routes.address(name), port, _socket.AF_INET, type, proto, flags)

    _replace("getaddrinfo", steered, in_socket=False)
    for function in ("gethostbyname", "gethostbyname_ex"):
        _replace(function, _by_name(getattr(_socket, function), routes))


def _by_name(original: Callable[[str], Any], routes: Routes) -> Callable[[str], Any]:
    def steered(host: str) -> Any:
        name = _name(host)
        return original(routes.address(name) if name in routes.hosts else host)

    return steered


def _replace(name: str, function: object, *, in_socket: bool = True) -> None:
    """socket.py copies the names of `_socket` when it is imported, which may have been."""
    setattr(_socket, name, function)
    if in_socket and "socket" in sys.modules:
        setattr(sys.modules["socket"], name, function)


def _led(routes: Routes, connection: Any, address: Any) -> Any:
    """The address to connect to instead."""
    if connection.family not in (_socket.AF_INET, _socket.AF_INET6):
        return address
    if connection.type & 15 != _socket.SOCK_STREAM or not isinstance(address, tuple):
        return address
    port = routes.port(_name(address[0]), address[1])
    if port is None:
        return address
    return ("::ffff:127.0.0.1" if connection.family == _socket.AF_INET6 else "127.0.0.1", port)


def _steer_connections(routes: Routes) -> None:
    plain = _socket.socket

    def connect(self: Any, address: Any) -> None:
        plain.connect(self, _led(routes, self, address))

    def connect_ex(self: Any, address: Any) -> int:
        return plain.connect_ex(self, _led(routes, self, address))

    methods = {"connect": connect, "connect_ex": connect_ex}
    imported = sys.modules.get("socket")
    if imported is not None:
        for name, method in methods.items():
            setattr(imported.socket, name, method)
    # gevent and others build on this class instead of on socket.socket.
    setattr(_socket, "socket", type("socket", (plain,), {"__slots__": (), **methods}))  # noqa: B010


def _trust(ssl: ModuleType, routes: Routes) -> None:
    """Trust the interceptor's authority beside whatever a program trusts, also roots that it names itself."""
    context: Any = ssl.SSLContext  # type: ignore[attr-defined]
    load = context.load_verify_locations

    def trusting(original: Callable[..., None]) -> Callable[..., None]:
        def steered(self: object, *arguments: Any, **named: Any) -> None:
            original(self, *arguments, **named)
            load(self, routes.authority)

        return steered

    for name in ("load_verify_locations", "load_default_certs", "set_default_verify_paths"):
        setattr(context, name, trusting(getattr(context, name)))


def _resolve_plainly(resolver: Any) -> None:
    """aiohttp asks a resolver of its own when one is installed."""
    resolver.DefaultResolver = resolver.ThreadedResolver


def _steer_uvloop(uvloop: Any, routes: Routes) -> None:
    """uvloop resolves and connects without Python's sockets."""
    create_connection = uvloop.Loop.create_connection
    getaddrinfo = uvloop.Loop.getaddrinfo

    async def connect(
        self: Any, factory: Any, host: Any = None, port: Any = None, **named: Any
    ) -> Any:
        steered = None if host is None else routes.port(_name(host), port)
        if steered is not None:
            if named.get("ssl") and named.get("server_hostname") is None:
                named["server_hostname"] = host
            host, port = "127.0.0.1", steered
        return await create_connection(self, factory, host, port, **named)

    async def resolve(self: Any, host: Any, port: Any, **named: Any) -> Any:
        if routes.leads(_name(host), port):
            return _socket.getaddrinfo(host, port, **named)
        return await getaddrinfo(self, host, port, **named)

    uvloop.Loop.create_connection = connect
    uvloop.Loop.getaddrinfo = resolve


def _steer_proactor(events: Any, routes: Routes) -> None:
    """Windows' event loop connects without Python's sockets."""
    original = events.IocpProactor.connect

    def connect(self: Any, connection: Any, address: Any) -> Any:
        return original(self, connection, _led(routes, connection, address))

    events.IocpProactor.connect = connect


class _Later:
    """Changes modules when a program imports them, and those at once that it has imported already."""

    def __init__(self, changes: dict[str, Callable[[Any], None]]) -> None:
        self._changes = changes

    def install(self) -> None:
        """Start to watch what is imported."""
        for name in [name for name in self._changes if name in sys.modules]:
            self._changes.pop(name)(sys.modules[name])
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """What another finder finds, with a loader that changes the module once it is there."""
        change = self._changes.pop(name, None)
        if change is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Changing(spec.loader, change)  # type: ignore[assignment]
                return spec
        return None


class _Changing:
    """A loader that changes the module it has loaded, and leaves no trace of itself on it."""

    def __init__(self, loader: Any, change: Callable[[Any], None]) -> None:
        self._loader = loader
        self._change = change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: Any) -> Any:
        """As the loader itself does it."""
        spec.loader = self._loader
        try:
            return self._loader.create_module(spec)
        finally:
            spec.loader = self

    def exec_module(self, module: Any) -> None:
        """Load, then change. A module that has become another one is left alone."""
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        try:
            self._change(module)
        except AttributeError:
            pass
