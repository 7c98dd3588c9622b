"""What code says of a key that it gives back."""

from __future__ import annotations

import pytest

from antkey_scanner.code.told import told
from antkey_scanner.code.whose import Whose


@pytest.mark.parametrize(
    ("value", "whose"),
    [
        ('{ key: found, source: "user" }', Whose.TENANT),
        ('{ apiKey, keySource: "platform" }', Whose.PLATFORM),
        ('{"api_key": value, "source": "env"}', Whose.PLATFORM),
        ("value, 'byok'", Whose.NOBODY),
        ("api_key, 'byok'", Whose.TENANT),
        ('Resolved{APIKey: v, Source: "tenant"}', Whose.TENANT),
        ("['key' => $value, 'source' => 'platform']", Whose.PLATFORM),
        ("{ client, isByok: true }", Whose.TENANT),
        ("{ client, isByok: false }", Whose.PLATFORM),
        ("{ apiKey: houseKey, isHouseKey: true }", Whose.PLATFORM),
        ('{ key: null, source: "none" }', Whose.NOBODY),
        ('{ configured: true, source: "user" }', Whose.NOBODY),
        ('{ keyPreview: shown, source: "platform" }', Whose.NOBODY),
        ('{ key, source: "vault" }', Whose.NOBODY),
        ("{ key }", Whose.NOBODY),
    ],
)
def test_what_is_said_beside_a_key_tells_whose_it_is(value: str, whose: Whose) -> None:
    assert told(value) is whose


def test_a_long_value_says_nothing() -> None:
    assert told('{ key, source: "user" }' + " " * 600) is Whose.NOBODY
