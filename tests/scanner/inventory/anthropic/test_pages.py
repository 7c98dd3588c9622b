"""Lists of more than one page."""

from __future__ import annotations

import pytest
from tests.admin_api import BELOW, OLD, AdminApi, api_key, error, reply, user
from tests.scanner.inventory.anthropic.conftest import Reader

from antkey_scanner.errors import EvidenceError


def page(*numbers: int, **fields: object) -> dict[str, object]:
    rows = [api_key(number) for number in numbers]
    return {"data": rows, "has_more": True, "last_id": rows[-1]["id"] if rows else None, **fields}


def test_five_thousand_keys_come_in_five_pages(api: AdminApi, reading: Reader) -> None:
    api.lists["api_keys"] = [api_key(number) for number in range(5000)]
    found = reading()
    assert {key.id for key in found.sheet.keys} == {f"apikey_{n:06}" for n in range(5000)}
    asked = [request for request in api.requests if request.path == f"{BELOW}/api_keys"]
    assert [request.query.get("after_id") for request in asked] == [
        None,
        *[f"apikey_{n:06}" for n in (999, 1999, 2999, 3999)],
    ]
    assert {request.query["limit"] for request in asked} == {"1000"}
    assert found.requests == len(api.requests)


def test_progress_is_told_by_page(api: AdminApi, reading: Reader) -> None:
    api.lists["api_keys"] = [api_key(number) for number in range(2500)]
    reading()
    told = [count for path, count in reading.seen if path == f"{BELOW}/api_keys"]
    assert told == [1000, 2000, 2500]


def test_server_may_give_smaller_pages_than_asked_for(api: AdminApi, reading: Reader) -> None:
    api.most_per_page = 2
    api.lists["api_keys"] = [api_key(number) for number in range(7)]
    api.lists["users"] = [user(number) for number in range(5)]
    sheet = reading().sheet
    assert (len(sheet.keys), len(sheet.members or ())) == (7, 5)


def test_fault_between_pages_loses_nothing(api: AdminApi, reading: Reader) -> None:
    api.most_per_page = 1
    api.lists["api_keys"] = [api_key(1), api_key(2)]
    first = page(1)
    api.play("/api_keys", reply(first), error(500, "api_error"))
    assert [key.id for key in reading().sheet.keys] == ["apikey_000001", "apikey_000002"]


def test_older_version_is_read_from_the_start(api: AdminApi, reading: Reader) -> None:
    refused = error(400, "invalid_request_error", "anthropic-version: not supported here")
    api.play("/api_keys", reply(page(1)), refused)
    api.lists["api_keys"] = [api_key(1), api_key(2)]
    found = reading()
    assert found.api_version == OLD
    assert len(found.sheet.keys) == 2


@pytest.mark.parametrize("last", [None, ""])
def test_more_without_a_cursor_is_a_failure(
    api: AdminApi, reading: Reader, last: str | None
) -> None:
    api.play("/api_keys", reply(page(1, last_id=last)))
    with pytest.raises(EvidenceError, match="/api_keys: there is more, and no last_id"):
        reading()


def test_cursor_that_does_not_move_is_a_failure(api: AdminApi, reading: Reader) -> None:
    api.play("/api_keys", *[reply(page(1))] * 3)
    with pytest.raises(EvidenceError, match="/api_keys: last_id does not move"):
        reading()
    assert api.paths().count(f"{BELOW}/api_keys") == 2


def test_cursor_that_goes_in_a_circle_is_a_failure(api: AdminApi, reading: Reader) -> None:
    api.play("/api_keys", *[reply(page(number)) for number in (1, 2, 3, 1, 2, 3)])
    with pytest.raises(EvidenceError, match="/api_keys: last_id does not move"):
        reading()


def test_pages_that_overlap_give_each_key_once(api: AdminApi, reading: Reader) -> None:
    api.play("/api_keys", reply(page(1, 2)), reply(page(2, 3, last_id="x", has_more=False)))
    assert [key.id for key in reading().sheet.keys] == [f"apikey_{n:06}" for n in (1, 2, 3)]


def test_empty_organisation_is_read(api: AdminApi, reading: Reader) -> None:
    for name in api.lists:
        api.lists[name] = []
    assert reading().sheet._replace(notes=()) == ((), (), None, ())
