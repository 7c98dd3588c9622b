"""The variables that CI services set for builds, with what tests put into them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

ZEROS = "0" * 40

VARIABLES = (
    *(
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "JENKINS_URL",
        "TF_BUILD",
        "BITBUCKET_BUILD_NUMBER",
        "CIRCLECI",
    ),
    *("GITHUB_EVENT_PATH", "GITHUB_EVENT_NAME", "GITHUB_REF", "GITHUB_SHA", "GITHUB_BASE_REF"),
)
"""Those that a test must not inherit from the service that runs it."""


def github(folder: Path, name: str, sha: str, event: object, **more: str) -> dict[str, str]:
    """GitHub Actions, the event's file beside the repository."""
    path = folder / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": name,
        "GITHUB_SHA": sha,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REF": "refs/heads/side",
        **more,
    }


def gitlab(source: str, sha: str, **more: str) -> dict[str, str]:
    """GitLab CI."""
    return {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": source,
        "CI_COMMIT_SHA": sha,
        "CI_COMMIT_BEFORE_SHA": ZEROS,
        "CI_DEFAULT_BRANCH": "main",
        **more,
    }


def without_ci(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment outside of CI."""
    return {name: text for name, text in environment.items() if name not in VARIABLES}
