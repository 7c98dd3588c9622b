"""What pre-commit and prek do beside commits and pushes: all files, the history, options, try-repo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.hooks.githooks.scratch import MakeKey, Scratch, run

pytestmark = [pytest.mark.slow, pytest.mark.network]
Install = Callable[[Scratch], Scratch]


@pytest.fixture(params=["pre-commit", "prek"])
def program(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def framed(program: str, repository: Scratch, request: pytest.FixtureRequest) -> Scratch:
    """A repository with the hooks of one of the frameworks."""
    install: Install = request.getfixturevalue(f"with_{program.replace('-', '_')}")
    return install(repository)


def test_all_files_are_judged_as_they_are_in_the_index(
    framed: Scratch, program: str, make_key: MakeKey
) -> None:
    framed.add("old.txt", make_key())
    (framed.path / "link").symlink_to(make_key())
    framed.git("add", "link")
    framed.past_hooks()
    framed.git("push", "-q", ".", "main:elsewhere", "--no-verify")
    done = run([program, "run", "--all-files", "antkey"], framed.path, **framed.extra)
    assert done.code != 0
    assert "old.txt:1:1" in done.text
    assert "link:1:1" in done.text
    framed.git("rm", "-q", "old.txt", "link")
    framed.past_hooks()
    done = run([program, "run", "--all-files", "antkey"], framed.path, **framed.extra)
    assert done.code == 0, done.text


def test_files_of_a_range_are_judged(framed: Scratch, program: str, make_key: MakeKey) -> None:
    framed.add("old.txt", make_key())
    framed.past_hooks()
    done = run(
        [program, "run", "antkey", "--from-ref", "HEAD^", "--to-ref", "HEAD"],
        framed.path,
        **framed.extra,
    )
    assert done.code != 0
    assert "old.txt:1:1" in done.text


def test_nothing_staged_passes(framed: Scratch, program: str) -> None:
    done = run([program, "run"], framed.path, **framed.extra)
    assert done.code == 0, done.text


def test_the_whole_history_is_searched_by_hand(
    framed: Scratch, program: str, make_key: MakeKey
) -> None:
    manual = [program, "run", "--hook-stage", "manual", "antkey-manual"]
    done = run(manual, framed.path, **framed.extra)
    assert done.code == 0, done.text
    framed.add("old.txt", make_key())
    framed.past_hooks()
    framed.git("rm", "-q", "old.txt")
    framed.past_hooks()
    done = run(manual, framed.path, **framed.extra)
    assert done.code != 0
    assert "old.txt:1:1" in done.text


def test_pre_push_by_hand_judges_what_no_remote_has(
    framed: Scratch, program: str, make_key: MakeKey
) -> None:
    by_hand = [program, "run", "--hook-stage", "pre-push", "--all-files", "antkey-pre-push"]
    done = run(by_hand, framed.path, **framed.extra)
    assert done.code == 0, done.text
    framed.add("a.txt", make_key())
    framed.past_hooks()
    done = run(by_hand, framed.path, **framed.extra)
    assert done.code != 0
    assert "a.txt:1:1" in done.text


def test_options_of_the_configuration_are_obeyed(framed: Scratch, make_key: MakeKey) -> None:
    text = (framed.path / ".pre-commit-config.yaml").read_text()
    args = "      - id: antkey\n        args: [--fail-on, critical, --exclude, 'samples/**']\n"
    assert "      - id: antkey\n" in text
    framed.add(".pre-commit-config.yaml", text.replace("      - id: antkey\n", args, 1))
    framed.add("samples/a.txt", make_key())
    framed.add("-x.txt", "harmless\n")
    framed.git("commit", "-m", "a sample")
    framed.add("-x.txt", make_key())
    framed.refuses("commit", "-m", "no sample")


def test_hooks_of_ours_that_stand_there_go_on(
    framed: Scratch, program: str, make_key: MakeKey
) -> None:
    """A framework keeps what it finds as a legacy hook; installing ours again makes no circle."""
    assert run([program, "uninstall", "-t", "pre-commit"], framed.path, **framed.extra).code == 0
    assert framed.antkey("init", "--git-hooks").code == 0
    done = run([program, "install", "-t", "pre-commit"], framed.path, **framed.extra)
    assert done.code == 0, done.text
    again = framed.antkey("init", "--git-hooks")
    assert again.code == 0
    assert "hooks/pre-commit: runs our hook already" in again.text
    framed.add("a.txt", make_key())
    framed.refuses("commit", "-m", "a key")
    framed.add("a.txt", "harmless\n")
    framed.git("commit", "-m", "harmless")


def test_a_frameworks_hook_is_chained(framed: Scratch, make_key: MakeKey) -> None:
    said = framed.antkey("init", "--git-hooks")
    assert said.code == 0
    assert "what stood there runs first" in said.text
    framed.add("a.txt", make_key())
    assert "Failed" in framed.refuses("commit", "-m", "a key")
    framed.add("a.txt", "harmless\n")
    assert "Passed" in framed.git("commit", "-m", "harmless")


def test_a_merge_without_conflict_is_judged(framed: Scratch, make_key: MakeKey) -> None:
    framed.git("switch", "-q", "-c", "side")
    framed.add("a.txt", make_key())
    framed.past_hooks()
    framed.git("switch", "-q", "main")
    framed.past_hooks()
    assert "a.txt:1:1" in framed.refuses("merge", "--no-edit", "side")


def test_try_repo_shows_what_it_would_do(
    framed: Scratch, published: Scratch, program: str, make_key: MakeKey
) -> None:
    trial = [program, "try-repo", published.path, "antkey", "--all-files"]
    framed.add("a.txt", make_key())
    done = run(trial, framed.path, **framed.extra)
    assert done.code != 0
    assert "a.txt:1:1" in done.text
