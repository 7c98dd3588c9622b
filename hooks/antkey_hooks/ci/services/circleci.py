"""CircleCI. See "Project values and variables" in its documentation."""

from __future__ import annotations

from collections.abc import Mapping

from antkey_hooks.ci.build import BRANCHES, Build, ids

_SERVICE = "CircleCI"
_DEPTH = "write `checkout: {method: full}` for the step checkout"


def read(environment: Mapping[str, str]) -> Build | None:
    """The build; None elsewhere."""
    get = environment.get
    if get("CIRCLECI") != "true":
        return None
    tips = ids(get("CIRCLE_SHA1"))
    if get("CIRCLE_TAG"):
        return Build(_SERVICE, "a tag", _DEPTH, tips, why="a tag may be on any commit")
    return Build(
        _SERVICE,
        "a build of a branch",
        _DEPTH,
        tips,
        known=(f"{BRANCHES}HEAD",),  # the server's default branch, as a clone notes it
        why="CircleCI does not tell what was there before",
    )
