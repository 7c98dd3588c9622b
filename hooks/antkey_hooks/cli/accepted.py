"""Findings that a baseline accepts, in a scan or of requests. Imported only when there is a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_scanner import engine, system
from antkey_scanner.baseline import Scope, accept_findings, scope
from antkey_scanner.baseline.read import Baseline, read_baseline
from antkey_scanner.model import Finding

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_hooks.cli.request import Request


def read(path: str, options: Options) -> Baseline:
    """The baseline in a file, which -v names. Raises PolicyError."""
    baseline = read_baseline(path)
    if options.verbose:
        output.say(f"baseline: {system.show(path)} ({len(baseline.entries)} accepted)")
    return baseline


def accept(scanned: engine.Scanned, baseline: Baseline, request: Request) -> engine.Scanned:
    """The scan's result with what the baseline accepts marked."""
    about = scope_of(baseline.folder, scanned, request)
    return scanned._replace(findings=accept_findings(scanned.findings, baseline.entries, about))


def accept_requests(
    findings: tuple[Finding, ...], path: str, *, by_name: bool = False
) -> tuple[Finding, ...]:
    """Findings about requests with what a baseline accepts marked. by_name: as in `as_compared`. Raises
    PolicyError."""
    baseline = read_baseline(path)
    about = scope_of_working_folder(baseline.folder)
    known = as_compared(findings, by_name=by_name)
    marked = accept_findings(known, baseline.entries, about)
    return tuple(
        finding._replace(status=mark.status, accepted=mark.accepted)
        for finding, mark in zip(findings, marked, strict=True)
    )


def as_compared(findings: tuple[Finding, ...], *, by_name: bool) -> tuple[Finding, ...]:
    """Findings as a baseline knows them.

    by_name: their keys are made up anew in each run, so that a hash names nothing but the finding's anchor.
    """
    return tuple(one._replace(secret=None) for one in findings) if by_name else findings


def scope_of_working_folder(folder: str) -> Scope:
    """What is seen from a baseline's folder of findings that no scan of files made: the paths of their
    places are relative to the working folder."""
    return scope.scope_of(folder, (), (), files=False)


def scope_of(folder: str, scanned: engine.Scanned, request: Request) -> Scope:
    """What a scan was about, seen from a baseline's folder."""
    return scope.scope_of(
        folder,
        request.targets,
        scanned.skips,
        files=not request.alone,
        history=request.history,
    )
