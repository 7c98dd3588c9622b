"""Rules about keys: whose a key is, and which tenant has one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rules.inventories import key, off, told, verdicts

from antkey_scanner.inventory.records import Member, Tenant
from antkey_scanner.inventory.rule import Breach

ADA = Member(id="user_ada", email="Ada@example.com")
LEFT = Member(id="user_bo", email="bo@example.com", status="deactivated")
ROBOT = Member(id="svac_ci", kind="service_account")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"created_by": "user_ada"}, None),
        ({"created_by": "ada@EXAMPLE.com"}, None),
        ({"created_by": "USER_ADA"}, "USER_ADA, who created it, is not among the members"),
        ({"created_by": "user_bo"}, "the status deactivated"),
        ({"created_by": "BO@example.com"}, "the status deactivated"),
        ({"created_by": "user_new"}, "is not among the members"),
        ({"created_by": "user_ada", "principal": "user_bo"}, "user_bo, whom it is bound to,"),
        ({"created_by": "user_bo", "principal": "user_bo"}, "user_bo, who created it,"),
        ({"created_by": "user_new", "principal": "user_bo"}, " and user_bo, whom it is bound to"),
        (
            {"created_by": "new@example.com", "principal": "user_new"},
            "new@example.com, who created it, and user_new, whom it is bound to, are not among",
        ),
        ({"principal": "user_bo"}, "user_bo, whom it is bound to"),
        ({"created_by": "svac_gone"}, "is not among the members"),
        ({"created_by": "svac_ci"}, None),
        ({}, None),
        ({"created_by": "user_bo", "status": "inactive"}, None),
    ],
)
def test_owners_are_members(fields: dict[str, Any], problem: str | None) -> None:
    found = told("key-owner-left", key(**fields), members=(ADA, LEFT, ROBOT))
    assert len(found) == (problem is not None)
    assert problem is None or problem in found[0]


def test_an_owner_that_one_list_says_has_left_has_left() -> None:
    both = (ADA, ADA._replace(status="left"))
    assert told("key-owner-left", key(created_by="user_ada"), members=both)
    assert told("key-owner-left", key(created_by="user_ada"), members=both[::-1])


def test_a_service_account_is_not_judged_where_none_can_be_listed() -> None:
    assert told("key-owner-left", key(created_by="svac_ci"), members=(ADA,)) == ["?"]
    bound = key(created_by="user_ada", principal="svac_ci")
    assert told("key-owner-left", bound, members=(ADA,)) == []
    left = key(created_by="user_bo", principal="svac_ci")
    assert len(told("key-owner-left", left, members=(ADA, LEFT))) == 1


def test_whom_the_source_cannot_look_up_is_not_judged() -> None:
    unknown = ("created_by", "principal")
    of_account = key(created_by="robot", principal="robot", unknown=unknown)
    assert told("key-owner-left", of_account, members=(ADA, ROBOT)) == ["?"]
    bound = key(created_by="user_ada", principal="robot", unknown=("principal",))
    assert told("key-owner-left", bound, members=(ADA, ROBOT)) == []
    left = key(created_by="user_bo", principal="robot", unknown=("principal",))
    assert len(told("key-owner-left", left, members=(ADA, LEFT))) == 1


def test_an_empty_list_of_members_means_that_all_have_left() -> None:
    assert told("key-owner-left", key(created_by="user_ada"), members=())


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, "has nobody as its owner"),
        ({"created_by": "user_ada"}, None),
        ({"created_by": "user_ada", "principal": ""}, "its principal is null"),
        ({"created_by": "user_ada", "principal": "", "unknown": ("principal",)}, None),
        ({"unknown": ("created_by",)}, "?"),
        ({"unknown": ("created_by",), "principal": "user_ada"}, None),
        ({"created_by": "user_ada", "unknown": ("created_by", "principal")}, None),
        ({"status": "archived"}, None),
    ],
)
def test_every_active_key_has_an_owner(fields: dict[str, Any], outcome: str | None) -> None:
    found = told("key-without-owner", key(**fields), members=(ADA,))
    assert len(found) == (outcome is not None)
    assert outcome is None or outcome in found[0]


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"tenant": "acme"}, None),
        ({"tenant": "gone"}, "its tenant gone is deleted"),
        ({"tenant": "who"}, "which is not listed"),
        ({}, "belongs to no tenant"),
        ({"role": "platform"}, None),
        ({"role": "admin", "tenant": "gone"}, None),
        ({"tenant": "gone", "status": "inactive"}, None),
    ],
)
def test_tenant_keys_have_a_living_tenant(fields: dict[str, Any], outcome: str | None) -> None:
    tenants = (Tenant("acme"), Tenant("gone", "deleted"))
    found = told("orphaned-key", key(**fields), tenants=tenants)
    assert len(found) == (outcome is not None)
    assert outcome is None or outcome in found[0]


def test_only_living_tenants_that_bring_their_key_need_one() -> None:
    tenants = tuple(
        Tenant(name, status, mode)
        for name, status, mode in (
            ("a", "active", "byo"),
            ("b", "active", "managed"),
            ("c", "deleted", "byo"),
            ("d", "active", None),
            ("e", "active", "byo"),
        )
    )
    found = verdicts("tenant-without-key", key(tenant="e"), tenants=tenants)
    assert [one.about for one in found if isinstance(one, Breach)] == ["a"]
    assert off("tenant-without-key", tenants=(Tenant("d"),))
