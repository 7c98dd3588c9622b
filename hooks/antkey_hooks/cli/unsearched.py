"""Says that git's history was not searched: what lies in files alone is no word about what was committed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from antkey_hooks.cli.request import Request
from antkey_scanner.model import Assessment, Skip
from antkey_scanner.policy import from_folder_to_root
from antkey_scanner.sources.files import GIT_OBJECTS


def saying(
    assessments: Sequence[Assessment], request: Request, skips: Iterable[Skip]
) -> tuple[Assessment, ...]:
    """The assessments, where those by what is searched for in bytes say why no history was searched."""
    why = _why(request, skips)
    if why is None:
        return tuple(assessments)
    searched = {rule.rule.id for rule in request.rules}
    return tuple(
        each._replace(evidence=f"{each.evidence}; git's history was not searched: {why}")
        if searched.intersection(each.control.rules)
        else each
        for each in assessments
    )


def _why(request: Request, skips: Iterable[Skip]) -> str | None:
    """Why none was searched; None where there is none as far as is known, or only a change was asked for."""
    if request.source is not None:
        return None
    if request.policy.scan.history is False:
        return "[scan] history = false"
    if any(skip.reason == GIT_OBJECTS for skip in skips):
        return "--history searches it"
    if request.thorough and any(map(_lies_in_a_repository, request.targets)):
        return "only a part of a repository is in scope; name its top folder"
    return None


def _lies_in_a_repository(path: str) -> bool:
    folder = os.path.realpath(path) if os.path.isdir(path) else ""
    return any(
        os.path.lexists(os.path.join(each, ".git")) for each in from_folder_to_root(folder) if each
    )
