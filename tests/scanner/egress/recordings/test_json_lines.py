"""JSON lines of gateways: which field is what, and what a record does not tell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.scanner.egress.recordings.reading import at, read

MakeKey = Callable[..., str]

NOON = "2026-11-20T12:00:00Z"


def line(**fields: Any) -> str:
    return json.dumps({"time": NOON, "host": "api.anthropic.com", **fields}) + "\n"


def sha(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def test_the_names_of_evidence_are_the_usual_ones(make_key: MakeKey) -> None:
    key = make_key()
    request = read(
        line(
            method="post", path="/v1/messages?beta=true", tenant="acme", surface="chat",
            header="x-api-key", sha256=sha(key), model="claude-sonnet-4-5", status=200,
        )
    ).request  # fmt: skip
    assert request.time == at(NOON)
    assert (request.method, request.host, request.path) == (
        "POST",
        "api.anthropic.com",
        "/v1/messages",
    )
    assert (request.tenant, request.surface, request.model, request.status) == (
        *("acme", "chat", "claude-sonnet-4-5"),
        200,
    )
    (credential,) = request.credentials
    assert (credential.carrier, credential.sha256) == ("x-api-key", sha(key))
    assert (request.place.path, request.place.line) == ("traffic", 1)


def test_a_raw_key_becomes_a_reference(make_key: MakeKey) -> None:
    key = make_key()
    fields = {"key": "request.headers.x-api-key"}
    found = read(line(request={"headers": {"X-Api-Key": key}}), fields=fields)
    (credential,) = found.request.credentials
    assert (credential.carrier, credential.sha256) == ("x-api-key", sha(key))
    assert credential.hint == f"{key[:16]}…{key[-4:]}"
    assert key[20:50] not in repr(found.request)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer  ", ""])
def test_a_bearer_token_is_the_key_itself(make_key: MakeKey, scheme: str) -> None:
    key = make_key()
    found = read(line(auth=scheme + key), fields={"key": "auth"})
    assert found.request.credentials[0].sha256 == sha(key)


def test_a_raw_key_under_the_name_of_a_hint_or_hash_is_hashed_all_the_same(
    make_key: MakeKey,
) -> None:
    key = make_key()
    for field in ("key_hint", "key_sha256"):
        request = read(line(k=key), fields={field: "k"}).request
        assert request.credentials[0].sha256 == sha(key)


@pytest.mark.parametrize("dots", ["...", "…", "****", "......"])
def test_a_hint_is_written_as_the_console_does(make_key: MakeKey, dots: str) -> None:
    key = make_key()
    for field in ("key", "key_hint"):
        request = read(line(k=f"{key[:16]}{dots}{key[-4:]}"), fields={field: "k"}).request
        (credential,) = request.credentials
        assert (credential.hint, credential.sha256) == (f"{key[:16]}…{key[-4:]}", None)


def test_a_hint_that_shows_too_much_is_cut(make_key: MakeKey) -> None:
    key = make_key()
    request = read(line(k=f"{key[:20]}...{key[-8:]}"), fields={"key_hint": "k"}).request
    assert request.credentials[0].hint == f"{key[:16]}…{key[-4:]}"


@pytest.mark.parametrize("prefix", ["", "sha256:", "SHA256:"])
def test_a_hash_may_say_what_it_is(make_key: MakeKey, prefix: str) -> None:
    digits = sha(make_key())
    request = read(line(k=prefix + digits), fields={"key_sha256": "k"}).request
    assert request.credentials[0].sha256 == digits


@pytest.mark.parametrize("value", [None, "", "-", "[REDACTED]", "****", "<filtered>", "xxxxxxxx"])
def test_a_key_that_is_not_there_or_was_taken_out_is_not_known(value: object) -> None:
    request = read(line(k=value), fields={"key": "k"}).request
    assert not request.credentials
    assert not request.complete


def test_a_mapped_field_that_is_absent_is_no_proof_that_no_key_was_sent() -> None:
    assert not read(line(), fields={"key": "headers.x-api-key"}).request.complete
    assert not read(line(headers={}), fields={"key": "headers.x-api-key"}).request.complete


def test_evidence_of_a_request_without_a_key_says_so() -> None:
    request = read(line(header=None, hint=None, sha256=None)).request
    assert not request.credentials
    assert request.complete


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2026-11-20T13:00:00.25+01:00", "2026-11-20T12:00:00.250000Z"),
        ("2026-11-20 12:00:00z", NOON),
        ("2026-11-20T12:00:00.123456789Z", "2026-11-20T12:00:00.123456Z"),
        (1795176000, NOON),
        (1795176000.5, "2026-11-20T12:00:00.5Z"),
        (1795176000123, "2026-11-20T12:00:00.123Z"),
        (1795176000123456, "2026-11-20T12:00:00.123456Z"),
        (1795176000123456789, "2026-11-20T12:00:00.123456Z"),
        ("1795176000123", "2026-11-20T12:00:00.123Z"),
    ],
)
def test_times_are_read_in_every_usual_form(written: object, time: str) -> None:
    assert read(line(ts=written), fields={"time": "ts"}).request.time == at(time)


@pytest.mark.parametrize(
    "written",
    ["2026-11-20T12:00:00", "20261120", "yesterday", "", None, True, -1, 1e400, [], {}, "9" * 30],
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert read(line(ts=written), fields={"time": "ts"}).request.time is None


def test_a_time_is_exact_to_the_microsecond() -> None:
    text = "2026-11-20T12:00:59.999999Z"
    assert read(line(time=text)).request.time == at(text)


def test_tenants_are_looked_for_in_the_policy_s_order() -> None:
    ways = ["header:X-Tenant-Id", "field:meta.tenant", "host:{tenant}.gw.example.com"]
    lines = [
        line(headers={"x-tenant-id": "a"}, meta={"tenant": "b"}, host="c.gw.example.com"),
        line(request={"headers": {"X-TENANT-ID": ["a2"]}}, meta={"tenant": "b"}),
        line(meta={"tenant": "b"}, host="c.gw.example.com"),
        line(host="c.gw.example.com:443"),
        line(tenant="d"),
        line(meta={"tenant": 17}),
        line(headers={"x-tenant-id": ""}),
    ]
    found = read("".join(lines), tenant_from=ways)
    assert [one.tenant for one in found.requests] == ["a", "a2", "b", "c", "d", "17", None]


def test_a_dotted_name_may_be_the_field_s_own_and_lead_through_lists(make_key: MakeKey) -> None:
    key = make_key()
    found = read(
        line(**{"a.b": {"c": [{"d": key}]}}) + line(a={"b.c": [{"d": key}]}),
        fields={"key": "a.b.c.0.d"},
    )
    assert [one.credentials[0].sha256 for one in found.requests] == [sha(key)] * 2


def test_a_url_gives_host_and_path_and_its_key(make_key: MakeKey) -> None:
    key = make_key()
    url = f"https://API.Anthropic.com:443/v1/messages?key={key}"
    request = read(json.dumps({"time": NOON, "url": url, "method": "POST"})).request
    assert (request.host, request.path) == ("api.anthropic.com", "/v1/messages")
    assert [one.carrier for one in request.credentials] == ["url"]


def test_a_gateway_that_names_no_host_speaks_of_the_api() -> None:
    assert read(json.dumps({"time": NOON, "path": "/v1/messages"})).request.host == (
        "api.anthropic.com"
    )


def test_lines_that_cannot_be_read_are_told_and_the_others_read() -> None:
    found = read(line() + "{broken\n" + line() + "[1]\n\n  \r\n" + line().strip() + "\r\n")
    assert [one.place.line for one in found.requests] == [1, 3, 7]
    assert [one.reason.split(":")[0] for one in found.skips] == ["line 2", "line 4"]
    assert all(one.counts for one in found.skips)


def test_of_many_broken_lines_a_few_are_told_and_all_counted() -> None:
    found = read(line() + "{broken\n" * 1000)
    assert len(found.skips) == 6
    assert "995 more lines" in found.skips[-1].reason


def test_a_line_that_is_no_utf8_is_told() -> None:
    found = read(line().encode() + b'{"time": "\xff"}\n' + line().encode())
    assert len(found.requests) == 2
    assert "line 2: is not UTF-8" in found.skips[0].reason


def test_hostile_nesting_is_told(tmp_path: object) -> None:
    found = read(line() + "[" * 200_000 + "\n" + '{"a":' * 200_000 + "\n")
    assert len(found.requests) == 1
    assert len(found.skips) == 2


def test_values_of_strange_types_are_nobody_s() -> None:
    strange = line(host=["api.anthropic.com"], method={}, path=3, tenant=[], status="x", sha256={})
    request = read(strange).request
    assert (request.host, request.method, request.path) == ("api.anthropic.com", "", "3")
    assert request.tenant is request.status is None


def test_an_array_of_records_is_read_too() -> None:
    text = "[\n" + ",\n".join([line().strip()] * 3) + "\n]\n"
    assert [one.place.line for one in read(text).requests] == [2, 3, 4]


def test_a_last_line_without_its_end_counts() -> None:
    assert len(read(line() + line().strip()).requests) == 2


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read(b"\xef\xbb\xbf" + line().encode()).request.time == at(NOON)


def test_a_number_is_the_same_however_it_is_written() -> None:
    found = read("".join(line(tenant=tenant, status=status) for tenant, status in
                         ((7, 200), (7.0, 200.0), (7, 429.0), (7.5, 200.5))))  # fmt: skip
    assert [(one.tenant, one.status) for one in found.requests] == [
        ("7", 200),
        ("7", 200),
        ("7", 429),
        (None, None),
    ]
