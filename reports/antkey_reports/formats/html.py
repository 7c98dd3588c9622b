"""One HTML page for people: self-contained, without a single request, and readable without its script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from antkey_reports import rotation, timeline, trend, wording
from antkey_reports.ages import ages
from antkey_reports.changes import changes
from antkey_reports.controls import missing, shown_controls
from antkey_reports.coverage import OUTCOMES, mark, word
from antkey_reports.escape import html_document, visible
from antkey_reports.first import first
from antkey_reports.incidents import incidents
from antkey_reports.moments import moment
from antkey_reports.page import shown_coverage, shown_findings
from antkey_reports.response import plans
from antkey_reports.spread import spread
from antkey_reports.unread import shown_skips
from antkey_reports.verdict import (
    SEVERITIES,
    about_keys,
    about_requests,
    by_severity,
    incomplete,
    not_judged,
    open_ones,
    verdict,
)
from antkey_scanner.model import Result

_STYLES = ("report.css", "parts.css", "rotation.css", "coverage.css", "print.css")
_END = 100
"""So many characters of each end of a long name stay where names must not take much room."""


def render(result: Result, _color: bool, _width: int) -> str:
    """The page. Its style sheet and its script are allowed by their hashes, all else is forbidden."""
    shown = _shown_parts(result)
    style, script = "".join(map(_asset, _STYLES)), _asset("report.js")
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            **shown,
            result=result,
            run=result.run,
            stats=result.stats,
            contents=_contents(result),
            about_keys=about_keys(result),
            about_requests=about_requests(result),
            is_scan=not (about_keys(result) or about_requests(result)),
            is_run=_is_run(result),
            not_judged=not_judged(result),
            verdict=verdict(result),
            incomplete=incomplete(result),
            counts=by_severity(open_ones(result.findings)),
            open_count=len(open_ones(result.findings)),
            rate=_rate(result),
            severities=SEVERITIES,
            height=trend.HEIGHT,
            parts=_parts(result, shown),
            style=Markup(style),  # noqa: S704  our own file
            style_hash=_digest(style),
            script=Markup(script),  # noqa: S704  our own file
            script_hash=_digest(script),
        )
    )
    return html_document(page.rstrip("\n") + "\n")


def _shown_parts(result: Result) -> dict[str, object]:
    """What the parts of the page show; None for a part that there is nothing to show in."""
    findings = shown_findings(result)
    keys = rotation.rotation(result, findings.anchors)
    every = incidents(result.findings)
    return {
        "findings": findings,
        "first": first(result, tuple(one for one in every if one.is_open)),
        "plans": plans(result),
        "controls": shown_controls(result, findings.of_rules.rules),
        "changes": changes(result),
        "missing": missing(result),
        "rotation": keys,
        "timeline": timeline.timeline(keys) if keys else None,
        "ages": ages(result),
        "coverage": shown_coverage(result),
        "trend": trend.shown_trend(result),
        "spread": spread(result),
        "unread": shown_skips(result.skips, counting=True),
        "left_out": shown_skips(result.skips, counting=False),
    }


def _parts(result: Result, shown: dict[str, object]) -> tuple[tuple[str, str, bool], ...]:
    """(where, title, whether it is there) of the parts that are worth a link."""
    plan = shown["plans"]
    return (
        ("found", "Summary", True),
        ("changes", "Changes", shown["changes"] is not None),
        ("scope", "Scope", True),
        ("controls", "Controls", shown["controls"] is not None),
        ("rotation", "Rotation", shown["rotation"] is not None),
        ("ages", "Ages", shown["ages"] is not None),
        ("coverage", "Coverage", shown["coverage"] is not None),
        ("trend", "Over time", shown["trend"] is not None),
        ("findings", "Findings", bool(result.findings)),
        ("response", "Plans", bool(getattr(plan, "shown", ()))),
        (
            "skipped",
            "Not read" if about_keys(result) or about_requests(result) else "Not scanned",
            not _is_run(result),
        ),
    )


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


def _asset(name: str) -> str:
    return (files("antkey_reports") / "assets" / name).read_text("utf-8")


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("antkey_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plural=wording.plural, duration=wording.duration, prose=_prose)
    environment.filters.update(word=word, mark=mark, meaning=OUTCOMES.__getitem__)
    environment.filters.update(moment=_moment, clock=_clock, short=_short, listed=_listed)
    return environment


def _shown(value: object) -> object:
    # Every expression of the template passes here, before it is escaped.
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _prose(text: str) -> Markup:
    """A sentence in which what stands between backticks is code."""
    parts = [escape(visible(part)) for part in text.split("`")]
    if len(parts) % 2 == 0:  # one backtick has no partner
        return escape(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 and part else part
        for number, part in enumerate(parts)
    )


def _listed(names: Iterable[str]) -> str:
    """Names in one attribute, each in a line of its own."""
    return "\n".join(" ".join(name.split()) for name in names)


def _short(text: str, end: int = _END) -> str:
    """Both ends of a text that would push aside what a reader looks for first."""
    return text if len(text) <= 2 * end else f"{text[:end]}…{text[-end:]}"


def _moment(text: str) -> str:
    """A time of a result for people; what is none as it is."""
    time = moment(text)
    return _clock(time) if time else _short(text)


def _clock(time: datetime) -> str:
    try:
        return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except OverflowError:  # in the first or the last day that there is
        return time.isoformat()
