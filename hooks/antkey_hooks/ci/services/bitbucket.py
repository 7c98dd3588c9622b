"""Bitbucket Pipelines. See "Variables and secrets" in Atlassian's documentation."""

from __future__ import annotations

from collections.abc import Mapping

from antkey_hooks.ci.build import Build, branch, ids, is_short_id

_SERVICE = "Bitbucket Pipelines"
_DEPTH = "set `clone: depth: full` in the pipeline"


def read(environment: Mapping[str, str]) -> Build | None:
    """The build; None elsewhere. The target's commit is given by its first twelve digits."""
    get = environment.get
    if not get("BITBUCKET_BUILD_NUMBER"):
        return None
    tips = ids(get("BITBUCKET_COMMIT"))
    if get("BITBUCKET_PR_ID"):
        target = get("BITBUCKET_PR_DESTINATION_COMMIT", "").lower()
        return Build(
            _SERVICE,
            "a pull request",
            _DEPTH,
            tips,
            ("HEAD",),  # the target is merged into it for the run
            (
                *((target,) if is_short_id(target) else ()),
                *branch(get("BITBUCKET_PR_DESTINATION_BRANCH")),
            ),
            "the target is not known",
        )
    why = "Bitbucket Pipelines does not tell what was there before"
    return Build(_SERVICE, "a build of a branch or tag", _DEPTH, tips, why=why)
