"""Kubernetes: keys in data are hashed, what cannot be read is listed, what holds none is said."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
import yaml

from antkey_scanner.inventory import stores
from antkey_scanner.inventory.stores.export import when


def secret(data: dict[str, str] | None = None, **metadata: object) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": "anthropic",
            "namespace": "prod",
            "creationTimestamp": "2026-01-02T03:04:05Z",
            "managedFields": [
                {
                    "manager": "kubectl-edit",
                    "operation": "Update",
                    "time": "2026-10-01T00:00:00Z",
                    "fieldsType": "FieldsV1",
                    "fieldsV1": {"f:data": {"f:api-key": {}}},
                }
            ],
            "labels": {"app": "gateway", "example.com/environment": "prod"},
            "resourceVersion": "123",
            "uid": "5e0f8d8c-0d1d-9a3f-3d0d-0f2a2f4f6a1b",
        }
        | metadata,
        **({} if data is None else {"data": data}),
    }


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_key_in_data_is_hashed_and_its_text_kept_nowhere(read, make_key):
    key = make_key()
    sheet = read(secret({"api-key": encoded(key + "\n"), "user": encoded("ann")}))
    (found,) = sheet.keys
    assert found.fingerprint == hashlib.sha256(key.encode()).hexdigest()
    assert found.hint == f"{key[:16]}…{key[-4:]}"
    assert found.name == "prod/anthropic/api-key"
    assert (found.environment, found.service) == ("prod", "gateway")
    assert key[20:32] not in repr(sheet)
    assert encoded(key)[30:50] not in repr(sheet)


def test_a_key_inside_of_an_env_file_is_found(only, make_key):
    key = make_key()
    found = only(secret({".env": encoded(f"A=1\nANTHROPIC_API_KEY={key}\nB=2\n")}))
    assert found.fingerprint == hashlib.sha256(key.encode()).hexdigest()


def test_admin_keys_and_several_entries_are_each_a_record(read, make_key):
    data = {"a": encoded(make_key("admin01")), "b": encoded(make_key())}
    assert [key.name for key in read(secret(data)).keys] == [
        "prod/anthropic/a",
        "prod/anthropic/b",
    ]


def test_age_counts_from_the_creation_and_not_from_an_edit(only, make_key):
    key = only(secret({"k": encoded(make_key())}))
    assert key.created_at == when("2026-01-02T03:04:05Z")
    assert key.age_from == "creationTimestamp of the Secret"


def test_without_a_creation_the_oldest_change_counts_and_is_called_one(only, make_key):
    key = only(secret({"k": encoded(make_key())}, creationTimestamp=None))
    assert key.created_at == when("2026-10-01T00:00:00Z")
    assert key.age_from == "managedFields (a change, which may be no rotation)"


def test_a_manifest_without_any_time_has_no_age(only, make_key):
    document = secret({"k": encoded(make_key())}, creationTimestamp=None, managedFields=None)
    assert only(document).created_at is None


def test_a_readable_secret_without_a_key_is_said_and_not_listed(read):
    sheet = read(
        secret({"password": encoded("hunter2"), "mask": encoded("sk-ant-api03-" + 95 * "x")})
    )
    assert sheet.keys == ()
    assert sheet.notes == ("1 Secret holds no Anthropic key: prod/anthropic",)


def test_many_secrets_without_a_key_are_one_note(read):
    items = [secret({"a": encoded("b")}, name=f"s{number}") for number in range(8)]
    (note,) = read({"apiVersion": "v1", "kind": "List", "items": items}).notes
    assert note == (
        "8 Secrets hold no Anthropic key: prod/s0, prod/s1, prod/s2, prod/s3, prod/s4 and 3 others"
    )


@pytest.mark.parametrize("data", [None, {}, {"key": "<redacted>"}, {"key": "${KEY}"}])
def test_a_secret_that_cannot_be_read_is_listed_by_its_name(only, data):
    key = only(secret(data))
    assert (key.name, key.fingerprint) == ("prod/anthropic", None)


def test_readable_keys_do_not_hide_an_entry_that_cannot_be_read(read, make_key):
    sheet = read(secret({"a": encoded(make_key()), "b": "++++++++!"}))
    assert [key.name for key in sheet.keys] == ["prod/anthropic/a", "prod/anthropic"]


def test_a_raw_key_in_string_data_is_refused_without_its_text(problems, make_key):
    key = make_key()
    (found,) = problems(secret() | {"stringData": {"key": key}})
    assert "raw key" in found
    assert key[20:32] not in found


def test_string_data_without_a_key_is_readable(read):
    assert read(secret() | {"stringData": {"key": "none"}}).keys == ()


def test_lists_of_kubectl_and_of_the_server_are_read(read, make_key):
    one = secret({"a": encoded(make_key())})
    bare = {name: value for name, value in one.items() if name not in ("apiVersion", "kind")}
    assert len(read({"apiVersion": "v1", "kind": "List", "items": [one, one]}).keys) == 2
    page = {
        "apiVersion": "v1",
        "kind": "SecretList",
        "metadata": {"continue": "x"},
        "items": [bare],
    }
    sheet = read(page)
    assert len(sheet.keys) == 1
    assert sheet.notes[0].startswith("incomplete: ")


def test_documents_of_a_stream_are_read_and_other_kinds_left_alone(read, make_key):
    stream = "\n---\n".join(
        json.dumps(each)
        for each in (
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}},
            secret({"a": encoded(make_key())}),
        )
    )
    assert len(read(list(yaml.safe_load_all(stream))).keys) == 1


def test_only_other_kinds_are_no_inventory():
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    listing = {"apiVersion": "v1", "kind": "List", "items": [deployment]}
    assert stores.read(deployment, "a.yaml", lambda _: 1) is None
    assert stores.read(listing, "a.yaml", lambda _: 1) is None


def test_a_sealed_secret_is_listed_by_its_name(only):
    key = only(
        {
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": {
                "name": "anthropic",
                "namespace": "prod",
                "creationTimestamp": "2026-01-02T03:04:05Z",
            },
            "spec": {"encryptedData": {"api-key": "AgBy3i4OJSWK+PiTySYZZA=="}},
        }
    )
    assert key.name == "prod/anthropic"
    assert key.age_from == "creationTimestamp of the SealedSecret"


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_an_external_secret_tells_no_age_of_a_key_that_lives_elsewhere(only, version):
    key = only(
        {
            "apiVersion": f"external-secrets.io/{version}",
            "kind": "ExternalSecret",
            "metadata": {"name": "anthropic", "creationTimestamp": "2026-01-02T03:04:05Z"},
            "spec": {
                "refreshInterval": "1h",
                "data": [{"secretKey": "api-key", "remoteRef": {"key": "prod/anthropic"}}],
            },
            "status": {"refreshTime": "2026-11-20T00:00:00Z"},
        }
    )
    assert (key.name, key.created_at) == ("anthropic", None)


def test_a_secret_without_a_name_is_an_error(problems):
    assert problems(secret({}, name=None)) == [
        "export.json:2: name is missing; name the object",
    ]
