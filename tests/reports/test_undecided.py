"""Undecided is neither clean nor incomplete, and what was not judged is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from antkey_reports.registry import render
from antkey_reports.verdict import verdict
from antkey_scanner.model import Assessment, Control, Outcome, Result, Severity

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

WHY = "1 key not judged, its age is not known (legacy)"


def gap(name: str = "keys-are-rotated", evidence: str = WHY) -> Assessment:
    control = Control(name, f"The title of {name}", Severity.HIGH, ("key-past-rotation-age",))
    return Assessment(control, Outcome.NOT_ASSESSED, 0, evidence)


@pytest.fixture
def undecided(make: Maker) -> Result:
    return make.audit(keys=(make.key("legacy", age_days=None),), exit_code=4, assessments=(gap(),))


def test_it_has_a_word_and_a_tone_of_its_own(undecided: Result) -> None:
    judged = verdict(undecided)
    assert (judged.tone, judged.word) == ("undecided", "UNDECIDED")
    assert judged.reason == "undecided: evidence is missing; 1 control not judged"


def test_text_is_neither_clean_nor_incomplete(undecided: Result) -> None:
    text = render("text", undecided)
    assert "UNDECIDED  no findings\n" in text
    assert "CLEAN" not in text
    assert "INCOMPLETE" not in text
    assert f"Not judged: 1 control\n  keys-are-rotated: {WHY}\n" in text


def test_page_is_neither_clean_nor_incomplete(undecided: Result) -> None:
    page = render("html", undecided)
    assert '<header class="verdict undecided">' in page
    assert "Keys undecided: evidence is missing" in page
    assert "<strong>1 control not judged</strong>" in page
    assert WHY in page[page.index('<h2 id="not-judged">') : page.index('<h2 id="scope">')]
    assert "Keys are in order" not in page
    assert "<dt>Complete</dt><dd>yes</dd>" in page


def test_sarif_is_no_success_and_names_what_is_missing(undecided: Result) -> None:
    invocation = json.loads(render("sarif", undecided))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 4
    assert (
        invocation["exitCodeDescription"] == "undecided: evidence is missing; 1 control not judged"
    )
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["level"] == "warning"
    assert notice["message"]["text"] == f"Not judged: keys-are-rotated: {WHY}"


def test_a_scan_can_be_undecided_too(make: Maker) -> None:
    result = make.result(exit_code=4)
    assert verdict(result).answer == "Do not deploy yet: undecided"
    assert verdict(result).reason == "undecided: evidence is missing"


def test_clean_says_what_was_not_judged(make: Maker) -> None:
    judged = verdict(make.audit(keys=(make.key(),), assessments=(gap(),), exit_code=0))
    assert judged.word == "CLEAN"
    assert judged.reason.endswith("; 1 control not judged")


def test_a_violation_says_what_was_not_judged(make: Maker) -> None:
    key = make.key(age_days=142)
    result = make.audit(make.about(key), keys=(key,), assessments=(gap(), gap("other")))
    assert verdict(result).reason.endswith("; 2 controls not judged")


def test_controls_with_one_reason_share_a_line(make: Maker) -> None:
    gaps = (gap("a"), gap("b", "no members are listed"), gap("c"))
    text = render("text", make.audit(keys=(make.key(),), assessments=gaps, exit_code=0))
    assert f"Not judged: 3 controls\n  a, c: {WHY}\n  b: no members are listed\n" in text


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (0, "Keys are in order"),
        (1, "Keys need action"),
        (3, "Keys not judged in full: incomplete"),
        (4, "Keys undecided: evidence is missing"),
        (70, "Keys not judged: the run failed"),
    ],
)
def test_an_audit_of_keys_answers_about_keys(make: Maker, code: int, answer: str) -> None:
    assert verdict(make.audit(keys=(make.key(),), exit_code=code)).answer == answer
