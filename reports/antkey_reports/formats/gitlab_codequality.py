"""GitLab's code quality report (`artifacts:reports:codequality`), shown in merge requests in every tier.

A list of issues is all that the format is, so that what was not read and a run that cannot be trusted are
issues, too: an empty list is a complete run that found nothing. Each issue also carries `exit_code` and
`complete`, which GitLab does not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from antkey_reports.escape import json_document, visible
from antkey_reports.places import outermost
from antkey_reports.verdict import open_ones, verdict
from antkey_reports.wording import accepted, decoded, exposed
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Severity, Skip, Status

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}
_POLICY = "antkey.toml"

_Json = dict[str, object]


def render(result: Result, _color: bool, _width: int) -> str:
    """A list. Pure ASCII."""
    run = result.run
    told: _Json = {"exit_code": int(run.exit_code), "complete": run.complete}
    issues = [{**issue, **told} for issue in _issues(result)]
    return json_document(json.dumps(_unlike(issues), indent=2, ensure_ascii=True)) + "\n"


def _unlike(issues: list[_Json]) -> list[_Json]:
    """With fingerprints that differ: of two issues with one, GitLab shows one."""
    seen: dict[object, int] = {}
    for issue in issues:
        name = issue["fingerprint"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            issue["fingerprint"] = _hash(f"{name}\0{seen[name]}")
    return issues


def _issues(result: Result) -> Iterator[_Json]:
    for finding in result.findings:
        yield _finding(finding)
    for skip in result.skips:
        if skip.counts:
            yield _skip(skip)
    explained = result.run.exit_code in (0, 1) and result.run.complete
    if not explained or (result.run.exit_code == 1 and not open_ones(result.findings)):
        yield _run(result)


def _finding(finding: Finding) -> _Json:
    where, rule = finding.location, finding.rule
    severity = rule.severity if finding.status is Status.OPEN else Severity.INFO
    return _issue(
        rule.id, _description(finding), severity, fingerprint(finding), where.path, where.line
    )


def _description(finding: Finding) -> str:
    where, secret = finding.location, exposed(finding)
    text = finding.message
    if secret is not None and secret.hint not in text:
        text += f": {secret.hint}"
    if outermost(where.path) != where.path:
        text += f" in {where.path}"
    if where.decoded:
        text += f" ({decoded(where)})"
    why = accepted(finding)
    notes = "".join(f" [{note}]" for note in (why, finding.note) if note)
    return text + notes


def _skip(skip: Skip) -> _Json:
    text = f"Not read: {skip.path}: {skip.reason}"
    return _issue("not-read", text, Severity.MEDIUM, _hash(f"not-read\0{text}"), skip.path, None)


def _run(result: Result) -> _Json:
    judged, run = verdict(result), result.run
    text = f"antkey {run.command}: {judged.answer}; exit code {int(run.exit_code)}: {judged.reason}"
    path = run.policy.path or _POLICY
    return _issue("run", text, Severity.HIGH, _hash(f"run\0{run.command}\0{path}"), path, None)


def _issue(
    name: str, text: str, severity: Severity, identity: str, path: str, line: int | None
) -> _Json:
    # A line inside an archive is none of the archive's, and GitLab wants one.
    begin = line if line is not None and outermost(path) == path else 1
    return {
        "description": visible(text),
        "check_name": visible(f"antkey/{name}"),
        "fingerprint": identity,
        "severity": _SEVERITIES[severity],
        "location": {"path": visible(outermost(path)), "lines": {"begin": begin}},
    }


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
