"""Lines of evidence: what is written is read again, and nothing else is taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.egress.recordings.reading import NAME, at, read

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.credentials import credential_of
from antkey_scanner.egress.evidence import to_json
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.records import Place

MakeKey = Callable[..., str]

TIME = at("2026-11-20T12:00:00.000001Z")


def request(*credentials: Credential, **fields: Any) -> Request:
    plain = Request(Place("x"), TIME, "api.anthropic.com", "POST", "/v1/messages", credentials)
    return plain._replace(tenant="acme", surface="chat", scenario="ok")._replace(**fields)


def life(credential: Credential, source: str = "key of acme", **fields: Any) -> KeyLife:
    known = {"sha256": credential.sha256, "hint": credential.hint}
    return KeyLife(source, "tenant", "acme", **{**known, **fields})


def read_again(*lines: str) -> Any:
    found = read("".join(line + "\n" for line in lines))
    assert not found.skips
    return found


def test_what_is_written_is_read_again(make_key: MakeKey) -> None:
    one, other = (credential_of(make_key(), name) for name in ("x-api-key", "authorization"))
    for made in (
        request(),
        request(one, model="claude-sonnet-4-5", status=429),
        request(one, other, source="tests/test_chat.py::test_it"),
        request(complete=False, browser=True, tenant=None, surface=None, scenario=None),
        request(time=None, path="/v1/messages/batches"),
    ):
        expected = made._replace(place=Place(NAME, 1), source=None)
        assert read_again(to_json(made)).requests == [expected]


def test_whose_a_key_is_is_read_again(make_key: MakeKey) -> None:
    one = credential_of(make_key(), "x-api-key")
    known = life(one, start=TIME - 5, end=TIME + 5, replaced_at=TIME, successor="key 2 of acme")
    found = read_again(to_json(request(one), [known]))
    assert known in found.lives


def test_the_sources_alone_are_written_too(make_key: MakeKey) -> None:
    one = credential_of(make_key(), "x-api-key")
    line = json.loads(to_json(request(one), ["ANTHROPIC_API_KEY"]))
    assert (line["source"], line["header"], line["sha256"]) == (
        "ANTHROPIC_API_KEY",
        "x-api-key",
        one.sha256,
    )


def test_a_line_has_the_fields_of_the_contract(make_key: MakeKey) -> None:
    one = credential_of(make_key(), "x-api-key")
    line = json.loads(to_json(request(one), [life(one)]))
    wanted = ["time", "tenant", "surface", "scenario", "host", "method", "path", "header"]
    wanted += ["source", "hint", "sha256", "model", "status"]
    assert [name for name in line if name in wanted] == wanted
    assert line["time"] == "2026-11-20T12:00:00.000001Z"


def test_no_line_holds_a_key(make_key: MakeKey) -> None:
    key = make_key()
    one = credential_of(key, "url")
    assert key[20:40] not in to_json(request(one, path=f"/v1/{key}"))


def test_the_policy_s_names_of_fields_do_not_apply(make_key: MakeKey) -> None:
    one = credential_of(make_key(), "x-api-key")
    found = read(to_json(request(one)), fields={"time": "ts", "key": "k", "tenant": "t"})
    assert found.request.tenant == "acme"
    assert found.request.time == TIME


def test_a_new_version_of_a_key_takes_the_place_of_the_old_one(make_key: MakeKey) -> None:
    old, new = (credential_of(make_key(), "x-api-key") for _ in range(2))
    found = read_again(
        to_json(request(old), [life(old)]),
        to_json(request(new), [life(new, "key 2 of acme", start=TIME)]),
    )
    told = life(old)._replace(successor="key 2 of acme", replaced_at=TIME)
    assert told in found.lives


def test_a_key_that_is_sent_once_more_takes_no_other_s_place(make_key: MakeKey) -> None:
    old, new = (credential_of(make_key(), "x-api-key") for _ in range(2))
    first, second = life(old, start=TIME), life(new, "key 2 of acme", start=TIME + 5)
    told = first._replace(successor="key 2 of acme", replaced_at=TIME + 5)
    found = read_again(
        to_json(request(old), [first]),
        to_json(request(new), [second]),
        to_json(request(old, model="other"), [first]),
        to_json(request(old, model="other"), [told]),
        to_json(request(new, model="other"), [second]),
    )
    assert len(found.requests) == 5
    lives = {one.sha256: one for one in found.lives}
    assert (lives[old.sha256], lives[new.sha256]) == (told, second)


def test_lines_of_many_tests_tell_of_their_keys_once(make_key: MakeKey) -> None:
    one = credential_of(make_key(), "x-api-key")
    found = read_again(*(to_json(request(one, source=f"test {n}"), [life(one)]) for n in range(9)))
    assert len(found.requests) == 9
    assert [each.sha256 for each in found.lives].count(one.sha256) == 1


def test_a_line_whose_caller_is_no_text_is_told_wherever_it_stands(make_key: MakeKey) -> None:
    line = to_json(request(credential_of(make_key(), "x-api-key"), source="x"))
    assert len(read("\n".join((line, line.replace('"x"}', "7}"), line))).skips) == 1


def test_a_tenant_has_a_key_even_when_no_request_carries_it() -> None:
    assert [one.tenant for one in read_again(to_json(request())).lives] == ["acme"]
    assert not read_again(to_json(request(scenario="no-key"))).lives
    assert not read_again(to_json(request(), has_key=False)).lives


def test_several_lines_of_one_request_are_as_many_requests(make_key: MakeKey) -> None:
    one = credential_of(make_key(), "x-api-key")
    lines = [to_json(request(one, time=TIME + n), [life(one)]) for n in range(3)]
    found = read_again(*lines)
    assert [(made.time, made.place.line) for made in found.requests] == [
        (TIME, 1),
        (TIME + 1, 2),
        (TIME + 2, 3),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"antkey": 2},
        {"antkey": None},
        {"sha256": "abc"},
        {"sha256": 3, "header": "x"},
        {"tenant": ["acme"]},
        {"also": {}},
        {"also": [3]},
        {"path": "x" * 5_000},
        {"sha256": "a" * 64, "role": "tenant", "source": "k", "start": "yesterday"},
    ],
)
def test_what_no_line_of_ours_says_is_told(wrong: dict[str, Any]) -> None:
    line = {"antkey": 1, "time": "2026-11-20T12:00:00Z", "host": "api.anthropic.com", **wrong}
    found = read(json.dumps(line))
    assert not found.requests
    assert found.skips[0].reason.startswith("line 1: evidence ")


texts = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
    lambda text: "sk-ant-" not in text and "%" not in text
)


@given(
    tenant=texts,
    surface=texts,
    scenario=texts,
    model=texts,
    source=texts,
    status=st.none() | st.integers(0, 999),
    time=st.none() | st.integers(0, 4_000_000_000_000_000),
    complete=st.booleans(),
    browser=st.booleans(),
)
def test_any_request_comes_back_as_it_was(**fields: Any) -> None:
    made = request(**fields)
    # Which test sent it is for people to read.
    expected = made._replace(place=Place(NAME, 1), source=None)
    assert read_again(to_json(made)).requests == [expected]
