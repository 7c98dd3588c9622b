"""Jenkins, with its git plugin and multibranch pipelines. See "Environment variables" of the git plugin
and of the pipeline's branch sources."""

from __future__ import annotations

from collections.abc import Mapping

from antkey_hooks.ci.build import Build, branch, ids

_SERVICE = "Jenkins"
_DEPTH = (
    "clone without `shallow` (advanced clone behaviours), with the target's branch in the refspec"
)


def read(environment: Mapping[str, str]) -> Build | None:
    """The build; None elsewhere."""
    get = environment.get
    if not get("JENKINS_URL"):
        return None
    tips = ids(get("GIT_COMMIT"))
    if get("CHANGE_ID"):
        target = branch(get("CHANGE_TARGET"))
        return Build(
            _SERVICE, "a change", _DEPTH, tips, ("HEAD",), target, "the target is not known"
        )
    if get("TAG_NAME"):
        return Build(_SERVICE, "a tag", _DEPTH, tips, why="a tag may be on any commit")
    # Since the last build that was right: what a failed one found is looked at again.
    return Build(
        _SERVICE,
        "a build of a branch",
        _DEPTH,
        tips,
        known=ids(get("GIT_PREVIOUS_SUCCESSFUL_COMMIT")),
        why="no build of this branch has succeeded yet",
    )
