"""Where clients of the API are made is found once."""

from __future__ import annotations

import pytest

from antkey_scanner.code.clients import clients
from antkey_scanner.code.search import open_source
from antkey_scanner.code.words import Vocabulary


def made(path: str, text: str) -> list[str]:
    source = open_source(path, text.encode(), Vocabulary())
    assert source is not None
    assert clients(source) is clients(source)
    return [".".join(one.term.names) for one in clients(source)]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.py", "c = anthropic.Anthropic(api_key=k)", "anthropic.Anthropic"),
        ("a.py", "litellm.completion(model=m)", "litellm.completion"),
        ("a.ts", "const c = new Anthropic({ apiKey: k })", "Anthropic"),
        ("a.go", "package a\nfunc f() { c := anthropic.NewClient() }", "anthropic.NewClient"),
        ("A.cs", "class A { void F() { var c = new AnthropicClient(k); } }", "AnthropicClient"),
        ("a.rb", "RubyLLM.context { |c| c.anthropic_api_key = k }", "RubyLLM.context"),
    ],
)
def test_clients_are_found_in_all_languages(path: str, text: str, name: str) -> None:
    assert made(path, text) == [name]


@pytest.mark.parametrize("text", ["anthropic_key = k", "AnthropicBedrock()", "Other(api_key=k)"])
def test_what_is_none_is_not(text: str) -> None:
    assert made("a.py", text) == []
