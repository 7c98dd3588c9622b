"""Makes one result of several, and says of each finding which of them it is from.

Paths are relative to the root that was scanned, so that those of two repositories may be the same. A finding
keeps its path, and with it its fingerprint; where it is from stands in its note.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from antkey_reports.verdict import WORST_FIRST
from antkey_scanner.assess import worst
from antkey_scanner.errors import ExitCode
from antkey_scanner.model import (
    Assessment,
    Comparison,
    Finding,
    PolicyRef,
    Repository,
    Result,
    Run,
    Skip,
    Stats,
)

_FROM = "from "


def origin(finding: Finding) -> str | None:
    """The name of the results that a finding of a merged result is from."""
    if finding.note is None or not finding.note.startswith(_FROM):
        return None
    return finding.note.removeprefix(_FROM).partition("; ")[0]


def names_of(paths: Sequence[str]) -> tuple[str, ...]:
    """What tells files of results apart, as short as can be: `api` and `web` of `api/results.json` and
    `web/results.json`."""
    parts = [os.path.splitext(path)[0].replace(os.sep, "/").split("/") for path in paths]
    while len({some[-1] for some in parts}) == 1 and min(map(len, parts)) > 1:
        parts = [some[:-1] for some in parts]
    while len({some[0] for some in parts}) == 1 and min(map(len, parts)) > 1:
        parts = [some[1:] for some in parts]
    return tuple("/".join(some).replace(";", ",") or "/" for some in parts)


def merge(results: Sequence[Result], names: Sequence[str] = ()) -> Result:
    """One result of several; a finding that stands in more than one of them counts once.

    names: one for each result, by which readers shall tell apart what is from different repositories;
    without them nothing is told apart.
    """
    if len(results) == 1:
        return results[0]
    if names:
        results = _told_apart(results, names)
    return Result(
        run=_merged_run([result.run for result in results]),
        findings=_merged_findings(results),
        assessments=_merged_assessments(results),
        skips=tuple(dict.fromkeys(skip for result in results for skip in result.skips)),
        stats=Stats(*map(sum, zip(*(result.stats for result in results), strict=True))),
        keys=tuple(dict.fromkeys(key for result in results for key in result.keys)),
        coverage=tuple(dict.fromkeys(cell for result in results for cell in result.coverage)),
        repositories=tuple(dict.fromkeys(one for result in results for one in result.repositories)),
        hosts=tuple(dict.fromkeys(host for result in results for host in result.hosts)),
        comparison=_merged_comparison([result.comparison for result in results]),
    )


def _merged_findings(results: Sequence[Result]) -> tuple[Finding, ...]:
    """Each finding once, with when the first of the runs told of it."""
    same: dict[Finding, str | None] = {}
    for result in results:
        for finding in result.findings:
            bare = finding._replace(detected=None)
            times = [at for at in (same.get(bare), finding.detected) if at is not None]
            same[bare] = min(times, default=None)
    return tuple(finding._replace(detected=at) for finding, at in same.items())


def _told_apart(results: Sequence[Result], names: Sequence[str]) -> list[Result]:
    """The results with their names, each once. Those about one commit of one repository share a name."""
    groups: dict[object, str] = {}
    named = {}
    for result, name in zip(results, names, strict=True):
        known = any(one.commit for one in result.repositories)
        group: object = result.repositories if known else result
        named[result] = groups.setdefault(group, name)
    if len(groups) == 1:
        return list(named)
    return [_named(result, name) for result, name in named.items()]


def _named(result: Result, name: str) -> Result:
    comparison = result.comparison
    if comparison is not None:
        fixed = tuple(_noted(finding, name) for finding in comparison.fixed)
        comparison = comparison._replace(fixed=fixed)
    return result._replace(
        findings=tuple(_noted(finding, name) for finding in result.findings),
        skips=tuple(_marked(skip, name) for skip in result.skips),
        repositories=tuple(_placed(one, name) for one in result.repositories),
        comparison=comparison,
    )


def _noted(finding: Finding, name: str) -> Finding:
    before = origin(finding)
    if before is not None:
        rest = (finding.note or "").removeprefix(_FROM + before).removeprefix("; ")
        name = f"{name}/{before}"
    else:
        rest = finding.note or ""
    return finding._replace(note="; ".join(part for part in (_FROM + name, rest) if part))


def _marked(skip: Skip, name: str) -> Skip:
    return skip._replace(reason=f"{skip.reason} ({_FROM}{name})")


def _placed(repository: Repository, name: str) -> Repository:
    path = name if repository.path == "." else f"{name}/{repository.path}"
    return repository._replace(path=path)


def _merged_run(runs: Sequence[Run]) -> Run:
    reasons = dict.fromkeys(run.allow_incomplete for run in runs if run.allow_incomplete)
    return Run(
        command=_joined(run.command for run in runs),
        targets=tuple(dict.fromkeys(target for run in runs for target in run.targets)),
        policy=_merged_policy([run.policy for run in runs]),
        started_at=min(run.started_at for run in runs),
        finished_at=max(run.finished_at for run in runs),
        seconds=sum(run.seconds for run in runs),
        version=_joined(run.version for run in runs),
        fail_on=min((run.fail_on for run in runs), key=lambda severity: severity.rank),
        exit_code=worst(ExitCode(run.exit_code) for run in runs),
        complete=all(run.complete for run in runs),
        allow_incomplete="; ".join(reasons) or None,
        undecided=any(run.undecided for run in runs),
    )


def _merged_policy(policies: Sequence[PolicyRef]) -> PolicyRef:
    if len(set(policies)) == 1:
        return policies[0]
    paths = [policy.path for policy in policies if policy.path is not None]
    return PolicyRef(
        path=_joined(paths) or None,
        sha256=None,
        profile=_joined(policy.profile for policy in policies),
    )


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _merged_assessments(results: Sequence[Result]) -> tuple[Assessment, ...]:
    """Each control once. It passes only where every run that judges it says so."""
    by_id: dict[str, list[Assessment]] = {}
    for result in results:
        for assessment in result.assessments:
            by_id.setdefault(assessment.control.id, []).append(assessment)
    return tuple(_merged_assessment(same) for same in by_id.values())


def _merged_assessment(same: Sequence[Assessment]) -> Assessment:
    worst_one = min(same, key=lambda assessment: WORST_FIRST.index(assessment.outcome))
    return worst_one._replace(
        findings=sum(assessment.findings for assessment in same),
        evidence="; ".join(dict.fromkeys(assessment.evidence for assessment in same)),
        required=_is_required(same),
    )


def _is_required(same: Sequence[Assessment]) -> bool | None:
    """Whether any run required it; None where none decided that."""
    said = [one.required for one in same if one.required is not None]
    return any(said) if said else None


def _merged_comparison(given: Sequence[Comparison | None]) -> Comparison | None:
    """What became of the findings of all, where all were compared."""
    all_of_them = [one for one in given if one is not None]
    if len(all_of_them) < len(given):
        return None
    return Comparison(
        before=min(one.before for one in all_of_them),
        new=tuple(sorted({name for one in all_of_them for name in one.new})),
        fixed=tuple(dict.fromkeys(finding for one in all_of_them for finding in one.fixed)),
    )
