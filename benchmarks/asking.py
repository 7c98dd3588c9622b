"""The client of the egress benchmark, run by `antkey egress run`: `asking.py WAY REQUESTS CONNECTIONS`.

As plain as can be, so that its time is the interceptor's. Its last line says, as JSON, what it saw: of the
process that has started it, too. May import nothing but the standard library.
"""

import time

BEGAN = time.monotonic()

import http.client  # noqa: E402 - what comes first is the time
import json  # noqa: E402
import os  # noqa: E402
import socket  # noqa: E402
import ssl  # noqa: E402
import sys  # noqa: E402
import urllib.parse  # noqa: E402
from pathlib import Path  # noqa: E402

HOST = "api.anthropic.com"
MESSAGE = {
    "model": "claude-sonnet-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello there. " * 20}],
}
SERVER = Path(f"/proc/{os.getppid()}")


def main() -> None:
    """Send, and print."""
    way, count, connections = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    before = _processor()
    said = {"began": BEGAN, "ready": before}
    if count:
        lines = [_connect(way) for _ in range(connections)]
        _ask(lines, connections)  # warms up
        began, before = time.perf_counter(), _processor()
        _ask(lines, count)
        said |= {
            "sent": count + connections,
            "wall": (time.perf_counter() - began) / count,
            "cpu": (_processor() - before) / count,
        }
    said["memory"] = _memory()
    sys.stderr.write(f"\n{json.dumps(said)}\n")


def _ask(lines: list[socket.socket], count: int) -> None:
    """Send on all connections, then read on all, until enough is sent."""
    body = json.dumps(MESSAGE)
    head = (
        f"POST /v1/messages HTTP/1.1\r\nhost: {HOST}\r\nx-api-key: {os.environ['ANTKEY_TENANT_KEY']}\r\n"
        "accept: application/json\r\nanthropic-version: 2023-06-01\r\nuser-agent: Anthropic/Python\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    sent = (head + body).encode()
    for done in range(0, count, len(lines)):
        now = lines[: count - done]
        for line in now:
            line.sendall(sent)
        for line in now:
            _answer(line)


def _answer(line: socket.socket) -> None:
    got = bytearray()
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _more(line)
    assert got.startswith(b"HTTP/1.1 200 "), bytes(got[:40])
    length = int(bytes(got[:end]).lower().partition(b"\r\ncontent-length:")[2].split(None, 1)[0])
    while len(got) < end + 4 + length:
        got += _more(line)


def _more(line: socket.socket) -> bytes:
    data = line.recv(1 << 16)
    assert data, "the connection was closed"
    return data


def _connect(way: str) -> socket.socket:
    """By the base URL, without TLS, or through the proxy, with it."""
    name = {"base-url": "ANTHROPIC_BASE_URL", "proxy": "HTTPS_PROXY"}[way]
    parts = urllib.parse.urlsplit(os.environ[name])
    if way == "base-url":
        connection = http.client.HTTPConnection(parts.netloc)
    else:
        trusted = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
        connection = http.client.HTTPSConnection(parts.netloc, context=trusted)
        connection.set_tunnel(HOST, 443)
    connection.connect()
    assert connection.sock is not None
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection.sock


def _processor() -> float:
    """Seconds for which the server has had a processor, all its threads together."""
    tasks = (SERVER / "task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _memory() -> int:
    """The most bytes that the server has had resident."""
    status = (SERVER / "status").read_text()
    return int(status.partition("\nVmHWM:")[2].split(None, 1)[0]) * 1024


main()
