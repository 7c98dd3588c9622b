"""`--range auto` in GitHub Actions: what a push or pull request brings, and never less."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.ci.conftest import Run, World
from tests.hooks.ci.services import ZEROS, github
from tests.scanner.git.conftest import Git

Clone = Callable[..., Git]
Scan = Callable[..., Run]


def leaks(world: World) -> list[tuple[str, str]]:
    """What a branch brings."""
    return [("leak.env", world.leak)]


def all_leaks(world: World) -> list[tuple[str, str]]:
    """What the whole history holds."""
    return [("leak.env", world.leak), ("old.env", world.old)]


def pull(world: World, **more: object) -> dict[str, object]:
    return {
        "number": 7,
        "pull_request": {
            "number": 7,
            "head": {"sha": world.side},
            "base": {"sha": world.main},
            **more,
        },
    }


def test_a_push_is_what_came_since_the_one_before(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    run = scan(clone(world.side), github(tmp_path, "push", world.side, {"before": world.base}))
    assert (run.code, run.found, run.commits) == (1, leaks(world), 2)
    assert f"a push: files and what is new (since {world.base[:12]})" in run.words


def test_files_are_judged_as_they_are_too(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    git = clone(world.leak)
    event = github(tmp_path, "push", world.leak, {"before": world.base})
    assert scan(git, event).found == leaks(world)
    (git.path / "built.env").write_text(world.key)
    assert [path for path, _ in scan(git, event).found] == ["built.env", "leak.env"]


def test_the_first_push_of_a_branch_is_what_the_default_branch_has_not(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    event = {"before": ZEROS, "repository": {"default_branch": "main"}}
    run = scan(clone(world.side), github(tmp_path, "push", world.side, event))
    assert (run.code, run.found) == (1, leaks(world))
    assert "the first push of a branch: files and what is new" in run.words


@pytest.mark.parametrize(
    "event",
    [
        {"before": ZEROS, "repository": {"default_branch": "side"}},
        {"before": ZEROS, "repository": {"default_branch": "no-such"}},
        {"before": ZEROS, "repository": {"default_branch": "../../../HEAD"}},
        {"before": ZEROS, "repository": {"default_branch": ["main"]}},
        {"before": "--all", "repository": None},
        {"before": f"{'1' * 40} --not --all"},
        {"before": 7},
        {},
        [],
        "null",
        "{",
        "[" * 200_000,
        '"\\ud800"',
    ],
    ids=lambda event: str(event)[:40],
)
def test_where_nothing_is_known_all_is_looked_at(
    world: World, clone: Clone, scan: Scan, tmp_path: Path, event: object
) -> None:
    run = scan(clone(world.side), github(tmp_path, "push", world.side, event))
    assert (run.code, run.found) == (1, all_leaks(world))
    assert "the whole history" in run.words


def test_a_force_push_is_what_the_old_branch_has_not(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    event = github(tmp_path, "push", world.side, {"before": world.main, "forced": True})
    assert scan(clone(world.side), event).found == leaks(world)


def test_a_force_push_whose_old_commit_is_gone_is_what_the_default_branch_has_not(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    event = {"before": "1" * 40, "forced": True, "repository": {"default_branch": "main"}}
    run = scan(clone(world.side), github(tmp_path, "push", world.side, event))
    assert (run.code, run.found) == (1, leaks(world))


def test_a_force_push_back_to_an_old_commit_looks_at_all(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    run = scan(clone(world.base), github(tmp_path, "push", world.base, {"before": world.main}))
    assert "the whole history (nothing is new against what is known)" in run.words
    assert run.found == all_leaks(world)


def test_a_pull_request_is_the_branch_and_the_merge(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    event = github(tmp_path, "pull_request", world.merge, pull(world), GITHUB_BASE_REF="main")
    run = scan(clone(world.merge), event)
    assert (run.code, run.found, run.commits) == (1, leaks(world), 3)


def test_a_pull_request_may_check_out_its_head_alone(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    git = clone(world.side, "+refs/heads/*:refs/remotes/origin/*")
    event = github(tmp_path, "pull_request", world.merge, pull(world), GITHUB_BASE_REF="main")
    run = scan(git, event)
    assert (run.code, run.found, run.commits) == (1, leaks(world), 2)


def test_a_pull_request_whose_event_is_unreadable_goes_by_its_base(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    event = github(tmp_path, "pull_request", world.merge, "{", GITHUB_BASE_REF="main")
    assert scan(clone(world.merge), event).found == leaks(world)


def test_a_merge_queue(world: World, clone: Clone, scan: Scan, tmp_path: Path) -> None:
    event = {"merge_group": {"head_sha": world.merge, "base_sha": world.main}}
    run = scan(clone(world.merge), github(tmp_path, "merge_group", world.merge, event))
    assert (run.found, run.commits) == (leaks(world), 3)


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("push", "refs/tags/v1"),
        ("schedule", "refs/heads/main"),
        ("workflow_dispatch", "refs/heads/main"),
        ("release", "refs/tags/v1"),
    ],
)
def test_what_is_no_change_looks_at_all(
    world: World, clone: Clone, scan: Scan, tmp_path: Path, name: str, ref: str
) -> None:
    event = github(tmp_path, name, world.main, {"before": world.base}, GITHUB_REF=ref)
    assert scan(clone(world.main), event).found == all_leaks(world)


def test_what_lies_in_a_shallow_clone_is_judged_all_the_same(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    git = clone(world.leak, "+refs/heads/side:refs/remotes/origin/side", depth=2)
    (git.path / ".git/shallow").write_text(f"{world.leak}\n")
    report = tmp_path / "r.json"
    event = github(tmp_path, "push", world.leak, {"before": world.base})
    run = scan(git, event, "--report", f"json={report}")
    assert (run.code, [path for path, _ in run.found]) == (1, ["leak.env"])
    told = json.loads(report.read_text())
    assert not told["complete"]
    assert any("`fetch-depth: 0`" in each["reason"] for each in told["skipped"] if each["counts"])


@pytest.mark.parametrize("name", ["push", "pull_request", "schedule"])
def test_a_shallow_clone_says_which_depth_to_set(
    world: World, clone: Clone, scan: Scan, tmp_path: Path, name: str
) -> None:
    git = clone(world.merge, "+refs/pull/7/merge:refs/pull/7/merge", depth=1)
    event = {"before": world.base, **pull(world)}
    run = scan(git, github(tmp_path, name, world.merge, event))
    assert (run.code, run.found) == (3, [])
    assert "set `fetch-depth: 0` in the step actions/checkout" in run.words


def test_a_clone_that_ends_between_says_so(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    """The merge and both of its parents are there, and so is the base, but not what lies between."""
    git = clone(world.merge, "+refs/pull/7/merge:refs/pull/7/merge", depth=2)
    run = scan(git, github(tmp_path, "pull_request", world.merge, pull(world)))
    assert run.code == 3
    assert "`fetch-depth: 0`" in run.words


def test_a_shallow_clone_that_is_tolerated_tells_what_is_there(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    git = clone(world.side, "+refs/heads/side:refs/remotes/origin/side", depth=2)
    event = github(tmp_path, "push", world.side, {"before": world.base})
    run = scan(git, event, "--allow-incomplete", "an old runner")
    assert (run.code, run.found) == (1, leaks(world))
    assert "`fetch-depth: 0`" in run.words


def test_a_commit_that_is_not_here_is_no_reason_to_look_at_less(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    run = scan(clone(world.side), github(tmp_path, "push", "1" * 40, {"before": world.base}))
    assert (run.code, run.found) == (1, all_leaks(world))
    assert f"the commit {'1' * 40} is not here" in run.words


def test_commits_of_a_fork_are_read_as_objects_by_the_policy_of_the_target(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    world.origin("checkout", "-q", "side")
    evil = world.origin.commit("quiet", **{"antkey.toml": '[scan]\nexclude = ["**"]\n'}).hex()
    world.origin("update-ref", "refs/pull/7/head", evil)
    git = clone(world.main)
    event = github(tmp_path, "pull_request_target", world.main, pull(world._replace(side=evil)))
    run = scan(git, event)
    assert (run.code, run.found) == (1, leaks(world))


@pytest.mark.parametrize("checked_out", ["side", "merge"])
def test_a_fork_that_is_checked_out_with_rights_is_refused(
    world: World, clone: Clone, scan: Scan, tmp_path: Path, checked_out: str
) -> None:
    git = clone(getattr(world, checked_out))
    event = github(tmp_path, "pull_request_target", world.main, pull(world))
    run = scan(git, event)
    assert (run.code, run.found) == (2, [])
    assert "a policy of its own" in run.words
    assert scan(git, event, "--no-config").found == leaks(world)


def test_commits_of_a_fork_that_are_not_fetched_say_how(
    world: World, clone: Clone, scan: Scan, tmp_path: Path
) -> None:
    git = clone(world.main, "+refs/heads/main:refs/remotes/origin/main")
    run = scan(git, github(tmp_path, "pull_request_target", world.main, pull(world)))
    assert run.code == 3
    assert "git fetch --no-tags origin refs/pull/7/head" in run.words
