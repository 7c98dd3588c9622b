"""Azure Key Vault: the command line's and the REST API's times, versions, disabled and deleted ones."""

from __future__ import annotations

from antkey_scanner.inventory.stores.export import when

VAULT = "https://acme.vault.azure.net/secrets"


def listed(name: str = "prod-api", version: str = "", **attributes: object) -> dict[str, object]:
    return {
        "attributes": {
            "created": "2026-01-14T20:22:20+00:00",
            "enabled": True,
            "expires": None,
            "notBefore": None,
            "recoverableDays": 90,
            "recoveryLevel": "Recoverable+Purgeable",
            "updated": "2026-10-14T20:22:20+00:00",
        }
        | attributes,
        "contentType": None,
        "id": f"{VAULT}/{name}{version and '/' + version}",
        "managed": None,
        "name": name,
        "tags": {"environment": "prod", "service": "gateway"},
    }


def test_creation_counts_and_not_the_update(only):
    key = only([listed(expires="2026-12-31T00:00:00+00:00")])
    assert key.created_at == when("2026-01-14T20:22:20Z")
    assert key.expires_at == when("2026-12-31T00:00:00Z")
    assert (key.name, key.environment, key.service) == ("prod-api", "prod", "gateway")
    assert key.id == f"{VAULT}/prod-api"


def test_one_shown_version_is_named(only):
    key = only(listed(version="0123456789abcdef0123456789abcdef"))
    assert key.version == "0123456789abcdef0123456789abcdef"
    assert key.age_from == "attributes.created of this version"


def test_the_rest_apis_seconds_are_read(read):
    document = {
        "value": [
            {
                "id": f"{VAULT}/prod-api",
                "attributes": {
                    "enabled": False,
                    "exp": 1799999999,
                    "created": 1770000000,
                    "updated": 1780000000,
                    "recoveryLevel": "Recoverable",
                },
            }
        ],
        "nextLink": "https://acme.vault.azure.net/secrets?$skiptoken=x",
    }
    sheet = read(document)
    (key,) = sheet.keys
    assert (key.created_at, key.expires_at) == (1_770_000_000_000_000, 1_799_999_999_000_000)
    assert key.status == "inactive"
    assert sheet.notes[0].startswith("incomplete: ")
    assert read(document | {"nextLink": None}).notes == ()


def test_of_all_versions_the_newest_enabled_one_counts(only):
    key = only(
        [
            listed(version="a", created="2026-01-01T00:00:00+00:00"),
            listed(version="c", created="2026-09-01T00:00:00+00:00", enabled=False),
            listed(version="b", created="2026-05-01T00:00:00+00:00"),
        ]
    )
    assert key.version == "b"
    assert key.created_at == key.rotated_at == when("2026-05-01T00:00:00Z")
    assert "rotated_at" not in key.unknown


def test_a_deleted_secret_is_archived(only):
    deleted = listed() | {"deletedDate": "2026-11-01T00:00:00+00:00"}
    assert only([deleted]).status == "archived"


def test_a_vaults_other_objects_are_no_secrets():
    from antkey_scanner.inventory import stores

    key = listed() | {"id": "https://acme.vault.azure.net/keys/prod-api"}
    assert stores.read([key], "keys.json", lambda _: 1) is None
