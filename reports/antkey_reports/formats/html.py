"""One HTML page for people: self-contained, without scripts, and without a single request."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from antkey_reports import wording
from antkey_reports.coverage import OUTCOMES, mark, word
from antkey_reports.escape import html_document, visible
from antkey_reports.page import shown_coverage, shown_findings, shown_skips
from antkey_reports.rotation import rotation
from antkey_reports.timeline import timeline
from antkey_reports.verdict import (
    about_keys,
    about_requests,
    by_severity,
    incomplete,
    not_judged,
    open_ones,
    verdict,
)
from antkey_scanner.model import Result


def render(result: Result, _color: bool, _width: int) -> str:
    """The page. Its style sheet is allowed by its hash, everything else is forbidden."""
    findings = shown_findings(result)
    keys = rotation(result, findings.anchors)
    seen = shown_coverage(result)
    style = _style("report.css") + (_style("rotation.css") if keys else "")
    style += _style("coverage.css") if seen else ""
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            run=result.run,
            stats=result.stats,
            contents=_contents(result),
            about_keys=about_keys(result),
            about_requests=about_requests(result),
            is_scan=not (about_keys(result) or about_requests(result)),
            is_run=_is_run(result),
            coverage=seen,
            not_judged=not_judged(result),
            verdict=verdict(result),
            incomplete=incomplete(result),
            counts=by_severity(open_ones(result.findings)),
            findings=findings,
            rotation=keys,
            timeline=timeline(keys) if keys else None,
            open_count=len(open_ones(result.findings)),
            rate=_rate(result),
            unread=shown_skips(result.skips, counting=True),
            left_out=shown_skips(result.skips, counting=False),
            style=Markup(style),  # noqa: S704  our own file
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        )
    )
    return html_document(page.rstrip("\n") + "\n")


def _contents(result: Result) -> str:
    stats = result.stats
    if about_keys(result):
        return wording.judged_keys(stats)
    if not about_requests(result):
        return f"{wording.contents(stats)}, {wording.size(stats.bytes)}"
    judged = wording.judged_requests(stats)
    return f"{judged}, {wording.size(stats.bytes)}" if stats.files else judged


def _rate(result: Result) -> str | None:
    """The speed of reading, where files were read and it says something."""
    if about_keys(result) or _is_run(result):
        return None
    return wording.rate(result.stats, result.run)


def _is_run(result: Result) -> bool:
    """Whether requests of a wrapped command were judged, and nothing had to be read."""
    return about_requests(result) and not (result.stats.files or result.skips)


def _style(name: str) -> str:
    return (files("antkey_reports") / "assets" / name).read_text("utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("antkey_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        plural=wording.plural, size=wording.size, duration=wording.duration, place=wording.place
    )
    environment.filters.update(word=word, mark=mark, meaning=OUTCOMES.__getitem__)
    return environment


def _shown(value: object) -> object:
    # Every expression of the template passes here, before it is escaped.
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value
