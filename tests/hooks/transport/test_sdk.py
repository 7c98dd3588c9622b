"""Anthropic's SDK, whatever version is installed, sends nothing on another key: retries and streams too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.messages_api import Api

from antkey_hooks.transport import (
    AsyncTenantKeyMiddleware,
    AsyncTenantKeyTransport,
    PlatformKeyBlocked,
    TenantKeyMiddleware,
    TenantKeyTransport,
)

anthropic = pytest.importorskip("anthropic")
VERSION = tuple(map(int, re.findall(r"\d+", anthropic.__version__)[:2]))
LIBRARY = pytest.importorskip("httpx" if VERSION < (1, 0) else "httpx2")
Client = Callable[..., Any]
MakeKey = Callable[..., str]
ASKED: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 5,
    "messages": [{"role": "user", "content": "hi"}],
}
newer = pytest.mark.skipif(VERSION < (1, 0), reason="this SDK has no middleware")


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened() -> Iterator[Callable[..., Any]]:
    """Makes a client of the SDK that is closed when the test is over."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(anthropic.Anthropic(**options))


@pytest.fixture
def client(api: Api, opened: Callable[..., Any]) -> Callable[..., Any]:
    """A client on one key for a tenant with another, or none."""

    def make(carried: str, expected: str | None, **options: Any) -> Any:
        transport = TenantKeyTransport(LIBRARY.HTTPTransport(), lambda _: expected)
        http = LIBRARY.Client(transport=transport)
        return opened(api_key=carried, base_url=api.url, http_client=http, **options)

    return make


def test_own_key_is_let_out_with_retries(api: Api, client: Client, make_key: MakeKey) -> None:
    key = make_key()
    api.statuses = [529, 429]
    message = client(key, key, max_retries=3).messages.create(**ASKED)
    assert message.content[0].text == "hello"
    assert len(api.arrived) == 3


def test_own_key_streams(client: Client, make_key: MakeKey) -> None:
    key = make_key()
    with client(key, key).messages.stream(**ASKED) as stream:
        assert "".join(stream.text_stream) == "hello"


@pytest.mark.parametrize("expected", [None, "another"])
def test_platform_key_is_stopped(
    api: Api, client: Client, make_key: MakeKey, expected: str | None
) -> None:
    given = make_key() if expected else None
    own = (PlatformKeyBlocked,) if VERSION >= (1, 0) else (anthropic.APIConnectionError,)
    with pytest.raises(own) as caught:
        client(make_key(), given, max_retries=0).messages.create(**ASKED)
    error = caught.value
    assert isinstance(error if VERSION >= (1, 0) else error.__cause__, PlatformKeyBlocked)
    assert api.arrived == []


@newer
def test_refusal_is_not_tried_again(api: Api, opened: Client, make_key: MakeKey) -> None:
    times = []
    own = make_key()

    def expected(request: Any) -> str:
        times.append(request)
        return own

    transport = TenantKeyTransport(LIBRARY.HTTPTransport(), expected)
    sdk = opened(
        api_key=make_key(),
        base_url=api.url,
        max_retries=5,
        http_client=LIBRARY.Client(transport=transport),
    )
    with pytest.raises(anthropic.AnthropicError) as caught:
        sdk.messages.create(**ASKED)
    assert isinstance(caught.value, PlatformKeyBlocked)
    assert len(times) == 1


def test_stream_on_platform_key_is_stopped(api: Api, client: Client, make_key: MakeKey) -> None:
    sdk = client(make_key(), make_key(), max_retries=0)
    with (
        pytest.raises((PlatformKeyBlocked, anthropic.APIConnectionError)),
        sdk.messages.stream(**ASKED),
    ):
        pass
    assert api.arrived == []


def test_async_client(api: Api, make_key: MakeKey) -> None:
    key, other = make_key(), make_key()

    async def send(carried: str) -> str:
        transport = AsyncTenantKeyTransport(LIBRARY.AsyncHTTPTransport(), lambda _: key)
        async with (
            LIBRARY.AsyncClient(transport=transport) as http,
            anthropic.AsyncAnthropic(
                api_key=carried, base_url=api.url, http_client=http, max_retries=0
            ) as sdk,
        ):
            return str((await sdk.messages.create(**ASKED)).content[0].text)

    assert asyncio.run(send(key)) == "hello"
    with pytest.raises((PlatformKeyBlocked, anthropic.APIConnectionError)):
        asyncio.run(send(other))
    assert len(api.arrived) == 1


def key_in(headers: dict[str, str]) -> set[str]:
    return {
        headers[name].removeprefix("Bearer ")
        for name in ("x-api-key", "authorization")
        if name in headers
    }


@newer
def test_middleware_puts_the_tenants_key_in_place(
    api: Api, opened: Client, make_key: MakeKey
) -> None:
    key, platform = make_key(), make_key()
    api.statuses = [529]
    sdk = opened(
        api_key=platform,
        base_url=api.url,
        middleware=[TenantKeyMiddleware(lambda _: key)],
        default_headers={"x-api-key": platform},
    )
    sdk.messages.create(**ASKED)
    with sdk.messages.stream(**ASKED) as stream:
        assert "".join(stream.text_stream) == "hello"
    assert [key_in(headers) for headers in api.arrived] == [{key}] * 3


@newer
def test_middleware_stops_what_it_must(api: Api, opened: Client, make_key: MakeKey) -> None:
    key, platform = make_key(), make_key()
    without = opened(
        api_key=platform, base_url=api.url, middleware=[TenantKeyMiddleware(lambda _: None)]
    )
    with pytest.raises(PlatformKeyBlocked, match="no key"):
        without.messages.create(**ASKED)
    other = without.with_options(middleware=[TenantKeyMiddleware(lambda _: key)])
    with pytest.raises(PlatformKeyBlocked) as caught:
        other.messages.create(**ASKED, extra_headers={"x-api-key": platform})
    assert platform[20:] not in str(caught.value)
    assert api.arrived == []


@newer
def test_async_middleware(api: Api, make_key: MakeKey) -> None:
    key, platform = make_key(), make_key()

    async def expected(_: Any) -> str:
        return key

    async def go() -> None:
        async with anthropic.AsyncAnthropic(
            api_key=platform,
            base_url=api.url,
            middleware=[AsyncTenantKeyMiddleware(expected)],
        ) as sdk:
            await sdk.messages.create(**ASKED)

    asyncio.run(go())
    assert [key_in(headers) for headers in api.arrived] == [{key}]
