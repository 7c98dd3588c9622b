"""OpenTelemetry's spans in OTLP JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.egress.recordings.reading import at, read

from antkey_scanner.egress.recordings.otlp import Spans
from antkey_scanner.policy.egress import egress_policy

MakeKey = Callable[..., str]

START = 1795176000123456789


def value(plain: Any) -> dict[str, Any]:
    if isinstance(plain, list):
        return {"arrayValue": {"values": [value(one) for one in plain]}}
    return {"intValue": str(plain)} if isinstance(plain, int) else {"stringValue": plain}


def attributes(**plain: Any) -> list[dict[str, Any]]:
    return [{"key": name.replace("__", "."), "value": value(one)} for name, one in plain.items()]


def span(kind: Any = 3, headers: dict[str, Any] | None = None, **plain: Any) -> dict[str, Any]:
    named = {f"http.request.header.{name}": one for name, one in (headers or {}).items()}
    held = [{"key": name, "value": value(one)} for name, one in named.items()]
    return {
        "name": "POST",
        "kind": kind,
        "startTimeUnixNano": str(START),
        "attributes": [*attributes(**plain), *held],
    }


STABLE = {
    "http__request__method": "POST",
    "url__full": "https://api.anthropic.com/v1/messages?x=1",
    "http__response__status_code": 200,
}
OLD = {
    "http__method": "POST",
    "http__url": "https://api.anthropic.com/v1/messages",
    "http__status_code": 200,
}


def export(*spans: dict[str, Any], resource: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": attributes(**(resource or {}))},
                "scopeSpans": [{"scope": {"name": "http"}, "spans": list(spans)}],
            }
        ]
    }


@pytest.mark.parametrize("names", [STABLE, OLD])
@pytest.mark.parametrize("form", ["line", "document", "lines"])
def test_a_client_s_span_is_a_request(make_key: MakeKey, names: dict[str, Any], form: str) -> None:
    key = make_key()
    made = export(
        span(headers={"x-api-key": [key]}, gen_ai__request__model="claude-sonnet-4-5", **names),
        resource={"tenant__id": "acme"},
    )
    text = json.dumps(made, indent=2 if form == "document" else None)
    text = f"{text}\n{text}\n" if form == "lines" else text
    found = read(text, tenant_from=["field:tenant.id"])
    assert len(found.requests) == (2 if form == "lines" else 1)
    assert not found.skips
    request = found.requests[0]
    assert request.time == at("2026-11-20T12:00:00.123456Z")
    assert (request.method, request.host, request.path, request.status, request.model) == (
        *("POST", "api.anthropic.com", "/v1/messages"),
        200,
        "claude-sonnet-4-5",
    )
    assert request.tenant == "acme"
    assert [(one.carrier, one.hint) for one in request.credentials] == [
        ("x-api-key", f"{key[:16]}…{key[-4:]}")
    ]


def test_headers_of_the_older_conventions_have_underscores(make_key: MakeKey) -> None:
    made = span(headers={"x_api_key": [make_key()], "x_tenant_id": ["acme"]}, **OLD)
    request = read(json.dumps(export(made)), tenant_from=["header:x-tenant-id"]).request
    assert [one.carrier for one in request.credentials] == ["x-api-key"]
    assert request.tenant == "acme"


def test_a_span_without_the_header_does_not_tell_that_no_key_was_sent() -> None:
    request = read(json.dumps(export(span(**STABLE)))).request
    assert not request.credentials
    assert not request.complete


def test_a_hash_may_stand_in_an_attribute_that_the_policy_names(make_key: MakeKey) -> None:
    digits = "0123456789abcdef" * 4
    made = export(span(key__hash=digits, **STABLE))
    found = read(json.dumps(made), fields={"key_sha256": "key.hash"})
    assert found.request.credentials[0].sha256 == digits


def test_an_attribute_that_the_policy_calls_a_hash_is_no_key_itself(make_key: MakeKey) -> None:
    digest = hashlib.sha256(make_key().encode()).hexdigest()
    found = read(json.dumps(export(span(**STABLE, key=digest))), fields={"key_sha256": "key"})
    (credential,) = found.request.credentials
    assert (credential.sha256, credential.hint) == (digest, "")


@pytest.mark.parametrize("kind", [2, "SPAN_KIND_SERVER"])
def test_what_came_in_is_somebody_else_s_request(kind: Any) -> None:
    assert not read(json.dumps(export(span(kind, **STABLE)))).requests


def test_spans_of_other_things_are_no_requests() -> None:
    made = export(span(gen_ai__system="anthropic"), span(db__system="postgresql"))
    found = read(json.dumps(made))
    assert not found.requests
    assert not found.skips


def test_host_and_path_may_stand_apart() -> None:
    made = span(
        http__request__method="POST", server__address="API.anthropic.com", url__path="/v1/messages"
    )
    request = read(json.dumps(export(made))).request
    assert (request.host, request.path) == ("api.anthropic.com", "/v1/messages")


@pytest.mark.parametrize("strange", [None, 3, "x", [], {"a": 1}, [None, 1, {}]])
def test_strange_exports_give_no_request_and_no_crash(strange: Any) -> None:
    for made in (
        {"resourceSpans": strange},
        {"resourceSpans": [{"resource": strange, "scopeSpans": strange}]},
        export(strange),
        export({"kind": 3, "attributes": strange}),
        export({"kind": 3, "attributes": [{"key": "http.request.method", "value": strange}]}),
    ):
        assert not read(json.dumps(made)).requests
        assert not read(json.dumps(made, indent=1)).requests


SAID = st.sampled_from(
    [
        {"stringValue": "1"},
        {"intValue": "1"},
        {"intValue": 1},
        {"boolValue": True},
        {"doubleValue": 1.0},
        {"stringValue": "acme"},
        {"arrayValue": {"values": [{"stringValue": "acme"}, {"intValue": "1"}]}},
        {"arrayValue": {"values": []}},
        {"kvlistValue": {}},
        ["acme"],
        [["acme"]],
        [1],
        None,
        "acme",
    ]
)
NAMES = st.sampled_from(
    ["tenant", "surface", "http.status_code", "sha256", "http.request.header.x-tenant", "url.full"]
)


@given(
    st.lists(st.tuples(st.lists(st.tuples(NAMES, SAID), max_size=4), st.booleans()), max_size=12)
)
def test_spans_that_say_the_same_are_read_as_each_alone(
    given_spans: list[tuple[list[tuple[str, Any]], bool]],
) -> None:
    policy = egress_policy({"egress": {"tenant_from": ["header:x-tenant", "field:tenant"]}})
    together = Spans("log", policy)
    for more, is_around in given_spans:
        one = span(**STABLE)
        added = [{"key": name, "value": said} for name, said in more]
        one["attributes"] += [] if is_around else added
        around = together.attributes({"attributes": added}) if is_around else {}
        alone = Spans("log", policy).of_span(one, around, 1)
        assert together.of_span(one, around, 1) == alone


def test_a_key_in_an_attribute_is_never_kept(make_key: MakeKey) -> None:
    key = make_key()
    spans = Spans("log", egress_policy({}))
    for carried in (span(headers={"x-api-key": [key]}, **STABLE), span(key=key, **STABLE)):
        request = spans.of_span(carried, {}, 1)
        assert request is not None
        assert request.credentials
    assert key not in repr(vars(spans))
