"""Findings that a baseline accepts, in a scan. Imported only when there is a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_scanner import engine, system
from antkey_scanner.baseline import Scope, accept_findings, scope
from antkey_scanner.baseline.read import Baseline, read_baseline

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


def scope_of(folder: str, scanned: engine.Scanned, request: Request) -> Scope:
    """What a scan was about, seen from a baseline's folder."""
    return scope.scope_of(
        folder,
        request.targets,
        scanned.skips,
        files=not request.alone,
        history=request.history,
    )
