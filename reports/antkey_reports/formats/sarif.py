"""SARIF 2.1.0, as GitHub code scanning and other viewers take it.

The extra demands are those of GitHub's page "SARIF support for code scanning": texts and help for each
rule, relative URIs, one location at least, `security-severity`, 5,000 results kept of a run.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from antkey_reports.escape import json_document, relative_uri, sarif_message, visible
from antkey_reports.formats.json import attestations, repositories, trend
from antkey_reports.verdict import incomplete, not_judged, verdict
from antkey_reports.wording import accepted, decoded
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import (
    Cell,
    Confidence,
    Finding,
    KeyRef,
    Location,
    Result,
    Rule,
    Severity,
    Skip,
    Status,
)

_MOST_RESULTS = 5_000
_MOST_SKIPS = 5_000
_MOST_CELLS = 5_000
_MOST_TAGS = 10
_ROOT = "%SRCROOT%"

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}

# GitHub's bands: above 9.0 critical, from 7.0 high, from 4.0 medium, above 0 low.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
_PRECISIONS = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}
_REASONS = {
    "baseline": "accepted in the baseline",
    "inline": "waived beside it",
    "policy": "waived by the policy",
}

_BY_STATUS = {Status.BASELINE: "baseline", Status.WAIVED: "policy"}

_Json = dict[str, object]


def render(result: Result, _color: bool, _width: int) -> str:
    """One log with one run. Pure ASCII."""
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(result)],
    }
    return json_document(json.dumps(log, indent=2, ensure_ascii=True)) + "\n"


def _run(result: Result) -> _Json:
    kept = _worst(result.findings)
    gone = () if result.comparison is None else result.comparison.fixed[:_MOST_RESULTS]
    rules = {finding.rule.id: finding.rule for finding in (*kept, *gone)}
    order = sorted(rules)
    state_of = _states(result)
    return {
        "tool": {
            "driver": {
                "name": "antkey",
                "version": result.run.version,
                "rules": [_rule(rules[name]) for name in order],
            }
        },
        "automationDetails": {"id": f"antkey/{visible(result.run.command)}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The scanned root."}}},
        "invocations": [_invocation(result, len(kept))],
        "results": [
            *(_result(one, order.index(one.rule.id), state_of(one)) for one in kept),
            *(_result(one, order.index(one.rule.id), "absent") for one in gone),
        ],
        "properties": {
            "findings": len(result.findings),
            "findingsInThisFile": len(kept),
            "skipped": len(result.skips),
            **_coverage(result.coverage),
            **_surroundings(result),
        },
    }


def _surroundings(result: Result) -> _Json:
    """What was in scope, who vouches, and what earlier runs say, where these are known."""
    known: _Json = {
        "repositories": repositories(result),
        "hosts": list(result.hosts[:_MOST_CELLS]),
        "attestations": attestations(result),
        "trend": trend(result),
        "comparedWith": result.comparison.before if result.comparison else None,
    }
    return {name: value for name, value in known.items() if value}


def _coverage(cells: tuple[Cell, ...]) -> _Json:
    """What the requests of each tenant and surface showed, where requests were judged."""
    rows = [
        {
            "tenant": cell.tenant,
            "surface": cell.surface,
            "scenario": cell.scenario,
            "outcome": cell.outcome,
            "requests": cell.requests,
        }
        for cell in cells[:_MOST_CELLS]
    ]
    return {"coverage": rows} if rows else {}


def _worst(findings: tuple[Finding, ...]) -> list[Finding]:
    """What a viewer keeps: open ones first, the worst first; the order they came in otherwise."""
    ranked = sorted(
        findings, key=lambda one: (one.status is not Status.OPEN, -one.rule.severity.rank)
    )
    return ranked[:_MOST_RESULTS]


def _rule(rule: Rule) -> _Json:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why or rule.title},
        "help": {
            "text": f"{rule.why}\n\nWhat to do: {rule.remedy}".strip(),
            "markdown": f"{rule.why}\n\n**What to do:** {rule.remedy}".strip(),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": _tags(rule),
            "precision": _PRECISIONS[rule.confidence],
            "problem.severity": _problem_severity(rule.severity),
            "security-severity": _SCORES[rule.severity],
        },
    }


def _tags(rule: Rule) -> list[str]:
    tags = ["security", rule.family, *rule.requirements, *rule.frameworks]
    return list(dict.fromkeys(tag for tag in tags if tag))[:_MOST_TAGS]


def _problem_severity(severity: Severity) -> str:
    level = _LEVELS[severity]
    return "recommendation" if level == "note" else level


def _states(result: Result) -> Callable[[Finding], str | None]:
    """SARIF's `baselineState` (3.27.24), where the result is compared with an earlier one."""
    if result.comparison is None:
        return lambda _finding: None
    new = frozenset(result.comparison.new)
    return lambda finding: "new" if fingerprint(finding) in new else "unchanged"


def _result(finding: Finding, rule_index: int, state: str | None) -> _Json:
    compared: _Json = {} if state is None else {"baselineState": state}
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.rule.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.location)],
        "partialFingerprints": {"antkeyFingerprint/v1": fingerprint(finding)},
        "suppressions": _suppressions(finding),
        "properties": _details(finding),
        **compared,
    }


def _message(finding: Finding) -> str:
    text = finding.message
    if finding.secret and finding.secret.hint not in text:
        text += f": {finding.secret.hint}"
    if finding.key and finding.key.name not in text:
        text += f" ({_named(finding.key)})"
    if finding.location.decoded:
        text += f" ({decoded(finding.location)})"
    if finding.note:
        text += f"; {finding.note}"
    return sarif_message(text)


def _named(key: KeyRef) -> str:
    sure = "probably " if key.match == "probable" else ""
    return f"{sure}the key {key.name}"


def _location(location: Location) -> _Json:
    # A place without lines still needs a region: viewers put it on the first line.
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(location.path),
            "region": {"startLine": location.line or 1, "startColumn": location.column or 1},
        }
    }


def _artifact(path: str) -> _Json:
    return {"uri": relative_uri(path), "uriBaseId": _ROOT}


def _suppressions(finding: Finding) -> list[_Json]:
    if finding.status is Status.OPEN:
        return []
    by = finding.accepted.by if finding.accepted else _BY_STATUS[finding.status]
    reason = (accepted(finding) or "").partition(": ")[2]
    return [
        {
            "kind": "inSource" if by == "inline" else "external",
            "status": "accepted",
            "justification": visible(f"{_REASONS[by]}: {reason}" if reason else _REASONS[by]),
        }
    ]


def _details(finding: Finding) -> _Json:
    where = finding.location
    details: _Json = {
        "confidence": finding.rule.confidence.value,
        "severity": finding.rule.severity.value,
    }
    if finding.secret:
        details |= {"kind": finding.secret.kind, "hint": finding.secret.hint}
        details["sha256"] = finding.secret.sha256
    if where.decoded:
        details["decoded"] = list(where.decoded)
    for name, value in (
        ("commit", where.commit),
        ("blob", where.blob),
        ("firstSeen", where.first_seen),
    ):
        if value:
            details[name] = value
    if where.refs is not None:
        details["refs"] = list(where.refs)
    if finding.key:
        details["key"] = _key(finding.key)
    if finding.tenants:
        details["tenants"] = list(finding.tenants)
    if finding.detected:
        details["detected"] = finding.detected
    return details


def _key(key: KeyRef) -> _Json:
    """The fields of the JSON report that are known, named as SARIF names things."""
    fields: _Json = {
        "name": key.name,
        "environment": key.environment,
        "service": key.service,
        "tenant": key.tenant,
        "owner": key.owner,
        "status": key.status,
        "role": key.role,
        "createdAt": key.created_at,
        "ageDays": key.age_days,
        "ageFrom": key.age_from,
        "dueAt": key.due_at,
        "hint": key.hint,
        "id": key.id,
        "sha256": key.sha256,
        "replaces": key.replaces,
        "revokedAt": key.revoked_at,
        "match": key.match or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _invocation(result: Result, kept: int) -> _Json:
    run = result.run
    tolerated = not incomplete(result) or run.allow_incomplete is not None
    return {
        "executionSuccessful": run.exit_code in (0, 1) and tolerated,
        "exitCode": int(run.exit_code),
        "exitCodeDescription": visible(verdict(result).reason),
        "startTimeUtc": run.started_at,
        "endTimeUtc": run.finished_at,
        "toolExecutionNotifications": _notifications(result, kept, tolerated),
        "properties": {"complete": run.complete, "allowIncomplete": run.allow_incomplete},
    }


def _notifications(result: Result, kept: int, tolerated: bool) -> list[_Json]:
    notices = []
    if kept < len(result.findings):
        text = f"{len(result.findings):,} findings, of which this file holds the {kept:,} worst"
        notices.append(_notice(f"{text}; the json report has all of them.", "warning"))
    for one in not_judged(result):
        text = f"Not judged: {one.control.id}: {one.evidence}"
        notices.append(_notice(sarif_message(text), "warning"))
    in_scope_first = sorted(result.skips, key=lambda skip: not skip.counts)
    if len(in_scope_first) > _MOST_SKIPS:
        text = f"{len(in_scope_first):,} places skipped, of which this file names {_MOST_SKIPS:,}"
        notices.append(_notice(f"{text}; the json report has all of them.", "warning"))
    return notices + [_skip(skip, tolerated) for skip in in_scope_first[:_MOST_SKIPS]]


def _notice(text: str, level: str) -> _Json:
    return {"message": {"text": text}, "level": level}


def _skip(skip: Skip, tolerated: bool) -> _Json:
    level = "note"
    if skip.counts:
        level = "warning" if tolerated else "error"
    text = sarif_message(f"Not scanned: {skip.path}: {skip.reason}")
    where = {"physicalLocation": {"artifactLocation": _artifact(skip.path)}}
    return {**_notice(text, level), "locations": [where]}
