"""Answers are those that the documentation promises."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hooks.interceptor.witness import ASKED, Line, Witness, request

from antkey_hooks.interceptor.answers.samples import sample_of

TOOL = {
    "name": "weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}},
        "required": ["city", "unit"],
    },
}


def ask(
    witness: Witness, method: str, target: str, document: object = None
) -> tuple[int, dict[str, str], Any]:
    body = None if document is None else json.dumps(document).encode()
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(method, target, body))
        status, headers, answer = line.answer()
    return status, headers, json.loads(answer)


def events_of(witness: Witness, document: object) -> list[dict[str, Any]]:
    """The stream that answers a request, read as the standard for server-sent events says."""
    body = json.dumps(document).encode()
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=body))
        _, headers, answer = line.answer()
    assert headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.decode().removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        found.append(event)
    return found


def test_a_message_has_what_the_reference_says(witness: Witness) -> None:
    status, headers, message = ask(witness, "POST", "/v1/messages", ASKED)
    assert status == 200
    assert (message["type"], message["role"]) == ("message", "assistant")
    assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)
    assert message["content"][0]["type"] == "text"
    assert message["usage"]["input_tokens"] > 0
    assert message["id"].startswith("msg_01")
    assert headers["content-type"] == "application/json"


def test_every_answer_has_the_headers_of_an_account(witness: Witness) -> None:
    for target in ("/v1/models", "/v1/nothing"):
        _, headers, _ = ask(witness, "GET", target)
        assert headers["request-id"].startswith("req_")
        assert len(headers["anthropic-organization-id"]) == 36
        assert int(headers["anthropic-ratelimit-requests-remaining"]) > 0
        assert headers["anthropic-ratelimit-tokens-reset"].endswith("Z")


def test_an_organization_is_told_by_its_key(witness: Witness) -> None:
    owners = []
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        for key in ("one", "other", "one"):
            line.send(request(headers={"x-api-key": key}))
            owners.append(line.answer()[1]["anthropic-organization-id"])
    assert owners[0] == owners[2] != owners[1]


def test_events_come_in_the_documented_order(witness: Witness) -> None:
    events = events_of(witness, ASKED | {"stream": True})
    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["message_start", "content_block_start", "ping"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(kinds[3:-3]) == {"content_block_delta"}
    assert events[0]["message"]["content"] == []
    assert events[-2]["delta"]["stop_reason"] == "end_turn"
    assert events[-2]["usage"]["output_tokens"] > 0


def test_a_stream_says_what_the_whole_answer_says(witness: Witness) -> None:
    _, _, whole = ask(witness, "POST", "/v1/messages", ASKED)
    events = events_of(witness, ASKED | {"stream": True})
    deltas = [event["delta"]["text"] for event in events if event["type"] == "content_block_delta"]
    assert "".join(deltas) == whole["content"][0]["text"]


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "weather"}])
def test_a_forced_tool_is_used(witness: Witness, choice: dict[str, str]) -> None:
    asked = ASKED | {"tools": [TOOL], "tool_choice": choice}
    _, _, message = ask(witness, "POST", "/v1/messages", asked)
    [block] = message["content"]
    assert (block["type"], block["name"], message["stop_reason"]) == (
        "tool_use", "weather", "tool_use",
    )  # fmt: skip
    jsonschema.validate(block["input"], TOOL["input_schema"])
    events = events_of(witness, asked | {"stream": True})
    parts = [one["delta"]["partial_json"] for one in events if one["type"] == "content_block_delta"]
    assert json.loads("".join(parts)) == block["input"]


@pytest.mark.parametrize("choice", [None, {"type": "auto"}, {"type": "none"}, {"type": 3}, "any"])
def test_a_tool_that_is_not_forced_is_not_used(witness: Witness, choice: object) -> None:
    asked = ASKED | {"tools": [TOOL, 1, {}], "tool_choice": choice}
    assert ask(witness, "POST", "/messages", asked)[2]["content"][0]["type"] == "text"


@pytest.mark.parametrize("name", ["output_config", "output_format"])
def test_structured_output_has_the_form_that_was_asked_for(witness: Witness, name: str) -> None:
    form = {"type": "json_schema", "schema": TOOL["input_schema"]}
    asked = ASKED | {name: {"format": form} if name == "output_config" else form}
    _, _, message = ask(witness, "POST", "/v1/messages", asked)
    jsonschema.validate(json.loads(message["content"][0]["text"]), TOOL["input_schema"])


SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {"type": "string"},
            {"type": "string", "minLength": 9},
            {"type": "integer", "minimum": 12},
            {"type": "number", "exclusiveMinimum": 3},
            {"type": "integer", "maximum": -4},
            {"type": ["null", "string"]},
            {"type": "boolean"},
            {"enum": ["a", 2]},
            {"const": [1]},
            {"$ref": "#/$defs/Name"},
            {},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda properties: {
                "type": "object",
                "properties": properties,
                "required": sorted(properties),
            },
            st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
        ),
        st.builds(lambda one: {"type": "array", "items": one, "minItems": 2}, inner),
        st.builds(lambda one, two: {"anyOf": [one, two]}, inner, inner),
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_a_sample_is_valid(schema: dict[str, Any]) -> None:
    whole = schema | {"$defs": {"Name": {"type": "string"}}}
    jsonschema.validate(sample_of(whole), whole)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"anyOf": []},
        {"type": "array", "minItems": 10**9, "items": {}},
        {"type": "string", "minLength": 10**9},
        {"required": ["a"] * 10**5},
        {"required": [{}], "properties": 3},
        {"$ref": "https://example.com/schema"},
        {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
        [],
        None,
    ],
)
def test_a_hostile_schema_ends_early(schema: object) -> None:
    assert len(json.dumps(sample_of(schema))) < 10_000


def test_tokens_are_counted(witness: Witness) -> None:
    _, _, counted = ask(witness, "POST", "/v1/messages/count_tokens?beta=true", ASKED)
    assert counted["input_tokens"] > 0


def test_models_are_listed_and_each_is_told_of(witness: Witness) -> None:
    _, _, page = ask(witness, "GET", "/v1/models?limit=1")
    assert page["has_more"] is False
    assert page["first_id"] == page["data"][0]["id"]
    _, _, model = ask(witness, "GET", "/v1/models/claude-some-day")
    assert (model["type"], model["id"]) == ("model", "claude-some-day")


def test_a_batch_is_made_ends_and_has_results(witness: Witness) -> None:
    asked = {"requests": [{"custom_id": f"r{number}", "params": ASKED} for number in range(3)]}
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:

        def say(method: str, target: str, body: bytes | None = None) -> bytes:
            here = {"Host": f"127.0.0.1:{interceptor.tls_port}"}
            line.send(request(method, target, body, here))
            status, _, answer = line.answer()
            assert status == 200
            return answer

        made = json.loads(say("POST", "/v1/messages/batches", json.dumps(asked).encode()))
        assert made["processing_status"] == "in_progress"
        ended = json.loads(say("GET", f"/v1/messages/batches/{made['id']}"))
        assert ended["processing_status"] == "ended"
        assert ended["request_counts"]["succeeded"] == 3
        # A client of the base URL must not be sent to the real API for the results.
        assert ended["results_url"].startswith(interceptor.base_url)
        lines = say("GET", ended["results_url"].removeprefix(interceptor.base_url)).splitlines()
        assert [json.loads(one)["custom_id"] for one in lines] == ["r0", "r1", "r2"]
        listed = json.loads(say("GET", "/v1/messages/batches"))
        assert [one["id"] for one in listed["data"]] == [made["id"]]
        say("POST", f"/v1/messages/batches/{made['id']}/cancel", b"{}")
        say("DELETE", f"/v1/messages/batches/{made['id']}")
        line.send(request("GET", f"/v1/messages/batches/{made['id']}"))
        assert line.answer()[0] == 404


def test_the_older_completions_are_answered(witness: Witness) -> None:
    asked = {"model": "claude-2", "prompt": "\n\nHuman: Hello\n\nAssistant:"}
    _, _, said = ask(witness, "POST", "/v1/complete", asked)
    assert said["type"] == "completion"
    events = events_of(witness, asked | {"stream": True})
    assert events


@pytest.mark.parametrize(
    ("method", "target", "status", "kind"),
    [
        ("GET", "/", 404, "not_found_error"),
        ("GET", "/v1/organizations/me", 404, "not_found_error"),
        ("GET", "/v1/messages", 405, "invalid_request_error"),
        ("DELETE", "/v1/models", 405, "invalid_request_error"),
        ("GET", "/v1/messages/batches/none", 404, "not_found_error"),
    ],
)
def test_what_is_not_there_is_said_in_the_documented_form(
    witness: Witness, method: str, target: str, status: int, kind: str
) -> None:
    given, headers, said = ask(witness, method, target)
    assert (given, said["type"], said["error"]["type"]) == (status, "error", kind)
    assert said["request_id"] == headers["request-id"]


@pytest.mark.parametrize("body", [b"no json", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_is_400_and_shown(witness: Witness, body: bytes) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=body))
        status, _, answer = line.answer()
    assert (status, json.loads(answer)["error"]["type"]) == (400, "invalid_request_error")
    assert len(witness.seen) == 1
