"""Google Cloud's Secret Manager: states, the newest enabled version, both answers' shapes."""

from __future__ import annotations

import pytest

from antkey_scanner.inventory.stores.export import when

SECRET = "projects/123456789012/secrets/prod-api-gateway"


def version(number: int, state: str = "ENABLED", **fields: object) -> dict[str, object]:
    return {
        "clientSpecifiedPayloadChecksum": True,
        "createTime": f"2026-0{number}-02T03:04:05.678912Z",
        "etag": '"16214584d1479c"',
        "name": f"{SECRET}/versions/{number}",
        "replicationStatus": {"automatic": {}},
        "state": state,
    } | fields


def test_the_newest_enabled_version_gives_the_age(only):
    key = only([version(4, "DISABLED"), version(3), version(2), version(1, "DESTROYED")])
    assert key.created_at == key.rotated_at == when("2026-03-02T03:04:05.678912Z")
    assert key.age_from == "createTime of version 3"
    assert (key.name, key.version, key.status) == ("prod-api-gateway", "3", "active")
    assert key.id == SECRET


def test_numbers_are_ordered_as_numbers(only):
    later = version(2) | {"name": f"{SECRET}/versions/10", "createTime": "2026-08-01T00:00:00Z"}
    assert only([version(9), later]).version == "10"


def test_the_first_version_was_never_rotated(only):
    assert only([version(1)]).rotated_at is None


@pytest.mark.parametrize(("state", "status"), [("DISABLED", "inactive"), ("DESTROYED", "archived")])
def test_a_secret_without_an_enabled_version_is_not_active(only, state, status):
    assert only([version(1, state), version(2, state)]).status == status


def test_an_unknown_state_is_an_error(problems):
    (found,) = problems([version(1, "SLEEPING")])
    assert found.startswith("export.json:2: state is neither")


def test_nanoseconds_are_read(only):
    key = only([version(1, createTime="2026-01-02T03:04:05.123456789Z")])
    assert key.created_at == when("2026-01-02T03:04:05.123456Z")


def test_a_secret_alone_gives_its_own_creation(only):
    key = only(
        {
            "createTime": "2026-01-02T03:04:05Z",
            "expireTime": "2026-12-31T00:00:00Z",
            "labels": {"env": "prod", "customer": "acme"},
            "annotations": {"owner": "ann@example.com"},
            "name": SECRET,
            "replication": {"automatic": {}},
            "rotation": {"nextRotationTime": "2026-12-01T00:00:00Z", "rotationPeriod": "2592000s"},
        }
    )
    assert key.created_at == when("2026-01-02T03:04:05Z")
    assert key.age_from == "createTime of the secret, whose versions are not told"
    assert (key.environment, key.tenant, key.created_by) == ("prod", "acme", "ann@example.com")
    assert key.expires_at == when("2026-12-31T00:00:00Z")
    assert "rotated_at" in key.unknown


def test_the_answers_of_the_rest_api_are_read_with_their_cut_end(read):
    sheet = read({"versions": [version(1)], "totalSize": 5, "nextPageToken": "x"})
    assert len(sheet.keys) == 1
    assert sheet.notes[0].startswith("incomplete: ")
    assert read({"secrets": [{"name": SECRET, "createTime": "2026-01-02T03:04:05Z"}]}).notes == ()


def test_regional_secrets_are_known(only):
    name = "projects/p/locations/europe-west3/secrets/key/versions/2"
    assert only([version(2) | {"name": name}]).id == "projects/p/locations/europe-west3/secrets/key"
