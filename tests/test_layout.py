"""Guards the layout: four source roots with one typed package each, and modules one can find one's way in."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGES = {
    "scanner": "antkey_scanner",
    "rules": "antkey_rules",
    "reports": "antkey_reports",
    "hooks": "antkey_hooks",
}
MOST_LINES = 350
LONG_FILES: dict[str, str] = {
    "hooks/antkey_hooks/cli/options.py": "one table, data only: every option of every command",
}
"""Path → why it may be longer than `MOST_LINES`."""

NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


@pytest.fixture(scope="session")
def modules(project_files: list[Path]) -> list[Path]:
    return [path for path in project_files if path.suffix == ".py"]


@pytest.mark.parametrize(("folder", "package"), PACKAGES.items())
def test_source_root_holds_its_package_and_no_loose_module(
    checkout: Path, project_files: list[Path], folder: str, package: str
) -> None:
    root = checkout / folder
    inside = {
        path.relative_to(root).parts[0] for path in project_files if path.is_relative_to(root)
    }
    assert inside == {package}


@pytest.mark.parametrize(("folder", "package"), PACKAGES.items())
def test_package_is_typed(checkout: Path, folder: str, package: str) -> None:
    assert (checkout / folder / package / "__init__.py").is_file()
    assert (checkout / folder / package / "py.typed").is_file()


def test_every_folder_with_modules_is_a_package(checkout: Path, modules: list[Path]) -> None:
    # Without __init__.py a module is found in a checkout but depends on luck elsewhere.
    roots = [checkout / folder for folder in PACKAGES]
    folders = {module.parent for module in modules if any(map(module.is_relative_to, roots))}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_module_says_its_job(modules: list[Path]) -> None:
    assert [
        str(path) for path in modules if not ast.get_docstring(ast.parse(path.read_bytes()))
    ] == []


def test_module_names_say_something(modules: list[Path]) -> None:
    assert [str(path) for path in modules if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_files_are_short_or_say_why_not(checkout: Path, modules: list[Path]) -> None:
    long = {
        path.relative_to(checkout).as_posix()
        for path in modules
        if len(path.read_bytes().splitlines()) > MOST_LINES
    }
    assert long == set(LONG_FILES)


def test_tests_mirror_the_packages(checkout: Path) -> None:
    folders = {path.name for path in (checkout / "tests").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} >= set(PACKAGES)
