"""Workflow commands that GitHub turns into annotations, and below them the text report for the job's log.

GitHub shows ten annotations of each kind in a step: the worst come first, and the last of its kind says how
the run ended and how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_reports.escape import workflow_data, workflow_property
from antkey_reports.formats import text
from antkey_reports.keys import about
from antkey_reports.places import outermost
from antkey_reports.verdict import by_severity, incomplete, open_ones, verdict
from antkey_reports.wording import decoded, exposed, plural
from antkey_scanner.model import Finding, Result, Severity, Skip

MOST = 10
"""Annotations of a kind."""

_KINDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}
_TONES = {"fail": "error", "warn": "warning", "undecided": "warning", "pass": "notice"}


def render(result: Result, _color: bool, _width: int) -> str:
    """The commands, a line each, and the report."""
    commands = "".join(f"{line}\n" for line in _commands(result))
    return f"{commands}\n{text.render(result, False, 0)}"


def _commands(result: Result) -> Iterator[str]:
    room = dict.fromkeys(_TONES.values(), MOST)
    room[_TONES[verdict(result).tone]] -= 1
    left_out = 0
    for kind, line in _annotations(result):
        if room[kind]:
            room[kind] -= 1
            yield line
        else:
            left_out += 1
    yield _closing(result, left_out)


def _annotations(result: Result) -> Iterator[tuple[str, str]]:
    for finding in sorted(open_ones(result.findings), key=lambda one: -one.rule.severity.rank):
        kind = _KINDS[finding.rule.severity]
        yield kind, _command(kind, _message(finding), **_place(finding))
    for skip in result.skips:
        if skip.counts:
            yield "warning", _unread(skip)


def _place(finding: Finding) -> dict[str, str]:
    where = finding.location
    fields = {"file": outermost(where.path)}
    # A line inside an archive is none of the archive's.
    if where.line is not None and fields["file"] == where.path:
        fields["line"] = str(where.line)
        if where.column is not None:
            fields["col"] = str(where.column)
    return {**fields, "title": f"{finding.rule.title} ({finding.rule.id})"}


def _message(finding: Finding) -> str:
    secret, where = exposed(finding), finding.location
    said = [f"{finding.rule.severity.value}: {finding.message}"]
    if secret is not None and secret.hint not in finding.message:
        said.append(secret.hint)
    if outermost(where.path) != where.path:
        said.append(f"in {where.path}")
    if where.decoded:
        said.append(f"in {decoded(where)}")
    said += [words for words in (about(finding), finding.note) if words]
    return f"{', '.join(said)}\n{' '.join(finding.rule.remedy.split())}"


def _unread(skip: Skip) -> str:
    inside = "" if outermost(skip.path) == skip.path else f"{skip.path}: "
    fields = {"file": outermost(skip.path), "title": "Not read"}
    return _command("warning", inside + skip.reason, **fields)


def _closing(result: Result, left_out: int) -> str:
    run, judged = result.run, verdict(result)
    still_open = open_ones(result.findings)
    counts = ", ".join(f"{count:,} {name}" for name, count in by_severity(still_open) if count)
    said = [judged.word, counts or "no findings"]
    if judged.word != "INCOMPLETE" and incomplete(result):
        said.append("INCOMPLETE")
    said.append(f"exit code {int(run.exit_code)}: {judged.reason}")
    if left_out:
        said.append(f"{plural(left_out, 'more annotation')} in the log")
    title = f"antkey {run.command}: {judged.answer}"
    return _command(_TONES[judged.tone], "; ".join(said), title=title)


def _command(kind: str, message: str, **fields: str) -> str:
    # An empty property would be read as the next one's name.
    told = ",".join(f"{name}={workflow_property(value)}" for name, value in fields.items() if value)
    return f"::{kind} {told}::{workflow_data(message)}"
