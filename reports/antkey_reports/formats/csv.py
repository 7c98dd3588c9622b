"""CSV for spreadsheets: one table, the run in the first row, then controls, findings and what was not read.

The column `record` says what a row is. The header never changes but by columns added at its end. No cell is
a formula to a spreadsheet, and none has a line end in it (RFC 4180 but for the line ends, which are LF).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from antkey_reports.circumstances import tenants_of
from antkey_reports.comparing import states
from antkey_reports.escape import csv_cell
from antkey_reports.verdict import verdict
from antkey_reports.wording import exposed
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Assessment, Finding, Result, Skip, Status

HEADER = (
    *("record", "status", "severity", "id", "title", "path", "line", "column", "message"),
    *("remedy", "note", "hint", "sha256", "commit", "first_seen", "key", "tenant"),
    *("environment", "service", "owner", "reason", "until", "confidence", "requirements"),
    *("frameworks", "fingerprint", "compared", "time", "exit_code", "complete"),
)

_Row = dict[str, str]


def render(result: Result, _color: bool, _width: int) -> str:
    """The whole table."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(HEADER)
    for row in _rows(result):
        writer.writerow([_cell(row.get(column, "")) for column in HEADER])
    return text.getvalue()


def _cell(text: str) -> str:
    # A CI log may show the file: what stands at no line's start can still be a command of Azure's.
    return csv_cell(text).replace("##", "#\\x23")


def _rows(result: Result) -> Iterator[_Row]:
    yield _run(result)
    for assessment in result.assessments:
        yield _control(assessment)
    if result.comparison is None:
        yield from map(_finding, result.findings)
    else:
        state_of = states(result.comparison)
        for finding in result.findings:
            yield {**_finding(finding), "compared": state_of(finding)}
        for finding in result.comparison.fixed:
            yield {**_finding(finding), "record": "fixed", "status": "fixed", "compared": "fixed"}
    for skip in result.skips:
        yield _skip(skip)


def _run(result: Result) -> _Row:
    run, judged = result.run, verdict(result)
    return {
        "record": "run",
        "status": judged.word.lower(),
        "severity": run.fail_on.value,
        "id": run.command,
        "title": judged.answer,
        "path": " ".join(run.targets),
        "message": judged.reason,
        "reason": run.allow_incomplete or "",
        "time": run.started_at,
        "exit_code": str(int(run.exit_code)),
        "complete": str(run.complete).lower(),
    }


def _control(assessment: Assessment) -> _Row:
    control, given = assessment.control, assessment.attestation
    vouched = {}
    if given is not None:
        vouched = {"owner": given.owner, "reason": given.statement, "until": given.expires}
        vouched["time"] = given.on
    return {
        "record": "control",
        "status": assessment.outcome.value,
        "severity": control.severity.value,
        "id": control.id,
        "title": control.title,
        "message": assessment.evidence,
        "requirements": " ".join(control.requirements),
        "frameworks": " ".join(control.frameworks),
        **vouched,
    }


def _finding(finding: Finding) -> _Row:
    rule, where = finding.rule, finding.location
    return {
        "record": "finding",
        "status": finding.status.value,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "id": rule.id,
        "title": rule.title,
        "path": where.path,
        "line": "" if where.line is None else str(where.line),
        "column": "" if where.column is None else str(where.column),
        "message": finding.message,
        "remedy": " ".join(rule.remedy.split()),
        "note": finding.note or "",
        "commit": where.commit or "",
        "first_seen": where.first_seen or "",
        "requirements": " ".join(rule.requirements),
        "frameworks": " ".join(rule.frameworks),
        "fingerprint": fingerprint(finding),
        **_of_key(finding),
        **_accepted(finding),
    }


def _of_key(finding: Finding) -> _Row:
    """Which key: the one that lies open, the one of the inventory."""
    row: _Row = {}
    secret, key = exposed(finding), finding.key
    if secret is not None:
        row |= {"hint": secret.hint, "sha256": secret.sha256}
    if key is not None:
        row |= {
            "key": key.name,
            "environment": key.environment or "",
            "service": key.service or "",
            "owner": key.owner or "",
        }
    row["tenant"] = ", ".join(tenants_of(finding))
    return row


def _accepted(finding: Finding) -> _Row:
    why = finding.accepted
    if finding.status is Status.OPEN or why is None:
        return {}
    row = {"reason": f"{why.by}: {why.reason}" if why.reason else why.by}
    row |= {"until": why.expires} if why.expires else {}
    # Who accepts goes before who owns the key: that is whom to ask about this row.
    return row | ({"owner": why.owner} if why.owner else {})


def _skip(skip: Skip) -> _Row:
    status = "not read" if skip.counts else "left out"
    return {"record": "skipped", "status": status, "path": skip.path, "message": skip.reason}
