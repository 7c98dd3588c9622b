"""The rules about tenants' keys keep their examples, in every language that they know."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.pages import CHECKOUT

from antkey_rules import builtin
from antkey_rules.code import load_code_rules
from antkey_rules.codecases import cases, check
from antkey_rules.pyrules import module_of
from antkey_scanner.code.rule import CodeRule
from antkey_scanner.code.search import search
from antkey_scanner.code.words import TENANT_WORDS, Vocabulary

RULES = {rule.rule.id: rule for rule in load_code_rules()}
ENDINGS = ("py", "ts", "js", "go", "cs", "java", "kt", "rb", "php", "rs")
FOLDER = Path(builtin.__path__[0]) / "code"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_finds_its_bad_examples_and_leaves_its_good_ones(rule: CodeRule) -> None:
    assert check(rule) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_has_three_bad_and_three_good_examples_in_every_language(rule: CodeRule) -> None:
    counts: Counter[tuple[bool, str]] = Counter()
    for example in (*rule.rule.examples, *cases(rule)):
        ending = example.text.partition(":")[0].rpartition(".")[2]
        counts[example.matches, ending] += 1
    few = [
        (matches, ending)
        for matches in (True, False)
        for ending in ENDINGS
        if counts[matches, ending] < 3
    ]
    assert few == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_a_rule_finds_stays_found_when_all_comments_are_taken_out(rule: CodeRule) -> None:
    for example in cases(rule):
        path, _, text = example.text.partition(":")
        if not example.matches or re.search(r"byok|own key|multi-tenant", text, re.IGNORECASE):
            continue
        bare = re.sub(r"(?m)^\s*(?://|#(?!\[)).*\n", "", text.strip() + "\n")
        assert list(search(path, bare.encode(), (rule,), Vocabulary())), text


def test_the_page_about_the_rules_names_each_of_them_once() -> None:
    page = (CHECKOUT / "docs/code-rules.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(tenant-key-[\w-]+)` \|", page, re.MULTILINE)
    assert sorted(named) == sorted(RULES)


def test_each_rule_has_a_file_of_examples() -> None:
    assert {path.stem for path in FOLDER.glob("*.cases")} == {module_of(name) for name in RULES}


def test_a_word_of_the_policy_makes_a_name_a_tenants() -> None:
    code = b"const key = gym.anthropicKey ?? process.env.ANTHROPIC_API_KEY;\n"
    rules = tuple(RULES.values())
    more = Vocabulary(tenant=TENANT_WORDS | {"gym"})
    assert not list(search("a.ts", code, rules, Vocabulary()))
    assert [one.rule for one in search("a.ts", code, rules, more)] == ["tenant-key-or-platform-key"]


def test_a_word_of_the_policy_makes_a_name_the_platforms() -> None:
    code = b"const key = tenant.apiKey ?? mothership.apiKey; new Anthropic({ apiKey: key });\n"
    rules = tuple(RULES.values())
    more = Vocabulary(platform=Vocabulary().platform | {"mothership"})
    assert not list(search("a.ts", code, rules, Vocabulary()))
    assert [one.rule for one in search("a.ts", code, rules, more)] == ["tenant-key-or-platform-key"]
