"""Vault's KV version 2: current versions, deletions, names."""

from __future__ import annotations

import pytest

from antkey_scanner.inventory.stores.export import when


def metadata(**fields: object) -> dict[str, object]:
    return {
        "request_id": "5e0f8d8c-0d1d-9a3f-3d0d-0f2a2f4f6a1b",
        "lease_id": "",
        "lease_duration": 0,
        "renewable": False,
        "data": {
            "cas_required": False,
            "created_time": "2026-01-02T03:04:05.123456789Z",
            "current_version": 2,
            "custom_metadata": {"owner": "ann@example.com", "environment": "prod"},
            "delete_version_after": "0s",
            "max_versions": 0,
            "oldest_version": 0,
            "updated_time": "2026-10-01T00:00:00Z",
            "versions": {
                "1": version("2026-01-02T03:04:05.123456789Z"),
                "2": version("2026-06-01T00:00:00.5Z"),
            },
        }
        | fields,
        "warnings": None,
        "mount_type": "kv",
    }


def version(created: str, deleted: str = "", *, destroyed: bool = False) -> dict[str, object]:
    return {"created_time": created, "deletion_time": deleted, "destroyed": destroyed}


def test_the_current_version_gives_the_age(only):
    key = only(metadata())
    assert key.created_at == key.rotated_at == when("2026-06-01T00:00:00.5Z")
    assert key.age_from == "created_time of version 2"
    assert (key.version, key.environment, key.created_by) == ("2", "prod", "ann@example.com")


def test_the_file_names_a_key_that_its_metadata_do_not_name(only):
    assert only(metadata()).name == "export"
    assert only(metadata(custom_metadata={"name": "prod-api"})).name == "prod-api"
    assert only(metadata(custom_metadata=None)).environment is None


def test_the_first_version_was_never_rotated(only):
    first = {"1": version("2026-01-02T03:04:05Z")}
    assert only(metadata(current_version=1, versions=first)).rotated_at is None


@pytest.mark.parametrize(
    ("current", "status"),
    [
        (version("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"), "inactive"),
        (version("2026-06-01T00:00:00Z", destroyed=True), "archived"),
    ],
)
def test_a_deleted_version_is_not_active(only, current, status):
    key = only(metadata(versions={"2": current}))
    assert (key.status, key.expires_at) == (status, None)


def test_a_version_that_deletes_itself_expires(only):
    current = version("2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z")
    key = only(metadata(versions={"2": current}, delete_version_after="4392h0m0s"))
    assert (key.status, key.expires_at) == ("active", when("2026-12-01T00:00:00Z"))


def test_a_secret_without_versions_holds_no_key(read):
    sheet = read(metadata(current_version=0, versions={}))
    assert sheet.keys == ()
    assert len(sheet.notes) == 1


def test_a_missing_current_version_is_an_error(problems):
    assert problems(metadata(versions={"1": version("2026-01-02T03:04:05Z")})) == [
        "export.json:3: the current version is missing; export it again"
    ]


def test_several_answers_in_a_list_are_read(read):
    assert [key.name for key in read([metadata(), metadata()]).keys] == [None, None]
