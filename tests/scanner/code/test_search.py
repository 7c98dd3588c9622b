"""Judging source code ends, whatever stands in it, and says what it found."""

from __future__ import annotations

import random
import re
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antkey_rules.code import load_code_rules
from antkey_rules.configuration import load_code_parts
from antkey_scanner.code.languages import LANGUAGES, Language
from antkey_scanner.code.rule import NotParsedError, Parsing
from antkey_scanner.code.search import Found, has_anchor, is_wanted, judge, open_source, search
from antkey_scanner.code.words import Vocabulary

RULES = (*load_code_parts(), *load_code_rules())
ENDINGS = [language.endings[0] for language in LANGUAGES]
USUAL = Vocabulary()
BAD = 'key = tenant.api_key or os.environ["ANTHROPIC_API_KEY"]\n'
PIECES = (
    *("tenant.apiKey", "process.env.ANTHROPIC_API_KEY", "ENV['ANTHROPIC_API_KEY']", "$team->key"),
    *("anthropic", "new Anthropic(", "Anthropic(api_key=", "client.messages.create(", "tenant_id"),
    *("def f(tenant):", "function f(tenant) {", "fn f(t: Tenant) -> String {", "func f(org Org) {"),
    *("class A:", "class A {", "}", ")", "]", "(", "[", "{", "\n", "    ", ";", ":", ",", "<?php "),
    *(
        " or ",
        " || ",
        " ?? ",
        " ?: ",
        " ? ",
        " : ",
        " = ",
        " := ",
        " => ",
        " == null",
        "if ",
        "else",
    ),
    *(
        "return ",
        "try:",
        "try {",
        "except:",
        "} catch (e) {",
        "rescue",
        "raise",
        "throw ",
        "await ",
    ),
    *(
        '"',
        "'",
        "`",
        '"""',
        "/*",
        "*/",
        "//",
        "#",
        "${",
        "#{",
        "f'",
        "\\",
        "\0",
        "é",
        "\u2028",
        "İ",
    ),
    *(
        "console.log(",
        "print(",
        "headers",
        "x-api-key",
        "http://10.0.0.1",
        "match k {",
        "switch (k) {",
    ),
)


def found(path: str, data: bytes) -> list[Found]:
    return list(search(path, data, RULES, USUAL))


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400))
def test_any_bytes_are_judged(ending: str, data: bytes) -> None:
    found(f"a{ending}", b"anthropic " + data)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=80))
def test_any_pieces_of_code_are_judged_within_their_bounds(ending: str, pieces: list[str]) -> None:
    text = "".join(pieces)
    for one in found(f"a{ending}", text.encode()):
        assert 0 <= one.offset <= len(text)
        assert 1 <= one.line <= text.count("\n") + 1
        assert re.fullmatch("[0-9a-f]{64}", one.anchor)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=80))
def test_what_is_not_parsed_is_judged_too(ending: str, pieces: list[str]) -> None:
    source = open_source(f"a{ending}", "".join(pieces).encode(), USUAL, Parsing.AS_TEXT)
    assert source is not None
    assert all(one.line >= 1 for one in judge(source, RULES))


def cut(rule_text: str, generator: random.Random) -> str:
    """A text with a few characters gone, doubled or moved."""
    characters = list(rule_text)
    for _ in range(generator.randrange(1, 8)):
        at = generator.randrange(len(characters) + 1)
        match generator.randrange(3):
            case 0:
                del characters[at : at + generator.randrange(6)]
            case 1:
                characters.insert(at, generator.choice(string.punctuation + " \n\0"))
            case _:
                characters[at:at] = characters[:at][-30:]
    return "".join(characters)


@pytest.mark.parametrize("rule", load_code_rules(), ids=lambda one: one.rule.id)
def test_examples_that_were_damaged_are_judged(rule: object) -> None:
    generator = random.Random(7)
    examples = rule.rule.examples  # type: ignore[attr-defined]  # a CodeRule
    for example in examples:
        path, _, text = example.text.partition(":")
        for _ in range(6):
            found(path, cut(text, generator).encode())


def many(language: Language, number: int) -> str:
    """Many functions in a file, each with a key of a tenant's."""
    bodies = {
        "Python": "def f{0}(tenant):\n    key = tenant.api_key\n    return g{0}(key)\n",
        "Go": "func f{0}(tenant T) string {{\n key := tenant.APIKey\n return g{0}(key)\n}}\n",
        "Ruby": "def f{0}(tenant)\n  key = tenant.api_key\n  g{0}(key)\nend\n",
        "Rust": "fn f{0}(tenant: T) -> S {{ let key = tenant.api_key; g{0}(key) }}\n",
        "Kotlin": "fun f{0}(tenant: T): S {{ val key = tenant.apiKey; return g{0}(key) }}\n",
        "PHP": "function f{0}($tenant) {{ $key = $tenant->api_key; return g{0}($key); }}\n",
        "Java": "S f{0}(T tenant) {{ S key = tenant.apiKey; return g{0}(key); }}\n",
        "C#": "S f{0}(T tenant) {{ var key = tenant.ApiKey; return g{0}(key); }}\n",
    }
    usual = "function f{0}(tenant) {{ const key = tenant.apiKey; return g{0}(key); }}\n"
    body = bodies.get(language.name, usual)
    heads = {"Java": "class A {\n", "C#": "class A {\n", "PHP": "<?php\n", "Go": "package a\n"}
    return heads.get(language.name, "") + "".join(body.format(n) for n in range(number))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)
def test_a_file_of_very_many_functions_is_judged(language: Language) -> None:
    text = many(language, 500)
    assert found(f"a{language.endings[0]}", text.encode()) == []


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 3000 + "tenant.key or ENV['ANTHROPIC_API_KEY']" + ")" * 3000,
        "x = " + "tenant.key or ENV['ANTHROPIC_API_KEY'] + " * 300,
        "a" * 100_000 + " = tenant.key || process.env.ANTHROPIC_API_KEY",
        "key = tenant.key\n" * 500 + "key = os.environ['ANTHROPIC_API_KEY']\n" * 500,
        "useruser" * 10_000 + "key",
        "org.key " * 1_000 + "https://" * 1_000,
    ],
    ids=["nested", "long", "one-name", "same-name", "users", "words"],
)
def test_a_file_that_is_built_to_be_slow_is_judged(ending: str, text: str) -> None:
    found(f"a{ending}", text.encode())


def test_a_finding_is_told_once_a_line() -> None:
    lines = [one.line for one in found("a.py", (BAD.strip() + "; " + BAD).encode())]
    assert lines == [1]


def test_what_cannot_be_parsed_is_searched_and_its_trouble_told() -> None:
    source = open_source("a.py", (BAD + "x = " + "(" * 20_000).encode(), USUAL)
    assert source is not None
    assert [one.line for one in judge(source, RULES)] == [1]
    assert source.trouble


def test_a_file_that_only_speaks_of_one_side_is_not_parsed() -> None:
    text = b"import anthropic\nclient = anthropic.Anthropic()\nprint(client)\n"
    source = open_source("a.py", text, USUAL, Parsing.REFUSED)
    assert source is not None
    assert list(judge(source, RULES)) == []


def test_a_file_that_speaks_of_both_sides_is() -> None:
    source = open_source("a.py", BAD.encode(), USUAL, Parsing.REFUSED)
    assert source is not None
    with pytest.raises(NotParsedError):
        list(judge(source, RULES))


def test_parts_of_a_record_are_no_fallback() -> None:
    text = (
        "# anthropic\ndef lives(inventory):\n"
        "    return (_life(key, named, newer.get(id(key))) for key in keys)\n\n"
        "def _life(key, named, newer):\n    return Life(role=key.role, tenant=key.tenant, hint=key.hint,\n"
        "        end=min(ends, default=None), successor=None if newer is None else named[id(newer)])\n"
        'OURS = os.environ["ANTHROPIC_API_KEY"]\n'
    )
    assert found("book.py", text.encode()) == []


@pytest.mark.parametrize(
    "path", ["a.txt", "tests/a.py", "a_test.go", "src/a.spec.ts", "conftest.py"]
)
def test_what_is_no_source_code_of_the_product_is_not_wanted(path: str) -> None:
    assert not is_wanted(path)


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("import anthropic", True),
        ("ANTHROPIC_API_KEY", True),
        ("tenant.claudeKey", True),
        ("CLAUDE_API_KEY", True),
        ('litellm.completion(model="claude-x")', True),
        ("claude", False),
        ("a key for gpt", False),
    ],
)
def test_files_that_have_to_do_with_anthropics_keys_are_told(text: str, has: bool) -> None:
    assert has_anchor(text.encode()) is has
