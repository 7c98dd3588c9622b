"""`--range auto` in the other services, and outside of all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.hooks.ci.conftest import Run, World
from tests.hooks.ci.services import ZEROS, gitlab
from tests.scanner.git.conftest import Git

Clone = Callable[..., Git]
Scan = Callable[..., Run]

NEW = "new"
ALL = "all"


def jenkins(sha: str, **more: str) -> dict[str, str]:
    return {"JENKINS_URL": "https://ci.example.com/", "GIT_COMMIT": sha, **more}


def azure(sha: str, reason: str, **more: str) -> dict[str, str]:
    return {"TF_BUILD": "True", "BUILD_REASON": reason, "BUILD_SOURCEVERSION": sha, **more}


def bitbucket(sha: str, **more: str) -> dict[str, str]:
    return {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_COMMIT": sha, **more}


def circleci(sha: str, **more: str) -> dict[str, str]:
    return {"CIRCLECI": "true", "CIRCLE_SHA1": sha, **more}


CASES: dict[str, tuple[str, Callable[[World], dict[str, str]], str]] = {
    "gitlab push": (
        "side",
        lambda w: gitlab("push", w.side, CI_COMMIT_BEFORE_SHA=w.base, CI_COMMIT_BRANCH="side"),
        NEW,
    ),
    "gitlab first push": (
        "side",
        lambda w: gitlab("push", w.side, CI_COMMIT_BRANCH="side"),
        NEW,
    ),
    "gitlab first push of the default branch": (
        "side",
        lambda w: gitlab("push", w.side, CI_COMMIT_BRANCH="side", CI_DEFAULT_BRANCH="side"),
        ALL,
    ),
    "gitlab force push": (
        "side",
        lambda w: gitlab("push", w.side, CI_COMMIT_BEFORE_SHA="1" * 40, CI_COMMIT_BRANCH="side"),
        NEW,
    ),
    "gitlab merge request": (
        "side",
        lambda w: gitlab(
            "merge_request_event",
            w.side,
            CI_MERGE_REQUEST_DIFF_BASE_SHA=w.base,
            CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="",
            CI_MERGE_REQUEST_TARGET_BRANCH_SHA="",
            CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        ),
        NEW,
    ),
    "gitlab merged results": (
        "merge",
        lambda w: gitlab(
            "merge_request_event",
            w.merge,
            CI_MERGE_REQUEST_DIFF_BASE_SHA=w.base,
            CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=w.side,
            CI_MERGE_REQUEST_TARGET_BRANCH_SHA=w.main,
        ),
        NEW,
    ),
    "gitlab external pull request": (
        "side",
        lambda w: gitlab(
            "external_pull_request_event",
            w.side,
            CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA=w.side,
            CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA=w.main,
        ),
        NEW,
    ),
    "gitlab tag": ("side", lambda w: gitlab("push", w.side, CI_COMMIT_TAG="v1"), ALL),
    "gitlab schedule": (
        "side",
        lambda w: gitlab("schedule", w.side, CI_COMMIT_BEFORE_SHA=w.base),
        ALL,
    ),
    "gitlab by hand": ("side", lambda w: gitlab("web", w.side), ALL),
    "gitlab trigger": ("side", lambda w: gitlab("trigger", w.side), ALL),
    "jenkins branch": (
        "side",
        lambda w: jenkins(w.side, GIT_PREVIOUS_SUCCESSFUL_COMMIT=w.base),
        NEW,
    ),
    "jenkins after failures only": (
        "side",
        lambda w: jenkins(w.side, GIT_PREVIOUS_COMMIT=w.base),
        ALL,
    ),
    "jenkins change": (
        "side",
        lambda w: jenkins(w.side, CHANGE_ID="7", CHANGE_TARGET="main"),
        NEW,
    ),
    "jenkins change, merged for the build": (
        "merge",
        lambda w: jenkins(w.merge, CHANGE_ID="7", CHANGE_TARGET="main"),
        NEW,
    ),
    "jenkins change for an unknown branch": (
        "side",
        lambda w: jenkins(w.side, CHANGE_ID="7", CHANGE_TARGET="--not --all"),
        ALL,
    ),
    "jenkins tag": ("side", lambda w: jenkins(w.side, TAG_NAME="v1"), ALL),
    "azure pull request": (
        "merge",
        lambda w: azure(
            w.merge,
            "PullRequest",
            SYSTEM_PULLREQUEST_SOURCECOMMITID=w.side,
            SYSTEM_PULLREQUEST_TARGETBRANCH="refs/heads/main",
        ),
        NEW,
    ),
    "azure push": ("side", lambda w: azure(w.side, "IndividualCI"), ALL),
    "azure schedule": ("side", lambda w: azure(w.side, "Schedule"), ALL),
    "bitbucket pull request": (
        "side",
        lambda w: bitbucket(
            w.side,
            BITBUCKET_PR_ID="7",
            BITBUCKET_PR_DESTINATION_COMMIT=w.main[:12],
            BITBUCKET_PR_DESTINATION_BRANCH="main",
        ),
        NEW,
    ),
    "bitbucket pull request of unknown target": (
        "side",
        lambda w: bitbucket(w.side, BITBUCKET_PR_ID="7", BITBUCKET_PR_DESTINATION_BRANCH="x y"),
        ALL,
    ),
    "bitbucket push": ("side", lambda w: bitbucket(w.side, BITBUCKET_BRANCH="side"), ALL),
    "circleci branch": ("side", lambda w: circleci(w.side, CIRCLE_BRANCH="side"), NEW),
    "circleci tag": ("side", lambda w: circleci(w.side, CIRCLE_TAG="v1"), ALL),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_service_asks_for(world: World, clone: Clone, scan: Scan, name: str) -> None:
    checked_out, environment, expected = CASES[name]
    git = clone(getattr(world, checked_out))
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    run = scan(git, environment(world))
    wanted = [("leak.env", world.leak)]
    if expected == ALL:
        wanted.append(("old.env", world.old))
    assert (run.code, run.found) == (1, wanted), run.words
    assert ("the whole history" in run.words) is (expected == ALL)


def test_circleci_on_the_default_branch_looks_at_all(
    world: World, clone: Clone, scan: Scan
) -> None:
    """What was built before is not told; the branch itself is no measure of what is new in it."""
    git = clone(world.main)
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    assert "the whole history" in scan(git, circleci(world.main, CIRCLE_BRANCH="main")).words


@pytest.mark.parametrize(
    ("environment", "cure"),
    [
        (
            lambda w: gitlab("push", w.side, CI_COMMIT_BEFORE_SHA=w.base),
            'set the variable `GIT_DEPTH: "0"`',
        ),
        (lambda w: gitlab("schedule", w.side), 'set the variable `GIT_DEPTH: "0"`'),
        (lambda w: jenkins(w.side, GIT_PREVIOUS_SUCCESSFUL_COMMIT=w.base), "without `shallow`"),
        (lambda w: azure(w.side, "IndividualCI"), "`fetchDepth: 0`"),
        (lambda w: bitbucket(w.side), "`clone: depth: full`"),
        (lambda w: circleci(w.side, CIRCLE_BRANCH="side"), "`checkout: {method: full}`"),
    ],
    ids=["gitlab", "gitlab schedule", "jenkins", "azure", "bitbucket", "circleci"],
)
def test_a_shallow_clone_says_what_to_set(
    world: World,
    clone: Clone,
    scan: Scan,
    environment: Callable[[World], dict[str, str]],
    cure: str,
) -> None:
    git = clone(world.side, "+refs/heads/side:refs/remotes/origin/side", depth=1)
    run = scan(git, environment(world))
    assert (run.code, run.found) == (3, [])
    assert cure in run.words


def test_a_branch_named_like_an_id_is_not_taken_for_it(
    world: World, clone: Clone, scan: Scan
) -> None:
    """Anybody who may push could hide commits behind it."""
    git = clone(world.side)
    git("update-ref", f"refs/heads/{world.main[:12]}", world.side)
    environment = bitbucket(
        world.side, BITBUCKET_PR_ID="7", BITBUCKET_PR_DESTINATION_COMMIT=world.main[:12]
    )
    assert scan(git, environment).found == [("leak.env", world.leak)]


def test_outside_of_ci_the_message_names_the_cure(world: World, clone: Clone, scan: Scan) -> None:
    run = scan(clone(world.side), {})
    assert run.code == 2
    assert "such as --range origin/main..HEAD" in run.words


def test_a_repository_without_a_commit_is_told(clone: Clone, scan: Scan, world: World) -> None:
    git = clone(world.side)
    git("symbolic-ref", "HEAD", "refs/heads/empty")
    run = scan(git, gitlab("web", ZEROS))
    assert (run.code, len(run.found)) == (1, 2)
    assert "the commit HEAD is not here" in run.words


@pytest.mark.parametrize("option", ["--range=main..HEAD", "--history", "--staged"])
def test_auto_stands_alone(world: World, clone: Clone, scan: Scan, option: str) -> None:
    assert scan(clone(world.side), gitlab("web", world.side), option).code == 2
