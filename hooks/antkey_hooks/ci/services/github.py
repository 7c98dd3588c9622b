"""GitHub Actions, and what runs its workflows elsewhere. See "Default environment variables" and
"Webhook events and payloads" in GitHub's documentation."""

from __future__ import annotations

from collections.abc import Mapping

from antkey_hooks.ci.build import Build, branch, ids
from antkey_hooks.ci.event import Event, read_event

_SERVICE = "GitHub Actions"
_DEPTH = "set `fetch-depth: 0` in the step actions/checkout"
_NO_EVENT = "GITHUB_EVENT_PATH names no event that can be read"


def read(environment: Mapping[str, str]) -> Build | None:
    """The build; None elsewhere."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return None
    event = read_event(environment.get("GITHUB_EVENT_PATH"))
    tips = ids(environment.get("GITHUB_SHA"))
    match environment.get("GITHUB_EVENT_NAME"):
        case "push" if not environment.get("GITHUB_REF", "").startswith("refs/tags/"):
            return _push(environment, event, tips)
        case "pull_request":
            return _pull_request(environment, event, tips)
        case "pull_request_target":
            return _from_a_fork(event)
        case "merge_group":
            return _merge_group(event, tips)
        case "push":
            return _all("a tag", "a tag may be on any commit", tips)
        case "schedule":
            return _all("a schedule", "a scheduled run looks at all of it", tips)
        case "workflow_dispatch":
            return _all("a run by hand", "a run by hand looks at all of it", tips)
        case _:
            return _all("an event", "it brings no commits of its own", tips)


def _push(environment: Mapping[str, str], event: Event, tips: tuple[str, ...]) -> Build:
    before = event.id("before")
    default = event.text("repository", "default_branch")
    if default == environment.get("GITHUB_REF", "").removeprefix("refs/heads/"):
        default = None  # it stands where this push left it
    return Build(
        _SERVICE,
        "a push" if before else "the first push of a branch",
        _DEPTH,
        tips or ids(event.id("after")),
        known=(*ids(before), *branch(default)),
        why="no commit is known that was there before" if event.is_there else _NO_EVENT,
    )


def _pull_request(environment: Mapping[str, str], event: Event, tips: tuple[str, ...]) -> Build:
    """The branch's head, and the merge with its target that GitHub makes for the run."""
    head = ids(event.id("pull_request", "head", "sha"))
    base = ids(event.id("pull_request", "base", "sha"))
    return Build(
        _SERVICE,
        "a pull request",
        _DEPTH,
        head or tips,
        tips,
        (*base, *branch(environment.get("GITHUB_BASE_REF"))),
        why=_NO_EVENT,
    )


def _from_a_fork(event: Event) -> Build:
    """The workflow is the target's and has its secrets; what it looks at may be anybody's."""
    head = ids(event.id("pull_request", "head", "sha"))
    number = event.number("pull_request", "number") or event.number("number")
    fetch = f"git fetch --no-tags origin refs/pull/{number or 'NUMBER'}/head"
    return Build(
        _SERVICE,
        "a pull request, with the rights of its target",
        f"{_DEPTH}, leave its `ref` as it is, and fetch the commits without checking them out: {fetch}",
        head,
        known=ids(event.id("pull_request", "base", "sha")),
        why=_NO_EVENT,
        foreign=True,
    )


def _merge_group(event: Event, tips: tuple[str, ...]) -> Build:
    head = ids(event.id("merge_group", "head_sha"))
    base = ids(event.id("merge_group", "base_sha"))
    return Build(_SERVICE, "a merge queue", _DEPTH, head or tips, tips, base, _NO_EVENT)


def _all(event: str, why: str, tips: tuple[str, ...]) -> Build:
    return Build(_SERVICE, event, _DEPTH, tips, why=why)
