"""Markdown for a pull request's comment or a job's summary: the verdict, what to do, who proved what.

A comment on GitHub has room for 65,536 characters. What does not fit is counted, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from antkey_reports.comparing import compared, counts, unproven
from antkey_reports.coverage import OUTCOMES, Row, matrix, word
from antkey_reports.escape import markdown as inert
from antkey_reports.escape import markdown_code as code
from antkey_reports.keys import about
from antkey_reports.surroundings import attested, scope, trend, vouched
from antkey_reports.verdict import (
    SEVERITIES,
    about_keys,
    about_requests,
    by_severity,
    incomplete,
    open_ones,
    verdict,
    worst_first,
)
from antkey_reports.wording import (
    accepted,
    contents,
    decoded,
    exposed,
    history,
    judged_keys,
    judged_requests,
    place,
    plural,
    size,
)
from antkey_scanner.model import Assessment, Finding, Outcome, Result, Rule, Skip, Status

_SIGNS = {"pass": "✅", "warn": "⚠️", "undecided": "❔", "fail": "❌"}
_OUTCOMES = {
    Outcome.PASS: "✅ pass",
    Outcome.FAIL: "❌ fail",
    Outcome.WAIVED: "⚠️ waived",
    Outcome.NOT_ASSESSED: "❔ not assessed",
    Outcome.ERROR: "❌ error",
}
_CELLS = {"failed": "❌", "undecided": "❔", "not-seen": "⬜", "platform": "🅿️", "proven": "✅"}

_MOST_ROWS = 100
_ROOM_FOR_FINDINGS = 13_000
_ROOM_FOR_REMEDIES = 8_000
_ROOM_FOR_ACCEPTED = 8_000
_ROOM_FOR_COMPARISON = 5_000
_ROOM_FOR_COVERAGE = 10_000
_ROOM_FOR_CONTROLS = 11_000
_ROOM_FOR_ATTESTED = 2_000
_ROOM_FOR_SKIPS = 4_000
_ROOM_FOR_SCOPE = 1_000
_LONGEST = 600


def render(result: Result, _color: bool, _width: int) -> str:
    """The whole comment."""
    sections = (
        _heading(result),
        _findings(result),
        _remedies(result),
        _since(result),
        _accepted(result),
        _coverage(result),
        _controls(result.assessments),
        _attested(result),
        _skipped(result),
        _footing(result),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _heading(result: Result) -> list[str]:
    judged = verdict(result)
    lines = [
        f"## {_SIGNS[judged.tone]} antkey {inert(_cut(result.run.command))}: {inert(judged.answer)}",
        "",
        f"**{judged.word}**, {_counted(result)}; {_looked_at(result)}.",
        f"Exit code {int(result.run.exit_code)}: {inert(_cut(judged.reason))}.",
    ]
    if judged.word != "INCOMPLETE" and incomplete(result):
        lines.append("**INCOMPLETE**: not everything in scope was read.")
    return lines


def _counted(result: Result) -> str:
    still_open = open_ones(result.findings)
    where = " in what was read" if incomplete(result) else ""
    more = len(result.findings) - len(still_open)
    tolerated = f" ({more:,} more accepted)" if more else ""
    if not still_open:
        return f"no findings{where}{tolerated}"
    counts = ", ".join(f"{count:,} {name}" for name, count in by_severity(still_open) if count)
    return f"{plural(len(still_open), 'finding')}{where}: {counts}{tolerated}"


def _looked_at(result: Result) -> str:
    stats = result.stats
    if about_keys(result):
        return judged_keys(stats)
    what = judged_requests(stats) if about_requests(result) else contents(stats)
    return f"{what}, {size(stats.bytes)}" if stats.bytes else what


def _findings(result: Result) -> list[str]:
    still_open = open_ones(result.findings)
    head = ("severity", "rule", "where", "what")
    return _listed("Findings", still_open, head, _ROOM_FOR_FINDINGS)


def _accepted(result: Result) -> list[str]:
    others = tuple(one for one in result.findings if one.status is not Status.OPEN)
    head = ("severity", "rule", "where", "what", "why")
    return _listed("Accepted", others, head, _ROOM_FOR_ACCEPTED)


def _since(result: Result) -> list[str]:
    """What is new and what is fixed, where the result is compared with an earlier one."""
    groups = compared(result)
    if groups is None:
        return []
    sorted_out = [(word, one) for word in ("new", "fixed") for one in getattr(groups, word)]
    rows = ((f"**{word}**", *_row(one)[:4]) for word, one in sorted_out)
    head = ("", "severity", "rule", "where", "what")
    table = _table(head, rows, len(sorted_out), _ROOM_FOR_COMPARISON) if sorted_out else ()
    why = unproven(result)
    notes = ["", inert(f"{why[0].upper()}{why[1:]}.")] if why else []
    return [f"### Since {inert(_cut(groups.before))}", "", f"{counts(groups)}.", "", *table, *notes]


def _listed(title: str, findings: Sequence[Finding], head: Sequence[str], room: int) -> list[str]:
    worst_first = sorted(findings, key=lambda one: -one.rule.severity.rank)
    rows = (_row(one)[: len(head)] for one in worst_first)
    table = _table(head, rows, len(findings), room)
    return [f"### {title}", "", *table] if findings else []


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule.severity.value,
        code(_cut(finding.rule.id)),
        code(_cut(place(finding.location))),
        _what(finding),
        inert(_cut(accepted(finding) or "")),
    )


def _what(finding: Finding) -> str:
    secret = exposed(finding)
    said = [code(_cut(secret.hint)) if secret else inert(_cut(finding.message))]
    if secret and finding.key:
        said.append(inert(_cut(about(finding) or "")))
    where = decoded(finding.location)
    said += [inert(_cut(text)) for text in (where and f"in {where}", *history(finding.location))]
    said.append(inert(_cut(finding.note or "")))
    return ", ".join(text for text in said if text)


def _remedies(result: Result) -> list[str]:
    rules = {finding.rule.id: finding.rule for finding in open_ones(result.findings)}
    worst_first = sorted(rules.values(), key=_worst_first)
    lines = [
        f"- **{inert(_cut(rule.title))}** ({code(_cut(rule.id))}): "
        f"{inert(_cut(' '.join(rule.remedy.split())))}"
        for rule in worst_first
    ]
    return ["### What to do", "", *_fitting(lines, _ROOM_FOR_REMEDIES)] if lines else []


def _worst_first(rule: Rule) -> tuple[int, str]:
    return SEVERITIES.index(rule.severity), rule.id


def _coverage(result: Result) -> list[str]:
    seen = matrix(result.coverage, _MOST_ROWS)
    if seen is None:
        return []
    names = ("tenant", "surface") if seen.has_surfaces else ("tenant",)
    head = (*names, *(inert(_cut(name)) for name in seen.columns))
    rows = (_coverage_row(row, surfaces=seen.has_surfaces) for row in seen.rows)
    total = len(seen.rows) + seen.hidden
    lines = ["### Coverage", "", *_table(head, rows, total, _ROOM_FOR_COVERAGE)]
    if seen.hidden_columns:
        lines += ["", f"{plural(seen.hidden_columns, 'more scenario')} in the json report."]
    legend = "; ".join(
        f"{_CELLS[outcome]} {word(outcome)}: {OUTCOMES[outcome]}" for outcome, _ in seen.counts
    )
    return [*lines, "", legend + "."]


def _coverage_row(row: Row, *, surfaces: bool) -> tuple[str, ...]:
    names = (code(_cut(row.tenant)), *([code(_cut(row.surface))] if surfaces else []))
    cells = (f"{_CELLS[cell.outcome]} {cell.words}" if cell else "" for cell in row.cells)
    return (*names, *cells)


def _controls(assessments: Sequence[Assessment]) -> list[str]:
    rows = (
        (
            _OUTCOMES[one.outcome],
            f"{inert(_cut(one.control.title))} ({code(_cut(one.control.id))})",
            inert(_cut(one.evidence)),
        )
        for one in worst_first(assessments)
    )
    table = _table(("outcome", "control", "evidence"), rows, len(assessments), _ROOM_FOR_CONTROLS)
    return ["### Controls", "", *table] if assessments else []


def _attested(result: Result) -> list[str]:
    lines = [
        _item(
            f"{inert(_cut(one.control.title))} ({code(_cut(one.control.id))}): "
            f"{inert(_cut(vouched(given)))}"
        )
        for one, given in attested(result)
    ]
    title = ["### On somebody's word", ""]
    return [*title, *_fitting(lines, _ROOM_FOR_ATTESTED)] if lines else []


def _skipped(result: Result) -> list[str]:
    in_scope = [skip for skip in result.skips if skip.counts]
    left_out = len(result.skips) - len(in_scope)
    lines = [_skip(skip) for skip in in_scope]
    shown = ["### Not read", "", *_fitting(lines, _ROOM_FOR_SKIPS)] if lines else []
    if left_out:
        shown += ["", f"Left out: {plural(left_out, 'place')}, none of which fails the run."]
    return shown[0 if lines else 1 :] if shown else []


def _skip(skip: Skip) -> str:
    return f"- {code(_cut(skip.path))}: {inert(_cut(skip.reason))}"


def _footing(result: Result) -> list[str]:
    run = result.run
    policy = code(_cut(run.policy.path)) if run.policy.path is not None else "built-in defaults"
    about = f"antkey {inert(_cut(run.version))}, policy {policy}, profile {inert(_cut(run.policy.profile))}"
    lines = [_item(inert(_cut(line))) for line in scope(result)]
    around = [*_fitting(lines, _ROOM_FOR_SCOPE)]
    if result.trend is not None:
        around.append(f"- History: {inert(_cut(trend(result.trend)))}")
    last = (
        f"{about}, {inert(_cut(run.finished_at))}. Keys are shown as hints; no key is in this text."
    )
    return [*(["### In scope", "", *around, ""] if around else []), last]


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], total: int, room: int
) -> Iterator[str]:
    """A table of as many rows as there is room for, and how many more there are."""
    yield _line(head)
    yield "|" + " --- |" * len(head)
    shown = 0
    for row in rows:
        line = _line(row)
        room -= len(line) + 1
        if room < 0 or shown == _MOST_ROWS:
            break
        shown += 1
        yield line
    if shown < total:
        yield ""
        yield f"{plural(total - shown, 'more row')}, none worse, in the json report."


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _item(text: str) -> str:
    """An item of a list. More than a few blanks before its text would make that a block of code."""
    return f"- {text.lstrip(' ')}"


def _fitting(lines: Sequence[str], room: int) -> Iterator[str]:
    for position, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            yield f"- … and {len(lines) - position:,} more in the json report"
            return
        yield line


def _cut(text: str) -> str:
    """A name that fills pages would leave no room for the others."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"
