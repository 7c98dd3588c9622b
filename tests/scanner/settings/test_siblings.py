"""Whose a key is that is called no more than `apiKey`, by what stands beside it."""

from __future__ import annotations

import pytest

from antkey_scanner.settings.read import read
from antkey_scanner.settings.siblings import beside, is_anthropics


def is_its_key(path: str, text: str) -> bool:
    settings = read(path, text)
    (at,) = (
        at for at, one in enumerate(settings.entries) if one.name.lower() in ("apikey", "api_key")
    )
    return is_anthropics(settings, at)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"provider": "anthropic", "apiKey": "x"}'),
        ("a.json", '{\n  "apiKey": "x",\n  "provider": "anthropic"\n}'),
        ("a.yaml", "- provider: anthropic\n  api_key: x\n"),
        ("a.yaml", "- api_key: x\n  model: claude-sonnet-4\n"),
        ("a.toml", '[llm]\nmodel = "claude-sonnet-4"\napi_key = "x"\n'),
    ],
)
def test_what_stands_beside_a_key_says_whose_it_is(path: str, text: str) -> None:
    assert is_its_key(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"provider": "openai", "apiKey": "x"}'),
        ("a.json", '[{"provider": "anthropic"}, {"provider": "openai", "apiKey": "x"}]'),
        ("a.yaml", "- provider: anthropic\n- provider: openai\n  api_key: x\n"),
        ("a.yaml", "- provider: openrouter\n  model: anthropic/claude-sonnet-4\n  api_key: x\n"),
        ("a.yaml", "a:\n  provider: anthropic\nb:\n  api_key: x\n"),
    ],
)
def test_what_belongs_to_something_else_says_nothing(path: str, text: str) -> None:
    assert not is_its_key(path, text)


def test_only_what_is_of_the_same_item_stands_beside() -> None:
    settings = read("a.yaml", "- title: one\n  api_key: x\n- title: two\n  api_key: y\n")
    at = next(at for at, one in enumerate(settings.entries) if one.value == "y")
    assert [one.value for one in beside(settings, at)] == ["two"]
