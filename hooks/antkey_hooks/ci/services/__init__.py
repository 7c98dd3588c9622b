"""The CI services whose environment is understood, one module each.

A module has `read(environment)`, which gives the build, or None when another service runs it. To add
one: its module here, and its name in `_SERVICES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from antkey_hooks.ci.build import Build

_SERVICES = ("github", "gitlab", "azure", "bitbucket", "circleci", "jenkins")
"""Jenkins last: its variables are also set where it starts another service's command line."""

NAMES = "GitHub Actions, GitLab CI, Azure Pipelines, Bitbucket Pipelines, CircleCI and Jenkins"


def detect(environment: Mapping[str, str]) -> Build | None:
    """The build that this process is part of; None outside of CI, or in one that is not known."""
    for name in _SERVICES:
        build: Build | None = import_module(f"{__name__}.{name}").read(environment)
        if build is not None:
            return build
    return None
