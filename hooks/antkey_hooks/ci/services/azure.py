"""Azure Pipelines. See "Use predefined variables" in Microsoft's documentation."""

from __future__ import annotations

from collections.abc import Mapping

from antkey_hooks.ci.build import Build, branch, ids

_SERVICE = "Azure Pipelines"
_DEPTH = "set `fetchDepth: 0` in the step checkout"


def read(environment: Mapping[str, str]) -> Build | None:
    """The build; None elsewhere."""
    if environment.get("TF_BUILD", "").lower() != "true":
        return None
    get = environment.get
    tips = ids(get("BUILD_SOURCEVERSION"))
    if get("BUILD_REASON") == "PullRequest":
        return Build(
            _SERVICE,
            "a pull request",
            _DEPTH,
            ids(get("SYSTEM_PULLREQUEST_SOURCECOMMITID")) or tips,
            tips,
            branch(get("SYSTEM_PULLREQUEST_TARGETBRANCH")),
            "the target is not known",
        )
    # No variable tells where a branch was before a push.
    why = "Azure Pipelines does not tell what was there before"
    return Build(_SERVICE, "a build of a branch or tag", _DEPTH, tips, why=why)
