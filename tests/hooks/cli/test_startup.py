"""Start-up is the hot path of a hook: what is expensive is imported only when it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXPENSIVE = (
    *("argparse", "asyncio", "click", "ctypes", "dataclasses", "datetime", "difflib", "email"),
    *("hashlib", "html", "httpx", "importlib.metadata", "inspect", "jinja2", "json", "logging"),
    *("multiprocessing", "pathlib", "pathspec", "random", "shutil", "socket", "ssl", "string"),
    *("subprocess", "tempfile", "textwrap", "threading", "tomllib", "urllib", "yaml", "hyperscan"),
    *("antkey_rules.read", "antkey_hooks.cli.click_app", "antkey_hooks.cli.progress"),
    *("antkey_scanner.baseline", "antkey_scanner.inline", "antkey_hooks.cli.accepted"),
)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    (tmp_path / "clean.txt").write_text("nothing here\n")
    return tmp_path


def imported(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command line brings in."""
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from antkey_hooks.cli import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "print(*sorted(set(sys.modules) - before), sep='\\n', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_scanning_one_small_file_imports_nothing_expensive(clean: Path) -> None:
    imported(clean, "scan", "clean.txt")  # compiles the rules
    assert not imported(clean, "scan", "-qj4", "--", "clean.txt") & set(EXPENSIVE)


def test_a_policy_costs_its_parser_and_no_more(clean: Path) -> None:
    (clean / "antkey.toml").write_text('profile = "strict-byok"\n')
    more = {"tomllib", "datetime", "hashlib", "string"}
    assert not imported(clean, "scan", "clean.txt") & set(EXPENSIVE) - more


def test_a_baseline_costs_its_parser_and_no_more(clean: Path) -> None:
    text = '{"kind": "antkey-baseline", "schema": 1, "entries": []}'
    (clean / ".antkey-baseline.json").write_text(text)
    more = {"json", "hashlib", "antkey_scanner.baseline", "antkey_hooks.cli.accepted"}
    assert not imported(clean, "scan", "clean.txt") & set(EXPENSIVE) - more


def test_a_project_file_that_is_not_about_us_costs_nothing(clean: Path) -> None:
    (clean / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert "tomllib" not in imported(clean, "scan", "clean.txt")
