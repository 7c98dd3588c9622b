"""An antkey that the action's own step installed, without the network, and a repository to check."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.hooks.ci.services import without_ci
from tests.integrations.runner import Finished, Runner
from tests.scanner.git.conftest import ENVIRONMENT, Git

_PYTHON = """\
#!/bin/sh
# Stands for a Python with everything that antkey needs: what it makes environments of has that too.
"{python}" "$@" || exit
for folder in "$@"; do :; done
for packages in "$folder"/lib/python*/site-packages; do
    [ ! -d "$packages" ] || echo "{packages}" >"$packages/offline.pth"
done
"""
_OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """Nothing of the tester's own, and of no CI service."""
    kept = ("PATH", "HOME", "TMPDIR", "LANG")
    found = {name: ENVIRONMENT[name] for name in kept if name in ENVIRONMENT}
    return without_ci({**found, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"})


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter whose environments need no network."""
    path = tmp_path_factory.mktemp("python") / "python3"
    packages = sysconfig.get_path("purelib")
    path.write_text(_PYTHON.format(python=sys.executable, packages=packages))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(scope="session")
def installed(
    checkout: Path,
    python: Path,
    clean_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """The outputs of the step `install`, which ran once."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "empty").mkdir()
    runner = Runner(folder / "temp", folder / "empty", {**clean_environment, **_OFFLINE})
    finished = runner.use(checkout, {"python": str(python)}, {"check": {}})
    assert finished.code == 0, finished.log
    return finished.steps["install"]


@pytest.fixture(scope="session")
def wheel(
    checkout: Path, clean_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """This checkout, as a job would install it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(checkout)],
        env={**clean_environment, **_OFFLINE},
        check=True,
        timeout=300,
    )
    (built,) = folder.glob("*.whl")
    return built


class Workflow(NamedTuple):
    """A repository, and jobs that check it."""

    git: Git
    run: Callable[..., Finished]


@pytest.fixture
def workflow(
    tmp_path: Path, checkout: Path, installed: dict[str, str], clean_environment: dict[str, str]
) -> Workflow:
    """`run(event variables, **inputs)` is the action in a job; reports lie in RUNNER_TEMP."""
    git = Git(tmp_path / "repo").init()
    git.write("antkey.toml", 'profile = "key-hygiene"\n')
    git.commit("first", readme="nothing\n")

    def run(environment: dict[str, str], at: Path | None = None, **inputs: str) -> Finished:
        runner = Runner(tmp_path / "temp", at or git.path, {**clean_environment, **environment})
        given = {name.replace("_", "-"): text for name, text in inputs.items()}
        return runner.use(checkout, given, {"install": installed})

    return Workflow(git, run)
