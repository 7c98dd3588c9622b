"""GitLab's secret detection report, schema 15.2.1 (`artifacts:reports:secret_detection`).

GitLab takes each entry for an open vulnerability, so only open findings are entries; what is accepted, and
what was not read, are messages of the scan. Exit code and completeness are among the scan's options. There
is never a `raw_source_code_extract`: it would be the key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import NAMESPACE_URL, UUID, uuid5

from antkey_reports.comparing import compared, named, summary
from antkey_reports.escape import json_document, markdown, markdown_code, visible
from antkey_reports.keys import about
from antkey_reports.places import commit_of, outermost
from antkey_reports.surroundings import scope
from antkey_reports.verdict import incomplete, not_judged, open_ones, verdict
from antkey_reports.wording import accepted, decoded, exposed, history, place
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Rule, Severity, Skip, Status

_VERSION = "15.2.1"
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:antkey:gitlab")
_SEVERITIES = {severity: severity.value.capitalize() for severity in Severity}
_LONGEST_NAME = 255
_LONGEST_SOLUTION = 7_000
_MOST_MESSAGES = 1_000

_Json = dict[str, object]


def render(result: Result, _color: bool, _width: int) -> str:
    """One object. Pure ASCII."""
    report: _Json = {
        "version": _VERSION,
        "scan": _scan(result),
        "vulnerabilities": list(_vulnerabilities(result)),
    }
    return json_document(json.dumps(report, indent=2, ensure_ascii=True)) + "\n"


def _scan(result: Result) -> _Json:
    run = result.run
    tool: _Json = {
        "id": "antkey",
        "name": "antkey",
        "version": run.version or "unknown",
        "vendor": {"name": "antkey"},
    }
    trusted = not incomplete(result) or run.allow_incomplete is not None
    return {
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": _time(run.started_at),
        "end_time": _time(run.finished_at),
        "status": "success" if run.exit_code in (0, 1) and trusted else "failure",
        "options": [
            _option("command", visible(run.command)),
            _option("exit_code", int(run.exit_code)),
            _option("complete", run.complete),
            _option("fail_on", run.fail_on.value),
            _option("profile", visible(run.policy.profile)),
        ],
        "messages": list(_messages(result)),
    }


def _time(text: str) -> str:
    """`YYYY-MM-DDThh:mm:ss` in UTC, which is all that the schema takes."""
    return text[:19]


def _option(name: str, value: str | int | bool) -> _Json:
    return {"name": name, "value": value, "source": "other"}


def _messages(result: Result) -> Iterator[_Json]:
    judged = verdict(result)
    level = {"pass": "info", "fail": "warn"}.get(judged.tone, "warn")
    yield _message(level, f"antkey {result.run.command}: {judged.answer}: {judged.reason}")
    groups = compared(result)
    if groups is not None:
        yield _message("info", summary(groups))
        for finding in groups.fixed[:_MOST_MESSAGES]:
            yield _message("info", f"Fixed: {named(finding)}")
    for line in scope(result):
        yield _message("info", f"In scope: {line}")
    yield from _all_or_counted(_unread(result.skips))
    for one in not_judged(result):
        yield _message("warn", f"Not judged: {one.control.id}: {one.evidence}")
    yield from _all_or_counted(_tolerated(result.findings))


def _all_or_counted(messages: list[_Json]) -> Iterator[_Json]:
    yield from messages[:_MOST_MESSAGES]
    if len(messages) > _MOST_MESSAGES:
        more = f"{len(messages) - _MOST_MESSAGES:,} more in the json report"
        yield _message(str(messages[0]["level"]), more)


def _unread(skips: tuple[Skip, ...]) -> list[_Json]:
    in_scope_first = sorted(skips, key=lambda skip: not skip.counts)
    return [
        _message("warn" if skip.counts else "info", f"Not read: {skip.path}: {skip.reason}")
        for skip in in_scope_first
    ]


def _tolerated(findings: tuple[Finding, ...]) -> list[_Json]:
    return [
        _message("info", f"Accepted: {place(one.location)}: {one.rule.id} [{accepted(one)}]")
        for one in findings
        if one.status is not Status.OPEN
    ]


def _message(level: str, text: str) -> _Json:
    return {"level": level, "value": visible(text)}


def _vulnerabilities(result: Result) -> Iterator[_Json]:
    seen: dict[str, int] = {}
    for finding in open_ones(result.findings):
        name = fingerprint(finding)
        seen[name] = seen.get(name, 0) + 1
        # The same finding of another repository is another vulnerability.
        yield _vulnerability(finding, uuid5(_NAMESPACE, f"{name}/{seen[name]}"), result)


def _vulnerability(finding: Finding, identity: UUID, result: Result) -> _Json:
    rule = finding.rule
    return {
        "id": str(identity),
        "name": visible(rule.title)[:_LONGEST_NAME],
        "description": _description(finding),
        "severity": _SEVERITIES[rule.severity],
        "solution": markdown(" ".join(rule.remedy.split()))[:_LONGEST_SOLUTION],
        "identifiers": list(_identifiers(rule)),
        "location": _location(finding, result),
        "details": _details(finding),
    }


def _description(finding: Finding) -> str:
    """GitLab reads it as Markdown: what came from a scanned place stands in code."""
    why = markdown(" ".join(finding.rule.why.split()))
    what = markdown(finding.message)
    where = f"Found at {markdown_code(place(finding.location)) or 'a place without a name'}."
    return "\n\n".join(part for part in (what, where, why) if part)


def _identifiers(rule: Rule) -> Iterator[_Json]:
    yield _identifier("antkey_rule", f"antkey rule {rule.id}", rule.id)
    for one in rule.requirements:
        yield _identifier("antkey_requirement", f"antkey requirement {one}", one)


def _identifier(kind: str, name: str, value: str) -> _Json:
    return {"type": kind, "name": visible(name), "value": visible(value) or "unknown"}


def _location(finding: Finding, result: Result) -> _Json:
    where = finding.location
    commit: _Json = {"sha": visible(commit_of(where, result.repositories))}
    if where.first_seen:
        commit["date"] = visible(where.first_seen)
    location: _Json = {"file": visible(outermost(where.path)), "commit": commit}
    # A line inside an archive is none of the archive's.
    if where.line is not None and outermost(where.path) == where.path:
        location |= {"start_line": where.line, "end_line": where.line}
    return location


def _details(finding: Finding) -> _Json:
    secret, where = exposed(finding), finding.location
    fields = {
        "place": ("Place", place(where)),
        "fingerprint": ("Fingerprint", fingerprint(finding)),
        "confidence": ("Confidence", finding.rule.confidence.value),
        "hint": ("Key", secret.hint if secret else ""),
        "decoded": ("Decoded", decoded(where)),
        "history": ("History", ", ".join(history(where))),
        "inventory": ("Inventory", about(finding) or ""),
        "note": ("Note", finding.note or ""),
    }
    return {
        name: {"type": "text", "name": title, "value": visible(value)}
        for name, (title, value) in fields.items()
        if value
    }
