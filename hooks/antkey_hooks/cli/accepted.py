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
    """Findings about requests with what a baseline accepts marked. Raises PolicyError.

    by_name: their keys are made up anew in each run, so that a hash names nothing but the finding's anchor.
    """
    baseline = read_baseline(path)
    about = scope.scope_of(baseline.folder, (), (), files=False)
    known = [one._replace(secret=None) for one in findings] if by_name else findings
    marked = accept_findings(known, baseline.entries, about)
    return tuple(
        finding._replace(status=mark.status, accepted=mark.accepted)
        for finding, mark in zip(findings, marked, strict=True)
    )


def scope_of(folder: str, scanned: engine.Scanned, request: Request) -> Scope:
    """What a scan was about, seen from a baseline's folder."""
    return scope.scope_of(
        folder,
        request.targets,
        scanned.skips,
        files=not request.alone,
        history=request.history,
    )
