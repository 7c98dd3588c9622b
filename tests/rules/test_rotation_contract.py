"""A contract over every rule about keys and every control: its examples, its page, its place."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from antkey_rules import keycases
from antkey_rules.keys import load_key_rule, load_key_rules
from antkey_rules.load import load_builtin, load_controls, load_key_controls, load_providers
from antkey_rules.pyrules import page_of
from antkey_scanner.errors import RuleError
from antkey_scanner.inventory.judge import judge
from antkey_scanner.inventory.records import Inventory
from antkey_scanner.inventory.rule import Breach, Case, KeyRule
from antkey_scanner.model import Control, Example
from antkey_scanner.policy.keys import KeysPolicy
from antkey_scanner.policy.kinds import Named, Table
from antkey_scanner.policy.schema import POLICY

RULES = load_key_rules()
CONTROLS = load_key_controls()
REQUIREMENT = re.compile(r"[MVPAT]\d{1,2}")
FRAMEWORK = re.compile(
    r"(?:SOC2|ISO27001|NIST800-53|PCIDSS4|ASVS5|OWASP-API|CIS8):[A-Z0-9.()-]+|CWE-\d+"
)
ISSUE = {
    *("M5", "M7", "M8", "M12", "P3", "P4", "P8", "A2", "A10"),
    *("T1", "T5", "T6", "T9", "T10", "T12", "T14"),
}


@pytest.fixture(params=RULES, ids=lambda rule: rule.rule.id)
def rule(request: pytest.FixtureRequest) -> KeyRule:
    """Each rule about keys."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=CONTROLS, ids=lambda control: control.id)
def control(request: pytest.FixtureRequest) -> Control:
    """Each control over keys."""
    return request.param  # type: ignore[no-any-return]


def test_examples_hold(rule: KeyRule) -> None:
    assert keycases.check(rule) == []


def test_there_are_examples_of_both_kinds(rule: KeyRule) -> None:
    assert {example.matches for example in rule.rule.examples} == {True, False}


def test_a_page_says_what_why_and_what_to_do(rule: KeyRule) -> None:
    why, _ = page_of(rule.rule)
    first, _, how = why.partition("\n\n")
    assert first.endswith(".")
    assert how.strip().endswith(".")
    assert len(rule.rule.remedy.split()) > 8
    assert rule.rule.title == rule.rule.title.strip().rstrip(".")


def test_requirements_and_frameworks_are_named(rule: KeyRule) -> None:
    assert rule.rule.requirements
    assert all(REQUIREMENT.fullmatch(each) for each in rule.rule.requirements)
    assert rule.rule.frameworks
    assert all(FRAMEWORK.fullmatch(each) for each in rule.rule.frameworks)


def test_the_policy_values_of_a_page_exist(rule: KeyRule) -> None:
    for value in page_of(rule.rule)[1]:
        kind: object = POLICY
        for part in value.split(" ")[0].split("."):
            if isinstance(kind, Named):
                assert part == "NAME"
                kind = kind.of
            else:
                assert isinstance(kind, Table)
                kind = kind.keys[part]


def test_examples_use_only_policy_values_of_the_page(rule: KeyRule) -> None:
    named = [value.split(" ")[0] for value in page_of(rule.rule)[1]]
    for example in rule.rule.examples:
        for used in re.findall(r"^policy\.([a-z_.]+) =", example.text, re.MULTILINE):
            used = re.sub(r"(environments\.)[a-z]+", r"\1NAME", used)
            assert any(used.startswith(name) for name in named), used


def test_an_empty_inventory_breaks_nothing(rule: KeyRule) -> None:
    for members, tenants in ((None, None), ((), ())):
        case = Case(Inventory((), members, tenants), KeysPolicy(), 0, ())
        if rule.off(case) is None:
            assert list(rule.check(case)) == []


def test_what_is_off_says_a_cure(rule: KeyRule) -> None:
    reason = rule.off(Case(Inventory(()), KeysPolicy(), 0))
    if reason is not None:
        problem, semicolon, cure = reason.partition("; ")
        assert semicolon
        assert cure
        assert problem[0].islower()


def test_a_message_names_the_key_in_front_of_everything_else(rule: KeyRule) -> None:
    for example in rule.rule.examples:
        if example.matches:
            for verdict in rule.check(keycases.case(example.text)):
                if isinstance(verdict, Breach) and verdict.record is not None:
                    assert verdict.record.label in verdict.message
                    assert len(verdict.message) < 250


def test_a_finding_of_one_rule_has_an_anchor_of_its_own(rule: KeyRule) -> None:
    for example in rule.rule.examples:
        findings = judge(keycases.case(example.text), [rule]).findings
        anchors = Counter(finding.anchor for finding in findings)
        assert max(anchors.values(), default=1) == 1


def test_a_rule_is_found_by_its_id(rule: KeyRule) -> None:
    assert load_key_rule(rule.rule.id).rule == rule.rule
    assert rule.rule.family == "rotation"
    assert rule.rule.source == f"builtin/rotation/{rule.rule.id.replace('-', '_')}.py"


def test_every_rule_breaks_exactly_one_control() -> None:
    broken = Counter(name for each in CONTROLS for name in each.rules)
    assert broken == dict.fromkeys((rule.rule.id for rule in RULES), 1)


def test_a_control_is_as_severe_as_its_worst_rule(control: Control) -> None:
    worst = max(load_key_rule(name).rule.severity.rank for name in control.rules)
    assert control.severity.rank == worst


def test_a_control_has_the_requirements_of_its_rules(control: Control) -> None:
    of_rules = {each for name in control.rules for each in load_key_rule(name).rule.requirements}
    assert set(control.requirements) == of_rules
    assert control.frameworks
    assert all(FRAMEWORK.fullmatch(each) for each in control.frameworks)


def test_every_requirement_of_the_inventory_has_a_control() -> None:
    assert {each for control in CONTROLS for each in control.requirements} >= ISSUE


def test_no_id_is_taken_twice() -> None:
    providers, provider_controls = load_providers()
    ids = [rule.rule.id for rule in (*load_builtin(), *providers, *RULES)]
    ids += [control.id for control in (*load_controls(), *provider_controls, *CONTROLS)]
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_scans_do_not_promise_anything_about_keys() -> None:
    assert not {control.id for control in load_controls()} & {control.id for control in CONTROLS}


def _with(rule: KeyRule, text: str, *, matches: bool) -> KeyRule:
    return rule._replace(rule=rule.rule._replace(examples=(Example(text, matches),)))


NOW = "now = 2026-11-20T00:00:00Z\n"
OLD = NOW + 'keys = [{name = "a", created_at = 2020-01-01T00:00:00Z}]'
NEW = NOW + 'keys = [{name = "a", created_at = 2026-11-01T00:00:00Z}]'


@pytest.mark.parametrize(
    ("name", "text", "matches", "problem"),
    [
        ("key-past-rotation-age", OLD, False, "must not match and does"),
        ("key-past-rotation-age", NEW, True, "must match and does not"),
        ("key-past-rotation-age", NOW + 'keys = [{name = "a"}]', False, "must not match and does"),
        ("key-past-rotation-age", NOW + 'keys = [{nam = "a"}]', True, "is no example"),
        ("key-past-rotation-age", 'keys = [{name = "a"}]', True, "is no example"),
        ("key-past-rotation-age", f"policy.rotation.max_age = 1\n{OLD}", True, "has no policy"),
        ("key-unused", OLD, True, "gives it nothing to judge by"),
    ],
)
def test_an_example_that_does_not_hold_is_told(
    name: str, text: str, matches: bool, problem: str
) -> None:
    (failure,) = keycases.check(_with(load_key_rule(name), text, matches=matches))
    assert failure.startswith(f"{name}: ")
    assert problem in failure


def test_a_module_without_its_rule_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from antkey_rules.builtin.rotation import key_unused

    monkeypatch.setattr(key_unused, "RULE", load_key_rule("orphaned-key"))
    with pytest.raises(RuleError, match=r"key_unused\.py: holds no RULE of that name"):
        load_key_rules()
