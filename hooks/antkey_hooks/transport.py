"""Enforcement in production: a request leaves only with its tenant's key, or not at all.

Wrap what sends: a transport of httpx or httpx2, an adapter of requests. `expected` is asked for each
request to an allowed host, redirects and retries included, and returns the tenant's key or None. With None
any credential is refused, unless `fallback="when-no-tenant-key"`. Importing this imports no HTTP library.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from antkey_hooks.transport_blocked import PlatformKeyBlocked
from antkey_hooks.transport_guard import ALLOWED_HOSTS, Fallback, Guard, Key, Target

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport, BaseTransport
else:
    BaseTransport = AsyncBaseTransport = object

__all__ = [
    "AsyncTenantKeyMiddleware",
    "AsyncTenantKeyTransport",
    "PlatformKeyBlocked",
    "TenantKeyAdapter",
    "TenantKeyMiddleware",
    "TenantKeyTransport",
]

# Requests, responses and clients are those of httpx, httpx2, requests or the SDK, none of which is
# imported here.
Expected = Callable[[Any], Key]
AsyncExpected = Callable[[Any], Key | Awaitable[Key]]


class TenantKeyTransport(BaseTransport):
    """A transport for `httpx.Client` or `httpx2.Client` around another one.

    expected: called with the request. Raises PlatformKeyBlocked before a byte is sent.
    """

    def __init__(
        self,
        inner: Any,
        expected: Expected,
        *,
        allowed_hosts: Iterable[str] = ALLOWED_HOSTS,
        fallback: Fallback = "never",
    ) -> None:
        self._inner = inner
        self._expected = expected
        self._guard = Guard(allowed_hosts, fallback)

    def handle_request(self, request: Any) -> Any:
        target, headers, guard = _target(request), request.headers.raw, self._guard
        if guard.allows(target.host):
            refused = guard.here(self._expected(request), target, headers)
        else:
            refused = guard.elsewhere(target, headers)
        if refused is not None:
            # Reports of errors show the variables of every frame.
            del request, target, headers
            raise refused
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> TenantKeyTransport:
        self._inner.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._inner.__exit__(exc_type, exc_value, traceback)


class AsyncTenantKeyTransport(AsyncBaseTransport):
    """A transport for `httpx.AsyncClient` or `httpx2.AsyncClient` around another one.

    expected: called with the request, may be a coroutine function. Raises PlatformKeyBlocked before a
    byte is sent.
    """

    def __init__(
        self,
        inner: Any,
        expected: AsyncExpected,
        *,
        allowed_hosts: Iterable[str] = ALLOWED_HOSTS,
        fallback: Fallback = "never",
    ) -> None:
        self._inner = inner
        self._expected = expected
        self._guard = Guard(allowed_hosts, fallback)

    async def handle_async_request(self, request: Any) -> Any:
        target, headers, guard = _target(request), request.headers.raw, self._guard
        if guard.allows(target.host):
            refused = guard.here(await _awaited(self._expected(request)), target, headers)
        else:
            refused = guard.elsewhere(target, headers)
        if refused is not None:
            del request, target, headers
            raise refused
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> AsyncTenantKeyTransport:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._inner.__aexit__(exc_type, exc_value, traceback)


class TenantKeyAdapter:
    """An adapter for `requests.Session` around another one; mount it on `https://` and `http://`.

    expected: called with the prepared request. Raises PlatformKeyBlocked before a byte is sent.
    """

    def __init__(
        self,
        inner: Any,
        expected: Expected,
        *,
        allowed_hosts: Iterable[str] = ALLOWED_HOSTS,
        fallback: Fallback = "never",
    ) -> None:
        self._inner = inner
        self._expected = expected
        self._guard = Guard(allowed_hosts, fallback)

    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        """Send a prepared request, as the wrapped adapter does."""
        url = urlsplit(request.url)
        path = f"{url.netloc.rpartition('@')[0]}{url.path}?{url.query}".encode()
        target = Target(request.method, url.scheme, url.hostname or "", path)
        headers = [(_raw(name), _raw(value)) for name, value in request.headers.items()]
        if self._guard.allows(target.host):
            refused = self._guard.here(self._expected(request), target, headers)
        else:
            refused = self._guard.elsewhere(target, headers)
        if refused is not None:
            del request, url, path, target, headers
            raise refused
        return self._inner.send(request, *arguments, **options)

    def close(self) -> None:
        """Close the wrapped adapter."""
        self._inner.close()


class TenantKeyMiddleware:
    """For `middleware=[…]` of `anthropic.Anthropic` (SDK 1.0 and later): each attempt goes out with the
    tenant's key, whatever the client was made with.

    A middleware cannot see what its client would send, so the key is put in its place; what goes where
    is for the transport to check. expected: called with the SDK's `APIRequest`. Raises
    PlatformKeyBlocked where the tenant has no key, or the call itself names another.
    """

    def __init__(self, expected: Expected) -> None:
        self._expected = expected

    def __call__(self, request: Any, call_next: Callable[[Any], Any]) -> Any:
        return call_next(_with_key(request, self._expected(request)))


class AsyncTenantKeyMiddleware:
    """`TenantKeyMiddleware` for `anthropic.AsyncAnthropic`. expected: may be a coroutine function."""

    def __init__(self, expected: AsyncExpected) -> None:
        self._expected = expected

    async def __call__(self, request: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        return await call_next(_with_key(request, await _awaited(self._expected(request))))


_BY_CALL = Guard((), "never")


def _with_key(request: Any, key: Key) -> Any:
    """A request of the SDK that carries the tenant's key."""
    sdk: Any = sys.modules["anthropic"]
    path = str(request.url).encode()
    target = Target(request.method.upper(), "https", "", path)
    headers = dict(request.headers)
    given = [(_raw(name), _raw(text)) for name, text in headers.items() if isinstance(text, str)]
    if not key:
        refused: PlatformKeyBlocked | None = _BY_CALL.without_key(target)
    else:
        own = (b"authorization", b"Bearer " + _raw(key))
        refused = _BY_CALL.here(key, target, [*given, own])
        del own
    if refused is not None:
        del request, target, path, key, headers, given
        raise refused
    text = key.decode() if isinstance(key, bytes) else key
    # Both spellings of a name would be two headers.
    rest = {
        name: value
        for name, value in headers.items()
        if name.lower() not in ("authorization", "x-api-key")
    }
    return request.copy(
        headers={**rest, "Authorization": f"Bearer {text}", "X-Api-Key": sdk.Omit()}
    )


def _target(request: Any) -> Target:
    """Where a request of httpx or httpx2 goes."""
    url = request.url
    return Target(request.method, url.scheme, url.host, url.userinfo + url.raw_path)


async def _awaited(key: Key | Awaitable[Key]) -> Key:
    if key is None or isinstance(key, str | bytes):
        return key
    return await key


def _raw(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
