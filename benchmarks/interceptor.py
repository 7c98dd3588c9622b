"""What a request costs the interceptor: `python -m benchmarks.interceptor`, half a minute, prints a table.

The server runs in a process of its own, whose processor time is divided by the requests. The client is as
plain as can be, so that the wall clock shows little else.
"""

from __future__ import annotations

import http.client
import json
import resource
import secrets
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

HOST = "api.anthropic.com"
ASKED = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello there. " * 20}],
}


class State(NamedTuple):
    """seconds: of processor time; most: resident memory in KiB."""

    seconds: float
    requests: int
    most: int


class Server:
    """The interceptor in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.interceptor", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        first = json.loads(self._line())
        self.port: int = first["port"]
        self.ready: float = first["ready"]
        self.tls = ssl.create_default_context(cadata=first["ca"])

    def state(self) -> State:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return State(*json.loads(self._line()))

    def close(self) -> None:
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def serve() -> None:
    """Be the server: print where it is, then a state for each line of input."""
    start = time.process_time()
    from antkey_hooks.interceptor.exchange import Answer, Exchange
    from antkey_hooks.interceptor.server import Interceptor

    seen = 0

    def decide(_: Exchange) -> Answer:
        nonlocal seen
        seen += 1
        return Answer.NORMAL

    with Interceptor(
        decide, lambda _: None, allowed_hosts=[HOST], control=lambda *_: (200, b"{}")
    ) as interceptor:
        ready = time.process_time() - start
        first = {"port": interceptor.tls_port, "ca": interceptor.ca_pem.decode(), "ready": ready}
        print(json.dumps(first), flush=True)
        for _ in sys.stdin:
            used = resource.getrusage(resource.RUSAGE_SELF)
            print(json.dumps([used.ru_utime + used.ru_stime, seen, used.ru_maxrss]), flush=True)


def _sent(*, stream: bool) -> bytes:
    body = json.dumps(ASKED | {"stream": stream})
    key = f"sk-ant-api03-{secrets.token_urlsafe(72)[:93]}AA"
    head = (
        f"POST /v1/messages HTTP/1.1\r\nHost: {HOST}\r\nx-api-key: {key}\r\naccept: application/json\r\n"
        "anthropic-version: 2023-06-01\r\nuser-agent: Anthropic/Python\r\nx-stainless-lang: python\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _connect(server: Server, *, tls: bool) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", server.port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server.tls.wrap_socket(plain, server_hostname=HOST) if tls else plain


def _talk(
    server: Server, count: int, *, tls: bool = False, stream: bool = False, fresh: bool = False
) -> None:
    sent = _sent(stream=stream)
    line = _connect(server, tls=tls)
    for number in range(count):
        if fresh and number:
            line.close()
            line = _connect(server, tls=tls)
        line.sendall(sent)
        answer = http.client.HTTPResponse(line, method="POST")
        answer.begin()
        answer.read()
    line.close()


def _many(server: Server, count: int) -> None:
    threads = [
        threading.Thread(target=_talk, args=(server, count // 100), daemon=True) for _ in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _measure(name: str, server: Server, count: int, work: Callable[[], None]) -> None:
    before, start = server.state(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - start, server.state()
    lost = count - (after.requests - before.requests)
    each = (after.seconds - before.seconds) / count
    print(
        f"{name:24} {1e6 * each:6.0f} µs of processor time, {1 / each:6.0f}/s on one core,"
        f" {1e3 * wall / count:5.2f} ms wall, {after.most / 1024:4.0f} MB, {lost} lost"
    )


def main() -> None:
    """Measure and print."""
    server = Server()
    print(f"ready after {1e3 * server.ready:.0f} ms of processor time")
    _talk(server, 200)
    _measure("kept alive", server, 3000, lambda: _talk(server, 3000))
    _measure("kept alive, a stream", server, 1000, lambda: _talk(server, 1000, stream=True))
    _measure("kept alive, TLS", server, 2000, lambda: _talk(server, 2000, tls=True))
    _measure("new connections", server, 1000, lambda: _talk(server, 1000, fresh=True))
    _measure("new connections, TLS", server, 300, lambda: _talk(server, 300, tls=True, fresh=True))
    _measure("100 connections", server, 5000, lambda: _many(server, 5000))
    server.close()


if __name__ == "__main__":
    serve() if "serve" in sys.argv[1:] else main()
