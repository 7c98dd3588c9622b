"""HTTP/1 as real clients, careless ones and hostile ones speak it."""

from __future__ import annotations

import gzip
import http.client
import json
import zlib
from collections.abc import Callable

import pytest
from tests.hooks.interceptor.witness import ASKED, Line, Witness, request

from antkey_hooks.interceptor.arrival import BODY_LIMIT
from antkey_hooks.interceptor.exchange import TroubleKind
from antkey_hooks.interceptor.server import API

MakeKey = Callable[..., str]


def test_a_message_is_answered_and_shown_with_its_key(witness: Witness, make_key: MakeKey) -> None:
    key = make_key()
    with witness.serve() as interceptor:
        client = http.client.HTTPConnection(interceptor.base_url.removeprefix("http://"))
        client.request("POST", "/v1/messages?beta=true", json.dumps(ASKED), {"X-Api-Key": key})
        response = client.getresponse()
        message = json.loads(response.read())
        client.close()
    assert (response.status, message["type"]) == (200, "message")
    assert message["model"] == ASKED["model"]
    [shown] = witness.seen
    assert (shown.host, shown.method, shown.path) == (API, "POST", "/v1/messages")
    assert (shown.model, shown.is_stream, shown.transport) == (ASKED["model"], False, "base-url")
    assert [(one.carrier, one.kind) for one in shown.credentials] == [("x-api-key", "api03")]
    assert witness.answered == [200]


def test_no_exchange_holds_the_text_of_a_key(witness: Witness, make_key: MakeKey) -> None:
    key = make_key()
    target = f"/v1/{key}/x?k={key}&e={key.replace('-', '%2D')}"
    body = json.dumps({"model": key, "tenant": key, "messages": []}).encode()
    headers = {"Authorization": f"Bearer {key}", "X-Api-Key": key, "X-Odd": key, "X-Fine": "yes"}
    with witness.serve(fields=["tenant"]) as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(target=target, body=body, headers=headers))
        line.answer()
        line.send(request(method=key, target=target, headers={"Host": f"{key}.example"}))
        line.answer()
    [shown], [refused] = witness.seen, witness.refused
    assert {one.carrier for one in shown.credentials} == {
        "authorization", "x-api-key", "x-odd", "url",
    }  # fmt: skip
    assert key[13:25] not in repr(shown)
    assert key[13:25] not in repr(refused)
    assert shown.headers["x-fine"] == "yes"


@pytest.mark.parametrize("header", ["x-api-key", "X-API-KEY", "Authorization"])
def test_a_credential_of_any_shape_counts_at_an_allowed_host(witness: Witness, header: str) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(headers={header: "Bearer abc"}))
        line.answer()
    assert [one.carrier for one in witness.seen[0].credentials] == [header.lower()]


def test_fields_are_texts_at_dotted_paths(witness: Witness) -> None:
    body = json.dumps({"a": {"b": [{"c": "deep"}]}, "n": 7, "t": True, "o": {}}).encode()
    paths = ["a.b.0.c", "n", "t", "o", "a.b.1.c", "a.b.x", "missing"]
    with witness.serve(fields=paths) as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=body))
        line.answer()
    assert witness.seen[0].fields == {"a.b.0.c": "deep", "n": "7", "t": "true"}


def test_requests_on_one_connection_are_answered_in_order_even_when_sent_at_once(
    witness: Witness,
) -> None:
    names = [f"m{number}" for number in range(30)]
    sent = b"".join(request("GET", f"/v1/models/{name}") for name in names)
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(sent)
        answers = line.answers(len(names))
    assert [json.loads(body)["id"] for _, body in answers] == names
    assert len(witness.seen) == 30


def test_a_body_in_chunks_is_read_to_its_end(witness: Witness) -> None:
    body = json.dumps(ASKED).encode()
    chunked = b"".join(
        b"%x\r\n%s\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, len(body), 7)
    )
    sent = request(
        body=chunked + b"0\r\nX-Trailer: yes\r\n\r\n", headers={"Transfer-Encoding": "chunked"}
    )
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(sent)
        assert line.answer()[0] == 200
    assert witness.seen[0].model == ASKED["model"]


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("X-GZIP", gzip.compress)],
)
def test_a_compressed_body_is_understood(
    witness: Witness, encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    body = encode(json.dumps(ASKED).encode())
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=body, headers={"Content-Encoding": encoding}))
        assert line.answer()[0] == 200
    assert witness.seen[0].model == ASKED["model"]


def test_an_encoding_that_is_not_known_is_answered_all_the_same(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=b"\x28\xb5\x2f\xfd", headers={"Content-Encoding": "zstd"}))
        assert line.answer()[0] == 200
    assert witness.seen[0].model is None


def test_a_compressed_bomb_is_not_blown_up(witness: Witness) -> None:
    body = gzip.compress(b'{"model": "' + b"a" * (BODY_LIMIT + 10) + b'"}')
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=body, headers={"Content-Encoding": "gzip"}))
        assert line.answer()[0] == 200
    assert witness.seen[0].model is None


def test_who_waits_for_100_gets_it(witness: Witness) -> None:
    head, _, body = request(headers={"Expect": "100-continue"}).partition(b"\r\n\r\n")
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(head + b"\r\n\r\n")
        assert line.socket.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.send(body)
        assert line.answer()[0] == 200


def test_http_1_0_is_answered_and_closed(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(version="1.0"))
        assert line.rest().startswith(b"HTTP/1.1 200 OK\r\n")
    assert witness.seen[0].version == "1.0"


def test_head_has_no_body_and_the_connection_lives_on(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request("HEAD", "/v1/models"))
        status, headers, body = line.answer("HEAD")
        assert (status, body) == (200, b"")
        assert int(headers["content-length"]) > 0
        line.send(request("OPTIONS", "/v1/messages"))
        assert line.answer()[0] == 200


def test_a_websocket_is_shown_and_refused(witness: Witness, make_key: MakeKey) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "X-Api-Key": make_key(),
    }
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request("GET", "/v1/stream", headers=headers))
        assert line.answer()[0] == 400
    assert len(witness.seen[0].credentials) == 1


def test_who_offers_http_2_by_an_upgrade_stays_with_http_1(witness: Witness) -> None:
    offer = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAA",
    }
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        for _ in range(2):
            line.send(request(headers=offer))
            assert line.answer()[0] == 200
    assert len(witness.seen) == 2


def test_a_body_beyond_the_limit_is_413_and_shown(witness: Witness, make_key: MakeKey) -> None:
    size = BODY_LIMIT + 1
    headers = {"Content-Length": str(size), "X-Api-Key": make_key()}
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=b" " * size, headers=headers))
        status, _, body = line.answer()
    assert (status, json.loads(body)["error"]["type"]) == (413, "request_too_large")
    assert len(witness.seen[0].credentials) == 1


def test_a_client_that_leaves_in_the_middle_of_its_body_has_shown_its_key(
    witness: Witness, make_key: MakeKey
) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(headers={"X-Api-Key": make_key()})[:-5])
    [shown] = witness.seen
    assert (shown.is_complete, len(shown.credentials)) == (False, 1)


def test_a_client_that_never_reads_its_answer_is_shown(witness: Witness) -> None:
    with witness.serve() as interceptor:
        for _ in range(50):
            with Line(interceptor.tls_port) as line:
                line.send(request())
    assert len(witness.seen) == 50


def test_a_mapped_name_without_tls_is_taken_for_what_it_says(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(headers={"Host": "Telemetry.Example.COM.:80"}))
        assert line.answer()[0] == 502
    [refused] = witness.refused
    assert (refused.host, refused.transport) == ("telemetry.example.com", "plain")


@pytest.mark.parametrize(
    "host", ["localhost:1", "127.0.0.1", "[::1]:80", "10.1.2.3", "", "gw:{port}"]
)
def test_the_base_url_stands_for_the_api_by_whatever_name_it_is_reached(
    witness: Witness, host: str
) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(headers={"Host": host.format(port=interceptor.tls_port)}))
        assert line.answer()[0] == 200
    assert witness.seen[0].host == API


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/x.y\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"\x80" * 70_000,
    ],
)
def test_garbage_is_told_and_the_next_client_is_served(witness: Witness, sent: bytes) -> None:
    with witness.serve() as interceptor:
        with Line(interceptor.tls_port) as line:
            line.send(sent)
            line.rest()
        with Line(interceptor.tls_port) as line:
            line.send(request())
            assert line.answer()[0] == 200
    assert [trouble.kind for trouble in witness.troubles] == [TroubleKind.UNREADABLE]


def test_a_key_in_garbage_is_seen(witness: Witness, make_key: MakeKey) -> None:
    key = make_key()
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(f"GET / HTTP/1.1\r\nx-api-key {key}\r\n\r\n".encode())
        assert line.rest().startswith(b"HTTP/1.1 400 ")
    [trouble] = witness.troubles
    assert [one.kind for one in trouble.credentials] == ["api03"]
    assert key[13:25] not in repr(trouble)


def test_a_flood_of_headers_is_431(witness: Witness) -> None:
    flood = "".join(f"X-{number}: {'a' * 1000}\r\n" for number in range(100))
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(f"GET / HTTP/1.1\r\nHost: a\r\n{flood}".encode())
        assert line.rest()[:12] in (b"HTTP/1.1 431", b"")
    assert [trouble.detail for trouble in witness.troubles] == ["the head is too long"]


def test_a_head_that_stays_unfinished_is_told(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(b"POST /v1/messages HTTP/1.1\r\nHost: a\r\n")
    assert [trouble.kind for trouble in witness.troubles] == [TroubleKind.UNREADABLE]


def test_a_connection_that_says_nothing_is_no_trouble(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port):
        pass
    assert witness.troubles == []
