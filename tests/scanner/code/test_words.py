"""Whose a key is by what it is called."""

from __future__ import annotations

import pytest

from antkey_scanner.code.words import Vocabulary, is_about, is_key, is_ours, parts_of, words

USUAL = Vocabulary()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tenantApiKey", ["tenant", "api", "key"]),
        ("ANTHROPIC_API_KEY", ["anthropic", "api", "key"]),
        ("APIKey", ["api", "key"]),
        ("org2Key", ["org", "2", "key"]),
        ("", []),
    ],
)
def test_names_are_taken_apart_into_words(name: str, expected: list[str]) -> None:
    assert parts_of(name) == expected
    assert words(name) == set(expected)


@pytest.mark.parametrize(
    ("name", "is_one"), [("orgKey", True), ("organize", False), ("key", False)]
)
def test_a_tenants_name_has_a_word_for_one(name: str, is_one: bool) -> None:
    assert USUAL.is_tenant_name(name) is is_one


def test_a_policy_adds_words() -> None:
    vocabulary = Vocabulary(USUAL.tenant | {"lodge"}, USUAL.platform | {"acme"})
    assert vocabulary.is_tenant_name("lodgeKey")
    assert vocabulary.is_platform_name("ACME_KEY")


@pytest.mark.parametrize("name", ["key_id", "has_key", "apiKeyHint", "key_length"])
def test_what_is_about_a_key_is_none(name: str) -> None:
    assert is_about(name)
    assert not is_key(words(name), name)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("ACME_ANTHROPIC_KEY", True), ("LLM_API_KEY", True), ("ACME_API_KEY", False)],
)
def test_a_key_is_anthropics_or_nobodys_in_particular(name: str, is_one: bool) -> None:
    assert is_ours(name) is is_one
