"""Runs pytest on the suites beside this file, in a process and a folder of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.clients.places import python_of

SUITES = Path(__file__).parent / "suites"
CHECKOUT = Path(__file__).resolve().parents[3]
ROOTS = [CHECKOUT / name for name in ("scanner", "rules", "reports", "hooks")]
PLUGIN = "antkey_hooks.pytest_plugin"
CREDENTIALS = re.compile(r"ANTHROPIC_|ANTKEY_|PYTEST_|COV_")


class Ran(NamedTuple):
    """A run of pytest. outcomes: by test `passed`, `failed`, `error`, `skipped`; told: what each said."""

    code: int
    output: str
    outcomes: dict[str, str]
    told: dict[str, str]
    folder: Path

    def everything(self) -> str:
        """All that was written anywhere."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = [path.read_text("utf-8", "replace") for path in files if path.suffix != ".pyc"]
        return "\n".join([self.output, *texts])


@pytest.fixture
def run_suite(tmp_path: Path) -> Callable[..., Ran]:
    """Run a suite with pytest's options; `plugins` are the only other ones than antkey's, `modules` what
    the suite imports."""

    def run(
        suite: str,
        *options: str,
        plugins: tuple[str, ...] = (),
        modules: tuple[str, ...] = (),
        **environment: str,
    ) -> Ran:
        python = python_with(*(plugin.partition(".")[0] for plugin in plugins), *modules)
        if not list(tmp_path.glob("test_*.py")):
            shutil.copy(SUITES / f"{suite}.py", tmp_path / f"test_{suite}.py")
        (tmp_path / "pytest.ini").touch()
        kept = {name: text for name, text in os.environ.items() if not CREDENTIALS.match(name)}
        argv = [python, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider"]
        for plugin in plugins:
            argv += ["-p", plugin]
        done = subprocess.run(
            [*argv, "--junitxml=junit.xml", "-rA", "-W", "ignore", *options],
            cwd=tmp_path,
            env={
                **kept,
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTHONPATH": os.pathsep.join(map(str, ROOTS)),
                "COLUMNS": "200",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        outcomes, told = _read(tmp_path / "junit.xml")
        return Ran(done.returncode, done.stdout + done.stderr, outcomes, told, tmp_path)

    return run


def python_with(*modules: str) -> str:
    """A Python that has these: this one, else that of the clients."""
    if all(find_spec(name) is not None for name in modules):
        return sys.executable
    return python_of("pytest-plugin")


def _read(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    outcomes: dict[str, str] = {}
    told: dict[str, str] = {}
    if not path.exists():
        return outcomes, told
    names = {"failure": "failed", "error": "error", "skipped": "skipped"}
    for case in ET.parse(path).iter("testcase"):  # noqa: S314 - written by the run above
        name = case.get("name", "")
        outcomes.setdefault(name, "passed")
        for part in case:
            if part.tag in names:
                outcomes[name] = names[part.tag]
                told[name] = told.get(name, "") + f"{part.get('message')}\n{part.text}"
    return outcomes, told
