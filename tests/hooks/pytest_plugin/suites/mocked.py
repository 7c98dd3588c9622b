"""Tests that answer requests by mock libraries, and by servers; run by `test_libraries.py`."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

URL = "https://api.anthropic.com/v1/messages"
BODY = json.dumps({"model": "claude-opus-5"})
pytestmark = pytest.mark.antkey(tenant="acme", surface="chat")


@pytest.fixture
def headers(antkey_egress):
    return {"x-api-key": antkey_egress.tenant_key("acme"), "content-type": "application/json"}


@pytest.fixture
def seen(antkey_egress):
    """Asserts that so many requests were seen, each once, all right."""

    def check(count: int = 1, model: str | None = "claude-opus-5", host="api.anthropic.com"):
        found = [(r.method, r.host, r.path, r.model) for r in antkey_egress.requests]
        assert found == [("POST", host, "/v1/messages", model)] * count
        antkey_egress.assert_tenant_key()

    return check


@pytest.fixture
def server():
    """The API on this machine: its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/again":
                self.send_response(307)
                self.send_header("Location", "/v1/messages")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_respx(headers, seen, respx_mock):
    import httpx

    respx_mock.post(URL).mock(return_value=httpx.Response(200, json={}))
    httpx.post(URL, headers=headers, content=BODY)
    seen()


def test_pytest_httpx(headers, seen, httpx_mock):
    import httpx

    httpx_mock.add_response(json={})
    httpx.post(URL, headers=headers, content=BODY)
    seen()


def test_responses(headers, seen):
    import requests
    import responses

    with responses.RequestsMock() as mock:
        mock.post(URL, json={})
        requests.post(URL, headers=headers, data=BODY, timeout=5)
    seen()


def test_requests_mock(headers, seen, requests_mock):
    import requests

    requests_mock.post(URL, json={})
    requests.post(URL, headers=headers, data=BODY, timeout=5)
    seen()


def test_aioresponses(headers, seen):
    import aiohttp
    from aioresponses import aioresponses

    async def go() -> None:
        with aioresponses() as mock:
            mock.post(URL, payload={})
            session = aiohttp.ClientSession(headers=headers)
            async with session, session.post(URL, data=BODY) as response:
                assert response.status == 200

    try:
        asyncio.run(go())
    except TypeError as error:  # it builds aiohttp's answers by hand
        pytest.skip(f"this aioresponses does not fit this aiohttp: {error}")
    seen()


def test_pook_httpx(headers, seen):
    import httpx
    import pook

    with pook.use():
        pook.post(URL).reply(200).json({})
        httpx.post(URL, headers=headers, content=BODY)
    seen()


def test_pook_urllib3(headers, seen):
    import pook
    import urllib3

    with pook.use():
        pook.post(URL).reply(200).json({})
        urllib3.PoolManager().request("POST", URL, headers=headers, body=BODY)
    seen()


def test_pook_urllib(headers, seen):
    import pook

    with pook.use():
        pook.post(URL).reply(200).json({})
        urllib.request.urlopen(urllib.request.Request(URL, BODY.encode(), headers))
    seen()


def test_vcrpy(headers, seen, tmp_path):
    import httpx
    import requests
    import vcr

    cassette = tmp_path / "cassette.yaml"
    cassette.write_text(
        "version: 1\ninteractions:\n- request: {body: '', headers: {}, method: POST,\n"
        f"    uri: '{URL}'}}\n"
        "  response: {body: {string: '{}'}, headers: {}, status: {code: 200, message: OK}}\n"
    )
    with vcr.use_cassette(
        str(cassette),
        record_mode="none",
        match_on=["method", "uri"],
        allow_playback_repeats=True,
    ):
        httpx.post(URL, headers=headers, content=BODY)
        requests.post(URL, headers=headers, data=BODY, timeout=5)
    seen(2)


def test_httpx_server(headers, seen, server):
    import httpx

    httpx.post(f"{server}/v1/messages", headers=headers, content=BODY)
    seen(host="127.0.0.1")


def test_httpx2_server(headers, seen, server):
    import httpx2

    httpx2.post(f"{server}/v1/messages", headers=headers, content=BODY)
    seen(host="127.0.0.1")


def test_requests_server(headers, seen, server):
    import requests

    requests.post(f"{server}/again", headers=headers, data=BODY, timeout=5)
    seen(host="127.0.0.1")


def test_urllib3_server(headers, seen, server):
    import urllib3

    urllib3.PoolManager().request("POST", f"{server}/v1/messages", headers=headers, body=BODY)
    urllib3.connection_from_url(server).request("POST", "/v1/messages", BODY, headers=headers)
    seen(2, host="127.0.0.1")


def test_urllib_server(headers, seen, server):
    opener = urllib.request.build_opener()
    opener.addheaders = list(headers.items())
    opener.open(f"{server}/v1/messages", BODY.encode()).close()
    seen(host="127.0.0.1")


def test_http_client_server(headers, seen, server):
    for _ in range(2):
        connection = HTTPConnection(server.removeprefix("http://"))
        connection.request("POST", "/v1/messages", BODY, headers)
        connection.getresponse().read()
        connection.close()
    seen(2, host="127.0.0.1")


def test_http_client_by_hand(headers, seen, server):
    connection = HTTPConnection(server.removeprefix("http://"))
    connection.putrequest("POST", "/v1/messages")
    for name, value in {**headers, "content-length": str(len(BODY))}.items():
        connection.putheader(name, value)
    connection.endheaders(BODY.encode())
    connection.getresponse().read()
    connection.close()
    seen(host="127.0.0.1")


def test_aiohttp_server(headers, seen, server):
    import aiohttp

    async def go() -> None:
        async with aiohttp.ClientSession(base_url=server) as session:
            async with session.post("/v1/messages", data=BODY, headers=headers):
                pass
            async with session.request(
                "POST", "/v1/messages", json=json.loads(BODY), headers=headers
            ):
                pass
        async with aiohttp.request(
            "POST", f"{server}/v1/messages", data=BODY, headers=headers
        ) as response:
            assert response.status == 200

    asyncio.run(go())
    seen(3, host="127.0.0.1")


def test_tasks(headers, seen, respx_mock):
    import httpx

    respx_mock.post(URL).mock(return_value=httpx.Response(200, json={}))

    async def go() -> None:
        async with httpx.AsyncClient() as client:
            posts = [client.post(URL, headers=headers, content=BODY) for _ in range(3)]
            await asyncio.gather(*map(asyncio.create_task, posts))

    asyncio.run(go())
    seen(3)


@pytest.mark.asyncio
async def test_pytest_asyncio(headers, seen, respx_mock):
    import httpx

    respx_mock.post(URL).mock(return_value=httpx.Response(200, json={}))
    async with httpx.AsyncClient() as client:
        await client.post(URL, headers=headers, content=BODY)
    seen()


def test_asgi_application(headers, seen, antkey_egress):
    import httpx

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def go() -> None:
        inner = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=inner, base_url="http://testserver") as client:
            await client.put("/settings", headers=headers)
        async with httpx.AsyncClient(transport=inner) as client:
            await client.post(URL, headers=headers, content=BODY)

    asyncio.run(go())
    seen()


def test_sdk_retries(antkey_egress):
    import anthropic
    import httpx2

    statuses = iter([429, 200])

    def answer(request):
        del request
        status = next(statuses)
        body = {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}
        return httpx2.Response(
            status, json=body if status != 200 else {}, headers={"retry-after": "0"}
        )

    client = anthropic.Anthropic(
        api_key=antkey_egress.tenant_key("acme"),
        http_client=httpx2.Client(transport=httpx2.MockTransport(answer)),
    )
    client.messages.create(model="claude-opus-5", max_tokens=1, messages=[])
    assert [(r.status, r.model) for r in antkey_egress.requests] == [
        (429, "claude-opus-5"),
        (200, "claude-opus-5"),
    ]
    antkey_egress.assert_tenant_key()
