"""Logs of web servers that name a key's hash or hint."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.egress.recordings.reading import at, read

from antkey_scanner.egress.recordings import access_log
from antkey_scanner.egress.recordings.moments import Clock, logged
from antkey_scanner.inventory.records import Place
from antkey_scanner.policy.egress import EgressPolicy

PLACE = Place("log", 1)
MakeKey = Callable[..., str]

DIGITS = "0123456789abcdef" * 4
COMMON = '10.0.0.1 - - [20/Nov/2026:13:00:00 +0100] "POST /v1/messages?x=1 HTTP/1.1" 200 512'


def test_a_line_of_a_common_log_with_further_fields() -> None:
    request = read(f"{COMMON} sha256={DIGITS} tenant=acme model=claude-sonnet-4-5\n").request
    assert request.time == at("2026-11-20T12:00:00Z")
    assert (request.method, request.path, request.status) == ("POST", "/v1/messages", 200)
    assert (request.tenant, request.model) == ("acme", "claude-sonnet-4-5")
    assert request.credentials[0].sha256 == DIGITS


def test_a_line_of_a_combined_log_with_further_fields(make_key: MakeKey) -> None:
    key = make_key()
    agent = '"https://x.example/" "Mozilla/5.0 tenant=evil \\" tenant=evil2"'
    line = f'{COMMON} {agent} key_hint="{key[:16]}...{key[-4:]}" x_tenant=acme\n'
    found = read(line, tenant_from="header:x_tenant", fields={"key_hint": "key_hint"})
    assert found.request.credentials[0].hint == f"{key[:16]}…{key[-4:]}"
    assert found.request.tenant == "acme"


def test_a_virtual_host_in_front_is_the_host() -> None:
    found = read(
        f"acme.gw.example.com:443 {COMMON} sha256={DIGITS}\n",
        tenant_from="host:{tenant}.gw.example.com",
    )
    assert (found.request.host, found.request.tenant) == ("acme.gw.example.com", "acme")


def test_logfmt_is_fields_only() -> None:
    line = (
        'level=info ts=2026-11-20T12:00:00Z msg="sent a request" method=POST host=api.anthropic.com'
        f" path=/v1/messages key_sha256={DIGITS} tenant=acme status=200\n"
    )
    request = read(line, fields={"time": "ts"}).request
    assert request.time == at("2026-11-20T12:00:00Z")
    assert (request.host, request.tenant, request.status) == ("api.anthropic.com", "acme", 200)
    assert request.credentials[0].sha256 == DIGITS


@pytest.mark.parametrize("field", ["", "sha256=-", 'sha256=""'])
def test_a_line_without_a_key_is_not_known(field: str) -> None:
    request = read(f"{COMMON} {field} tenant=acme\n").request
    assert not request.credentials
    assert not request.complete


def test_other_lines_are_told() -> None:
    found = read(f"{COMMON} sha256={DIGITS}\nStarting up\n\n{COMMON} sha256={DIGITS}\n")
    assert [one.place.line for one in found.requests] == [1, 4]
    assert found.skips[0].reason.startswith("line 2")


def test_a_text_that_is_no_log_is_told() -> None:
    assert "no recording that is known" in read("Dear Sir,\nhow are you?\n").skips[0].reason


def test_hostile_lines_take_no_time() -> None:
    for line in ('"' + "\\" * 500_000, "a=" * 300_000, "[" * 300_000, "a " * 200_000 + '[x] "P'):
        found = read(f"{COMMON} x=1\n{line}\n")
        assert found.requests


TIMES = ("20/Nov/2026:12:00:00 +0000", "20/Nov/2026:12:00:59 +0000", "20/Nov/2026:12:00:59 +0100",
         "2026-11-20T12:00:00+00:00", "20/Nov/2026:12:00:60 +0000", "31/Feb/2026:12:00:01 +0000",
         "20/Nov/2026:12:00:1x +0000", "20/Xxx/2026:12:00:01 +0000", "1/Nov/2026:12:00:01.25 +0000",
         "20/Nov/2026:24:00:01 +0000", "-", "20/Nov/1970:12:00:01 -0030")  # fmt: skip


def test_a_clock_reads_each_time_as_if_it_were_the_only_one() -> None:
    clock = Clock()
    for text in (*TIMES, *reversed(TIMES), *TIMES):
        assert clock.read(text) == logged(text)


def test_lines_that_say_the_same_are_read_as_each_alone(make_key: MakeKey) -> None:
    key = make_key()
    fields = ("tenant=acme", "tenant=globex", f"tenant=acme key={key}", "tenant=acme time=x", "")
    log = [
        f'10.0.0.{at % 3} - - [20/Nov/2026:12:00:{at % 60:02} +0000] "POST /v1/messages HTTP/1.1" '
        f'{200 + at % 2} {at} "-" "agent" host=api.anthropic.com {fields[at % len(fields)]}'
        for at in range(200)
    ]
    log[50:50] = ["", "strange"]
    together = read("\n".join(log))
    alone = [read(line).requests for line in log]
    assert [one._replace(place=PLACE) for one in together.requests] == [
        one._replace(place=PLACE) for each in alone for one in each
    ]
    assert [one.place.line for one in together.requests] == [*range(1, 51), *range(53, 203)]
    assert len(together.skips) == 1


@pytest.mark.parametrize("field", ["tenant", "surface"])
def test_a_log_whose_time_says_something_else_too_is_read_line_by_line(field: str) -> None:
    line = '10.0.0.1 - - [20/Nov/2026:12:00:0{} +0000] "POST /v1/messages HTTP/1.1" 200 1'
    found = read("\n".join(map(line.format, "12")), fields={field: "time"})
    first, second = (getattr(one, field) for one in found.requests)
    assert first != second


@given(st.text(alphabet=st.sampled_from('ab1_.-= \t\x1c\x85\xa0é"\\'), max_size=60))
def test_fields_are_found_with_and_without_quotes_in_the_line(text: str) -> None:
    plain = text.replace('"', "")
    # A quoted field behind it makes the line one with quotes, which is read in another way.
    quoted = access_log._fields(f'{plain} z="1"', access_log._Names(access_log._is_name))
    assert quoted.pop("z") == "1"
    assert access_log._fields(plain, access_log._Names(access_log._is_name)) == quoted


def test_what_is_kept_of_lines_holds_hints_and_no_key(make_key: MakeKey) -> None:
    key = make_key()
    log = access_log._Log(EgressPolicy())
    for _ in range(2):
        _, with_key = log.said(f"{COMMON} key={key} tenant=acme") or (None, None)
        _, with_hint = log.said(f"{COMMON} hint={key[:16]}...{key[-4:]} tenant=acme") or (
            None,
            None,
        )
    assert with_key is not None
    assert with_hint is not None
    assert key not in repr(log._told)
    assert [said is with_hint for said in log._told.values()] == [True]
