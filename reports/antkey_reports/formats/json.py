"""The results as JSON, schema 1: what other programs rely on, and what `antkey report` reads again.

Written field by field: a new field of a type is a decision about the contract, not an accident.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from antkey_reports.escape import json_document
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import (
    Accepted,
    Assessment,
    Attestation,
    Cell,
    Comparison,
    Finding,
    KeyRef,
    Location,
    PolicyRef,
    Repository,
    Result,
    Rule,
    SecretRef,
    Skip,
    Stats,
)
from antkey_scanner.trend import Past, Trend

_INDENTED = 1_000
_AT_ONCE = 1_000


def render(result: Result, _color: bool, _width: int) -> str:
    """One object. Pure ASCII, so that no encoding of a terminal or a file can break it."""
    return "".join(pieces(result))


def pieces(result: Result) -> Iterator[str]:
    """The text of `render` in pieces: a hundred thousand findings as one text, or as objects, would take
    several times the memory of what they say."""
    yield "{"
    between = "\n"
    for name, value in _document(result).items():
        yield between
        if isinstance(value, Iterator):
            yield from _list(name, value)
        else:
            yield f'  "{name}": {_indented(value, "  ")}'
        between = ",\n"
    yield "\n}\n"


def _list(name: str, elements: Iterator[object]) -> Iterator[str]:
    """A field that is a list. Of a long one the elements after the first thousand take a line each, which
    is written ten times as fast."""
    yield f'  "{name}": ['
    between = "\n"
    for element in islice(elements, _INDENTED):
        yield f"{between}    {_indented(element, '    ')}"
        between = ",\n"
    while some := ",\n    ".join(map(_in_a_line, islice(elements, _AT_ONCE))):
        yield f"{between}    {some}"
    yield "]" if between == "\n" else "\n  ]"


def _in_a_line(value: object) -> str:
    return json_document(json.dumps(value))


def _indented(value: object, margin: str) -> str:
    # No line break stands in a JSON string, so each one is the layout's.
    text = json.dumps(value, indent=2, ensure_ascii=True).replace("\n", f"\n{margin}")
    return json_document(text)


def _document(result: Result) -> dict[str, object]:
    """The fields in order, lists as iterators."""
    run = result.run
    return {
        "schema": 1,
        "tool": {"name": "antkey", "version": run.version},
        "command": run.command,
        "targets": list(run.targets),
        "policy": _policy(run.policy),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "seconds": run.seconds,
        "fail_on": run.fail_on.value,
        "exit_code": int(run.exit_code),
        "complete": run.complete,
        "allow_incomplete": run.allow_incomplete,
        "undecided": run.undecided,
        "stats": _stats(result.stats),
        "controls": (_control(assessment) for assessment in result.assessments),
        "rules": (_rule(rule) for rule in _rules(result.findings)),
        "findings": (_finding(finding) for finding in result.findings),
        "skipped": (_skip(skip) for skip in result.skips),
        "keys": (_key(key) for key in result.keys),
        "coverage": (_cell(cell) for cell in result.coverage),
        "repositories": (_repository(one) for one in result.repositories),
        "hosts": iter(result.hosts),
        "trend": _trend(result.trend),
        "comparison": _comparison(result.comparison),
    }


def _policy(policy: PolicyRef) -> dict[str, object]:
    return {"path": policy.path, "sha256": policy.sha256, "profile": policy.profile}


def _stats(stats: Stats) -> dict[str, object]:
    return {
        "files": stats.files,
        "blobs": stats.blobs,
        "bytes": stats.bytes,
        "commits": stats.commits,
        "requests": stats.requests,
        "keys": stats.keys,
        "objects": stats.objects,
        "known": stats.known,
    }


def _control(assessment: Assessment) -> dict[str, object]:
    control = assessment.control
    return {
        "id": control.id,
        "title": control.title,
        "status": assessment.outcome.value,
        "severity": control.severity.value,
        "findings": assessment.findings,
        "evidence": assessment.evidence,
        "requirements": list(control.requirements),
        "frameworks": list(control.frameworks),
        "rules": list(control.rules),
        "attestation": _attestation(assessment.attestation),
        "required": assessment.required,
    }


def _attestation(given: Attestation | None) -> dict[str, object] | None:
    if given is None:
        return None
    return {
        "statement": given.statement,
        "owner": given.owner,
        "on": given.on,
        "expires": given.expires,
    }


def _rules(findings: tuple[Finding, ...]) -> list[Rule]:
    rules = {finding.rule.id: finding.rule for finding in findings}
    return [rules[name] for name in sorted(rules)]


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "family": rule.family,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "why": rule.why,
        "remedy": rule.remedy,
        "requirements": list(rule.requirements),
        "frameworks": list(rule.frameworks),
    }


def _finding(finding: Finding) -> dict[str, object]:
    rule = finding.rule
    return {
        "fingerprint": fingerprint(finding),
        "rule": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "status": finding.status.value,
        "message": finding.message,
        "remedy": rule.remedy,
        "location": _location(finding.location),
        "secret": _secret(finding.secret),
        "anchor": finding.anchor,
        "accepted": _accepted(finding.accepted),
        "note": finding.note,
        "key": None if finding.key is None else _key(finding.key),
        "also": list(finding.also),
        "tenants": list(finding.tenants),
        "detected": finding.detected,
    }


def _accepted(accepted: Accepted | None) -> dict[str, object] | None:
    if accepted is None:
        return None
    return {
        "by": accepted.by,
        "reason": accepted.reason,
        "owner": accepted.owner,
        "expires": accepted.expires,
    }


def _location(location: Location) -> dict[str, object]:
    return {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "commit": location.commit,
        "blob": location.blob,
        "first_seen": location.first_seen,
        "refs": None if location.refs is None else list(location.refs),
        "decoded": list(location.decoded),
    }


def _secret(secret: SecretRef | None) -> dict[str, object] | None:
    if secret is None:
        return None
    return {"kind": secret.kind, "hint": secret.hint, "sha256": secret.sha256}


def _key(key: KeyRef) -> dict[str, object]:
    fields: dict[str, object] = {
        "name": key.name,
        "environment": key.environment,
        "service": key.service,
        "tenant": key.tenant,
        "owner": key.owner,
        "status": key.status,
        "role": key.role,
        "created_at": key.created_at,
        "age_days": key.age_days,
        "age_from": key.age_from,
        "due_at": key.due_at,
        "hint": key.hint,
        "id": key.id,
        "sha256": key.sha256,
        "match": key.match,
    }
    # Of few keys is anything known of these, and results name thousands.
    if key.replaces is not None:
        fields["replaces"] = key.replaces
    if key.revoked_at is not None:
        fields["revoked_at"] = key.revoked_at
    return fields


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "tenant": cell.tenant,
        "surface": cell.surface,
        "scenario": cell.scenario,
        "outcome": cell.outcome,
        "requests": cell.requests,
    }


def _repository(repository: Repository) -> dict[str, object]:
    return {"path": repository.path, "commit": repository.commit, "ref": repository.ref}


def _trend(trend: Trend | None) -> dict[str, object] | None:
    if trend is None:
        return None
    return {"runs": [_past(run) for run in trend.runs], "days_to_fix": trend.days_to_fix}


def repositories(result: Result) -> list[dict[str, object]]:
    """As the field of that name, for formats that carry the same."""
    return [_repository(one) for one in result.repositories]


def trend(result: Result) -> dict[str, object] | None:
    """As the field of that name."""
    return _trend(result.trend)


def attestations(result: Result) -> list[dict[str, object]]:
    """Those of the controls, with the control's id."""
    return [
        {"control": one.control.id, **(_attestation(one.attestation) or {})}
        for one in result.assessments
        if one.attestation is not None
    ]


def _past(run: Past) -> dict[str, object]:
    return {
        "at": run.at,
        "exit_code": run.exit_code,
        "complete": run.complete,
        "open": list(run.open),
        "new": run.new,
        "fixed": run.fixed,
    }


def _comparison(comparison: Comparison | None) -> dict[str, object] | None:
    if comparison is None:
        return None
    return {
        "before": comparison.before,
        "new": list(comparison.new),
        "fixed": [_finding(finding) for finding in comparison.fixed],
    }


def _skip(skip: Skip) -> dict[str, object]:
    return {"path": skip.path, "reason": skip.reason, "counts": skip.counts}
