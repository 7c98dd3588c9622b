"""Searching settings: what is looked at, and that hostile files end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_rules.configuration import code_parts, load_file_rules, settings_parts
from antkey_rules.examples import fill
from antkey_scanner.code import search as code
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.settings.search import MOST_BYTES, has_anchor, is_wanted, search

RULES = settings_parts(load_file_rules())
EXAMPLES = [
    fill(one.text, random.Random(5)).partition(": ")
    for rule in load_file_rules()
    for one in rule.rule.examples
    if ": " in one.text
]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "Dockerfile",
            "docker/api.Dockerfile",
            "Dockerfile.prod",
            "compose.yaml",
            "Jenkinsfile",
            ".env",
        ),
        *(
            ".env.production.local",
            "prod.env",
            ".envrc",
            ".zshrc",
            "a.tfstate",
            "a.tfstate.backup",
            "a.tfvars",
        ),
        *(
            ".mcp.json",
            ".claude/settings.json",
            "a.ipynb",
            "App.vue",
            "A.swift",
            "a.dart",
            "Info.plist",
        ),
    ],
)
def test_settings_are_wanted(path: str) -> None:
    assert is_wanted(path)


@pytest.mark.parametrize(
    "path", ["a.py", "a.ts", "README.md", "a.png", "package-lock.json", "a", "LICENSE"]
)
def test_all_else_is_not(path: str) -> None:
    assert not is_wanted(path)


def test_a_file_without_an_anchor_has_nothing_to_do_with_anthropic() -> None:
    assert has_anchor(b"ANTHROPIC_API_KEY=")
    assert has_anchor(memoryview(b"byok_only = false"))
    assert not has_anchor(b"OPENAI_API_KEY=")


def test_a_finding_is_recognised_when_it_moves() -> None:
    text = "ANTHROPIC_BASE_URL=http://a.example.com\n"
    (one,) = search(".env", text.encode(), RULES, Vocabulary())
    (two,) = search(".env", b"\nA=1\n" + text.encode(), RULES, Vocabulary())
    assert one.anchor == two.anchor
    assert (one.line, two.line) == (1, 3)


def test_a_file_that_is_too_large_is_told() -> None:
    with pytest.raises(ValueError, match="more than 4 MiB"):
        list(search("a.yaml", b" " * (MOST_BYTES + 1), RULES, Vocabulary()))


@given(st.binary(max_size=600))
def test_any_bytes_are_searched(data: bytes) -> None:
    for path in ("a.yaml", "Dockerfile", "a.vue", "Info.plist", ".env"):
        list(search(path, b"anthropic\n" + data, RULES, Vocabulary()))


@given(st.sampled_from(EXAMPLES), st.integers(0, 400), st.integers(0, 400), st.text(max_size=5))
def test_examples_that_were_cut_are_searched(
    example: tuple[str, str, str], at: int, end: int, put: str
) -> None:
    path, _, text = example
    data = (text[:at] + put + text[end:]).encode("utf-8", "replace")
    if code.is_wanted(path):
        list(code.search(path, data, code_parts(load_file_rules()), Vocabulary()))
    else:
        list(search(path, data, RULES, Vocabulary()))
