"""Brings a result to its readers: report files first, then standard output."""

from __future__ import annotations

import os
import sys
from itertools import islice
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_scanner.assess import worst
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Result

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


_AT_ONCE = 50
"""So many pieces of a report are written together."""


def deliver(result: Result, options: Options) -> ExitCode:
    """Write every report that can be written; the exit code, USAGE when one could not."""
    problems = _write_reports(result, options.report)
    if problems:
        # What is still to be written says how the run really ends.
        code = worst([ExitCode(result.run.exit_code), ExitCode.USAGE])
        result = result._replace(run=result.run._replace(exit_code=code))
    try:
        _print(result, options)
    except PolicyError as error:
        problems.append(str(error))
    output.say(*problems)
    return ExitCode.USAGE if problems else ExitCode(result.run.exit_code)


def get_ready(options: Options) -> None:
    """Import what `deliver` will print with."""
    from antkey_reports.registry import load

    load(options.format)


def _write_reports(result: Result, reports: tuple[tuple[str, str], ...]) -> list[str]:
    problems = []
    for name, path in reports:
        from antkey_reports.registry import render

        try:
            output.write_report(path, render(name, result))
        except PolicyError as error:
            problems.append(str(error))
    return problems


def _print(result: Result, options: Options) -> None:
    if options.quiet and options.format == "text" and result.run.exit_code == ExitCode.OK:
        return
    from antkey_reports.registry import pieces

    colour = not options.no_color and output.wants_colour(sys.stdout, os.environ)
    columns = output.width(sys.stdout)
    report = pieces(options.format, result, color=colour, width=columns)
    while some := "".join(islice(report, _AT_ONCE)):
        output.write_out(some)
