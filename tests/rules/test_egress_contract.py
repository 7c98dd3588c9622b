"""A contract over every rule about requests and every control: its examples, its page, its place."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from tests.traffic import carried, judge, sent

from antkey_rules import egresscases
from antkey_rules.egress import NOT_SEEN, load_egress_rule, load_egress_rules, not_seen
from antkey_rules.keys import load_key_rules
from antkey_rules.load import (
    load_builtin,
    load_controls,
    load_egress_controls,
    load_key_controls,
    load_providers,
)
from antkey_rules.pyrules import page_of
from antkey_scanner.egress.rule import EgressRule
from antkey_scanner.errors import RuleError
from antkey_scanner.inventory.records import Place
from antkey_scanner.model import Control, Example, Severity
from antkey_scanner.policy.kinds import Table
from antkey_scanner.policy.schema import POLICY

RULES = load_egress_rules()
CONTROLS = load_egress_controls()
REQUIREMENT = re.compile(r"[MVPAT]\d{1,2}")
FRAMEWORK = re.compile(
    r"(?:SOC2|ISO27001|NIST800-53|PCIDSS4|ASVS5|OWASP-API|CIS8):[A-Z0-9.()-]+|CWE-\d+"
)
CONTRACT = {
    *("egress-platform-key", "egress-wrong-tenant", "egress-unknown-key", "egress-no-key"),
    *("egress-two-keys", "egress-foreign-host", "egress-key-in-url", "egress-fallback-on-error"),
    *("egress-request-without-tenant-key", "egress-stale-key", "egress-model-not-allowed"),
    *("egress-key-in-browser", "egress-key-in-response", "egress-many-keys", "egress-not-seen"),
}
ISSUE = {
    *("M1", "M2", "M4", "M6", "M10", "M11", "V1", "V2", "V3", "V5", "V6", "V7"),
    *("P2", "P5", "P7", "A1", "A3", "A5", "A6", "A7", "A8"),
}


@pytest.fixture(params=RULES, ids=lambda rule: rule.rule.id)
def rule(request: pytest.FixtureRequest) -> EgressRule:
    """Each rule about requests."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=CONTROLS, ids=lambda control: control.id)
def control(request: pytest.FixtureRequest) -> Control:
    """Each control over requests."""
    return request.param  # type: ignore[no-any-return]


def test_the_rules_are_those_of_the_contract() -> None:
    assert {found.rule.id for found in RULES} == CONTRACT


def test_examples_hold(rule: EgressRule) -> None:
    assert egresscases.check(rule) == []


def test_there_are_examples_of_both_kinds(rule: EgressRule) -> None:
    assert {example.matches for example in rule.rule.examples} == {True, False}


def test_a_page_says_what_why_and_what_to_do(rule: EgressRule) -> None:
    why, _ = page_of(rule.rule)
    first, _, how = why.partition("\n\n")
    assert first.endswith(".")
    assert how.strip().endswith(".")
    assert len(rule.rule.remedy.split()) > 8
    assert rule.rule.title == rule.rule.title.strip().rstrip(".")


def test_requirements_and_frameworks_are_named(rule: EgressRule) -> None:
    assert rule.rule.requirements
    assert all(REQUIREMENT.fullmatch(each) for each in rule.rule.requirements)
    assert rule.rule.frameworks
    assert all(FRAMEWORK.fullmatch(each) for each in rule.rule.frameworks)


def test_the_policy_values_of_a_page_exist(rule: EgressRule) -> None:
    for value in page_of(rule.rule)[1]:
        kind: object = POLICY
        for part in value.split(" ")[0].split("."):
            assert isinstance(kind, Table)
            kind = kind.keys[part]


def test_examples_use_only_policy_values_of_the_page(rule: EgressRule) -> None:
    named = {value.split(" ")[0] for value in page_of(rule.rule)[1]}
    for example in rule.rule.examples:
        assert set(re.findall(r"^policy\.([a-z_.]+) =", example.text, re.MULTILINE)) <= named


def test_a_rule_is_found_by_its_id(rule: EgressRule) -> None:
    assert load_egress_rule(rule.rule.id).rule == rule.rule
    assert rule.rule.family == "egress"
    assert rule.rule.source == f"builtin/egress/{rule.rule.id.replace('-', '_')}.py"


def test_a_message_names_the_request_and_its_key_without_its_text(rule: EgressRule) -> None:
    for example in rule.rule.examples:
        if not example.matches or rule.rule.id == NOT_SEEN:
            continue
        case = egresscases.case(example.text)
        _, findings = egresscases.judged(case, RULES)
        (finding,) = [one for one in findings if one.rule.id == rule.rule.id]
        request = case.requests[-1]
        assert f"{request.method} {request.host}{request.path}" in finding.message
        if finding.secret is not None:
            assert finding.secret.hint in finding.message
        if request.tenant is not None:
            assert f" for {request.tenant}" in finding.message


def test_no_rule_minds_a_request_of_which_nothing_is_known(rule: EgressRule) -> None:
    bare = sent(tenant=None, time=None, host="", method="", path="", complete=False)
    assert judge(()).take(bare) == ()


def test_the_message_of_an_endless_request_is_short(rule: EgressRule) -> None:
    endless = "x" * 100_000
    request = sent(
        carried(endless, endless, hint="sk-ant-" + endless),
        carried("b", "url"),
        carried("c", "response"),
        tenant=endless,
        path="/" + endless,
        surface=endless,
        scenario=endless,
        method=endless,
        model=endless,
        browser=True,
    )
    for finding in judge().take(request):
        assert len(finding.message) < 1_500


def test_what_was_not_seen_is_no_violation_of_the_run() -> None:
    finding = not_seen("the surface chat", Place("test_chat.py", 3))
    assert finding.rule.severity is Severity.INFO
    assert finding.message == "no request was seen of the surface chat"
    assert (finding.location.path, finding.location.line) == ("test_chat.py", 3)


def test_every_rule_breaks_exactly_one_control() -> None:
    broken = Counter(name for each in CONTROLS for name in each.rules)
    assert broken == dict.fromkeys((rule.rule.id for rule in RULES), 1)


def test_a_control_is_as_severe_as_its_worst_rule(control: Control) -> None:
    worst = max(load_egress_rule(name).rule.severity.rank for name in control.rules)
    assert control.severity.rank == worst


def test_a_control_has_the_requirements_of_its_rules(control: Control) -> None:
    of_rules = {each for name in control.rules for each in load_egress_rule(name).rule.requirements}
    assert set(control.requirements) == of_rules
    assert control.frameworks
    assert all(FRAMEWORK.fullmatch(each) for each in control.frameworks)


def test_every_requirement_of_the_issue_has_a_control() -> None:
    assert {each for control in CONTROLS for each in control.requirements} >= ISSUE


def test_no_id_is_taken_twice() -> None:
    providers, provider_controls = load_providers()
    ids = [rule.rule.id for rule in (*load_builtin(), *providers)]
    ids += [rule.rule.id for rule in load_key_rules()] + [rule.rule.id for rule in RULES]
    controls = (*load_controls(), *load_key_controls(), *provider_controls, *CONTROLS)
    ids += [control.id for control in controls]
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_scans_do_not_promise_anything_about_requests() -> None:
    assert not {control.id for control in load_controls()} & {control.id for control in CONTROLS}


def _with(name: str, text: str, *, matches: bool) -> EgressRule:
    rule = load_egress_rule(name)
    return rule._replace(rule=rule.rule._replace(examples=(Example(text, matches),)))


KEYS = 'keys = [{name = "a", tenant = "acme"}]\n'
NONE = KEYS + 'requests = [{tenant = "acme"}]'


@pytest.mark.parametrize(
    ("name", "text", "matches", "problem"),
    [
        ("egress-no-key", NONE, False, "must not match and does"),
        ("egress-two-keys", NONE, True, "must match and does not"),
        ("egress-two-keys", KEYS + 'requests = [{x-api-key = "a"}]', False, "cannot be judged"),
        ("egress-no-key", KEYS, True, "is no example"),
        ("egress-no-key", KEYS + 'requests = [{tennant = "acme"}]', True, "is no example"),
        ("egress-no-key", KEYS + "requests = [{]", True, "is no example"),
        ("egress-no-key", KEYS + "requests = [3]", True, "is no example"),
        ("egress-no-key", 'keys = [{nam = "a"}]\nrequests = [{}]', True, "is no example"),
        ("egress-no-key", f"policy.egress.falback = 1\n{NONE}", True, "has no policy"),
    ],
)
def test_an_example_that_does_not_hold_is_told(
    name: str, text: str, matches: bool, problem: str
) -> None:
    (failure,) = egresscases.check(_with(name, text, matches=matches))
    assert failure.startswith(f"{name}: ")
    assert problem in failure


def test_a_module_without_its_rule_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from antkey_rules.builtin.egress import egress_no_key

    monkeypatch.setattr(egress_no_key, "RULE", load_key_rules()[0])
    with pytest.raises(RuleError, match=r"egress_no_key\.py: holds no RULE .* EgressRule\("):
        load_egress_rules()
