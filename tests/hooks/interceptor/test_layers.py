"""However the bytes of a connection are cut into pieces, what is seen and answered is the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hooks.interceptor.witness import request

from antkey_hooks.interceptor.arrival import Store
from antkey_hooks.interceptor.authority import Authority
from antkey_hooks.interceptor.connection import Sniffer
from antkey_hooks.interceptor.desk import Desk
from antkey_hooks.interceptor.exchange import Answer, Exchange, Trouble
from antkey_hooks.interceptor.hosts import Target, loopback_addresses, target_of
from antkey_hooks.interceptor.server import API
from antkey_hooks.interceptor.wire import Entry, Services


class Wire:
    """A channel that remembers."""

    def __init__(self) -> None:
        self.sent = b""
        self.is_over = False

    def send(self, data: bytes) -> None:
        self.sent += data

    def finish(self) -> None:
        self.is_over = True

    reset = finish

    def pause(self, on: bool) -> None:
        pass

    def throttle(self, tell: Callable[[bool], None]) -> None:
        pass


class Bench:
    """A layer without any socket."""

    def __init__(self) -> None:
        self.seen: list[Exchange] = []
        self.troubles: list[Trouble] = []
        self.wire = Wire()
        desk = Desk(
            self._decide,
            self.seen.append,
            lambda *_: (200, b"{}"),
            allowed_hosts=[API],
            fields=[],
            troubles=self.troubles.append,
            answered=None,
        )
        self.desk = desk
        services = Services(
            desk, AUTHORITY, Store(), lambda: 7, API, 1, 1.0, lambda *_: None, lambda *_: None
        )
        self.layer = Sniffer(self.wire, Entry("base-url", None), services)

    def _decide(self, exchange: Exchange) -> Answer:
        self.seen.append(exchange)
        return Answer.NORMAL

    def feed(self, data: bytes) -> None:
        if not self.wire.is_over:
            self.layer.feed(data)


AUTHORITY = Authority()


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, str, bool]:
    """A request, its path, and whether it is in chunks."""
    body = draw(st.binary(max_size=60))
    path = "/" + draw(st.text("abc/", max_size=8))
    in_chunks = draw(st.booleans())
    if not in_chunks:
        return request("PUT", path, body), path, in_chunks
    pieces = draw(st.lists(st.binary(min_size=1, max_size=20), max_size=4))
    sent = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return request("PUT", path, sent + b"0\r\n\r\n", {"Transfer-Encoding": "chunked"}), path, True


@given(st.lists(requests(), min_size=1, max_size=4), st.data())
def test_requests_are_seen_the_same_in_any_pieces(
    asked: list[tuple[bytes, str, bool]], data: st.DataObject
) -> None:
    whole = b"".join(sent for sent, _, _ in asked)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    bench = Bench()
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        if start < end:
            bench.feed(whole[start:end])
    assert [shown.path for shown in bench.seen] == [path for _, path, _ in asked]
    assert bench.wire.sent.count(b"HTTP/1.1 404 ") == len(asked)
    assert bench.troubles == []
    assert bench.desk.failure is None


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_garbage_raises_anything(pieces: list[bytes]) -> None:
    bench = Bench()
    for piece in pieces:
        if piece:
            bench.feed(piece)
    bench.layer.lost()
    assert bench.desk.failure is None


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_request_with_one_wrong_byte_is_seen_or_told_of(place: int, byte: int) -> None:
    sent = bytearray(request(headers={"X-A": "b"}))
    sent[place % len(sent)] = byte
    bench = Bench()
    bench.feed(bytes(sent))
    bench.layer.lost()
    assert bench.seen or bench.troubles
    assert bench.desk.failure is None


@given(st.binary(max_size=80))
def test_no_garbage_behind_the_preface_of_http_2_raises_anything(data: bytes) -> None:
    bench = Bench()
    bench.feed(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + data)
    bench.layer.lost()
    assert bench.troubles
    assert bench.desk.failure is None


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a.example:8443", Target("a.example", 8443)),
        ("A.Example.", Target("a.example", 443)),
        ("[::1]:1", Target("::1", 1)),
        ("::1", Target("::1", 443)),
        ("user:pass@host:1", Target("host", 1)),
        ("", None),
        (":1", None),
        ("a:0", None),
        ("a:65536", None),
        ("a:٣", None),
        ("a:1x", None),
        ("[::1", None),
        ("a b", None),
        ("a/b", None),
        ("a" * 300, None),
    ],
)
def test_hosts_are_read_as_clients_write_them(text: str, target: Target | None) -> None:
    assert target_of(text, 443) == target


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("db.localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),  # noqa: S104 - it is read, nothing is bound
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("2130706433", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_this_machine(host: str, is_here: bool) -> None:
    assert bool(loopback_addresses(host)) is is_here


def test_a_body_that_is_given_up_gives_its_memory_back() -> None:
    bench = Bench()
    store = bench.layer._services.store
    before = store.left
    bench.feed(request(body=json.dumps({"a": "b" * 1000}).encode())[:-10])
    assert store.left < before
    bench.layer.lost()
    assert store.left == before
