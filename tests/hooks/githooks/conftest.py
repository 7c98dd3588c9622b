"""Repositories that are hooked up in each of the three ways: by antkey itself, pre-commit and prek."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.githooks.scratch import Scratch, run
from tests.pages import blocks

NO_NETWORK = re.compile(
    "NewConnectionError|ConnectTimeoutError|ProxyError|name resolution|Network is unreachable"
    "|dns error|error sending request|client error \\(Connect\\)",
    re.IGNORECASE,
)
STAGES = ("pre-commit", "commit-msg", "pre-push", "pre-merge-commit")
INSTALLS = [pytest.mark.slow, pytest.mark.network]


@pytest.fixture
def repository(tmp_path: Path) -> Scratch:
    """An empty repository without hooks."""
    return Scratch(tmp_path / "work").init()


@pytest.fixture
def plain(repository: Scratch) -> Scratch:
    """An empty repository with the hooks that antkey installs."""
    done = repository.antkey("init", "--git-hooks")
    assert done.code == 0, done.text
    return repository


@pytest.fixture(scope="session")
def published(
    checkout: Path, project_files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Scratch:
    """This checkout as a repository that frameworks can clone, what is not committed too."""
    home = Scratch(tmp_path_factory.mktemp("published")).init()
    for path in project_files:
        target = home.path / path.relative_to(checkout)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    home.git("add", "--all")
    home.past_hooks("published")
    return home


def the_pages_configuration(repository: str, revision: str) -> str:
    """What docs/hooks.md says to copy, with the checkout as where antkey comes from."""
    (text,) = (
        block.text for block in blocks("docs/hooks.md") if block.name == ".pre-commit-config.yaml"
    )
    text = re.sub(r"(?<=repo: ).*", repository, text)
    return re.sub(r"(?<=rev: ).*", revision, text)


Install = Callable[[Scratch], Scratch]


@pytest.fixture(scope="session")
def with_pre_commit(published: Scratch, tmp_path_factory: pytest.TempPathFactory) -> Install:
    pytest.importorskip("pre_commit")
    home = tmp_path_factory.mktemp("pre-commit-home")
    return _framework("pre-commit", published, PRE_COMMIT_HOME=str(home))


@pytest.fixture(scope="session")
def with_prek(published: Scratch, tmp_path_factory: pytest.TempPathFactory) -> Install:
    pytest.importorskip("prek")
    home = tmp_path_factory.mktemp("prek-home")
    return _framework("prek", published, PREK_HOME=str(home))


def _framework(program: str, published: Scratch, **extra: str) -> Install:
    config = the_pages_configuration(str(published.path), published.head())

    def install(scratch: Scratch) -> Scratch:
        scratch.extra.update(extra)
        scratch.write(".pre-commit-config.yaml", config)
        scratch.git("add", ".pre-commit-config.yaml")
        scratch.past_hooks("configuration")
        stages = [word for stage in STAGES for word in ("-t", stage)]
        done = run([program, "install", "--install-hooks", *stages], scratch.path, **scratch.extra)
        if done.code and NO_NETWORK.search(done.text):
            pytest.skip(f"{program} reached no package index, so antkey was not installed by it")
        assert done.code == 0, done.text
        return scratch

    return install


@pytest.fixture(
    params=[
        "git",
        pytest.param("pre-commit", marks=INSTALLS),
        pytest.param("prek", marks=INSTALLS),
    ]
)
def hooked(request: pytest.FixtureRequest, repository: Scratch) -> Scratch:
    """A repository with hooks, in each of the three ways."""
    match request.param:
        case "git":
            scratch: Scratch = request.getfixturevalue("plain")
        case "pre-commit":
            scratch = request.getfixturevalue("with_pre_commit")(repository)
        case _:
            scratch = request.getfixturevalue("with_prek")(repository)
    return scratch
