"""What goes wrong on the way to the Admin API: asked again a few times, then told with its cure."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.admin_api import BELOW, DROP, HANG, NEW, AdminApi, Fault, error, reply
from tests.scanner.inventory.anthropic.conftest import Reader, Time

from antkey_scanner.errors import EvidenceError
from antkey_scanner.inventory.anthropic import client, wire

OVERLOADED = error(529, "overloaded_error")
ONE_PAGE = {"data": [], "first_id": None, "has_more": False, "last_id": None}

PASSING = {
    "429": error(429, "rate_limit_error"),
    "500": error(500, "api_error"),
    "502 of a proxy": Fault(502, b"<html>Bad gateway</html>"),
    "504": error(504, "timeout_error"),
    "529": OVERLOADED,
    "dropped": DROP,
    "cut": Fault(200, json.dumps(ONE_PAGE).encode(), cut=True),
    "cut and closed": Fault(200, b'{"data": [', {"connection": "close"}),
    "no JSON": Fault(200, b"<html>Sign in</html>"),
    "nothing": Fault(200, b""),
    "no UTF-8": Fault(200, b'{"data": "\xff\xfe"}'),
    "too deep": Fault(200, b"[" * 100_000),
    "huge number": Fault(200, b'{"data": ' + b"9" * 10_000 + b"}"),
    "a list": reply([]),
    "no data": reply({"has_more": False}),
    "data of texts": reply({"data": ["x"], "has_more": False}),
    "no has_more": reply({"data": []}),
    "has_more is a text": reply({"data": [], "has_more": "no"}),
    "cursor is a number": reply({"data": [], "has_more": True, "last_id": 7}),
    "packed": Fault(200, b"\x1f\x8b", {"content-encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_passing_fault_is_outlived(
    api: AdminApi, reading: Reader, time: Time, fault: Fault
) -> None:
    api.play("/users", fault, fault)
    assert len(reading().sheet.members or ()) == 1
    assert api.paths().count(f"{BELOW}/users") == 3
    assert time.slept == [0.5, 1.0]


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_lasting_fault_is_told_after_five_attempts(
    api: AdminApi, reading: Reader, time: Time, fault: Fault
) -> None:
    api.play("/users", *[fault] * 9)
    with pytest.raises(EvidenceError, match=r"/v1/organizations/users: the server .*, 5 times; "):
        reading()
    assert api.paths().count(f"{BELOW}/users") == 5
    assert time.slept == [0.5, 1.0, 2.0, 4.0]


def test_every_endpoint_is_asked_again(api: AdminApi, reading: Reader) -> None:
    for path in ("/me", "/service_accounts", "/workspaces", "/users", "/api_keys"):
        api.play(path, OVERLOADED)
    assert len(reading().sheet.keys) == 1


@pytest.mark.parametrize(
    ("status", "kind", "cure"),
    [
        (401, "authentication_error", "the admin key is not accepted"),
        (403, "permission_error", "the admin key may not read this"),
        (404, "not_found_error", "nothing is there"),
        (402, "billing_error", "check"),
    ],
)
@pytest.mark.parametrize("path", ["/me", "/workspaces", "/users", "/api_keys"])
def test_refusal_is_told_at_once_with_type_request_and_cure(
    api: AdminApi, reading: Reader, status: int, kind: str, cure: str, path: str
) -> None:
    api.play(path, error(status, kind))
    with pytest.raises(EvidenceError) as raised:
        reading()
    said = f"{path}: the server answers {status} {kind} (request req_011CTestTestTest); {cure}"
    assert said in str(raised.value)
    assert api.paths().count(f"{BELOW}{path}") == 1


def test_service_accounts_that_are_not_there_are_a_failure(api: AdminApi, reading: Reader) -> None:
    api.play("/service_accounts", error(404, "not_found_error"))
    with pytest.raises(EvidenceError, match="/service_accounts: the server answers 404"):
        reading()


def test_token_may_not_be_refused_service_accounts(
    api: AdminApi, reading: Reader, make_key: Callable[..., str]
) -> None:
    api.secret = make_key("oat01")
    api.play("/service_accounts", error(403, "permission_error"))
    with pytest.raises(EvidenceError, match="/service_accounts: the server answers 403"):
        reading()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed(api: AdminApi, reading: Reader, status: int) -> None:
    api.play("/users", Fault(status, b"", {"location": f"{api.url}/elsewhere"}))
    with pytest.raises(EvidenceError, match=f"answers {status}; redirects are not followed"):
        reading()
    assert api.paths()[-1] == f"{BELOW}/users"


@pytest.mark.parametrize("status", [201, 204, 206])
def test_success_of_another_kind_is_none(api: AdminApi, reading: Reader, status: int) -> None:
    api.play("/users", reply(ONE_PAGE, status))
    with pytest.raises(EvidenceError, match=f"answers {status}"):
        reading()


def test_server_says_how_long_to_wait(api: AdminApi, reading: Reader, time: Time) -> None:
    api.play("/users", error(429, "rate_limit_error", retry_after="7"))
    reading()
    assert time.slept == [7.0]


def test_server_says_until_when_to_wait(api: AdminApi, reading: Reader, time: Time) -> None:
    moment = "Wed, 18 Nov 2026 11:06:50 GMT"  # ten seconds after what the test's clock shows
    until = {"retry-after": moment, "date": ""}
    api.play("/users", Fault(503, b"{}", until))
    reading()
    assert 0 <= time.slept[0] <= 60


@pytest.mark.parametrize("asked", ["61", "3600", "999999999"])
def test_wait_of_more_than_a_minute_ends_at_once(
    api: AdminApi, reading: Reader, time: Time, asked: str
) -> None:
    api.play("/users", error(429, "rate_limit_error", retry_after=asked))
    with pytest.raises(EvidenceError, match=r"429 rate_limit_error .* asks to wait"):
        reading()
    assert time.slept == []


def test_wait_of_a_minute_is_too_long_when_some_time_has_passed(
    api: AdminApi, reading: Reader, time: Time
) -> None:
    api.play("/me", OVERLOADED)
    api.play("/users", error(429, "rate_limit_error", retry_after="60"))
    with pytest.raises(EvidenceError, match="not all was read within 60 s"):
        reading()
    assert time.slept == [0.5]


def test_a_minute_is_for_everything(api: AdminApi, reading: Reader, time: Time) -> None:
    slow = error(429, "rate_limit_error", retry_after="16")
    for path in ("/me", "/workspaces", "/users", "/api_keys"):
        api.play(path, slow)
    with pytest.raises(EvidenceError, match=r"/api_keys: .*not all was read within 60 s"):
        reading()
    assert sum(time.slept) == 48.0


def test_silent_server_is_given_up(api: AdminApi, reading: Reader) -> None:
    reading.silence = 0.05
    api.play("/users", *[HANG] * 5)
    with pytest.raises(EvidenceError, match="the server does not answer in time, 5 times"):
        reading()


def test_silent_server_is_asked_again(api: AdminApi, reading: Reader) -> None:
    reading.silence = 0.2
    api.play("/users", HANG)
    assert len(reading().sheet.members or ()) == 1


def test_server_that_is_not_there_is_told(reading: Reader) -> None:
    with pytest.raises(EvidenceError, match="/me: the server cannot be reached, 5 times"):
        reading(url="http://127.0.0.1:1")


def test_gigantic_page_is_not_read_to_its_end(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 1024 * 1024)
    api.play("/users", *[Fault(200, b" " * (3 * 1024 * 1024))] * 5)
    with pytest.raises(EvidenceError, match="sends more than 1 MiB at once, 5 times"):
        reading()


def test_endless_pages_are_not_read_to_their_end(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_BYTES_IN_ALL", 3 * 1024 * 1024)
    for number in range(20):
        page = {**ONE_PAGE, "has_more": True, "last_id": f"u{number}", "x": "x" * 1024 * 1024}
        api.play("/users", reply(page))
    with pytest.raises(EvidenceError, match="/users: the server sends more than 3 MiB"):
        reading()
    assert api.paths().count(f"{BELOW}/users") < 5


HOSTILE = {
    "escapes": "\x1b[31m\x07boo",
    "lines": "a\nantkey: all is well",
    "commands": "::error::boo",
    "length": "x" * 5000,
    "no ASCII": "\u202eevil",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_server_says_is_made_harmless(api: AdminApi, reading: Reader, text: str) -> None:
    body = {"error": {"type": text, "message": text}, "request_id": text}
    api.play("/me", Fault(403, json.dumps(body).encode()))
    with pytest.raises(EvidenceError) as raised:
        reading()
    message = str(raised.value)
    assert message.isascii()
    assert message.isprintable()
    assert len(message) < 500
    assert "\n" not in message


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"x"', b"null", b'{"error": null}', b'{"error": {"type": {}}}', b"[" * 100_000],
)
def test_refusal_without_the_documented_error_is_told(
    api: AdminApi, reading: Reader, body: bytes
) -> None:
    api.play("/me", Fault(403, body))
    with pytest.raises(EvidenceError, match="/me: the server answers 403"):
        reading()


def test_request_id_is_taken_from_the_header(api: AdminApi, reading: Reader) -> None:
    api.play("/me", Fault(401, b"{}", {"request-id": "req_header"}))
    with pytest.raises(EvidenceError, match=r"answers 401 \(request req_header\)"):
        reading()


def test_only_get_is_ever_sent(api: AdminApi, reading: Reader) -> None:
    for path in ("/me", "/users", "/api_keys"):
        api.play(path, OVERLOADED, DROP)
    reading()
    assert {request.method for request in api.requests} == {"GET"}
    assert all(request.headers["anthropic-version"] == NEW for request in api.requests)
