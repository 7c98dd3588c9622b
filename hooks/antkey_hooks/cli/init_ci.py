"""`antkey init`: writes a CI job that runs `antkey check`, for GitHub or GitLab.

Which of them is told by what lies in the repository, else by where it is pushed to. For other services
it says the command.
"""

from __future__ import annotations

import re

from antkey_hooks.cli.init_place import Place, Step
from antkey_hooks.cli.init_source import VARIABLE, Source
from antkey_hooks.cli.init_yaml import top_level, with_item

PROVIDERS = ("github", "gitlab", "none")
"""What `--ci` takes."""

GITHUB_JOB = ".github/workflows/antkey.yml"
GITLAB = ".gitlab-ci.yml"
GITLAB_JOB = ".gitlab/antkey.yml"

_ELSEWHERE = {
    "Jenkinsfile": "Jenkins",
    "azure-pipelines.yml": "Azure Pipelines",
    "bitbucket-pipelines.yml": "Bitbucket Pipelines",
    ".circleci": "CircleCI",
    ".woodpecker.yml": "Woodpecker",
    ".drone.yml": "Drone",
}
_RUNS_ANTKEY = re.compile(r"^[^#\n]*(?:\bantkey[ ]+(?:check|scan)\b|uses:[^#\n]*/antkey@)", re.M)
_GITLAB_INCLUDES = re.compile(r"^[^#\n]*antkey\.ya?ml", re.M)

_COMMAND = "antkey check --range auto"

_GITHUB = """\
# Runs every control of antkey.toml: over the files, and over what is new in the history; over all of
# the history where that cannot be told, on a schedule for example. Written by `antkey init`.
name: antkey
on:
  push:
  pull_request:
  schedule:
    - cron: "17 4 * * 1"  # ages change without a commit
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1  # v7.0.1
        with:
          fetch-depth: 0  # keys lie in old commits
          persist-credentials: false
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97  # v7.0.0
        with:
          python-version: "3.12"
{steps}\
      - if: always()
        uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f  # v7.0.0
        with:
          name: antkey-report
          path: {report}
"""

_BY_ACTION = """\
      - id: antkey
        uses: {action}@{commit}
"""

_BY_PIP = """\
      - run: pip install "$ANTKEY_REQUIREMENT"
        env:
          ANTKEY_REQUIREMENT: {requirement}
      - run: antkey check --range auto
      - if: always()
        run: cat antkey-report/summary.md >> "$GITHUB_STEP_SUMMARY"
"""

_GITLAB_TEXT = """\
# Runs every control of antkey.toml: over the files, and over what is new in the history; over all of
# the history where that cannot be told, on a schedule for example. Written by `antkey init`.
antkey:
  image: python:3.12
  stage: {stage}
  variables:
    GIT_DEPTH: "0"  # keys lie in old commits{variable}
  script:
    - pip install "$ANTKEY_REQUIREMENT"
    - antkey check --range auto
  artifacts:
    when: always
    paths: [antkey-report/]
    reports:
      junit: antkey-report/junit.xml
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - if: $CI_COMMIT_BRANCH
"""


def set_up(place: Place, source: Source, wanted: str | None, remotes: str) -> list[Step]:
    """Write the job. wanted: one of `PROVIDERS`, None for what is there; remotes: the repository's own
    configuration, which names where it is pushed to."""
    if wanted == "none":
        return []
    providers = (wanted,) if wanted else _there(place, remotes)
    steps: list[Step] = []
    for provider in providers:
        steps += _github(place, source) if provider == "github" else _gitlab(place, source)
    if wanted is None:
        steps += [
            Step(name, f"{service}: left as it is, add this step:", f"{_COMMAND}\n")
            for name, service in _ELSEWHERE.items()
            if place.has(name) and not _RUNS_ANTKEY.search(place.read(name) or "")
        ]
    if not steps:
        return [Step("CI", "none was found; name it: --ci github or --ci gitlab")]
    if source.requirement is None and any(
        step.path in {GITHUB_JOB, GITLAB_JOB} and step.well and step.add for step in steps
    ):
        steps.append(_unknown_source())
    return steps


def _there(place: Place, remotes: str) -> tuple[str, ...]:
    found = []
    if place.has_folder(".github/workflows"):
        found.append("github")
    if place.has(GITLAB):
        found.append("gitlab")
    if not found and not any(map(place.has, _ELSEWHERE)):
        hosts = re.findall(
            r"^\s*url\s*=\s*(?:https?://|ssh://)?(?:[^@/\s]*@)?([^/:\s]+)", remotes, re.M
        )
        found += [name for name in ("github", "gitlab") if any(name in host for host in hosts)]
        if not found and place.has_folder(".github"):
            found.append("github")
    return tuple(found)


def _github(place: Place, source: Source) -> list[Step]:
    folder = ".github/workflows"
    for name in place.names(folder):
        if _RUNS_ANTKEY.search(place.read(f"{folder}/{name}") or ""):
            return [Step(f"{folder}/{name}", "runs antkey already; left as it is")]
    if place.has(GITHUB_JOB):
        return [Step(GITHUB_JOB, "is there; left as it is")]
    return [place.create(GITHUB_JOB, _github_job(source))]


def _github_job(source: Source) -> str:
    """The job; by antkey's own action where that lies on GitHub."""
    action = re.fullmatch(r"https://github\.com/([\w-]+/[\w.-]+?)(?:\.git)?", source.url or "")
    if action is not None:
        steps = _BY_ACTION.format(action=action[1], commit=source.commit)
        return _GITHUB.format(steps=steps, report="${{ steps.antkey.outputs.report }}")
    requirement = source.requirement or f"${{{{ vars.{VARIABLE} }}}}"
    return _GITHUB.format(steps=_BY_PIP.format(requirement=requirement), report="antkey-report")


def _gitlab(place: Place, source: Source) -> list[Step]:
    standing = place.read(GITLAB)
    if place.has(GITLAB) and standing is None:
        return [Step(GITLAB, "is no regular text file; left as it is", well=False)]
    if standing is not None and (
        _RUNS_ANTKEY.search(standing) or _GITLAB_INCLUDES.search(standing)
    ):
        return [Step(GITLAB, "runs antkey already; left as it is")]
    include = f"- local: {GITLAB_JOB}\n"
    if standing is None:
        main = place.create(GITLAB, f"include:\n  {include}")
    else:
        new = with_item(standing, "include", include)
        main = (
            place.replace(GITLAB, new, "the job to its includes", include)
            if new is not None
            else Step(GITLAB, "left as it is; add under include:", include, well=False)
        )
    if place.has(GITLAB_JOB):
        return [Step(GITLAB_JOB, "is there; left as it is"), main]
    return [place.create(GITLAB_JOB, _gitlab_job(source, standing or "")), main]


def _gitlab_job(source: Source, standing: str) -> str:
    """The job; in a stage that there is."""
    stages = (top_level(standing) or {}).get("stages")
    names = (
        [node.value for node in stages.value]
        if stages is not None and isinstance(stages.value, list)
        else ["test"]
    )
    known = source.requirement
    variable = "" if known is None else f'\n    {VARIABLE}: "{known}"'
    return _GITLAB_TEXT.format(stage="test" if "test" in names else ".pre", variable=variable)


def _unknown_source() -> Step:
    return Step(
        "next",
        f"set the CI variable {VARIABLE} to what pip shall install, such as"
        " git+https://git.example.com/tools/antkey@v0.1.0; this antkey came from a folder of this machine",
    )
