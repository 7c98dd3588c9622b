"""The transports let a request out only with its tenant's key, for httpx, httpx2 and requests alike."""

from __future__ import annotations

import asyncio
import base64
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from tests.messages_api import Api

from antkey_hooks.transport import (
    AsyncTenantKeyTransport,
    PlatformKeyBlocked,
    TenantKeyAdapter,
    TenantKeyTransport,
)

MakeKey = Callable[..., str]
LIBRARIES = ("httpx", "httpx2", "requests")
API = "https://api.anthropic.com/v1/messages"


class Sender:
    """One library with the transport in place. `sent`: what reached the wrapped transport."""

    def __init__(self, library: str, expected: Any, **options: Any) -> None:
        module = pytest.importorskip(library)
        self.sent: list[Any] = []
        self.closed = 0
        if library == "requests":
            self._session = module.Session()
            adapter = TenantKeyAdapter(self._adapter(module), expected, **options)
            for prefix in ("https://", "http://"):
                self._session.mount(prefix, adapter)
            self.post: Callable[..., Any] = self._session.post
            self.close = self._session.close
        else:
            inner = module.MockTransport(self._answer(module))
            inner.close = self._closed
            client = module.Client(
                transport=TenantKeyTransport(inner, expected, **options), follow_redirects=True
            )
            self.post, self.close = client.post, client.close

    def _closed(self) -> None:
        self.closed += 1

    def _answer(self, module: Any) -> Callable[[Any], Any]:
        def answer(request: Any) -> Any:
            self.sent.append(request)
            if request.url.path == "/away":
                return module.Response(307, headers={"Location": "https://example.com/"})
            return module.Response(200, json={})

        return answer

    def _adapter(self, module: Any) -> Any:
        outer = self

        class Adapter(module.adapters.BaseAdapter):  # type: ignore[misc, name-defined]
            def send(self, request: Any, **_: Any) -> Any:
                outer.sent.append(request)
                response = module.Response()
                response.status_code, response.raw = 200, None
                response.request, response.url, response._content = request, request.url, b"{}"
                if request.path_url == "/away":
                    response.status_code = 307
                    response.headers["Location"] = "https://example.com/"
                return response

            def close(self) -> None:
                outer._closed()

        return Adapter()


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def key(make_key: MakeKey) -> str:
    return make_key()


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "{key}"},
        {"X-API-KEY": "{key}"},
        {"Authorization": "Bearer {key}"},
        {"authorization": "bearer {key}"},
        {"x-api-key": "{key}", "authorization": "Bearer {key}"},
        {"x-api-key": "", "authorization": "Bearer {key}"},
        {"x-api-key": "{key}", "cookie": "theme=dark", "x-note": "100%25 sure"},
    ],
)
def test_own_key_is_let_out(library: str, key: str, headers: dict[str, str]) -> None:
    sender = Sender(library, lambda _: key)
    sender.post(API, headers={name: text.format(key=key) for name, text in headers.items()})
    assert len(sender.sent) == 1


@pytest.mark.parametrize(
    ("headers", "header"),
    [
        ({"x-api-key": "{other}"}, "x-api-key"),
        ({"Authorization": "Bearer {other}"}, "authorization"),
        ({"Authorization": "Basic {basic}"}, "authorization"),
        ({"Authorization": "{key}x"}, "authorization"),
        ({"x-api-key": "{key}", "authorization": "Bearer {other}"}, "authorization"),
        ({"x-api-key": "{key}", "cookie": "k={key}; o={other}"}, "cookie"),
        ({"x-api-key": "{key}", "x-upstream": "{quoted}"}, "x-upstream"),
        ({"x-api-key": "not-shaped-like-one"}, "x-api-key"),
        ({}, None),
        ({"x-api-key": ""}, None),
    ],
)
def test_whatever_is_not_the_own_key_is_stopped(
    library: str, make_key: MakeKey, headers: dict[str, str], header: str | None
) -> None:
    key, other = make_key(), make_key()
    basic = base64.b64encode(f"user:{key}".encode()).decode()
    quoted = other.replace("-", "%2D")
    sender = Sender(library, lambda _: key)
    texts = {"key": key, "other": other, "basic": basic, "quoted": quoted}
    with pytest.raises(PlatformKeyBlocked) as caught:
        sender.post(API, headers={name: text.format(**texts) for name, text in headers.items()})
    assert sender.sent == []
    assert caught.value.header == header


def test_key_in_the_url_is_stopped(library: str, key: str) -> None:
    sender = Sender(library, lambda _: key)
    for url in (f"{API}?key={key}", f"{API}/{key}", f"{API}?key={key.replace('-', '%2D')}"):
        with pytest.raises(PlatformKeyBlocked) as caught:
            sender.post(url, headers={"x-api-key": key})
        assert caught.value.header == "url"
        assert key[20:] not in str(caught.value)
    assert sender.sent == []


@pytest.mark.parametrize("nothing", [None, "", b""])
def test_tenant_without_key_gets_nothing_out(
    library: str, key: str, nothing: str | bytes | None
) -> None:
    sender = Sender(library, lambda _: nothing)
    with pytest.raises(PlatformKeyBlocked, match="has no key"):
        sender.post(API, headers={"x-api-key": key})
    sender.post(API)
    assert len(sender.sent) == 1


def test_fallback_is_let_out_where_it_is_allowed(library: str, make_key: MakeKey) -> None:
    tenant, platform = make_key(), make_key()
    keys: list[str | None] = [None, tenant]
    sender = Sender(library, lambda _: keys.pop(0), fallback="when-no-tenant-key")
    sender.post(API, headers={"x-api-key": platform})
    with pytest.raises(PlatformKeyBlocked):
        sender.post(API, headers={"x-api-key": platform})
    assert len(sender.sent) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "{key}"},
        {"Authorization": "Bearer {key}"},
        {"Authorization": "Basic {basic}"},
        {"x-own": "{key}"},
    ],
)
def test_keys_go_to_allowed_hosts_only(library: str, key: str, headers: dict[str, str]) -> None:
    sender = Sender(library, lambda _: key)
    basic = base64.b64encode(f"user:{key}".encode()).decode()
    with pytest.raises(PlatformKeyBlocked, match="allowed_hosts"):
        sender.post(
            "https://example.com/",
            headers={name: text.format(key=key, basic=basic) for name, text in headers.items()},
        )
    assert sender.sent == []


def test_other_hosts_are_no_business_of_ours(library: str) -> None:
    def expected(_: Any) -> str:
        raise AssertionError("asked for a host that is not Anthropic's")

    sender = Sender(library, expected)
    sender.post("https://example.com/", headers={"Authorization": "Bearer something-else"})
    assert len(sender.sent) == 1


def test_hosts_can_be_named(library: str, key: str) -> None:
    sender = Sender(library, lambda _: key, allowed_hosts=["*.gateway.example.com"])
    sender.post("https://eu.gateway.example.com/v1/messages", headers={"x-api-key": key})
    with pytest.raises(PlatformKeyBlocked):
        sender.post(API, headers={"x-api-key": key})
    assert len(sender.sent) == 1


def test_key_is_not_sent_in_the_clear(library: str, key: str) -> None:
    sender = Sender(library, lambda _: key)
    with pytest.raises(PlatformKeyBlocked, match="unencrypted"):
        sender.post(API.replace("https", "http"), headers={"x-api-key": key})
    sender.post("http://127.0.0.1:8000/v1/messages", headers={"x-api-key": key})
    assert len(sender.sent) == 1


def test_each_hop_of_a_redirect_is_looked_at(library: str, key: str) -> None:
    sender = Sender(library, lambda _: key)
    with pytest.raises(PlatformKeyBlocked, match=r"example\.com"):
        sender.post("https://api.anthropic.com/away", headers={"x-api-key": key})
    assert len(sender.sent) == 1


def test_expected_is_asked_for_each_request(library: str, make_key: MakeKey) -> None:
    keys = {"acme": make_key(), "globex": make_key()}
    sender = Sender(library, lambda request: keys[request.headers["x-tenant"]])
    for tenant, key in keys.items():
        sender.post(API, headers={"x-tenant": tenant, "x-api-key": key})
    with pytest.raises(PlatformKeyBlocked):
        sender.post(API, headers={"x-tenant": "acme", "x-api-key": keys["globex"]})
    assert len(sender.sent) == 2


def test_failing_expected_lets_nothing_out(library: str, key: str) -> None:
    sender = Sender(library, lambda request: {}[request])
    with pytest.raises(KeyError):
        sender.post(API, headers={"x-api-key": key})
    assert sender.sent == []


def test_expected_of_another_type_is_a_mistake(library: str, key: str) -> None:
    sender = Sender(library, lambda _: 7)
    with pytest.raises(TypeError, match="str, bytes or None"):
        sender.post(API, headers={"x-api-key": key})


def test_closing_is_passed_on(library: str, key: str) -> None:
    sender = Sender(library, lambda _: key)
    sender.close()
    assert sender.closed >= 1


def test_error_holds_no_key(library: str, make_key: MakeKey) -> None:
    key, other = make_key(), make_key()
    sender = Sender(library, lambda _: key)
    with pytest.raises(PlatformKeyBlocked) as caught:
        sender.post(f"{API}/{key}?k={other}", headers={"x-api-key": other})
    error = caught.value
    own = [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "antkey_hooks" in frame.f_code.co_filename
    ]
    variables = [repr(value) for frame in own for value in frame.f_locals.values()]
    everything = " ".join(
        [str(error), repr(error), repr(error.args), repr(vars(error)), *variables]
    )
    assert own
    assert error.__cause__ is error.__context__ is None
    for text in (key, other):
        random = text[13:]
        assert not [at for at in range(len(random) - 12) if random[at : at + 12] in everything]
    assert error.hint == f"{other[:16]}…{other[-4:]}"
    assert (error.method, error.host) == ("POST", "api.anthropic.com")


def test_error_can_be_pickled(key: str) -> None:
    error = PlatformKeyBlocked(
        "no", method="POST", host="h", path="/p", header="x-api-key", hint="k"
    )
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in this line
    assert (str(again), again.header, again.hint) == (str(error), "x-api-key", "k")


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_async_transport_does_the_same(name: str, make_key: MakeKey) -> None:
    module = pytest.importorskip(name)
    key, other = make_key(), make_key()
    sent = []

    async def answer(request: Any) -> Any:
        sent.append(request)
        return module.Response(200, json={})

    async def expected(_: Any) -> str:
        return key

    async def go() -> None:
        for asked in (expected, lambda _: key):
            inner = module.MockTransport(answer)
            transport = AsyncTenantKeyTransport(inner, asked)
            async with module.AsyncClient(transport=transport) as client:
                await client.post(API, headers={"x-api-key": key})
                with pytest.raises(PlatformKeyBlocked):
                    await client.post(API, headers={"x-api-key": other})

    asyncio.run(go())
    assert len(sent) == 2


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_streams_both_ways(name: str, api: Api, key: str) -> None:
    module = pytest.importorskip(name)
    transport = TenantKeyTransport(module.HTTPTransport(), lambda _: key)
    with (
        module.Client(transport=transport) as client,
        client.stream(
            "POST",
            f"{api.url}/v1/messages",
            headers={"x-api-key": key},
            json={"stream": True},
        ) as response,
    ):
        lines = list(response.iter_lines())
    assert lines[-3:] == ["event: message_stop", 'data: {"type": "message_stop"}', ""]


def test_import_brings_no_library() -> None:
    code = (
        "import sys, antkey_hooks.transport\n"
        "print({'httpx', 'httpx2', 'requests', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_unknown_fallback_is_a_mistake(key: str) -> None:
    with pytest.raises(ValueError, match="when-no-tenant-key"):
        TenantKeyTransport(None, lambda _: key, fallback="sometimes")  # type: ignore[arg-type]
