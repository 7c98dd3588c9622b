"""Observing functions for httpx, httpx2, requests, urllib3, urllib and http.client.

Arguments are the libraries' own, of whatever version is installed, so they are handed on as they came.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from antkey_hooks.observe.sighting import Asked
from antkey_hooks.observe.watch import Watch

_IN_PROCESS = {"ASGITransport", "WSGITransport", "_TestClientTransport"}


def wrap_httpx(watch: Watch, layer: str, original: Any) -> Any:
    """`Client._send_single_request`: behind authentication, once for each hop of a redirect."""

    @wraps(original)
    def observing(self: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        with watch.request(layer, lambda: _asked_of_httpx(self, request)) as passage:
            response = original(self, request, *arguments, **options)
            passage.status = response.status_code
            return response

    return observing


def wrap_async_httpx(watch: Watch, layer: str, original: Any) -> Any:
    """`AsyncClient._send_single_request`."""

    @wraps(original)
    async def observing(self: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        with watch.request(layer, lambda: _asked_of_httpx(self, request)) as passage:
            response = await original(self, request, *arguments, **options)
            passage.status = response.status_code
            return response

    return observing


def wrap_requests(watch: Watch, layer: str, original: Any) -> Any:
    """`Session.send`, which a redirect enters again."""

    @wraps(original)
    def observing(self: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        def asked() -> Asked:
            return Asked(request.method, request.url, request.headers.items(), request.body)

        with watch.request(layer, asked) as passage:
            response = original(self, request, *arguments, **options)
            first = response.history[0] if getattr(response, "history", None) else response
            passage.status = getattr(first, "status_code", None)
            return response

    return observing


def wrap_pool_manager(watch: Watch, layer: str, original: Any) -> Any:
    """`PoolManager.urlopen`, which a redirect enters again."""

    @wraps(original)
    def observing(self: Any, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        def asked() -> Asked:
            headers = options.get("headers")
            headers = self.headers if headers is None else headers
            return Asked(method, url, (headers or {}).items(), options.get("body"))

        with watch.request(layer, asked) as passage:
            response = original(self, method, url, *arguments, **options)
            passage.status = getattr(response, "status", None)
            return response

    return observing


def wrap_pool(watch: Watch, layer: str, original: Any) -> Any:
    """`HTTPConnectionPool.urlopen`, which a retry enters again."""

    @wraps(original)
    def observing(self: Any, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        def asked() -> Asked:
            body = arguments[0] if arguments else options.get("body")
            headers = arguments[1] if len(arguments) > 1 else options.get("headers")
            headers = self.headers if headers is None else headers
            whole = url if "://" in url else f"{self.scheme}://{_in_url(self.host)}{url}"
            return Asked(method, whole, (headers or {}).items(), body)

        with watch.request(layer, asked) as passage:
            response = original(self, method, url, *arguments, **options)
            passage.status = getattr(response, "status", None)
            return response

    return observing


def wrap_opener(watch: Watch, layer: str, original: Any) -> Any:
    """`OpenerDirector.open`, which a redirect enters again."""

    @wraps(original)
    def observing(self: Any, fullurl: Any, data: Any = None, *rest: Any, **options: Any) -> Any:
        def asked() -> Asked:
            if isinstance(fullurl, str):
                method = "GET" if data is None else "POST"
                return Asked(method, fullurl, self.addheaders, data)
            headers = {**dict(self.addheaders), **dict(fullurl.header_items())}
            body = fullurl.data if data is None else data
            method = "POST" if data is not None and fullurl.data is None else fullurl.get_method()
            return Asked(method, fullurl.full_url, headers.items(), body)

        with watch.request(layer, asked) as passage:
            try:
                response = original(self, fullurl, data, *rest, **options)
            except OSError as error:  # an HTTPError is an answer as well
                passage.status = getattr(error, "code", None)
                raise
            passage.status = getattr(response, "status", None)
            return response

    return observing


def wrap_connection_request(watch: Watch, layer: str, original: Any) -> Any:
    """`HTTPConnection.request`, which some mock libraries replace below this."""

    @wraps(original)
    def observing(self: Any, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        def asked() -> Asked:
            body = arguments[0] if arguments else options.get("body")
            headers = arguments[1] if len(arguments) > 1 else options.get("headers")
            return Asked(method, _url_of_connection(self, url), (headers or {}).items(), body)

        with watch.request(layer, asked):
            return original(self, method, url, *arguments, **options)

    return observing


def wrap_connection(watch: Watch, layer: str, original: Any) -> Any:
    """`HTTPConnection.endheaders`, where all lines of a request stand in a buffer."""

    @wraps(original)
    def observing(self: Any, message_body: Any = None, **options: Any) -> Any:
        def asked() -> Asked:
            first, *lines = [bytes(line).decode("latin-1") for line in self._buffer]
            method, url = first.split(" ")[:2]
            pairs = [line.partition(":")[::2] for line in lines if ":" in line]
            headers = [(name, value.strip()) for name, value in pairs]
            return Asked(method, _url_of_connection(self, url), headers, message_body)

        with watch.request(layer, asked):
            return original(self, message_body, **options)

    return observing


def _asked_of_httpx(client: Any, request: Any) -> Asked:
    transport = client._transport_for_url(request.url)
    in_process = any(kind.__name__ in _IN_PROCESS for kind in type(transport).__mro__)
    # A body that is still to be produced is nobody's to read here.
    body = getattr(request, "_content", None)
    return Asked(request.method, str(request.url), request.headers.multi_items(), body, in_process)


def _url_of_connection(connection: Any, url: str) -> str:
    """The whole URL of a request on a connection, which may lead through a proxy."""
    if "://" in url.partition("?")[0]:
        return url
    host = getattr(connection, "_tunnel_host", None) or connection.host
    scheme = "https" if getattr(connection, "default_port", 80) == 443 else "http"
    return f"{scheme}://{_in_url(host)}{url}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
