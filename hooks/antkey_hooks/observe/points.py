"""Where each HTTP library can be observed so that mock libraries below it hide nothing.

respx, pytest-httpx, pook and vcrpy replace transports and connections, responses the adapters, aioresponses
what stands below `ClientSession.get`: each of these points lies above them.
"""

from __future__ import annotations

from antkey_hooks.observe.aiohttp_points import wrap_client_request, wrap_request, wrap_shortcut
from antkey_hooks.observe.patching import Point
from antkey_hooks.observe.sync_points import (
    wrap_async_httpx,
    wrap_connection,
    wrap_connection_request,
    wrap_httpx,
    wrap_opener,
    wrap_pool,
    wrap_pool_manager,
    wrap_requests,
)

_SHORTCUTS = ("request", "get", "options", "head", "post", "put", "patch", "delete")

POINTS = (
    *(
        point
        for library in ("httpx", "httpx2")
        for point in (
            Point(library, "Client", "_send_single_request", library, wrap_httpx),
            Point(library, "AsyncClient", "_send_single_request", library, wrap_async_httpx),
        )
    ),
    Point("requests", "Session", "send", "requests", wrap_requests),
    # Calls the function that it found when it was imported, which is below this one or not.
    Point("requests_mock.mocker", "", "_original_send", "requests-mock", wrap_requests),
    Point("urllib3", "PoolManager", "urlopen", "urllib3", wrap_pool_manager),
    Point("urllib3", "HTTPConnectionPool", "urlopen", "urllib3.pool", wrap_pool),
    Point("urllib.request", "OpenerDirector", "open", "urllib", wrap_opener),
    Point("http.client", "HTTPConnection", "request", "http.client", wrap_connection_request),
    Point("http.client", "HTTPConnection", "endheaders", "http.client.send", wrap_connection),
    *(Point("aiohttp", "ClientSession", name, "aiohttp", wrap_shortcut) for name in _SHORTCUTS),
    Point("aiohttp", "ClientSession", "_request", "aiohttp.session", wrap_request),
    Point("aiohttp", "ClientRequest", "send", "aiohttp.send", wrap_client_request),
)
