"""The commands of the jobs for CI services, as those services would run them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_INPUT = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*\]\]")


def component(file: Path, **inputs: str) -> dict[str, Any]:
    """The jobs of a GitLab component, its inputs filled in."""
    head, body = file.read_text(encoding="utf-8").split("\n---\n")
    spec = yaml.safe_load(head)["spec"]["inputs"]
    values = {name: str(each["default"]) for name, each in spec.items()} | inputs
    assert set(values) == set(spec)
    for name, each in spec.items():
        assert values[name] in each.get("options", [values[name]])
    jobs: dict[str, Any] = yaml.safe_load(_INPUT.sub(lambda found: values[found[1]], body))
    return jobs


def gitlab(job: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """One shell runs all lines of a GitLab job; that, and the job's variables."""
    return ["set -eo pipefail\n" + "\n".join(job["script"])], dict(job.get("variables", {}))


def bitbucket(file: Path) -> tuple[list[str], dict[str, str]]:
    """As GitLab: one shell for the script of a step."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    (step,) = document["pipelines"]["default"]
    return ["set -e\n" + "\n".join(step["step"]["script"])], {}


def azure(file: Path) -> tuple[list[str], dict[str, str]]:
    """A shell for each step."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    scripts = [f"set -e\n{step['bash']}" for step in document["steps"] if "bash" in step]
    return scripts, dict(document["variables"])


def circleci(file: Path) -> tuple[list[str], dict[str, str]]:
    """A shell for each step."""
    job = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]["antkey"]
    runs = [step["run"]["command"] for step in job["steps"] if "run" in step]
    return [f"set -eo pipefail\n{command}" for command in runs], dict(job["environment"])


def jenkins(file: Path) -> tuple[list[str], dict[str, str]]:
    """A shell for each step `sh`, of a Jenkinsfile that has them in quotes of one kind."""
    text = file.read_text(encoding="utf-8")
    scripts = [
        long or short
        for long, short in re.findall(r"\bsh (?:'''(.*?)'''|'(.*?)')", text, re.DOTALL)
    ]
    block = text.partition("environment {")[2].partition("}")[0]
    return [f"set -xe\n{script}" for script in scripts], dict(re.findall(r"(\w+) = '(.*?)'", block))
