"""GitLab CI. See "Predefined CI/CD variables reference" in GitLab's documentation."""

from __future__ import annotations

from collections.abc import Mapping

from antkey_hooks.ci.build import Build, branch, ids

_SERVICE = "GitLab CI"
_DEPTH = 'set the variable `GIT_DEPTH: "0"` for the job'


def read(environment: Mapping[str, str]) -> Build | None:
    """The build; None elsewhere."""
    if environment.get("GITLAB_CI") != "true":
        return None
    get = environment.get
    tips = ids(get("CI_COMMIT_SHA"))
    match get("CI_PIPELINE_SOURCE"):
        case "merge_request_event":
            return _merge_request(environment, tips)
        case "external_pull_request_event":
            return Build(
                _SERVICE,
                "a pull request",
                _DEPTH,
                ids(get("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA")) or tips,
                tips,
                (
                    *ids(get("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")),
                    *branch(get("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME")),
                ),
                "the target is not known",
            )
        case _ if get("CI_COMMIT_TAG"):
            return _all("a tag", "a tag may be on any commit", tips)
        case "push":
            return _push(environment, tips)
        case "schedule":
            return _all("a schedule", "a scheduled run looks at all of it", tips)
        case "web":
            return _all("a run by hand", "a run by hand looks at all of it", tips)
        case _:
            return _all("a pipeline", "it brings no commits of its own", tips)


def _merge_request(environment: Mapping[str, str], tips: tuple[str, ...]) -> Build:
    """With merged results and merge trains the commit is a merge that GitLab made, and its source is
    named apart."""
    get = environment.get
    return Build(
        _SERVICE,
        "a merge request",
        _DEPTH,
        ids(get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")) or tips,
        tips,
        (
            *ids(get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"), get("CI_MERGE_REQUEST_DIFF_BASE_SHA")),
            *branch(get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
        ),
        "the target is not known",
    )


def _push(environment: Mapping[str, str], tips: tuple[str, ...]) -> Build:
    before = ids(environment.get("CI_COMMIT_BEFORE_SHA"))
    default = environment.get("CI_DEFAULT_BRANCH")
    if default == environment.get("CI_COMMIT_BRANCH"):
        default = None
    return Build(
        _SERVICE,
        "a push" if before else "the first push of a branch",
        _DEPTH,
        tips,
        known=(*before, *branch(default)),
        why="no commit is known that was there before",
    )


def _all(event: str, why: str, tips: tuple[str, ...]) -> Build:
    return Build(_SERVICE, event, _DEPTH, tips, why=why)
