"""JUnit XML, as CI servers show test results: each control is a test case, its findings are its failures.

The element names are those that Jenkins, GitLab and Azure Pipelines read (testsuites, testsuite, testcase,
failure, skipped, error).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from antkey_reports.comparing import compared, named
from antkey_reports.escape import terminal
from antkey_reports.surroundings import scope, trend, vouched
from antkey_reports.wording import accepted, place
from antkey_scanner.assess import is_violation
from antkey_scanner.model import Assessment, Finding, Outcome, Result

_SUITE = "antkey"
_MOST_FINDINGS = 1_000
"""So many findings of a control are written out; the rest is counted."""


def render(result: Result, _color: bool, _width: int) -> str:
    """The whole document."""
    cases = [_case(assessment, result) for assessment in result.assessments]
    cases += _unassessed(result)
    cases += [_incomplete(result)] if not result.run.complete else []
    suite = Element("testsuite", _counts(cases, result))
    suite.append(_properties(result))
    suite.extend(cases)
    SubElement(suite, "system-out").text = "\n".join(_besides(result))
    root = Element("testsuites", {"name": _SUITE})
    root.append(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _counts(cases: Sequence[Element], result: Result) -> dict[str, str]:
    run = result.run
    failures, errors, skipped = (
        sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error", "skipped")
    )
    return {
        "name": f"{_SUITE} {run.command}",
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": str(errors),
        "skipped": str(skipped),
        "time": f"{run.seconds:.3f}",
        "timestamp": run.started_at.removesuffix("Z"),
        "hostname": "localhost",
    }


def _properties(result: Result) -> Element:
    properties = Element("properties")
    run = result.run
    for name, value in (
        ("exit_code", str(int(run.exit_code))),
        ("complete", str(run.complete).lower()),
        ("undecided", str(run.undecided).lower()),
        ("version", run.version),
        ("policy", run.policy.path or "defaults"),
        ("profile", run.policy.profile),
        *(("scope", line) for line in scope(result)),
        *_compared(result),
        *_trend(result),
    ):
        SubElement(properties, "property", {"name": name, "value": terminal(value)})
    return properties


def _compared(result: Result) -> Iterator[tuple[str, str]]:
    groups = compared(result)
    if groups is not None:
        yield "compared_with", groups.before
        yield "new", str(len(groups.new))
        yield "still_open", str(len(groups.still_open))
        yield "fixed", str(len(groups.fixed))


def _trend(result: Result) -> Iterator[tuple[str, str]]:
    if result.trend is not None:
        yield "history", trend(result.trend)


def _besides(result: Result) -> Iterator[str]:
    """What fails nothing and is to be seen all the same: accepted findings, information, skips."""
    tolerated = [one for one in result.findings if not is_violation(one, result.run.fail_on)]
    for one in tolerated[:_MOST_FINDINGS]:
        status = accepted(one) or one.rule.severity.value
        yield f"{terminal(place(one.location))}: {one.rule.id}: {terminal(one.message)} [{terminal(status)}]"
    if len(tolerated) > _MOST_FINDINGS:
        yield f"and {len(tolerated) - _MOST_FINDINGS:,} more that fail nothing"
    fixed = () if result.comparison is None else result.comparison.fixed
    for one in fixed[:_MOST_FINDINGS]:
        yield terminal(f"fixed: {named(one)}")
    for skip in result.skips[:_MOST_FINDINGS]:
        yield f"not read: {terminal(skip.path)}: {terminal(skip.reason)}"
    if len(result.skips) > _MOST_FINDINGS:
        yield f"and {len(result.skips) - _MOST_FINDINGS:,} more that were not read"


def _case(assessment: Assessment, result: Result) -> Element:
    control = assessment.control
    name = terminal(f"{control.id}: {control.title}")
    case = Element("testcase", {"classname": f"{_SUITE}.{terminal(control.id)}", "name": name})
    evidence = terminal(assessment.evidence)
    about = [one for one in result.findings if one.rule.id in control.rules]
    match assessment.outcome:
        case Outcome.FAIL:
            _failure(case, evidence, about, result)
        case Outcome.ERROR:
            SubElement(case, "error", {"message": evidence, "type": "error"})
        case Outcome.NOT_ASSESSED | Outcome.WAIVED:
            SubElement(case, "skipped", {"message": f"{assessment.outcome.value}: {evidence}"})
        case Outcome.PASS:
            pass
    if assessment.attestation is not None:
        said = f"attested: {vouched(assessment.attestation)}"
        SubElement(case, "system-out").text = terminal(said)
    return case


def _unassessed(result: Result) -> Iterator[Element]:
    """Violations of rules that no control of this result is about: such as a user's own."""
    known = {rule for assessment in result.assessments for rule in assessment.control.rules}
    others: dict[str, list[Finding]] = {}
    for finding in result.findings:
        if finding.rule.id not in known and is_violation(finding, result.run.fail_on):
            others.setdefault(finding.rule.id, []).append(finding)
    for identity, findings in others.items():
        rule = findings[0].rule
        name = terminal(f"{identity}: {rule.title}")
        case = Element("testcase", {"classname": f"{_SUITE}.{terminal(identity)}", "name": name})
        _failure(case, terminal(rule.title), findings, result)
        yield case


def _failure(case: Element, message: str, findings: Sequence[Finding], result: Result) -> None:
    wrong = [finding for finding in findings if is_violation(finding, result.run.fail_on)]
    kinds = ", ".join(dict.fromkeys(finding.rule.id for finding in wrong))
    failure = SubElement(case, "failure", {"message": message, "type": terminal(kinds)})
    lines = [
        f"{terminal(place(one.location))}: {one.rule.id}: {terminal(one.message)}{_note(one)}"
        for one in wrong[:_MOST_FINDINGS]
    ]
    if len(wrong) > _MOST_FINDINGS:
        lines.append(f"and {len(wrong) - _MOST_FINDINGS:,} more")
    failure.text = "\n".join(lines)


def _note(finding: Finding) -> str:
    return f" [{terminal(finding.note)}]" if finding.note else ""


def _incomplete(result: Result) -> Element:
    """What was not read to its end, as a test that could not be run."""
    case = Element(
        "testcase", {"classname": f"{_SUITE}.complete", "name": "everything in scope was read"}
    )
    unread = [skip for skip in result.skips if skip.counts]
    kind = "skipped" if result.run.allow_incomplete is not None else "error"
    text = "; ".join(f"{terminal(skip.path)}: {terminal(skip.reason)}" for skip in unread[:20])
    more = f" and {len(unread) - 20:,} more" if len(unread) > 20 else ""
    SubElement(case, kind, {"message": f"{len(unread):,} not read to the end: {text}{more}"})
    return case
