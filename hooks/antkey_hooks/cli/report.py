"""`antkey report`: reads saved results, makes one of several, compares two, and renders them again."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.merging import merge, names_of
from antkey_hooks.cli.render import deliver
from antkey_reports.load import load
from antkey_scanner.assess import exit_code, is_violation
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_NOT_A_VERDICT = (
    ExitCode.USAGE,
    ExitCode.INTERNAL,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
)
_STANDARD_INPUT = "-"


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Render again. Raises PolicyError when a file holds no results."""
    if options.only_new and options.compare is None:
        raise PolicyError("--only-new: there is nothing to compare with; add --compare BEFORE.json")
    names, paths = _told(operands)
    if [*paths, options.compare].count(_STANDARD_INPUT) > 1:
        raise PolicyError("-: standard input can be read once only; name files for the others")
    if options.report:
        from antkey_hooks.cli.destinations import inputs, refuse_over

        earlier = () if options.compare is None else (options.compare,)
        refuse_over(options.report, tuple(inputs((*paths, *earlier))))
    results = [read(path) for path in paths]
    if options.verbose:
        for path, result in zip(paths, results, strict=True):
            output.say(f"{show(path)}: exit code {result.run.exit_code}, {result.run.started_at}")
    merged = merge(results, names)
    if options.compare is not None:
        merged = _compared(options.compare, merged)
    return deliver(_judged_again(merged, options), options)


def _told(operands: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and paths of `NAME=FILE` and `FILE`. A file that has such a name itself is a file."""
    given: list[tuple[str, str]] = []
    for operand in operands:
        name, equals, path = operand.partition("=")
        if equals and name and path and not os.path.exists(operand):
            given.append((show(name), path))
        else:
            given.append(("", operand))
    paths = tuple(path for _, path in given)
    guessed = names_of([show(path) if path != _STANDARD_INPUT else "stdin" for path in paths])
    names = tuple(name or guess for (name, _), guess in zip(given, guessed, strict=True))
    return names, paths


def _compared(path: str, now: Result) -> Result:
    from antkey_hooks.cli.comparison import compare, doubts

    before = read(path)
    result = compare(before, now)
    output.say(*doubts(before, now))
    return result


def read(path: str) -> Result:
    """The result in a file. Raises PolicyError."""
    try:
        if path == _STANDARD_INPUT:
            return load(sys.stdin.buffer.read(), "standard input")
        with open(path, "rb") as file:
            return load(file.read(), show(path))
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise PolicyError(f"{show(path)}: {reason}; name a file of results") from None


def _judged_again(result: Result, options: Options) -> Result:
    """The result by the verdict's options, where there are any; else as it was saved."""
    asked = options.exit_zero or options.only_new
    if options.fail_on is None and not asked and options.allow_incomplete is None:
        return result
    fail_on = options.fail_on or result.run.fail_on
    reason = options.allow_incomplete or result.run.allow_incomplete
    code = exit_code(
        _counted(result, only_new=options.only_new),
        result.skips,
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=reason,
        undecided=result.run.undecided,
        error=_beside_findings(result, exit_zero=options.exit_zero),
    )
    run = result.run._replace(fail_on=fail_on, allow_incomplete=reason, exit_code=code)
    return result._replace(run=run)


def _counted(result: Result, *, only_new: bool) -> tuple[Finding, ...]:
    """The findings that may fail the run."""
    if not only_new or result.comparison is None:
        return result.findings
    new = frozenset(result.comparison.new)
    return tuple(one for one in result.findings if fingerprint(one) in new)


def _beside_findings(result: Result, *, exit_zero: bool) -> ExitCode:
    """The part of the saved exit code that no finding accounts for."""
    saved = ExitCode(result.run.exit_code)
    if saved in _NOT_A_VERDICT:
        return saved
    failed = saved is ExitCode.VIOLATIONS and not exit_zero
    if failed and not any(is_violation(one, result.run.fail_on) for one in result.findings):
        return saved
    return ExitCode.OK
