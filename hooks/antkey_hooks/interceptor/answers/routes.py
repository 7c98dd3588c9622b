"""Which answer a request gets by its method and path."""

from __future__ import annotations

import re

from antkey_hooks.interceptor.answers.errors import error
from antkey_hooks.interceptor.answers.listings import Batches, model, models
from antkey_hooks.interceptor.answers.messages import completion_reply, input_tokens, message_reply
from antkey_hooks.interceptor.answers.reply import Reply, body_reply, json_reply
from antkey_hooks.interceptor.arrival import BODY_LIMIT, Arrival

_BATCH = re.compile(r"/messages/batches/(?P<name>[A-Za-z0-9_-]+)(?:/(?P<action>results|cancel))?")
_MODEL = re.compile(r"/models/(?P<name>[A-Za-z0-9_.:@-]+)")


class Routes:
    """The API, with what it remembers: the batches."""

    def __init__(self) -> None:
        self._batches = Batches()

    def reply(self, arrival: Arrival, document: object) -> Reply:
        """The normal answer. document: the body's JSON, None where it is none."""
        if arrival.body.size > BODY_LIMIT:
            return error(413, "request_too_large", "Request exceeds the maximum size")
        if "websocket" in arrival.header("upgrade").lower():
            return error(400, "invalid_request_error", "This API has no WebSockets")
        path = arrival.path.rstrip("/")
        path = path.removeprefix("/v1")
        method = "GET" if arrival.method == "HEAD" else arrival.method
        match method, path:
            case "OPTIONS", _:
                return body_reply(200, "text/plain", b"", (("allow", "GET, POST, OPTIONS"),))
            case "POST", "/messages" | "/messages/count_tokens" | "/complete":
                return _written(path, arrival, document)
            case "GET", "/models":
                return models()
            case "POST", "/messages/batches":
                return self._batches.create(document, arrival.started, arrival.origin)
            case "GET", "/messages/batches":
                return self._batches.list(arrival.origin)
            case _:
                return self._named(method, path, arrival)

    def _named(self, method: str, path: str, arrival: Arrival) -> Reply:
        if (match := _BATCH.fullmatch(path)) is not None:
            action = match["action"] or ""
            return self._batches.act(method, match["name"], action, arrival.origin)
        if method == "GET" and (match := _MODEL.fullmatch(path)) is not None:
            return model(match["name"])
        if path in ("/messages", "/messages/count_tokens", "/complete", "/models"):
            return error(405, "invalid_request_error", "Method Not Allowed")
        return error(404, "not_found_error", "Not found")


def _written(path: str, arrival: Arrival, document: object) -> Reply:
    if not isinstance(document, dict):
        if arrival.header("content-encoding") in ("", "identity") and arrival.body.content != b"":
            message = "The request body is not valid JSON"
            return error(400, "invalid_request_error", message)
        document = {}
    match path:
        case "/messages/count_tokens":
            return json_reply(200, {"input_tokens": input_tokens(arrival.body.size)})
        case "/complete":
            return completion_reply(document)
        case _:
            return message_reply(document, arrival.body.size)
