"""Files that SOPS encrypted: names of entries, the file's own time, Kubernetes manifests among them."""

from __future__ import annotations

from antkey_scanner.inventory.stores.export import when


def encrypted(kind: str = "str") -> str:
    return f"ENC[AES256_GCM,data:Tr7o=,iv:1=,aad:No=,tag:k=,type:{kind}]"


SOPS = {
    "kms": [],
    "age": [{"recipient": "age1qz", "enc": "-----BEGIN AGE ENCRYPTED FILE-----\n"}],
    "lastmodified": "2026-05-06T07:08:09Z",
    "mac": encrypted(),
    "pgp": [],
    "unencrypted_suffix": "_unencrypted",
    "version": "3.9.4",
}


def test_each_encrypted_value_is_a_key_by_its_name(read):
    document = {
        "anthropic": {"prod": encrypted(), "region_unencrypted": "eu"},
        "list": [encrypted(), encrypted("int")],
        "prod-api-2026-01-31": encrypted(),
        "sops": SOPS,
    }
    sheet = read(document)
    assert [key.name for key in sheet.keys] == [
        "anthropic.prod",
        "list.0",
        "list.1",
        "prod-api-2026-01-31",
    ]
    first, *_, dated = sheet.keys
    assert first.created_at == when("2026-05-06T07:08:09Z")
    assert first.age_from == "lastmodified of the whole file (a change, which may be no rotation)"
    assert dated.created_at == when("2026-01-31T00:00:00Z")


def test_an_encrypted_secret_of_kubernetes_is_named_as_such(only):
    key = only(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "anthropic", "namespace": "prod", "labels": {"env": "prod"}},
            "stringData": {"api-key": encrypted()},
            "sops": SOPS,
        }
    )
    assert (key.name, key.environment) == ("prod/anthropic/api-key", "prod")


def test_a_broken_time_is_an_error(problems):
    assert problems({"a": encrypted(), "sops": SOPS | {"lastmodified": "long-ago"}}) == [
        "export.json:2: lastmodified is no time; export it again"
    ]


def test_a_mapping_named_sops_alone_is_none():
    from antkey_scanner.inventory import stores

    assert stores.read({"sops": {"version": "1"}}, "a.yaml", lambda _: 1) is None
