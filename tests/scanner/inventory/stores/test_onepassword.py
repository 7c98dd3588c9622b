"""1Password: items and lists of them, plain fields, expiry, the archive."""

from __future__ import annotations

import pytest

from antkey_scanner.inventory.stores.export import when


def item(**fields: object) -> dict[str, object]:
    return {
        "id": "abcdefghijklmnopqrstuvwxyz",
        "title": "prod-api-gateway",
        "version": 4,
        "vault": {"id": "zyxwvutsrqponmlkjihgfedcba", "name": "Ops"},
        "category": "API_CREDENTIAL",
        "last_edited_by": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "created_at": "2026-01-12T16:29:26Z",
        "updated_at": "2026-10-12T16:29:26.5Z",
        "additional_information": "gateway",
        "fields": [
            {"id": "username", "type": "STRING", "label": "username"},
            {"id": "credential", "type": "CONCEALED", "label": "credential"},
            {"id": "a1", "type": "STRING", "label": "environment", "value": "prod"},
            {"id": "a2", "type": "CONCEALED", "label": "tenant", "value": "not for us"},
        ],
    } | fields


def test_creation_of_the_item_counts_as_edits_are_no_rotation(only):
    key = only(item())
    assert key.created_at == when("2026-01-12T16:29:26Z")
    assert key.age_from == "created_at of the item, whose rotation is not told"
    assert (key.version, key.rotated_at) == ("4", None)
    assert "rotated_at" in key.unknown
    assert "rotated_at" not in only(item(version=1)).unknown


def test_plain_fields_tell_whose_it_is_and_concealed_ones_are_not_looked_at(only):
    key = only(item())
    assert (key.environment, key.tenant) == ("prod", None)


def test_a_list_of_items_is_read(read):
    listed = {name: value for name, value in item().items() if name != "fields"}
    keys = read([listed, listed | {"title": "other", "state": "ARCHIVED"}]).keys
    assert [(key.name, key.status) for key in keys] == [
        ("prod-api-gateway", "active"),
        ("other", "archived"),
    ]


@pytest.mark.parametrize("value", ["1798675200", "2026-12-31"])
def test_the_field_expires_is_read(only, value):
    fields = [{"id": "expires", "type": "DATE", "label": "expires", "value": value}]
    assert only(item(fields=fields)).expires_at == when("2026-12-31T00:00:00Z")


def test_an_expiry_that_is_no_date_is_an_error(problems):
    fields = [{"id": "expires", "type": "DATE", "label": "expires", "value": "soon"}]
    assert problems(item(fields=fields)) == [
        "export.json:3: value is no time, in the field expires; export it again"
    ]
