"""HAR files of browsers and proxies."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.scanner.egress.recordings.reading import at, read

MakeKey = Callable[..., str]

NOON = "2026-11-20T12:00:00.000Z"
API = "https://api.anthropic.com/v1/messages"
AGENT = {"name": "User-Agent", "value": "somebody"}


def entry(
    *headers: tuple[str, str],
    url: str = API,
    method: str = "POST",
    body: str = "",
    answer: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    named = [AGENT, *({"name": name, "value": value} for name, value in headers)]
    request: dict[str, Any] = {"method": method, "url": url, "headers": named}
    if body:
        request["postData"] = {"mimeType": "application/json", "text": body}
    content = answer or {"size": 0, "mimeType": "application/json"}
    response = {"status": 200, "headers": [], "content": content}
    return {"startedDateTime": NOON, "request": request, "response": response, **more}


def har(*entries: dict[str, Any], creator: str = "mitmproxy", indent: int | None = 2) -> str:
    log = {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": [*entries]}
    return json.dumps({"log": log}, indent=indent)


def test_an_entry_is_a_request(make_key: MakeKey) -> None:
    body = json.dumps({"model": "claude-sonnet-4-5", "metadata": {"user_id": "acme"}})
    found = read(
        har(entry(("X-Api-Key", make_key()), body=body, url=API + "?beta=true")),
        tenant_from=["field:metadata.user_id"],
    )
    request = found.request
    assert (request.time, request.method, request.host, request.path) == (
        at("2026-11-20T12:00:00Z"),
        "POST",
        "api.anthropic.com",
        "/v1/messages",
    )
    assert (request.model, request.tenant, request.status) == ("claude-sonnet-4-5", "acme", 200)
    assert [one.carrier for one in request.credentials] == ["x-api-key"]
    assert request.complete
    assert not request.browser


@pytest.mark.parametrize("indent", [None, 2])
def test_a_finding_s_line_is_that_of_the_entry(make_key: MakeKey, indent: int | None) -> None:
    text = har(entry(), entry(("x-api-key", make_key())), indent=indent)
    lines = [one.place.line for one in read(text).requests]
    wanted = [number for number, line in enumerate(text.splitlines(), 1) if line == "      {"]
    assert lines == (wanted if indent else [1, 1])


def test_both_headers_are_read(make_key: MakeKey) -> None:
    request = read(
        har(entry(("x-api-key", make_key()), ("Authorization", f"Bearer {make_key()}")))
    ).request
    assert [one.carrier for one in request.credentials] == ["x-api-key", "authorization"]


def test_other_tokens_to_other_hosts_are_nobody_s_business() -> None:
    request = read(har(entry(("Authorization", "Bearer abc"), url="https://x.example/"))).request
    assert not request.credentials


def test_a_proxy_s_request_without_a_key_carried_none() -> None:
    request = read(har(entry())).request
    assert not request.credentials
    assert request.complete


@pytest.mark.parametrize("creator", ["WebInspector", "Firefox", "WebKit Web Inspector"])
def test_a_browser_s_export_without_any_credential_tells_nothing_of_keys(creator: str) -> None:
    found = read(har(entry(), entry(), creator=creator))
    assert [one.complete for one in found.requests] == [False, False]
    assert all(one.browser for one in found.requests)


def test_a_browser_s_export_that_shows_cookies_tells_of_keys_too() -> None:
    shown = entry(("Cookie", "session=1"), url="https://app.example.com/")
    for entries in ((entry(), shown), (shown, entry())):
        found = read(har(*entries, creator="WebInspector"))
        assert all(one.complete for one in found.requests)
        assert len(found.requests) == 2


def test_a_key_that_was_taken_out_is_not_known() -> None:
    request = read(har(entry(("x-api-key", "[REDACTED]")))).request
    assert not request.credentials
    assert not request.complete


def test_an_entry_without_headers_tells_nothing() -> None:
    one = entry()
    one["request"]["headers"] = []
    assert not read(har(one)).request.complete


def test_what_a_page_sends_is_told_by_its_headers(make_key: MakeKey) -> None:
    direct = ("anthropic-dangerous-direct-browser-access", "true")
    assert read(har(entry(direct, ("x-api-key", make_key())))).request.browser
    assert read(har(entry(_initiator={"type": "script"}))).request.browser
    assert read(har(entry(("Sec-Fetch-Mode", "cors")))).request.browser
    page = (("Origin", "https://app.example.com"), ("user-agent", "Mozilla/5.0 (X11) Chrome/1"))
    assert read(har(entry(*page))).request.browser
    assert not read(har(entry(page[0]))).request.browser


@pytest.mark.parametrize("where", ["creator", "browser"])
def test_a_browser_that_is_named_too_late_is_told(where: str, make_key: MakeKey) -> None:
    log = json.loads(har(entry(("x-api-key", make_key()))))["log"]
    late = {**log, "creator": {"name": "proxy"}}
    late.pop(where, None)
    late[where] = {"name": "WebInspector"}
    found = read(json.dumps({"log": late}))
    assert len(found.requests) == 1
    assert [skip.reason.partition(",")[0] for skip in found.skips] == [
        "names its browser behind its entries"
    ]


@pytest.mark.parametrize("name", ["chromium", "firefox", "webkit"])
def test_a_test_runner_s_export_names_its_browser(name: str) -> None:
    log = json.loads(har(entry(), creator="Playwright"))["log"]
    text = json.dumps({"log": {"browser": {"name": name, "version": "1"}, **log}})
    assert read(text).request.browser


def test_a_preflight_is_no_request() -> None:
    asked = entry(("Access-Control-Request-Method", "POST"), method="OPTIONS")
    assert not read(har(asked)).requests


@pytest.mark.parametrize("encoding", ["plain", "base64"])
def test_a_key_in_an_answer_is_found(make_key: MakeKey, encoding: str) -> None:
    key = make_key()
    text = json.dumps({"settings": {"apiKey": key}})
    if encoding == "base64":
        text = base64.b64encode(text.encode()).decode()
    answer = {"text": text, "mimeType": "text/html"}
    if encoding == "base64":
        answer["encoding"] = "base64"
    request = read(
        har(entry(url="https://app.example.com/api/settings", answer=answer, method="GET"))
    ).request
    (credential,) = request.credentials
    assert (credential.carrier, credential.hint) == ("response", f"{key[:16]}…{key[-4:]}")


def test_examples_and_hints_in_pages_are_no_keys(make_key: MakeKey) -> None:
    key = make_key()
    texts = (f"{key[:16]}...{key[-4:]}", "sk-ant-api03-" + "YOUR-KEY-HERE", "sk-ant-" + "x" * 9)
    answer = {"text": " ".join(texts)}
    assert not read(har(entry(url="https://app.example.com/", answer=answer))).request.credentials


def test_the_format_does_not_hang_on_the_order_of_fields(make_key: MakeKey) -> None:
    one = entry(("x-api-key", make_key()))
    text = json.dumps({"_comment": "x" * 70_000, "log": {"entries": [one], "version": "1.2"}})
    assert read(text).request.credentials


def test_an_empty_har_is_no_broken_one() -> None:
    found = read(har())
    assert not found.requests
    assert not found.skips


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_cut_har_gives_what_is_whole_and_says_that_it_is_cut(
    make_key: MakeKey, share: float
) -> None:
    text = har(*(entry(("x-api-key", make_key())) for _ in range(40)))
    found = read(text[: int(len(text) * share)])
    assert 0 < len(found.requests) <= 40
    (skip,) = found.skips
    assert "cut off" in skip.reason
    assert skip.counts


def test_a_strange_entry_does_not_stop_the_others(make_key: MakeKey) -> None:
    strange: list[Any] = [None, 3, {}, {"request": 1}, {"request": {"method": 1, "url": []}}]
    found = read(har(*strange, entry(("x-api-key", make_key()))))
    assert len(found.requests) == 1
    assert len(found.skips) == 5


def test_strange_values_are_nobody_s() -> None:
    one = entry(url="https://[broken", body="{")
    one["startedDateTime"] = 3
    one["response"] = "none"
    request = read(har(one)).request
    assert request.time is request.model is request.status is None


def test_a_document_that_is_none_of_ours_is_told() -> None:
    found = read(json.dumps({"a": [1, 2]}, indent=1))
    assert "no recording that is known" in found.skips[0].reason


def test_long_entries_come_one_by_one(make_key: MakeKey) -> None:
    answer = {"text": "x" * 3_000_000}
    text = har(*(entry(("x-api-key", make_key()), answer=answer) for _ in range(4)))
    assert len(read(text).requests) == 4
