"""The recipe for a container: its instructions are checked, and its commands run, without an engine.

Whether an engine builds it shows only where there is one and a registry answers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.scanner.git.conftest import Git


class Stage(NamedTuple):
    """One stage: its instructions with their words, in order."""

    instructions: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        return [words for instruction, words in self.instructions if instruction == name]


@pytest.fixture
def stages(checkout: Path) -> list[Stage]:
    text = re.sub(r"\\\n", "", (checkout / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: list[Stage] = []
    for line in lines:
        instruction, _, words = line.partition(" ")
        if instruction == "FROM":
            found.append(Stage([]))
        if found:
            found[-1].instructions.append((instruction, words))
    return found


def test_it_runs_as_nobody_and_installs_nothing_at_run_time(stages: list[Stage]) -> None:
    build, last = stages
    assert build.all("USER") == []
    (user,) = last.all("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert last.all("RUN") == last.all("ADD") == []
    assert last.all("COPY") == ["--from=build /opt/antkey /opt/antkey"]


def test_only_known_instructions_stand_in_it(stages: list[Stage]) -> None:
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert {name for stage in stages for name, _ in stage.instructions} <= known


def test_what_is_made_here_stays_out_of_it(checkout: Path) -> None:
    left_out = (checkout / ".containerignore").read_text().split()
    assert {".git", ".venv", "antkey-report"} <= set(left_out)


@pytest.mark.slow
def test_its_commands_install_an_antkey_that_checks(
    stages: list[Stage],
    checkout: Path,
    tmp_path: Path,
    python: Path,
    clean_environment: dict[str, str],
) -> None:
    """As they stand, in other folders and offline."""
    build, last = stages
    places = {"/opt/antkey": f"{tmp_path}/opt", "/report": f"{tmp_path}/report"}

    def moved(text: str) -> str:
        for place, here in places.items():
            text = text.replace(place, here)
        return text

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(python)
    environment = {
        **clean_environment,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{clean_environment['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }
    (script,) = build.all("RUN")
    first, *rest = moved(script).split(" && ")
    for command in (first, *rest):
        subprocess.run(
            ["sh", "-c", command], cwd=checkout, env=environment, check=True, timeout=300
        )
        if command is first:  # the wrapper sees to packages when the folder is the last word
            assert (tmp_path / "opt" / "bin" / "python").exists()
    git = Git(tmp_path / "work").init()
    git.write("antkey.toml", 'profile = "key-hygiene"\n')
    git.commit("first")
    entry = json.loads(moved(last.all("ENTRYPOINT")[0])) + json.loads(moved(last.all("CMD")[0]))
    done = subprocess.run(
        entry, cwd=git.path, env=clean_environment, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "report" / "index.html").is_file()
    assert git("status", "--porcelain") == b""
