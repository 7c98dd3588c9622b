"""A contract over every rule that ships: its examples, its pattern, its text."""

from __future__ import annotations

import re

import pytest

from antkey_rules.examples import check
from antkey_rules.linear import problem
from antkey_rules.load import load_builtin, load_controls, load_providers
from antkey_scanner.model import PatternRule

PROVIDERS, PROVIDER_CONTROLS = load_providers()
USUAL = load_builtin()
RULES = (*USUAL, *PROVIDERS)
REQUIREMENT = re.compile(r"[MVPAT]\d{1,2}")


@pytest.fixture(params=RULES, ids=lambda rule: rule.rule.id)
def rule(request: pytest.FixtureRequest) -> PatternRule:
    """Each built-in rule."""
    return request.param  # type: ignore[no-any-return]


def test_examples_hold(rule: PatternRule) -> None:
    assert [failure for seed in "abcdefgh" for failure in check(rule, seed=seed)] == []


def test_pattern_is_linear(rule: PatternRule) -> None:
    assert problem(rule.pattern, re.VERBOSE) is None


def test_requirements_exist(rule: PatternRule) -> None:
    assert rule.rule.requirements
    assert all(REQUIREMENT.fullmatch(each) for each in rule.rule.requirements)


def test_every_rule_breaks_a_control() -> None:
    broken = {name for control in load_controls() for name in control.rules}
    assert broken == {rule.rule.id for rule in USUAL}
    broken = {name for control in PROVIDER_CONTROLS for name in control.rules}
    assert broken == {rule.rule.id for rule in PROVIDERS}


def test_rules_have_the_names_of_their_files() -> None:
    for rules in (USUAL, PROVIDERS):
        assert [rule.rule.source for rule in rules] == sorted(
            f"builtin/{rule.rule.family}/{rule.rule.id.replace('-', '_')}.yaml" for rule in rules
        )


def test_other_providers_keys_are_off_by_default() -> None:
    assert {rule.rule.family for rule in PROVIDERS} == {"provider"}
    assert "provider" not in {rule.rule.family for rule in USUAL}
    assert {anchor for rule in USUAL for anchor in rule.anchors} == {b"sk-ant-"}
