"""What is read of an organisation, in both generations of the API, over a real socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.admin_api import (
    NEW,
    OLD,
    AdminApi,
    api_key,
    error,
    reply,
    service_account,
    user,
    workspace,
)
from tests.scanner.inventory.anthropic.conftest import Reader

from antkey_scanner.errors import EvidenceError
from antkey_scanner.inventory.records import KeyRecord, Member


def only_key(reading: Reader, **fields: object) -> KeyRecord:
    reading.api.lists["api_keys"] = [api_key(1, **fields)]
    (key,) = reading().sheet.keys
    return key


def test_key_has_what_the_api_says(reading: Reader) -> None:
    key = only_key(reading, expires_at="2027-01-01T00:00:00+02:00")
    assert key._replace(unknown=()) == KeyRecord(
        place=key.place,
        origin="anthropic",
        id="apikey_000001",
        name="prod-service1-2026-10-01",
        provider="anthropic",
        workspace="Workspace 1",
        created_at=1_790_841_600_123_456,
        expires_at=1_798_754_400_000_000,
        created_by="user_01",
        principal="user_01",
        hint="sk-ant-api03-001…igAA",
    )


def test_what_the_api_tells_of_no_key_is_unknown(reading: Reader) -> None:
    assert only_key(reading).unknown == (
        "encryption",
        "last_used_at",
        "rotated_at",
        "set_by_role",
        "spend_limit",
        "validation_status",
    )


def test_newest_version_is_asked_for_first(reading: Reader, api: AdminApi) -> None:
    assert reading().api_version == NEW
    assert {request.headers["anthropic-version"] for request in api.requests} == {NEW}


def test_older_version_is_spoken_where_the_newest_is_refused(
    reading: Reader, api: AdminApi
) -> None:
    api.versions = (OLD,)
    found = reading()
    (key,) = found.sheet.keys
    assert found.api_version == OLD
    assert [request.headers["anthropic-version"] for request in api.requests][:3] == [NEW, OLD, OLD]
    assert key.workspace == "Workspace 1"
    assert {"principal", "expires_at"} <= set(key.unknown)
    assert (key.principal, key.expires_at) == (None, None)


def test_server_of_neither_version_is_told(reading: Reader, api: AdminApi) -> None:
    api.versions = ()
    with pytest.raises(EvidenceError, match="none of the versions 2026-10-21 and 2023-06-01"):
        reading()
    assert len(api.requests) == 2


def test_other_bad_requests_are_no_reason_to_change_the_version(
    reading: Reader, api: AdminApi
) -> None:
    api.play("/me", error(400, "invalid_request_error", "spend limit reached"))
    with pytest.raises(EvidenceError, match="400 invalid_request_error"):
        reading()
    assert len(api.requests) == 1


@pytest.mark.parametrize("status", ["active", "inactive", "archived", "expired"])
def test_keys_of_every_status_are_read(reading: Reader, status: str) -> None:
    assert only_key(reading, status=status).status == status


def test_status_of_tomorrow_is_judged_as_active(reading: Reader) -> None:
    key = only_key(reading, status="suspended")
    assert key.status == "active"
    assert "status" in key.unknown


@pytest.mark.parametrize(
    ("principal", "owner"),
    [
        ({"type": "user_actor", "user_id": "user_07"}, "user_07"),
        ({"type": "service_account_actor", "service_account_id": "svac_07"}, "svac_07"),
        ({"type": "user", "id": "user_07"}, "user_07"),
        (None, ""),
    ],
)
def test_principal_is_read_in_every_shape(reading: Reader, principal: object, owner: str) -> None:
    assert only_key(reading, principal=principal).principal == owner


def test_principal_of_an_unknown_shape_is_unknown(reading: Reader) -> None:
    key = only_key(reading, principal={"type": "robot_actor"})
    assert key.principal is None
    assert "principal" in key.unknown


@pytest.mark.parametrize(
    ("scope", "workspace_name"),
    [
        ({"type": "workspace", "workspace_id": "wrkspc_01"}, "Workspace 1"),
        ({"type": "workspace", "workspace_id": "wrkspc_default"}, "wrkspc_default"),
        ({"type": "organization"}, None),
        (None, None),
    ],
)
def test_workspace_is_named(reading: Reader, scope: object, workspace_name: str | None) -> None:
    assert only_key(reading, scope=scope).workspace == workspace_name


def test_archived_workspaces_are_named_too(reading: Reader, api: AdminApi) -> None:
    api.lists["workspaces"] = [workspace(1, archived_at="2026-05-05T00:00:00Z", name="Old")]
    assert only_key(reading).workspace == "Old"


def test_workspace_makes_no_environment(reading: Reader, api: AdminApi) -> None:
    api.lists["workspaces"] = [workspace(1, name="prod")]
    key = only_key(reading)
    assert (key.environment, key.service, key.tenant) == (None, None, None)


@pytest.mark.parametrize("created_by", [None, {"type": "user"}, {}])
def test_creator_may_be_nobody(reading: Reader, created_by: object) -> None:
    assert only_key(reading, created_by=created_by).created_by is None


def test_fields_that_are_left_out_are_unknown(reading: Reader, api: AdminApi) -> None:
    bare = {name: api_key(1)[name] for name in ("id", "type", "name", "status")}
    api.lists["api_keys"] = [bare]
    (key,) = reading().sheet.keys
    assert {"created_at", "created_by", "expires_at", "principal"} <= set(key.unknown)
    assert key.created_at is None


@pytest.mark.parametrize("hint", ["sk-ant-api03-R2D...igAA", "sk-ant-api03-R2D…igAA"])
def test_hint_has_one_form(reading: Reader, hint: str) -> None:
    assert only_key(reading, partial_key_hint=hint).hint == "sk-ant-api03-R2D…igAA"


def test_hint_that_shows_a_key_is_left_out(reading: Reader, make_key: Callable[..., str]) -> None:
    key = make_key()
    told = only_key(reading, partial_key_hint=f"{key[:40]}...{key[-40:]}").hint
    assert told is None or not any(key[at : at + 12] in told for at in range(13, len(key) - 12))


def test_people_and_service_accounts_are_members(
    api: AdminApi, reading: Reader, make_key: Callable[..., str]
) -> None:
    api.secret = make_key("oat01")
    api.lists["users"] = [user(2, role="admin"), user(1)]
    api.lists["service_accounts"] = [
        service_account(1),
        service_account(2, archived_at="2026-06-01T00:00:00Z"),
    ]
    assert reading().sheet.members == (
        Member("user_01", "person1@example.com", "Person 1", role="developer"),
        Member("user_02", "person2@example.com", "Person 2", role="admin"),
        Member("svac_01", None, "deployer 1", "active", "service_account", "developer"),
        Member("svac_02", None, "deployer 2", "inactive", "service_account", "developer"),
    )


def test_token_goes_into_another_header_than_an_admin_key(
    api: AdminApi, reading: Reader, make_key: Callable[..., str]
) -> None:
    reading()
    assert not any("authorization" in request.headers for request in api.requests)
    api.requests.clear()
    api.secret = make_key("oat01")
    reading()
    assert not any("x-api-key" in request.headers for request in api.requests)


def test_refused_service_accounts_leave_their_keys_undecided(
    api: AdminApi, reading: Reader
) -> None:
    owner = {"type": "service_account_actor", "service_account_id": "svac_01"}
    api.lists["api_keys"] = [
        api_key(1, principal=owner, created_by={"id": "svac_01", "type": "service_account"}),
        api_key(2),
    ]
    found = reading()
    first, second = found.sheet.keys
    assert (first.principal, first.created_by) == ("svac_01", "svac_01")
    assert {"principal", "created_by"} <= set(first.unknown)
    assert not {"principal", "created_by"} & set(second.unknown)
    assert found.of_unknown_accounts == 1
    assert all(member.kind == "user" for member in found.sheet.members or ())


def test_known_service_accounts_leave_nothing_undecided(
    api: AdminApi, reading: Reader, make_key: Callable[..., str]
) -> None:
    api.secret = make_key("oat01")
    owner = {"type": "service_account_actor", "service_account_id": "svac_01"}
    key = only_key(reading, principal=owner)
    assert not {"principal", "created_by"} & set(key.unknown)


def test_keys_of_one_name_get_their_ids_appended(reading: Reader, api: AdminApi) -> None:
    api.lists["api_keys"] = [
        api_key(1, name="a"),
        api_key(2, name="b"),
        api_key(3, name="a"),
        api_key(4, name="a-apikey_000003"),
        api_key(5, name=None),
        api_key(6, name=""),
    ]
    assert [key.name for key in reading().sheet.keys] == [
        "a-apikey_000001",
        "b",
        "a-apikey_000003-apikey_000003",
        "a-apikey_000003-apikey_000004",
        None,
        None,
    ]


def test_keys_are_ordered_by_age(reading: Reader, api: AdminApi) -> None:
    api.lists["api_keys"] = [
        api_key(1, created_at="2026-03-01T00:00:00Z"),
        api_key(3, created_at="2026-01-01T00:00:00Z"),
        api_key(2, created_at="2026-01-01T00:00:00Z"),
    ]
    assert [key.id for key in reading().sheet.keys] == [
        "apikey_000002",
        "apikey_000003",
        "apikey_000001",
    ]


def test_names_hold_no_key(reading: Reader, make_key: Callable[..., str]) -> None:
    secret = make_key()
    name = only_key(reading, name=f"old {secret} key").name or ""
    assert name == f"old {secret[:16]}…{secret[-4:]} key"


def test_admin_key_in_a_name_is_masked(reading: Reader, api: AdminApi) -> None:
    api.organization["name"] = api.secret
    key = only_key(reading, name=api.secret)
    found = reading()
    assert api.secret[20:40] not in f"{key} {found}"


def test_names_keep_their_control_characters(reading: Reader) -> None:
    assert only_key(reading, name="a\x1b[31m\r\nb\x00\ud800").name == "a\x1b[31m\r\nb\ufffd\ufffd"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"id": None}, "id is missing"),
        ({"id": 7}, "id is missing"),
        ({"name": ["x"]}, "name is no text"),
        ({"created_at": "yesterday"}, "created_at is no time"),
        ({"created_at": "2026-01-01T00:00:00"}, "created_at is no time"),
        ({"created_at": 12}, "created_at is no time"),
        ({"expires_at": "9999-12-31T23:59:59-23:00"}, "expires_at is no time"),
        ({"principal": 7}, "principal is no object"),
        ({"created_by": []}, "created_by is no object"),
    ],
)
def test_wrong_values_end_the_reading_and_are_not_repeated(
    reading: Reader, api: AdminApi, fields: dict[str, object], problem: str
) -> None:
    # In the raw list: the server's own paging needs ids that are texts.
    row = {**api_key(1), **fields}
    api.play("/api_keys", reply({"data": [row], "has_more": False}))
    with pytest.raises(EvidenceError) as raised:
        reading()
    assert f"/api_keys: the server answers with something else than documented ({problem})" in str(
        raised.value
    )
