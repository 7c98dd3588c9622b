"""`antkey report`: reads saved results, makes one of several, and renders it again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.render import deliver
from antkey_reports.load import load
from antkey_scanner.assess import exit_code, worst
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Assessment, Outcome, PolicyRef, Result, Run, Stats
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_WORST_FIRST = (
    Outcome.FAIL,
    Outcome.ERROR,
    Outcome.NOT_ASSESSED,
    Outcome.WAIVED,
    Outcome.PASS,
)
_NOT_A_VERDICT = (
    ExitCode.USAGE,
    ExitCode.INTERNAL,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
)


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Render again. Raises PolicyError when a file holds no results."""
    for _, path in options.report:
        output.check_report_path(path)
    results = [read(path) for path in operands]
    if options.verbose:
        for path, result in zip(operands, results, strict=True):
            output.say(f"{show(path)}: exit code {result.run.exit_code}, {result.run.started_at}")
    return deliver(_judged_again(merge(results), options), options)


def read(path: str) -> Result:
    """The result in a file. Raises PolicyError."""
    try:
        if path == "-":
            return load(sys.stdin.buffer.read(), "standard input")
        with open(path, "rb") as file:
            return load(file.read(), show(path))
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise PolicyError(f"{show(path)}: {reason}; name a file of results") from None


def merge(results: Sequence[Result]) -> Result:
    """One result of several; a finding that stands in more than one of them counts once."""
    if len(results) == 1:
        return results[0]
    return Result(
        run=_merged_run([result.run for result in results]),
        findings=tuple(dict.fromkeys(f for result in results for f in result.findings)),
        assessments=_merged_assessments(results),
        skips=tuple(dict.fromkeys(skip for result in results for skip in result.skips)),
        stats=Stats(*map(sum, zip(*(result.stats for result in results), strict=True))),
        keys=tuple(dict.fromkeys(key for result in results for key in result.keys)),
        coverage=tuple(dict.fromkeys(cell for result in results for cell in result.coverage)),
        repositories=tuple(dict.fromkeys(one for result in results for one in result.repositories)),
        hosts=tuple(dict.fromkeys(host for result in results for host in result.hosts)),
    )


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
    worst_one = min(same, key=lambda assessment: _WORST_FIRST.index(assessment.outcome))
    return worst_one._replace(
        findings=sum(assessment.findings for assessment in same),
        evidence="; ".join(dict.fromkeys(assessment.evidence for assessment in same)),
    )


def _judged_again(result: Result, options: Options) -> Result:
    """The result by the verdict's options, where there are any; else as it was saved."""
    if options.fail_on is None and not options.exit_zero and options.allow_incomplete is None:
        return result
    saved = ExitCode(result.run.exit_code)
    fail_on = options.fail_on or result.run.fail_on
    reason = options.allow_incomplete or result.run.allow_incomplete
    code = exit_code(
        result.findings,
        result.skips,
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=reason,
        undecided=result.run.undecided,
        error=saved if saved in _NOT_A_VERDICT else ExitCode.OK,
    )
    run = result.run._replace(fail_on=fail_on, allow_incomplete=reason, exit_code=code)
    return result._replace(run=run)
