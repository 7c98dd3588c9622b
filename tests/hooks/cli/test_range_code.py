"""Ranges and indexes: source code and settings of changed files are judged, by the same rules as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import Document, Report, date
from tests.hooks.cli.test_scan_code import BAD, GOOD, RULE
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey

_SETTINGS = "services:\n  app:\n    environment:\n      ANTHROPIC_BASE_URL: http://evil.example\n"


def found(antkey: Antkey, *arguments: str, **more: str) -> list[tuple[str, str, str | None]]:
    """Rule, path and commit of the findings."""
    report = Report(antkey("scan", "-f", "json", *arguments, **more))
    assert report.code == (1 if report.findings else 0)
    places: list[tuple[str, Document]] = [(one["rule"], one["location"]) for one in report.findings]
    return sorted((rule, place["path"], place["commit"]) for rule, place in places)


def controls(antkey: Antkey, command: str, *arguments: str, **more: str) -> dict[str, Document]:
    document = json.loads(antkey(command, "-f", "json", *arguments, **more).stdout)
    return {one["id"]: one for one in document["controls"]}


@pytest.fixture
def changed(git: Git) -> Git:
    git.commit("first", **{"src__llm.py": GOOD})
    git.commit("bad", **{"src__llm.py": BAD})
    git.commit("good again", **{"src__llm.py": GOOD + "# again\n"})
    return git


def test_code_that_a_range_brought_is_judged_with_its_commit(antkey: Antkey, changed: Git) -> None:
    bad = changed.oid("main~").hex()
    assert found(antkey, "repo", "--range", "main~2..main~") == [(RULE, "src/llm.py", bad)]
    report = Report(antkey("scan", "-f", "json", "repo", "--range", "main~2..main~"))
    assert report.findings[0]["location"]["first_seen"] == date(changed, "main~")
    assert report.findings[0]["location"]["blob"] == changed.oid("main~:src/llm.py").hex()


def test_it_is_judged_at_each_commit_and_told_once(antkey: Antkey, changed: Git) -> None:
    bad = changed.oid("main~").hex()
    changed.commit("bad again", **{"src__llm.py": "# moved\n" + BAD})
    assert found(antkey, "repo", "--range", "main~3..main") == [(RULE, "src/llm.py", bad)]
    assert found(antkey, "repo", "--range", "main~2..main~") == []


def test_what_did_not_change_is_not_judged(antkey: Antkey, changed: Git) -> None:
    changed.commit("bad", **{"src__llm.py": BAD})
    changed.commit("more", readme="1\n")
    assert found(antkey, "repo", "--range", "main~..main") == []


def test_settings_are_judged_too(antkey: Antkey, git: Git) -> None:
    git.commit("first", readme="1\n")
    commit = git.commit("second", **{"compose.yaml": _SETTINGS}).hex()
    here = {path for _, path, _ in found(antkey, "repo")}
    assert here == {"compose.yaml"}
    in_range = found(antkey, "repo", "--range", "main~..main")
    assert {place[1:] for place in in_range} == {("compose.yaml", commit)}
    where = {"GIT_DIR": "repo/.git", "GIT_WORK_TREE": "repo"}
    staged = found(antkey, "--staged", "repo/compose.yaml", **where)
    assert {path for _, path, _ in staged} == {"compose.yaml"}


def test_what_is_left_out_is_not_judged(antkey: Antkey, changed: Git) -> None:
    options = ("--range", "main~2..main~", "--exclude", "src/**")
    assert found(antkey, "repo", *options) == []


def test_a_range_and_an_index_without_a_changed_file_are_complete(
    antkey: Antkey, changed: Git
) -> None:
    index = {"GIT_DIR": "repo/.git", "GIT_WORK_TREE": "repo"}
    ways: list[tuple[tuple[str, ...], dict[str, str]]] = [
        (("repo", "--range", "HEAD..HEAD"), {}),
        (("--staged",), index),
    ]
    for arguments, where in ways:
        done = antkey("check", *arguments, **where)
        assert done.returncode == 0, done.stderr
        judged = controls(antkey, "check", *arguments, **where)["no-fallback-in-code"]
        assert judged["status"] == "pass"
        assert judged["evidence"].endswith("; no file in scope changed")


def test_a_range_is_a_verdict_about_code(antkey: Antkey, changed: Git) -> None:
    done = antkey("check", "repo", "--range", "main~..main")
    assert done.returncode == 0, done.stderr
    done = antkey("check", "repo", "--range", "main~2..main")
    assert done.returncode == 1
    judged = controls(antkey, "check", "repo", "--range", "main~2..main")
    assert judged["no-fallback-in-code"]["status"] == "fail"


@pytest.mark.parametrize("options", [(), ("--history",)])
@pytest.mark.parametrize("at", ["bare.git", "mirrors"])
def test_in_a_bare_clone_no_control_about_code_passes(
    antkey: Antkey, changed: Git, options: tuple[str, ...], at: str
) -> None:
    changed("clone", "-q", "--bare", ".", "../mirrors/bare.git")
    changed("clone", "-q", "--bare", ".", "../bare.git")
    assert "no-fallback-in-code" not in controls(antkey, "scan", at, *options)
    judged = controls(antkey, "check", at, *options).get("no-fallback-in-code")
    assert judged is None or judged["status"] == "not-assessed"
    assert "no-fallback-in-code" in controls(antkey, "scan", "repo", *options)
