"""Whatever stands in the place of any value of an export: it is read or refused, never a crash."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from tests.scanner.inventory.stores import test_aws_parameters as parameters
from tests.scanner.inventory.stores import test_aws_secrets as secrets
from tests.scanner.inventory.stores import test_azure as azure
from tests.scanner.inventory.stores import test_google as google
from tests.scanner.inventory.stores import test_kubernetes as kubernetes
from tests.scanner.inventory.stores import test_onepassword as onepassword
from tests.scanner.inventory.stores import test_sops as sops
from tests.scanner.inventory.stores import test_vault as vault

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory import stores
from antkey_scanner.inventory.records import KeyRecord, Sheet

_VERSION = {"VersionId": "v", "VersionStages": ["AWSCURRENT"], "CreatedDate": 1780000000}
_POLICY = {
    "PolicyText": '{"Attributes": {"Timestamp": "2026-12-02T21:34:33Z"}}',
    "PolicyType": "Expiration",
}
_EXPIRY = {"id": "expires", "type": "DATE", "label": "expires", "value": "2026-12-31"}

DOCUMENTS: dict[str, Any] = {
    "described secret": secrets.described(DeletedDate=5),
    "listed secrets": {"SecretList": [secrets.described()], "NextToken": "x"},
    "versions at AWS": {"Versions": [_VERSION], "ARN": secrets.ARN, "Name": "x"},
    "parameters": {"Parameters": [parameters.parameter(Policies=[_POLICY], Tags=[{"Key": "a"}])]},
    "versions at Google": [google.version(1), google.version(2)],
    "secrets at Google": {
        "secrets": [{"name": google.SECRET, "createTime": 5, "labels": {"a": "b"}}]
    },
    "Azure": {"value": [azure.listed(version="a"), azure.listed(version="b", exp=5)]},
    "Vault": vault.metadata(),
    "GitHub": {"total_count": 1, "secrets": [{"name": "A", "created_at": 5, "updated_at": 5}]},
    "GitHub's command": [{"name": "A", "updatedAt": "2026-05-06T07:08:09Z"}],
    "1Password": onepassword.item(fields=[_EXPIRY]),
    "SOPS": {"a": {"b": [sops.encrypted()]}, "sops": sops.SOPS},
    "a Secret": kubernetes.secret({"a": "YQ=="}) | {"stringData": {"b": "c"}},
    "Secrets": {
        "apiVersion": "v1",
        "kind": "List",
        "metadata": {},
        "items": [kubernetes.secret() | {"sops": sops.SOPS, "data": {"a": sops.encrypted()}}],
    },
}
_JUNK: tuple[Any, ...] = (
    *(None, True, -5, 1.5, 10**30, float("nan"), "", "x", "\ud800", "é" * 3),
    *([], {}, [5], [None], [[]], [{}], {"a": 5}, {"": None}, {5: {}}),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, each in inner:
        yield from _paths(each, (*path, name))


def _with(document: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    changed = copy.deepcopy(document)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = junk
    return changed


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_whatever_stands_in_the_place_of_a_value_is_read_or_refused(kind):
    document = DOCUMENTS[kind]
    assert isinstance(stores.read(document, "x.json", lambda _: 1), Sheet)
    for path in _paths(document):
        for junk in _JUNK:
            for key in _keys(_with(document, path, junk)):
                hash(key)
                assert isinstance(key.label, str)
                assert all(isinstance(each, str | None) for each in (key.name, key.id, key.version))
                assert key.place.line == 1


def _keys(document: Any) -> tuple[KeyRecord, ...]:
    try:
        found = stores.read(document, "x.json", lambda _: 1)
    except PolicyError as error:
        assert all(str(each).startswith("x.json:1: ") for each in error.args)  # noqa: PT017
        return ()
    return () if found is None else found.keys
