"""The server itself: it loses nothing, survives everything, and is gone at once."""

from __future__ import annotations

import gc
import itertools
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.hooks.interceptor.witness import ASKED, Line, Witness, request, trusting

from antkey_hooks.interceptor import connection, server
from antkey_hooks.interceptor.exchange import Answer, Exchange
from antkey_hooks.interceptor.server import API, Interceptor
from antkey_hooks.interceptor.wire import Phase

MakeKey = Callable[..., str]


def test_none_of_many_concurrent_requests_is_lost(witness: Witness) -> None:
    def many(port: int) -> list[int]:
        with Line(port) as line:
            statuses = []
            for _ in range(20):
                line.send(request())
                statuses.append(line.answer()[0])
            return statuses

    with witness.serve() as interceptor, ThreadPoolExecutor(50) as pool:
        statuses = [one for some in pool.map(many, [interceptor.tls_port] * 50) for one in some]
    assert statuses == [200] * 1000
    assert len(witness.seen) == 1000


def test_what_was_sent_before_the_end_is_shown_after_it(witness: Witness) -> None:
    lines = []
    with witness.serve() as interceptor:
        for _ in range(100):
            line = Line(interceptor.tls_port)
            line.send(request())
            lines.append(line)
    for line in lines:
        line.socket.close()
    assert len(witness.seen) == 100


def test_what_was_sent_is_shown_after_settling(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        interceptor.settle()
        assert len(witness.seen) == 1


def test_the_callbacks_are_called_one_at_a_time(witness: Witness) -> None:
    inside = 0
    most = 0

    def decide(_: Exchange) -> Answer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0)
        inside -= 1
        return Answer.NORMAL

    def one(port: int) -> None:
        with Line(port) as line:
            line.send(request())
            assert line.answer()[0] == 200

    witness.decide = decide  # type: ignore[method-assign]
    with witness.serve() as interceptor, ThreadPoolExecutor(8) as pool:
        list(pool.map(one, [interceptor.tls_port] * 40))
    assert most == 1


def test_a_callback_that_fails_is_raised_at_the_end_and_not_in_between(witness: Witness) -> None:
    def decide(_: Exchange) -> Answer:
        raise LookupError("out of order")

    witness.decide = decide  # type: ignore[method-assign]
    statuses = []

    def run() -> None:
        with witness.serve() as interceptor:
            for _ in range(2):
                with Line(interceptor.tls_port) as line:
                    line.send(request())
                    statuses.append(line.answer()[0])
            assert isinstance(interceptor.failure, LookupError)

    with pytest.raises(LookupError, match="out of order"):
        run()
    assert statuses == [500, 500]


def test_the_failure_of_a_callback_keeps_no_key(witness: Witness, make_key: MakeKey) -> None:
    key = make_key()

    def decide(_: Exchange) -> Answer:
        raise LookupError

    witness.decide = decide  # type: ignore[method-assign]

    def run(sent: bytes) -> None:
        with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
            line.send(sent)
            line.answer()

    with pytest.raises(LookupError) as caught:
        run(request(headers={"x-api-key": key}))
    held = [
        repr(step.tb_frame.f_locals)
        for step in _steps(caught.value)
        if "hooks/antkey" in step.tb_frame.f_code.co_filename
    ]
    assert held
    assert not any(key[13:25] in text for text in held)


def _steps(error: BaseException):  # type: ignore[no-untyped-def]
    step = error.__traceback__
    while step is not None:
        yield step
        step = step.tb_next


def test_the_control_url_takes_posts_and_nothing_else(witness: Witness) -> None:
    with (
        witness.serve() as interceptor,
        httpx.Client(base_url=interceptor.control_url, trust_env=False) as client,
    ):
        said = client.post("/mark?x=1", json={"tenant": "acme"})
        again = client.post("/rotate")
        refused = [client.get("/mark"), client.put("/mark"), client.options("/mark")]
    assert [said.status_code, again.status_code] == [200, 200]
    assert [one.status_code for one in refused] == [405] * 3
    assert [path for path, _ in witness.told] == ["/mark", "/rotate"]
    assert json.loads(witness.told[0][1]) == {"tenant": "acme"}
    assert witness.seen == []


def test_a_callback_for_control_that_fails_is_500(witness: Witness) -> None:
    def control(_: str, __: bytes) -> tuple[int, bytes]:
        raise LookupError

    with pytest.raises(LookupError), witness.serve(control=control) as interceptor:
        answer = httpx.post(f"{interceptor.control_url}/mark", trust_env=False)
    assert answer.status_code == 500


def test_it_ends_at_once_whatever_is_open(witness: Witness) -> None:
    witness.answer = Answer.TIMEOUT
    with witness.serve() as interceptor:
        lines = [Line(interceptor.tls_port) for _ in range(20)]
        lines += [Line(interceptor.tls_port, trusting(interceptor)) for _ in range(5)]
        some = itertools.cycle([request(), b"POST / HTT", request()[:-3], b"\x16"])
        for line in lines:
            line.send(next(some))
    assert not any("interceptor" in thread.name for thread in threading.enumerate())
    for line in lines:
        line.rest()
        line.socket.close()


def test_nothing_is_left_open(witness: Witness) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("open files cannot be counted here")
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
            line.send(request())
            line.answer()
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == before


def test_it_may_be_closed_again_and_without_a_start(witness: Witness) -> None:
    with witness.serve() as interceptor:
        interceptor.close()
        interceptor.close()
    unused = Interceptor(
        witness.decide, witness.refused.append, allowed_hosts=[API], control=witness.control
    )
    unused.close()


def test_a_socket_that_listens_elsewhere_is_served_too(witness: Witness) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, witness.serve() as interceptor:
        interceptor.adopt(other)
        with Line(other.getsockname()[1], trusting(interceptor)) as line:
            line.send(request())
            assert line.answer()[0] == 200
    assert witness.seen[0].transport == "tls"


def test_it_listens_on_loopback_only(witness: Witness) -> None:
    with witness.serve() as interceptor:
        for url in (interceptor.base_url, interceptor.proxy_url, interceptor.control_url):
            assert url.startswith("http://127.0.0.1:")


def test_another_host_may_stand_behind_the_base_url(witness: Witness) -> None:
    hosts = {"allowed_hosts": ["gateway.example.com"], "base_host": "Gateway.example.com"}
    with witness.serve(**hosts) as interceptor:
        answer = httpx.post(f"{interceptor.base_url}/v1/messages", json=ASKED, trust_env=False)
    assert answer.status_code == 200
    assert witness.seen[0].host == "gateway.example.com"


@pytest.mark.parametrize(
    "sent", [b"", b"POST /v1/messages HTTP/1.1\r\nX-Slow: ", b"\x16\x03\x01\x02"]
)
def test_who_takes_too_long_for_a_head_is_sent_away(
    witness: Witness, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setitem(connection._PATIENCE, Phase.HEAD, 0.05)
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(sent)
        assert line.rest() == b""
    assert len(witness.troubles) == (1 if sent else 0)


def test_who_takes_too_long_for_a_body_is_sent_away_and_shown(
    witness: Witness, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._PATIENCE, Phase.BODY, 0.05)
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(headers={"x-api-key": make_key()})[:-1])
        assert line.rest() == b""
    assert [(one.is_complete, len(one.credentials)) for one in witness.seen] == [(False, 1)]


def test_too_many_idle_connections_make_room(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 5)
    with witness.serve() as interceptor:
        lines = [Line(interceptor.tls_port) for _ in range(9)]
        ended = [line.rest() for line in lines[:4]]
        lines[-1].send(request())
        assert lines[-1].answer()[0] == 200
    for line in lines:
        line.socket.close()
    assert ended == [b""] * 4


def test_what_lies_behind_an_answer_that_nobody_waits_for_is_shown(witness: Witness) -> None:
    is_in, go_on = threading.Event(), threading.Event()

    def decide(exchange: Exchange) -> Answer:
        witness.seen.append(exchange)
        is_in.set()
        assert go_on.wait(10)
        return Answer.NORMAL

    with Interceptor(
        decide, witness.refused.append, allowed_hosts=[API], control=witness.control
    ) as interceptor:
        with Line(interceptor.tls_port) as line:
            line.send(request())
            assert is_in.wait(10)
            line.send(request(target="/v1/messages?second"))
            # Closing at once sends a reset: the answer to the first cannot be sent any more.
            linger = struct.pack("ii", 1, 0)
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        go_on.set()
    assert len(witness.seen) == 2
