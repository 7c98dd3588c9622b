"""The last use of keys, from the usage report."""

from __future__ import annotations

import pytest
from tests.admin_api import USAGE, AdminApi, api_key, error, reply
from tests.scanner.inventory.anthropic.conftest import Reader

from antkey_scanner.errors import EvidenceError
from antkey_scanner.inventory.anthropic.snapshot import Period
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import DAY, HOUR, rfc3339

NOON = 1_795_176_000_000_000
"""2026-11-20T12:00:00Z"""


def used(number: int, **counts: object) -> dict[str, object]:
    return {"api_key_id": f"apikey_{number:06}", **(counts or {"output_tokens": 7})}


def read(reading: Reader, days: int = 30, *, telling: bool = False) -> dict[str, KeyRecord]:
    keys = reading(Period(days, NOON, telling)).sheet.keys
    return {key.id or "": key for key in keys}


def last_use(key: KeyRecord) -> str | None:
    return None if key.last_used_at is None else rfc3339(key.last_used_at)


def test_without_usage_last_use_is_unknown_and_nothing_is_asked(
    api: AdminApi, reading: Reader
) -> None:
    (key,) = reading().sheet.keys
    assert "last_used_at" in key.unknown
    assert USAGE not in api.paths()


def test_last_use_is_the_end_of_the_last_day_with_tokens(api: AdminApi, reading: Reader) -> None:
    api.usage = {"2026-11-03": [used(1)], "2026-11-09": [used(1)], "2026-11-10": [used(2)]}
    key = read(reading)["apikey_000001"]
    assert last_use(key) == "2026-11-10T00:00:00Z"
    assert "last_used_at" not in key.unknown


def test_last_use_is_never_in_the_future(api: AdminApi, reading: Reader) -> None:
    api.usage = {"2026-11-20": [used(1)]}
    assert last_use(read(reading)["apikey_000001"]) == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("counts", "is_use"),
    [
        ({"output_tokens": 0, "uncached_input_tokens": 0}, False),
        ({"output_tokens": 1}, True),
        ({"uncached_input_tokens": 1}, True),
        ({"cache_read_input_tokens": 1}, True),
        ({"cache_creation": {"ephemeral_1h_input_tokens": 1}}, True),
        ({"cache_creation": None, "server_tool_use": None}, False),
        ({"output_tokens": None}, False),
    ],
)
def test_use_is_any_token(
    api: AdminApi, reading: Reader, counts: dict[str, object], is_use: bool
) -> None:
    api.usage = {"2026-11-09": [used(1, **counts)]}
    assert (last_use(read(reading)["apikey_000001"]) is not None) is is_use


def test_usage_is_asked_by_key_and_day_in_pages_of_31(api: AdminApi, reading: Reader) -> None:
    months = ((9, 30), (10, 31), (11, 20))
    days = [f"2026-{month:02}-{day:02}" for month, most in months for day in range(1, most)]
    api.usage = {day: [used(1)] for day in days}
    assert last_use(read(reading, 90)["apikey_000001"]) == "2026-11-20T00:00:00Z"
    asked = [request.query for request in api.requests if request.path == USAGE]
    assert asked[0] == {
        "starting_at": "2026-08-22T00:00:00Z",
        "bucket_width": "1d",
        "group_by[]": "api_key_id",
        "limit": "31",
    }
    assert [query.get("page") for query in asked] == [None, "page_31", "page_62"]


def test_usage_of_no_key_is_nobodys(api: AdminApi, reading: Reader) -> None:
    api.usage = {"2026-11-09": [{"api_key_id": None, "output_tokens": 5}]}
    assert last_use(read(reading)["apikey_000001"]) is None


def test_old_key_without_use_stays_unknown_in_a_period_that_says_little(
    api: AdminApi, reading: Reader
) -> None:
    api.lists["api_keys"] = [api_key(1, created_at="2026-01-01T00:00:00Z")]
    key = read(reading)["apikey_000001"]
    assert key.last_used_at is None
    assert "last_used_at" in key.unknown


def test_old_key_without_use_is_unused_in_a_period_that_tells(
    api: AdminApi, reading: Reader
) -> None:
    api.lists["api_keys"] = [api_key(1, created_at="2026-01-01T00:00:00Z")]
    key = read(reading, telling=True)["apikey_000001"]
    assert key.last_used_at is None
    assert "last_used_at" not in key.unknown


@pytest.mark.parametrize(("before", "is_known"), [(0, True), (-1, False)])
def test_key_as_young_as_the_period_is_known_to_be_unused(
    api: AdminApi, reading: Reader, before: int, is_known: bool
) -> None:
    start = Period(30, NOON, telling=False).start
    assert start == NOON - 12 * HOUR - 30 * DAY
    api.lists["api_keys"] = [api_key(1, created_at=rfc3339(start + before))]
    assert ("last_used_at" not in read(reading)["apikey_000001"].unknown) is is_known


def test_refused_usage_is_a_failure(api: AdminApi, reading: Reader) -> None:
    api.play("/usage_report/messages", error(403, "permission_error"))
    with pytest.raises(EvidenceError, match="/usage_report/messages: the server answers 403"):
        read(reading)


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ({"ending_at": "soon", "results": []}, "ending_at is no time"),
        ({"results": []}, "ending_at is no time"),
        ({"ending_at": "2026-11-10T00:00:00Z"}, "results is no list of objects"),
        ({"ending_at": "2026-11-10T00:00:00Z", "results": [7]}, "results is no list of objects"),
    ],
)
def test_usage_that_is_none_is_a_failure(
    api: AdminApi, reading: Reader, day: dict[str, object], problem: str
) -> None:
    api.play("/usage_report/messages", reply({"data": [day], "has_more": False}))
    with pytest.raises(EvidenceError, match=problem):
        read(reading)


def test_token_that_does_not_move_is_a_failure(api: AdminApi, reading: Reader) -> None:
    page = {"data": [], "has_more": True, "next_page": "page_1"}
    api.play("/usage_report/messages", *[reply(page)] * 3)
    with pytest.raises(EvidenceError, match="next_page does not move"):
        read(reading)
