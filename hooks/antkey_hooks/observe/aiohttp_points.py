"""Observing functions for aiohttp.

`session.get(…)` is no coroutine: it returns a context manager around one, which is what is observed, so that
a request that is never awaited is never seen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from antkey_hooks.observe.sighting import Asked
from antkey_hooks.observe.watch import Watch


def wrap_shortcut(watch: Watch, layer: str, original: Any) -> Any:
    """`ClientSession.request`, and `get`, `post` and the others of its kind."""
    name = original.__name__

    @wraps(original)
    def observing(self: Any, *arguments: Any, **options: Any) -> Any:
        manager = original(self, *arguments, **options)

        def asked() -> Asked:
            given = (
                dict(zip(("method", "url"), arguments, strict=False)) if name == "request" else {}
            )
            method = given.get("method", options.get("method", name))
            place = 1 if name == "request" else 0
            url = arguments[place] if len(arguments) > place else options["url"]
            return _asked(self, method, url, options)

        # The coroutine is made already, and not yet started.
        manager._coro = _observed(watch, layer, asked, manager._coro)
        return manager

    return observing


def wrap_request(watch: Watch, layer: str, original: Any) -> Any:
    """`ClientSession._request`, which `aiohttp.request` calls."""

    @wraps(original)
    async def observing(self: Any, method: str, url: Any, **options: Any) -> Any:
        with watch.request(layer, lambda: _asked(self, method, url, options)) as passage:
            response = await original(self, method, url, **options)
            passage.status = _first_status(response)
            return response

    return observing


def wrap_client_request(watch: Watch, layer: str, original: Any) -> Any:
    """`ClientRequest.send`, once for each hop of a redirect."""

    @wraps(original)
    async def observing(self: Any, *arguments: Any, **options: Any) -> Any:
        def asked() -> Asked:
            return Asked(self.method, str(self.url), self.headers.items())

        with watch.request(layer, asked):
            return await original(self, *arguments, **options)

    return observing


async def _observed(watch: Watch, layer: str, asked: Callable[[], Asked], coroutine: Any) -> Any:
    with watch.request(layer, asked) as passage:
        response = await coroutine
        passage.status = _first_status(response)
        return response


def _first_status(response: Any) -> int | None:
    history = getattr(response, "history", None)
    status = getattr(history[0] if history else response, "status", None)
    return status if isinstance(status, int) else None


def _asked(session: Any, method: str, url: Any, options: dict[str, Any]) -> Asked:
    headers = list(session._prepare_headers(options.get("headers")).items())
    auth = options.get("auth") or getattr(session, "_default_auth", None)
    if auth is not None:
        headers.append(("authorization", auth.encode()))
    whole = session._build_url(url)
    if options.get("params"):
        whole = whole.update_query(options["params"])
    body = options.get("json")
    return Asked(method, str(whole), headers, options.get("data") if body is None else body)
