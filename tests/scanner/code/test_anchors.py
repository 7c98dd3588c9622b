"""What decides whether a file is parsed: words for the platform's keys, and for those of others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antkey_scanner.code import anchors
from antkey_scanner.code.anchors import has_any, keys, lowered, may_be_tenants, places, spoken
from antkey_scanner.code.words import TENANT_WORDS, Vocabulary

USUAL = Vocabulary()


def platforms(text: str, vocabulary: Vocabulary = USUAL) -> list[int]:
    return places(text, lowered(text), vocabulary)


def is_theirs(text: str, vocabulary: Vocabulary = USUAL) -> bool:
    return may_be_tenants(text, lowered(text), vocabulary)


@pytest.mark.parametrize(
    "text",
    [
        'os.environ["ANTHROPIC_API_KEY"]',
        "process.env.ANTHROPIC_API_KEY",
        "settings.anthropic_key",
        "PLATFORM_API_KEY",
        "sharedClient.messages",
        "client = Anthropic()",
        "getApiKey()",
        "Rails.application.credentials.dig(:anthropic, :api_key)",
    ],
)
def test_what_may_be_the_platforms_is_seen(text: str) -> None:
    assert platforms(text)


@pytest.mark.parametrize("text", ["onKeyDown(event)", "key = tenant.api_key", "monkey = 1"])
def test_what_is_no_key_of_the_platforms_is_not(text: str) -> None:
    assert not platforms(text)


def test_words_of_a_policy_make_a_key_the_platforms() -> None:
    assert platforms("acme.key", Vocabulary(platform=USUAL.platform | {"acme"}))


@pytest.mark.parametrize("word", sorted(TENANT_WORDS))
def test_every_word_for_a_tenant_is_seen(word: str) -> None:
    for text in (f"{word}.x", f"x.{word}Id", f"my{word.title()}", f"{word.upper()}_ID"):
        assert is_theirs(text), text


@pytest.mark.parametrize(
    "text",
    [
        "user.api_key",
        "profile.settings['anthropic_key']",
        'request.headers["x-api-key"]',
        "data = await req.json()\nuse(data.token)",
        "def answer(user_id, text):",
        "# bring your own key",
    ],
)
def test_keys_of_people_and_callers_are_seen(text: str) -> None:
    assert is_theirs(text)


@pytest.mark.parametrize("text", ["organize(colors)", "opposite", "role: 'user', tokens: 3", "İ"])
def test_words_that_only_contain_such_are_none(text: str) -> None:
    assert not is_theirs(text)


def test_a_name_that_a_policy_adds_makes_a_tenant() -> None:
    assert is_theirs("lodge.key", Vocabulary(tenant=USUAL.tenant | {"lodge"}))


def test_a_place_is_found_between_two_offsets() -> None:
    assert has_any([3, 9], 4, 10)
    assert not has_any([3, 9], 4, 9)


def test_names_of_keys_are_found_in_order_however_they_are_written() -> None:
    text = "x.secret, ANTHROPIC_API_KEY, tokens, keyboard, apiKeys"
    assert keys(text, lowered(text)) == [2, 24, 50]


def test_words_are_found_in_the_order_of_the_text() -> None:
    assert spoken("b a b", ("a", "b")) == [0, 2, 4]


def test_offsets_stay_where_letters_of_other_scripts_get_longer() -> None:
    text = "İİİ KEY"
    assert len(lowered(text)) == len(text)
    assert keys(text, lowered(text)) == [4]


@given(st.from_regex(anchors._OURS.pattern, alphabet=st.characters(codec="ascii")))
@settings(max_examples=500)
def test_no_word_of_the_platform_s_is_missed_by_the_quick_look(near: str) -> None:
    assert any(word in near for word in anchors._OURS_BY)
