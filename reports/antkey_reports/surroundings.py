"""The words for what surrounds a verdict: the scope, who vouches, what earlier runs say. Not escaped."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_reports.wording import plural
from antkey_scanner.model import Assessment, Attestation, Repository, Result
from antkey_scanner.trend import Trend

_COMMIT = 12


def scope(result: Result) -> Iterator[str]:
    """One line for each repository and one for all hosts."""
    for one in result.repositories:
        yield f"repository {one.path}: {standing(one)}"
    if result.hosts:
        yield f"{plural(len(result.hosts), 'host')}: {', '.join(result.hosts)}"


def standing(repository: Repository) -> str:
    """`548de2e1628f on main`: which commit of a repository was looked at."""
    if repository.commit is None:
        return "no commit yet"
    on = f" on {repository.ref}" if repository.ref else ", on no branch"
    return repository.commit[:_COMMIT] + on


def attested(result: Result) -> tuple[tuple[Assessment, Attestation], ...]:
    """The controls that rest on somebody's word."""
    return tuple(
        (one, one.attestation) for one in result.assessments if one.attestation is not None
    )


def vouched(given: Attestation) -> str:
    """Who says so, since when and until when."""
    return f"{given.statement} ({given.owner} on {given.on}, until {given.expires})"


def trend(given: Trend) -> str:
    """`12 runs since 2026-11-01; 2 new and 1 fixed since the one before; 3.5 days to fix on average`."""
    runs = given.runs
    if not runs:
        return "no earlier run is known"
    first = runs[0].at.partition("T")[0]
    said = [f"{plural(len(runs), 'run')} since {first}"]
    if len(runs) > 1:
        said.append(f"{runs[-1].new:,} new and {runs[-1].fixed:,} fixed since the one before")
    if given.days_to_fix is not None:
        said.append(f"{_days(given.days_to_fix)} to fix on average")
    return "; ".join(said)


def _days(days: float) -> str:
    return "less than a day" if days < 1 else f"{days:,.1f} days"
