"""The jobs for GitLab, Jenkins, Azure Pipelines, Bitbucket and CircleCI: their commands run as they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.hooks.ci.services import gitlab as gitlab_variables
from tests.integrations import jobs
from tests.scanner.git.conftest import Git

Job = tuple[list[str], dict[str, str]]
Maker = Callable[..., str]


def _component(checkout: Path) -> Job:
    return jobs.gitlab(jobs.component(checkout / "templates/antkey.yml")["antkey"])


def _gitlab(checkout: Path) -> Job:
    document = yaml.safe_load((checkout / "integrations/gitlab/.gitlab-ci.yml").read_text())
    return jobs.gitlab(document["antkey"])


def _variables(service: str, git: Git, temp: Path) -> dict[str, str]:
    """What a service sets for a push of HEAD, whose parent was there before where it says so."""
    head, before = git.oid("HEAD").hex(), git.oid("HEAD~").hex()
    match service:
        case "component" | "gitlab":
            more = {"CI_COMMIT_BEFORE_SHA": before, "CI_COMMIT_BRANCH": "main"}
            return gitlab_variables("push", head, CI_PROJECT_DIR=str(git.path), **more)
        case "jenkins":
            return {
                "JENKINS_URL": "https://ci.example.com/",
                "GIT_COMMIT": head,
                "GIT_PREVIOUS_SUCCESSFUL_COMMIT": before,
                "WORKSPACE_TMP": str(temp / "workspace@tmp"),
            }
        case "azure":
            return {
                "TF_BUILD": "True",
                "BUILD_REASON": "IndividualCI",
                "BUILD_SOURCEVERSION": head,
                "AGENT_TEMPDIRECTORY": str(temp),
            }
        case "bitbucket":
            return {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_COMMIT": head}
        case _:
            return {"CIRCLECI": "true", "CIRCLE_SHA1": head, "HOME": str(temp)}


SERVICES: dict[str, tuple[Callable[[Path], Job], str]] = {
    "component": (_component, "bash"),
    "gitlab": (_gitlab, "bash"),
    "jenkins": (lambda at: jobs.jenkins(at / "integrations/jenkins/Jenkinsfile"), "sh"),
    "azure": (lambda at: jobs.azure(at / "integrations/azure/azure-pipelines.yml"), "bash"),
    "bitbucket": (
        lambda at: jobs.bitbucket(at / "integrations/bitbucket/bitbucket-pipelines.yml"),
        "bash",
    ),
    "circleci": (lambda at: jobs.circleci(at / "integrations/circleci/config.yml"), "bash"),
}


class World:
    """A repository in a CI service, where `python3` installs without the network."""

    def __init__(
        self,
        folder: Path,
        checkout: Path,
        environment: dict[str, str],
        service: str,
    ) -> None:
        self.git = Git(folder / "repo").init()
        self.git.write("antkey.toml", 'profile = "key-hygiene"\n')
        self.git.commit("first", readme="nothing\n")
        self.git.commit("second", readme="more\n")
        self._temp = folder / "temp"
        self._temp.mkdir()
        self.service = service
        self._checkout = checkout
        self._environment = environment

    def run(self, **more: str) -> subprocess.CompletedProcess[str]:
        """The job's shells up to the first that fails."""
        make, shell = SERVICES[self.service]
        scripts, variables = make(self._checkout)
        assert scripts
        environment = {
            **variables,
            **self._environment,
            "TMPDIR": str(self._temp),
            **_variables(self.service, self.git, self._temp),
            **more,
        }
        done = None
        for script in scripts:
            done = subprocess.run(
                [shell, "-c", script],
                cwd=self.git.path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            if done.returncode:
                break
        assert done is not None
        return done

    @property
    def reports(self) -> Path:
        inside = self.git.path / "antkey-report"
        return inside if inside.is_dir() else self._temp / "antkey-report"


@pytest.fixture(params=SERVICES)
def world(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    checkout: Path,
    wheel: Path,
    python: Path,
    clean_environment: dict[str, str],
) -> World:
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "ANTKEY_REQUIREMENT": str(wheel)}
    path = f"{python.parent}{os.pathsep}{clean_environment['PATH']}"
    return World(tmp_path, checkout, {**clean_environment, **offline, "PATH": path}, request.param)


def test_a_repository_without_a_key_passes(world: World) -> None:
    done = world.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (world.reports / "index.html").is_file()


def test_a_push_that_brings_and_removes_a_key_fails(world: World, make_key: Maker) -> None:
    before = world.git.oid("HEAD").hex()
    world.git.commit("leak", **{"app.env": f"KEY={make_key()}\n"})
    world.git("rm", "-q", "app.env")
    world.git.commit("gone")
    named = {"CI_COMMIT_BEFORE_SHA": before, "GIT_PREVIOUS_SUCCESSFUL_COMMIT": before}
    done = world.run(**named)
    assert done.returncode == 1, done.stdout + done.stderr
    results = json.loads((world.reports / "results.json").read_text())
    assert [each["location"]["path"] for each in results["findings"]] == ["app.env"]
    assert ET.parse(world.reports / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - ours


@pytest.mark.slow
def test_modules_of_the_repository_are_never_imported(world: World, tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    for name in ("json.py", "antkey_hooks/__init__.py", "pip/__init__.py", "venv/__init__.py"):
        world.git.write(name, f"open({str(owned)!r}, 'w')\n")
    world.git.commit("modules")
    done = world.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert not owned.exists()


@pytest.mark.slow
def test_gitlab_finds_every_report_that_a_job_names(
    checkout: Path, world: World, make_key: Maker
) -> None:
    """Those that are not there would be left out in silence."""
    if world.service not in {"gitlab", "component"}:
        pytest.skip("about GitLab")
    world.git.commit("leak", **{"app.env": make_key()})
    world.run()
    job = jobs.component(checkout / "templates/antkey.yml")["antkey"]
    copied = yaml.safe_load((checkout / "integrations/gitlab/.gitlab-ci.yml").read_text())
    assert job["artifacts"]["reports"] == copied["antkey"]["artifacts"]["reports"]
    for file in job["artifacts"]["reports"].values():
        assert (world.git.path / file).stat().st_size > 0
    report = json.loads((world.reports / "gl-secret-detection-report.json").read_text())
    assert report["scan"]["type"] == "secret_detection"
    assert len(report["vulnerabilities"]) == 1


def test_the_component_takes_its_inputs_as_text(checkout: Path) -> None:
    """In variables, never in a script, where a shell would run them."""
    text = (checkout / "templates/antkey.yml").read_text()
    script = text.partition("  script:\n")[2].partition("  artifacts:\n")[0]
    assert "$[[" not in script


def test_jobs_fetch_the_whole_history(checkout: Path) -> None:
    folder = checkout / "integrations"
    named = {
        "gitlab/.gitlab-ci.yml": 'GIT_DEPTH: "0"',
        "azure/azure-pipelines.yml": "fetchDepth: 0",
        "bitbucket/bitbucket-pipelines.yml": "depth: full",
        "circleci/config.yml": "method: full",
        "github/antkey.yml": "fetch-depth: 0",
        "github/deploy.yml": "fetch-depth: 0",
        "github/pull-requests-of-forks.yml": "fetch-depth: 0",
    }
    assert all(words in (folder / name).read_text() for name, words in named.items())
    assert 'GIT_DEPTH: "0"' in (checkout / "templates/antkey.yml").read_text()


@pytest.mark.slow
def test_gitlab_ci_local_runs_the_component(
    tmp_path: Path,
    checkout: Path,
    wheel: Path,
    python: Path,
    clean_environment: dict[str, str],
    make_key: Maker,
) -> None:
    """Another reader of GitLab's language, with its own idea of inputs, variables and reports."""
    tool = os.environ.get("ANTKEY_GITLAB_CI_LOCAL") or shutil.which("gitlab-ci-local")
    if tool is None:
        pytest.skip(
            "no gitlab-ci-local (npm install gitlab-ci-local; ANTKEY_GITLAB_CI_LOCAL names it)"
        )
    if shutil.which("rsync") is None:
        pytest.skip("no rsync, which gitlab-ci-local needs")
    git = Git(tmp_path / "repo").init()
    git.write("antkey.toml", 'profile = "key-hygiene"\n')
    git.write(".gitignore", ".gitlab-ci-local\nantkey-report\n.antkey-cache\n")
    shutil.copy(checkout / "templates/antkey.yml", git.path / "component.yml")
    git.write(
        ".gitlab-ci.yml",
        "include:\n  - local: component.yml\n    inputs:\n      job-name: keys\n"
        f"      requirement: {wheel}\n      range: {'0' * 40}..HEAD\n      fail-on: high\n",
    )
    git.commit("first")
    git("remote", "add", "origin", "git@git.example.com:group/project.git")
    environment = {
        **clean_environment,
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "TMPDIR": str(tmp_path),
        "HOME": str(tmp_path),
        "PATH": f"{python.parent}{os.pathsep}{clean_environment['PATH']}",
    }
    command = [tool, "--force-shell-executor", "--shell-isolation=false", "keys"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=git.path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    git.commit("leak", **{"app.env": make_key()})
    done = run()
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads((git.path / "antkey-report/gl-secret-detection-report.json").read_text())
    assert len(report["vulnerabilities"]) == 1
