"""Answers about models and about batches of messages."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from antkey_hooks.interceptor.answers.errors import error
from antkey_hooks.interceptor.answers.messages import message_reply
from antkey_hooks.interceptor.answers.reply import Reply, body_reply, json_reply, new_id
from antkey_scanner.inventory.times import DAY, Micros, rfc3339

_MODELS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-sonnet-4-5")
_BATCHES_KEPT = 1000


def models() -> Reply:
    """The list of models."""
    return json_reply(200, _page([_model(name) for name in _MODELS]))


def model(name: str) -> Reply:
    """One model. Every name is one, as an application may use newer ones than are known here."""
    return json_reply(200, _model(name))


class Batch(NamedTuple):
    """custom_ids: of its requests; asked: each request's model."""

    name: str
    custom_ids: tuple[str, ...]
    models: tuple[str, ...]
    created: Micros
    is_canceled: bool = False


class Batches:
    """The batches of this run. They end as soon as anybody looks at them again."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Batch] = OrderedDict()

    def create(self, document: object, now: Micros, origin: str) -> Reply:
        """Answer `POST /v1/messages/batches`."""
        requests = document.get("requests") if isinstance(document, dict) else None
        if not isinstance(requests, list) or not requests:
            return error(400, "invalid_request_error", "requests: Field required")
        items = [item for item in requests if isinstance(item, dict)]
        batch = Batch(
            new_id("msgbatch"),
            tuple(str(item.get("custom_id", "")) for item in items),
            tuple(_model_of(item) for item in items),
            now,
        )
        self._known[batch.name] = batch
        if len(self._known) > _BATCHES_KEPT:
            self._known.popitem(last=False)
        return json_reply(200, _batch(batch, origin, is_ended=False))

    def list(self, origin: str) -> Reply:
        """Answer `GET /v1/messages/batches`."""
        newest = list(reversed(self._known.values()))[:20]
        return json_reply(200, _page([_batch(one, origin, is_ended=True) for one in newest]))

    def act(self, method: str, name: str, action: str, origin: str) -> Reply:
        """Answer what is asked about one batch."""
        batch = self._known.get(name)
        if batch is None:
            return error(404, "not_found_error", "Not found")
        match method, action:
            case (("GET" | "HEAD"), ""):
                return json_reply(200, _batch(batch, origin, is_ended=True))
            case (("GET" | "HEAD"), "results"):
                lines = (_result(batch, index) for index in range(len(batch.custom_ids)))
                return body_reply(200, "application/x-jsonl", b"".join(lines))
            case "POST", "cancel":
                self._known[name] = batch._replace(is_canceled=True)
                return json_reply(
                    200, _batch(batch._replace(is_canceled=True), origin, is_ended=False)
                )
            case "DELETE", "":
                del self._known[name]
                return json_reply(200, {"id": name, "type": "message_batch_deleted"})
            case _:
                return error(405, "invalid_request_error", "Method Not Allowed")


def _page(items: list[dict[str, object]]) -> dict[str, object]:
    return {
        "data": items,
        "has_more": False,
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
    }


def _model(name: str) -> dict[str, object]:
    return {
        "type": "model",
        "id": name,
        "display_name": name.replace("-", " ").title(),
        "created_at": "2025-09-29T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
    }


def _model_of(item: Mapping[str, object]) -> str:
    params = item.get("params")
    asked = params.get("model") if isinstance(params, dict) else None
    return asked if isinstance(asked, str) else "claude"


def _batch(batch: Batch, origin: str, *, is_ended: bool) -> dict[str, object]:
    count = len(batch.custom_ids)
    canceled = count if batch.is_canceled else 0
    status = "ended" if is_ended else "canceling" if batch.is_canceled else "in_progress"
    return {
        "id": batch.name,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": {
            "processing": 0 if is_ended else count,
            "succeeded": count - canceled if is_ended else 0,
            "errored": 0,
            "canceled": canceled if is_ended else 0,
            "expired": 0,
        },
        "created_at": rfc3339(batch.created),
        "expires_at": rfc3339(batch.created + DAY),
        "ended_at": rfc3339(batch.created + 1) if is_ended else None,
        "archived_at": None,
        "cancel_initiated_at": rfc3339(batch.created) if batch.is_canceled else None,
        "results_url": f"{origin}/v1/messages/batches/{batch.name}/results" if is_ended else None,
    }


def _result(batch: Batch, index: int) -> bytes:
    result: dict[str, object] = {"type": "canceled"}
    if not batch.is_canceled:
        message = message_reply({"model": batch.models[index]}, 100).parts[0]
        result = {"type": "succeeded", "message": json.loads(message)}
    line = {"custom_id": batch.custom_ids[index], "result": result}
    return json.dumps(line).encode() + b"\n"
