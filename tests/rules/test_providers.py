"""Other providers' keys: what is found of them, whole and beside a variable's name, and what is not."""

from __future__ import annotations

import base64
import hashlib
import random
import string

import pytest

from antkey_rules.load import load_builtin, load_providers
from antkey_scanner.search import Searcher

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher([*load_builtin(), *load_providers()[0]], visible=7)


def found(searcher: Searcher, text: str) -> list[tuple[str, str]]:
    """(rule, SHA-256) of each match."""
    matches = searcher.search(text.encode(), source=True).matches
    return sorted((match.rule.rule.id, match.secret.sha256) for match in matches)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def some(alphabet: str, count: int, seed: str = "x") -> str:
    return "".join(random.Random(seed).choices(alphabet, k=count))


@pytest.mark.parametrize(
    "line",
    [
        "MISTRAL_API_KEY={}",
        'MISTRAL_API_KEY = "{}"',
        '{{"MISTRAL_API_KEY": "{}"}}',
        "os.environ['MISTRAL_API_KEY'] = '{}'",
        "process.env.MISTRAL_API_KEY || '{}'",
        "process.env.MISTRAL_API_KEY ?? `{}`",
        'os.getenv("MISTRAL_API_KEY") or "{}"',
        "- name: MISTRAL_API_KEY\n  value: {}\n",
        '{{"name": "MISTRAL_API_KEY", "value": "{}"}}',
        "export MISTRAL_API_KEY_PROD='{}'",
        "ENV MISTRAL_API_KEY={}\r\n",
    ],
)
def test_a_key_without_a_prefix_is_found_beside_its_name(searcher: Searcher, line: str) -> None:
    key = some(ALNUM, 32, line)
    assert found(searcher, line.format(key)) == [("mistral-api-key", digest(key))]


@pytest.mark.parametrize(
    "line",
    [
        "MISTRAL_API_KEY=${{secrets.MISTRAL_API_KEY_OF_THE_TEAM_X}}",
        "MISTRAL_API_KEY=abcdefghijklmnopqrstuvwxyz123456",
        "MISTRAL_API_KEY=Your0Api0Key0Here0Your0Api0Key01",
        "MISTRAL_API_KEY=00000000000000000000000000000000",
        "MISTRAL_API_KEY=test-mistral-key",
        "# MISTRAL_API_KEY and then some commit 5f0c7",
        "mistral_api_key: settings.mistral_api_key_of_the_environment",
    ],
)
def test_a_placeholder_beside_a_name_is_no_key(searcher: Searcher, line: str) -> None:
    assert found(searcher, line) == []


def test_what_is_hashed_and_hinted_is_the_key_alone(searcher: Searcher) -> None:
    key = some(ALNUM, 40)
    (match,) = searcher.search(f"COHERE_API_KEY={key}".encode(), source=True).matches
    assert match.secret[:3] == ("cohere", f"{key[:3]}…{key[-4:]}", digest(key))


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("openrouter-api-key", "sk-or-v1-" + some(HEX, 64)),
        ("openai-api-key", "sk-proj-" + some(ALNUM, 74) + "T3BlbkFJ" + some(ALNUM, 74, "y")),
        ("openai-user-key", "sk-" + some(ALNUM, 20) + "T3BlbkFJ" + some(ALNUM, 20, "y")),
        ("groq-api-key", "gsk_" + some(ALNUM, 52)),
        ("xai-api-key", "xai-" + some(ALNUM, 80)),
        ("deepseek-api-key", "sk-" + some(HEX, 32)),
        ("google-api-key", "AIza" + some(ALNUM, 35)),
        ("bedrock-api-key", "ABSK" + some(ALNUM, 128)),
    ],
)
def test_a_key_with_a_prefix_is_found_in_base64_too(
    searcher: Searcher, rule: str, key: str
) -> None:
    assert found(searcher, f"key: '{key}'") == [(rule, digest(key))]
    secret = base64.b64encode(f"K={key}\n".encode()).decode()
    assert (rule, digest(key)) in found(searcher, f"data:\n  key: {secret}\n")


def test_no_hint_shows_more_than_seven_characters_of_a_key(searcher: Searcher) -> None:
    for rule in load_providers()[0]:
        for example in rule.rule.examples:
            if example.matches:
                from antkey_rules.examples import fill

                text = fill(example.text, random.Random(1))
                for match in Searcher([rule], visible=7).search(text.encode()).matches:
                    head, _, tail = match.secret.hint.partition("…")
                    assert len(tail) <= 4
                    assert len(head) <= len(rule.anchor) + 12


def test_anthropic_s_keys_stay_anthropic_s(searcher: Searcher) -> None:
    key = "sk-ant-api03-" + some(ALNUM, 93) + "AA"
    assert found(searcher, f"COHERE_API_KEY={key}") == [("anthropic-api-key", digest(key))]


def test_words_with_an_anchor_in_them_cost_no_decoding(searcher: Searcher) -> None:
    text = "task-list disk-usage CO_API_KEY os.environ['MISTRAL_API_KEY'] taxai-x " * 50
    assert found(searcher, text) == []
