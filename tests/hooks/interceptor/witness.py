"""An interceptor whose callbacks write down what they are told, and the plainest of clients."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from antkey_hooks.interceptor.exchange import Answer, Exchange, Trouble
from antkey_hooks.interceptor.server import API, Interceptor

ASKED = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello"}],
}


class Witness:
    """What an interceptor told, and what it is to answer."""

    def __init__(self, answer: Answer = Answer.NORMAL) -> None:
        self.answer = answer
        self.seen: list[Exchange] = []
        self.refused: list[Exchange] = []
        self.troubles: list[Trouble] = []
        self.answered: list[int] = []
        self.told: list[tuple[str, bytes]] = []

    def decide(self, exchange: Exchange) -> Answer:
        self.seen.append(exchange)
        return self.answer

    def control(self, path: str, body: bytes) -> tuple[int, bytes]:
        self.told.append((path, body))
        return 200, b'{"understood": true}'

    @contextmanager
    def serve(self, **options: Any) -> Iterator[Interceptor]:
        with Interceptor(
            self.decide,
            self.refused.append,
            **{
                "allowed_hosts": [API],
                "control": self.control,
                "troubles": self.troubles.append,
                "answered": lambda _, status: self.answered.append(status),
                **options,
            },
        ) as interceptor:
            yield interceptor


def trusting(interceptor: Interceptor, *protocols: str) -> ssl.SSLContext:
    """A client's context that knows the interceptor's authority and nothing else, and is strict."""
    context = ssl.create_default_context(cadata=interceptor.ca_pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def request(
    method: str = "POST",
    target: str = "/v1/messages",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    version: str = "1.1",
) -> bytes:
    """The bytes of a request."""
    body = json.dumps(ASKED).encode() if body is None and method == "POST" else body or b""
    given = {"Host": API, **(headers or {})}
    if body and "Transfer-Encoding" not in given:
        given = {"Content-Length": str(len(body)), **given}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {target} HTTP/{version}\r\n{head}\r\n".encode("latin-1") + body


class Line:
    """A connection to the interceptor, on which bytes are sent as they are."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None, name: str = API) -> None:
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        # As clients do; else the end of a connection may overtake what was sent on it.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname=name)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, method: str = "POST") -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers in lower case, body."""
        response = http.client.HTTPResponse(self.socket, method=method)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()

    def answers(self, count: int) -> list[tuple[int, bytes]]:
        """Several answers with lengths, which may have come in one piece."""
        stream = self.socket.makefile("rb")
        found = []
        for _ in range(count):
            status = int(stream.readline().split()[1])
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            found.append((status, stream.read(length)))
        stream.close()
        return found

    def rest(self) -> bytes:
        """Everything until the other side closes or breaks the connection."""
        got = b""
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                return got
            if not data:
                return got
            got += data
