"""Controls on the page: each once, the worst first, under its requirements and frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.reports.showcase import showcase

from antkey_reports.controls import ShownControls, missing, shown_controls
from antkey_reports.page import shown_findings
from antkey_reports.registry import render
from antkey_scanner.model import Assessment, Attestation, Control, Outcome, Result, Severity

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def assessment(
    name: str,
    outcome: Outcome = Outcome.PASS,
    *,
    requirements: tuple[str, ...] = (),
    frameworks: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    evidence: str = "seen",
) -> Assessment:
    control = Control(name, name, Severity.HIGH, rules, requirements, frameworks)
    return Assessment(control, outcome, 0, evidence)


def shown(result: Result) -> ShownControls:
    found = shown_controls(result, shown_findings(result).of_rules.rules)
    assert found is not None
    return found


def test_without_controls_there_is_nothing_to_show(make: Maker) -> None:
    assert shown_controls(make.result(), {}) is None


def test_what_failed_comes_first_and_what_passed_last(make: Maker) -> None:
    outcomes = (
        Outcome.PASS,
        Outcome.WAIVED,
        Outcome.NOT_ASSESSED,
        Outcome.ERROR,
        Outcome.FAIL,
    )
    every = tuple(assessment(f"c-{one.value}", one) for one in outcomes)
    order = [one.assessment.outcome for one in shown(make.result(assessments=every)).shown]
    assert order == [*reversed(outcomes)]


def test_a_requirement_is_as_good_as_the_worst_control_that_bears_on_it(make: Maker) -> None:
    every = (
        assessment("a", Outcome.PASS, requirements=("M1", "M2")),
        assessment("b", Outcome.NOT_ASSESSED, requirements=("M1",)),
    )
    (group,) = shown(make.result(assessments=every)).requirements
    assert [(one.name, one.outcome.value) for one in group.criteria] == [
        ("M1", "not-assessed"),
        ("M2", "pass"),
    ]
    assert [link.id for link in group.criteria[0].controls] == ["b", "a"]


def test_requirements_are_in_the_order_of_their_numbers(make: Maker) -> None:
    one = assessment("a", requirements=("T10", "T2", "A1", "M12", "M9", "X1"))
    groups = shown(make.result(assessments=(one,))).requirements
    assert [[criterion.name for criterion in group.criteria] for group in groups] == [
        ["M9", "M12"],
        ["A1"],
        ["T2", "T10"],
        ["X1"],
    ]
    assert groups[-1].title == "Other"


def test_frameworks_have_their_names(make: Maker) -> None:
    one = assessment(
        "a", frameworks=("SOC2:CC6.1", "NIST800-53:IA-5(1)", "NEW:1.2", "CWE-798", "odd")
    )
    groups = shown(make.result(assessments=(one,))).frameworks
    assert {group.title: group.criteria[0].name for group in groups} == {
        "SOC 2": "CC6.1",
        "NIST SP 800-53 r5": "IA-5(1)",
        "NEW": "1.2",
        "Common Weakness Enumeration": "CWE-798",
        "odd": "odd",
    }


def test_a_failed_control_says_what_to_do_and_leads_to_its_findings(make: Maker) -> None:
    failed = assessment("no-leaked-key", Outcome.FAIL, rules=("anthropic-api-key", "other"))
    result = make.result(make.finding(), assessments=(failed,))
    (one,) = shown(result).shown
    (link,) = one.broken
    assert (link.id, link.anchor) == ("anthropic-api-key", "rule-anthropic-api-key")
    page = render("html", result)
    assert '<a href="#rule-anthropic-api-key">' in page
    assert 'id="rule-anthropic-api-key"' in page


def test_every_rule_with_an_open_finding_has_its_anchor(make: Maker) -> None:
    leaked = make.rule("leaked-key-still-active")
    known = make.key("prod")
    found = make.finding("a.env", number=1)._replace(key=known)
    told = make.about(known, rule=leaked, message="it leaked")
    low = make.rule("also-in-history", severity=Severity.LOW)
    again = make.finding("b.env", number=1, rule=low)._replace(key=known)
    failed = assessment("leaks", Outcome.FAIL, rules=(leaked.id, low.id))
    page = render("html", make.result(found, told, again, assessments=(failed,)))
    for rule in (found.rule, leaked, low):
        assert page.count(f'id="rule-{rule.id}"') == 1
    assert '<a href="#rule-also-in-history">' in page
    assert page.index('id="findings"') < page.index('id="rule-leaked-key-still-active"')


def test_a_rule_that_there_is_no_room_for_has_its_anchor(make: Maker) -> None:
    long = "<&" * 4000
    findings = [
        make.finding(f"{n}{long}", number=n, rule=make.rule(f"r{n}", title=long))
        for n in range(300)
    ]
    page = render("html", make.result(*findings))
    assert "no room for" in page
    assert all(page.count(f'id="rule-r{n}"') == 1 for n in range(300))


def test_a_control_has_a_link_that_stays(make: Maker) -> None:
    page = render("html", make.result(assessments=(assessment("keys-are-rotated"),)))
    assert '<tr id="control-keys-are-rotated">' in page


@pytest.mark.parametrize("name", ["a b", '"><b>', "", "ä", "x" * 500])
def test_a_name_that_is_no_word_makes_a_link_all_the_same(make: Maker, name: str) -> None:
    every = (assessment(name), assessment(name))
    anchors = [one.anchor for one in shown(make.result(assessments=every)).shown]
    assert len(set(anchors)) == 2
    assert all(anchor.replace("-", "").isalnum() for anchor in anchors)


@pytest.mark.parametrize(
    ("expires", "words"),
    [("2026-11-19", "expired 2026-11-19"), ("2026-11-20", "good until 2026-11-20")],
)
def test_whose_word_it_is_and_how_long_it_is_good(make: Maker, expires: str, words: str) -> None:
    said = Attestation("We do.", "ops@example.com", "2026-01-01", expires)
    result = make.result(assessments=(assessment("a")._replace(attestation=said),))
    assert f"“We do.” <small>ops@example.com, on 2026-01-01, {words}</small>" in render(
        "html", result
    )


def test_commands_in_evidence_are_set_as_code(make: Maker) -> None:
    evidence = "never seen; run `antkey egress run -- <COMMAND>` for it"
    page = render("html", make.result(assessments=(assessment("a", evidence=evidence),)))
    assert "run <code>antkey egress run -- &lt;COMMAND&gt;</code> for it" in page
    odd = assessment("a", evidence="a ` alone <b>")
    assert "a ` alone &lt;b&gt;" in render("html", make.result(assessments=(odd,)))


def test_missing_evidence_is_told_once_and_first_what_is_required(make: Maker) -> None:
    nobody = "no machine can see it; not required"
    every = (
        assessment("a", Outcome.NOT_ASSESSED, evidence=nobody),
        assessment("b", Outcome.NOT_ASSESSED, evidence="never seen"),
        assessment("c", Outcome.NOT_ASSESSED, evidence=nobody),
    )
    groups = missing(make.result(assessments=every))
    assert [(one.evidence, [control.id for control in one.controls]) for one in groups] == [
        ("never seen", ["b"]),
        (nobody, ["a", "c"]),
    ]
    assert [one.required for one in groups] == [True, False]
    page = render("html", make.result(assessments=(every[0],)))
    assert "The policy requires none of it." in page
    assert "The policy requires none of it." not in render("html", make.result(assessments=every))


def test_more_controls_than_fit_are_counted(make: Maker) -> None:
    every = tuple(assessment(f"c{n}", evidence="long " * 200) for n in range(900))
    found = shown(make.result(assessments=every))
    assert found.hidden > 0
    assert found.hidden + len(found.shown) == 900
    assert found.counts == ((Outcome.PASS, 900),)


def test_each_control_of_a_report_is_on_the_page_once(make: Maker) -> None:
    result = showcase(make)
    page = render("html", result)
    for one in result.assessments:
        assert page.count(f'id="control-{one.control.id}"') == 1
