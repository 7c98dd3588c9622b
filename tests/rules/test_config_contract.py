"""A contract over every rule about files and every control over them: examples, pages, places."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from antkey_rules import filecases
from antkey_rules.configuration import (
    code_parts,
    load_config_rules,
    load_exposure_rules,
    load_file_rule,
    load_file_rules,
    load_url_rules,
    settings_parts,
)
from antkey_rules.examples import fill
from antkey_rules.load import load_file_controls
from antkey_rules.pyrules import page_of
from antkey_scanner.errors import RuleError
from antkey_scanner.model import Example
from antkey_scanner.settings.environments import SHARED
from antkey_scanner.settings.rule import FileRule
from antkey_scanner.settings.tracked import NOT_IGNORED, TRACKED

RULES = load_file_rules()
REQUIREMENT = re.compile(r"[MVPAT]\d{1,2}")
FRAMEWORK = re.compile(
    r"(?:SOC2|ISO27001|NIST800-53|PCIDSS4|ASVS5|OWASP-API|CIS8):[A-Z0-9.()-]+|CWE-\d+"
)
OF_PLACES = {TRACKED, NOT_IGNORED, SHARED}
ENVIRONMENTS = r"(?:.*/)?\.?(?:env|dev\.vars|flaskenv|envrc)(?:\..*)?|.*\.env"
COMPOSE = r"(?:.*/)?(?:docker-)?compose[\w.-]*\.ya?ml"
CODE = {
    "Python": r".*\.py",
    "TypeScript": r".*\.tsx?",
    "JavaScript": r".*\.[cm]?jsx?",
    "Go": r".*\.go",
    "C#": r".*\.cs",
    "Java": r".*\.java",
    "Kotlin": r".*\.kt",
    "Ruby": r".*\.rb",
    "PHP": r".*\.php",
    "Rust": r".*\.rs",
}
PAGES = {"Vue": r".*\.vue", "Svelte": r".*\.svelte", "HTML": r".*\.html"}
APPS = {"Swift": r".*\.swift", "Dart": r".*\.dart"}
URLS = {
    **CODE,
    "environment": ENVIRONMENTS,
    "compose": COMPOSE,
    "JSON": r".*\.json",
    "LiteLLM": r".*litellm.*",
    "Terraform": r".*\.tf",
}
CLAIMS: dict[str, dict[str, str]] = {
    "client-side-variable": {
        "environment": ENVIRONMENTS,
        "pipeline": r"ci\.yml",
        "image": r"Dockerfile",
        "TypeScript": r".*/?a\.ts",
        "JavaScript": r".*/?a\.jsx?",
        "Vue": PAGES["Vue"],
        "Svelte": PAGES["Svelte"],
        "Expo": r"eas\.json",
        "Nuxt": r"nuxt\.config\..*",
        "Next": r"next\.config\..*",
        "Vite": r"vite\.config\..*",
        "webpack": r"webpack\.config\..*",
        "Astro": r"astro\.config\..*",
        "Angular": r".*environments/environment.*\.ts",
    },
    "client-side-sdk": {
        "TypeScript": CODE["TypeScript"],
        "JavaScript": CODE["JavaScript"],
        **PAGES,
    },
    "client-side-call": {
        "React": r"src/Chat\.[jt]sx",
        "Angular": r".*\.service\.ts",
        "React Native": r"app/.*\.tsx",
        "script of a page": r"public/.*\.js",
        "Objective-C": r".*\.m",
        "Android in Java": CODE["Java"],
        "Android in Kotlin": CODE["Kotlin"],
        **PAGES,
        **APPS,
    },
    "client-side-resource": {
        "Android resources": r".*/res/.*\.xml",
        "property list": r".*\.plist",
        "xcconfig": r".*\.xcconfig",
        "Expo": r"app\.json",
        "Expo's code": r"app\.config\.[jt]s",
        "google-services": r".*google-services\.json",
        "Gradle": r".*\.gradle",
        "Gradle in Kotlin": r".*\.gradle\.kts",
        "assets": r"assets/.*",
        "served folder": r"public/.*",
        "bundle": r"dist/.*",
    },
    "logged-key": {
        **CODE,
        **APPS,
        "Vue": PAGES["Vue"],
        "shell": r".*\.sh",
        "pipeline": r"\.github/.*\.yml",
    },
    "logged-headers": CODE,
    "config-literal-key": {
        "image": r".*(?:Docker|Container)file.*",
        "compose": COMPOSE,
        "Kubernetes": r"k8s/.*",
        "Helm": r"(?:chart/)?values.*\.yaml",
        "Terraform": r".*\.tf",
        "its variables": r".*\.tfvars",
        "its state": r".*\.tfstate",
        "GitHub": r"\.github/.*",
        "GitLab": r"\.gitlab-ci\.yml",
        "CircleCI": r"\.circleci/.*",
        "Jenkins": r"Jenkinsfile",
        "Azure": r"azure-pipelines\.yml",
        "ansible": r"(?:group_vars|host_vars)/.*",
        "shell profile": r"\.(?:zshrc|bashrc|profile|bash_profile|zshenv)",
        "PowerShell": r".*\.ps1",
        "fish": r".*\.fish",
        "editor": r"\.vscode/.*",
        "MCP": r".*mcp\.json",
        "Claude": r"\.claude/.*",
        "notebook": r".*\.ipynb",
        "cassette": r"(?:tests/)?(?:cassettes|tapes)/.*",
        "appsettings": r"appsettings.*\.json",
        "TOML": r".*\.toml",
        "systemd": r".*\.service",
        "properties": r".*\.properties",
    },
    "config-key-in-image": {
        "image": r".*Dockerfile.*",
        "compose": COMPOSE,
        "script": r".*\.sh",
        "pipeline": r"\.gitlab-ci\.yml",
    },
    "config-shared-and-user-keys": {
        "LibreChat": r".*librechat\.yaml",
        "its environment": r"librechat/\.env",
        "LiteLLM": r".*litellm.*\.yaml",
        "Open WebUI": COMPOSE,
        "Cloudflare": r".*\.tf",
    },
    "url-base-url-refused": URLS,
    "url-base-url-loopback": URLS,
}
"""Rule → the kinds of files that it says it knows, by their paths."""

ISSUE = {"P2", "P5", "A1", "A3", "A4", "T2", "T4", "T5", "T7", "T8"}


@pytest.fixture(params=RULES, ids=lambda rule: rule.rule.id)
def rule(request: pytest.FixtureRequest) -> FileRule:
    """Each rule about files."""
    return request.param  # type: ignore[no-any-return]


def test_examples_hold(rule: FileRule) -> None:
    assert filecases.check(rule) == []


def test_examples_hold_whatever_the_keys_in_them_are(rule: FileRule) -> None:
    assert [one for seed in ("b", "c", "d") for one in filecases.check(rule, seed=seed)] == []


def test_there_are_three_examples_of_both_kinds(rule: FileRule) -> None:
    counts = Counter(example.matches for example in rule.rule.examples)
    assert min(counts[True], counts[False]) >= 3


@pytest.mark.parametrize("name", CLAIMS)
def test_there_are_three_examples_of_both_kinds_for_each_kind_of_file(name: str) -> None:
    (rule,) = [one for one in RULES if one.rule.id == name]
    counts: Counter[tuple[str, bool]] = Counter()
    for example in (*rule.rule.examples, *filecases.cases(rule)):
        path = example.text.partition(": ")[0]
        for kind, pattern in CLAIMS[name].items():
            counts[kind, example.matches] += re.fullmatch(pattern, path) is not None
    few = [
        (kind, matches)
        for kind in CLAIMS[name]
        for matches in (True, False)
        if counts[kind, matches] < 3
    ]
    assert few == []


def test_every_rule_that_judges_a_file_claims_kinds() -> None:
    assert set(CLAIMS) == {one.rule.id for one in RULES} - OF_PLACES


def test_no_case_stands_twice(rule: FileRule) -> None:
    texts = [one.text for one in filecases.cases(rule)]
    assert len(texts) == len(set(texts))


def test_a_page_says_what_why_and_what_to_do(rule: FileRule) -> None:
    why, _ = page_of(rule.rule)
    first, _, how = why.partition("\n\n")
    assert first.endswith(".")
    assert how.strip().endswith(".")
    assert len(rule.rule.remedy.split()) > 8
    assert rule.rule.title == rule.rule.title.strip().rstrip(".")


def test_requirements_and_frameworks_are_named(rule: FileRule) -> None:
    assert rule.rule.requirements
    assert all(REQUIREMENT.fullmatch(each) for each in rule.rule.requirements)
    assert rule.rule.frameworks
    assert all(FRAMEWORK.fullmatch(each) for each in rule.rule.frameworks)


def test_a_rule_is_of_its_family_and_place(rule: FileRule) -> None:
    assert rule.rule.id.startswith(
        {"exposure": ("client-side-", "logged-")}.get(rule.rule.family, rule.rule.family)
    )
    assert rule.rule.source == f"builtin/{rule.rule.family}/{rule.rule.id.replace('-', '_')}.py"


def test_a_rule_judges_a_file_unless_it_needs_more_than_one(rule: FileRule) -> None:
    judges = rule.in_code is not None or rule.in_settings is not None
    assert judges == (rule.rule.id not in OF_PLACES)


def test_messages_hold_nothing_of_a_value(rule: FileRule) -> None:
    import random

    for example in (*rule.rule.examples, *filecases.cases(rule)):
        path, _, text = example.text.partition(": ")
        text = fill(text, random.Random(1))
        for found in filecases.judged(rule, path, text):
            value = max(re.findall(r"[\w-]{40,}", text), key=len, default="")
            assert not value or not any(
                value[at : at + 12] in found.message for at in range(len(value) - 11)
            )
            assert len(found.message) < 300


def test_families_are_loaded_apart_and_together() -> None:
    assert {*load_exposure_rules(), *load_config_rules(), *load_url_rules()} == set(RULES)
    assert {one.rule.id for one in (*code_parts(RULES), *settings_parts(RULES))} == {
        one.rule.id for one in RULES
    } - OF_PLACES
    assert {load_file_rule(name).id for name in OF_PLACES} == OF_PLACES


def test_every_rule_breaks_exactly_one_control_that_is_as_severe() -> None:
    known = {one.rule.id: one.rule for one in RULES}
    controls = [one for one in load_file_controls() if not known.keys().isdisjoint(one.rules)]
    assert Counter(name for one in controls for name in one.rules) == dict.fromkeys(known, 1)
    for control in controls:
        rules = [known[name] for name in control.rules]
        assert control.severity.rank == max(one.severity.rank for one in rules)
        assert set(control.requirements) == {each for one in rules for each in one.requirements}
        assert all(FRAMEWORK.fullmatch(each) for each in control.frameworks)
    assert {each for control in controls for each in control.requirements} >= ISSUE


@pytest.mark.parametrize(
    ("text", "matches", "problem"),
    [
        (".env: ANTHROPIC_BASE_URL=http://a.example.com", False, "must not match and does"),
        (".env: ANTHROPIC_BASE_URL=https://api.anthropic.com", True, "must match and does not"),
    ],
)
def test_an_example_that_does_not_hold_is_told(text: str, matches: bool, problem: str) -> None:
    (rule,) = [one for one in RULES if one.rule.id == "url-base-url-refused"]
    wrong = rule._replace(rule=rule.rule._replace(examples=(Example(text, matches),)))
    (failure,) = filecases.check(wrong)
    assert problem in failure


def test_an_example_without_a_path_is_our_fault() -> None:
    wrong = RULES[0]._replace(
        rule=RULES[0].rule._replace(examples=(Example("nothing", matches=True),))
    )
    with pytest.raises(RuleError, match="is no example"):
        filecases.check(wrong)
