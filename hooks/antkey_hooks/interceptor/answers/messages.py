"""Answers to `POST /v1/messages`: a message, whole or as a stream of events, and to its older sister."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from antkey_hooks.interceptor.answers.reply import Reply, events_reply, json_reply, new_id
from antkey_hooks.interceptor.answers.samples import sample_of

TEXT = "This answer was made by antkey. No model was asked, and nothing left this machine."

_PIECE = 24
"""Characters in one delta."""

Event = dict[str, object]


def message_reply(asked: Mapping[str, object], size: int) -> Reply:
    """The answer to a request for a message. size: bytes of the request's body."""
    blocks = list(_blocks(asked))
    uses_tool = any(block["type"] == "tool_use" for block in blocks)
    message: dict[str, object] = {
        "id": new_id("msg"),
        "type": "message",
        "role": "assistant",
        "model": _model(asked),
        "content": blocks,
        "stop_reason": "tool_use" if uses_tool else "end_turn",
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
        "usage": _usage(input_tokens(size), len(json.dumps(blocks)) // 4),
    }
    if asked.get("stream") is True:
        return events_reply(list(_events(message, blocks)))
    return json_reply(200, message)


def completion_reply(asked: Mapping[str, object]) -> Reply:
    """The answer to `POST /v1/complete`, which came before messages."""
    completion: Event = {
        "type": "completion",
        "id": new_id("compl"),
        "completion": f" {TEXT}",
        "stop_reason": "stop_sequence",
        "model": _model(asked),
        "stop": "\n\nHuman:",
        "log_id": new_id("compl"),
    }
    if asked.get("stream") is True:
        begun = completion | {"completion": f" {TEXT[:_PIECE]}", "stop_reason": None, "stop": None}
        return events_reply([begun, {"type": "ping"}, completion | {"completion": TEXT[_PIECE:]}])
    return json_reply(200, completion)


def input_tokens(size: int) -> int:
    """How many tokens a body of so many bytes is, about."""
    return max(1, size // 4)


def _model(asked: Mapping[str, object]) -> str:
    model = asked.get("model")
    return model if isinstance(model, str) else "claude"


def _usage(read: int, written: int) -> dict[str, object]:
    return {
        "input_tokens": read,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": written,
        "service_tier": "standard",
    }


def _blocks(asked: Mapping[str, object]) -> Iterator[Event]:
    """The content: text, JSON of the form that was asked for, or the use of a tool that was forced."""
    tool = _forced_tool(asked)
    if tool is None:
        schema = _schema(asked)
        text = TEXT if schema is None else json.dumps(sample_of(schema))
        yield {"type": "text", "text": text}
        return
    yield {
        "type": "tool_use",
        "id": new_id("toolu"),
        "name": tool.get("name"),
        "input": sample_of(tool.get("input_schema")),
    }


def _forced_tool(asked: Mapping[str, object]) -> Mapping[str, object] | None:
    choice, tools = asked.get("tool_choice"), asked.get("tools")
    if not isinstance(choice, dict) or not isinstance(tools, list):
        return None
    known = [tool for tool in tools if isinstance(tool, dict) and isinstance(tool.get("name"), str)]
    match choice.get("type"):
        case "any":
            return known[0] if known else None
        case "tool":
            return next((tool for tool in known if tool["name"] == choice.get("name")), None)
        case _:
            return None


def _schema(asked: Mapping[str, object]) -> object:
    """The schema of structured output, by its name of today or by that of the beta."""
    config = asked.get("output_config")
    form = config.get("format") if isinstance(config, dict) else asked.get("output_format")
    if isinstance(form, dict) and form.get("type") == "json_schema":
        return form.get("schema")
    return None


def _events(message: Mapping[str, object], blocks: list[Event]) -> Iterator[Event]:
    usage = message["usage"]
    assert isinstance(usage, dict)
    begun: Event = {"content": [], "stop_reason": None, "usage": usage | {"output_tokens": 1}}
    yield {"type": "message_start", "message": {**message, **begun}}
    for index, block in enumerate(blocks):
        yield from _block_events(index, block)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
        "usage": {
            name: usage[name]
            for name in (
                "input_tokens",
                "cache_creation_input_tokens",
                "cache_read_input_tokens",
                "output_tokens",
            )
        },
    }
    yield {"type": "message_stop"}


def _block_events(index: int, block: Event) -> Iterator[Event]:
    if block["type"] == "text":
        start: Event = {"type": "text", "text": ""}
        kind, name, content = "text_delta", "text", str(block["text"])
    else:
        start = block | {"input": {}}
        kind, name, content = "input_json_delta", "partial_json", json.dumps(block["input"])
    yield {"type": "content_block_start", "index": index, "content_block": start}
    if index == 0:
        yield {"type": "ping"}
    for place in range(0, len(content), _PIECE):
        delta = {"type": kind, name: content[place : place + _PIECE]}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}
