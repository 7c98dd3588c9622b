"""What a user installs: declared dependencies, built distributions, and the program in them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import Parser
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import antkey_scanner

PACKAGE_FOLDERS = (
    "scanner/antkey_scanner",
    "rules/antkey_rules",
    "hooks/antkey_hooks",
    "reports/antkey_reports",
)
OURS = {folder.split("/")[1] for folder in PACKAGE_FOLDERS}
STANDARD = sys.stdlib_module_names | {"_sha2", "compression"}  # from Python 3.12 and 3.14 on
LARGEST_INSTALLATION = 200_000_000
"""Bytes on disk of antkey with all that it brings."""

NOT_IMPORTED_YET: dict[str, str] = {}
"""Dependency → why it is declared although nothing imports it."""

BROUGHT_BY_THE_USER = {"pytest": "hooks/antkey_hooks/pytest_plugin"}
"""Modules that are no dependencies → the folder that alone imports them, when they import it."""

MADE_UP = "no_such_"
"""How names of modules begin that tests import because they are nowhere."""

NAMED_OTHERWISE = {"vcr": ["vcrpy"]}
"""Modules that need not be installed → the distribution that brings them, where its name is another."""

NO_NETWORK = re.compile(
    "NewConnectionError|ConnectTimeoutError|ProxyError|name resolution|Network is unreachable"
)


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, Any]:
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel_and_sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("dist")
    argv = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(checkout)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def metadata(wheel_and_sdist: tuple[Path, Path]) -> Any:
    with zipfile.ZipFile(wheel_and_sdist[0]) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(wheel.read(name).decode())


def imported(files: Iterable[Path]) -> Iterator[str]:
    """Third-party modules that are imported anywhere in `files`, inside functions too."""
    for file in files:
        tree = ast.parse(file.read_bytes())
        for name in {name for node in ast.walk(tree) for name in _names(node)} | _by_name(tree):
            top, _, rest = name.partition(".")
            if top == "backports":  # a folder that several distributions share
                yield f"{top}.{rest.partition('.')[0]}"
            elif top not in STANDARD and top not in OURS:
                yield top


def _by_name(tree: ast.Module) -> set[str]:
    """What a file may mean that calls `import_module` with a variable: its texts that name modules."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    dynamic = any(
        ast.unparse(call.func).endswith("import_module")
        and not isinstance(call.args[0], ast.Constant)
        for call in calls
    )
    if not dynamic:
        return set()
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    known = packages_distributions()
    return {
        text
        for text in texts
        if isinstance(text, str)
        and re.fullmatch(r"[\w.]+", text)
        and text.partition(".")[0] in known
    }


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [alias.name for alias in node.names]
        yield from (
            [f"backports.{name}" for name in names] if node.module == "backports" else [node.module]
        )
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
        ("import_module", "importorskip")
    ):
        yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def undeclared(files: Iterable[Path], requirements: Iterable[str]) -> dict[str, list[str]]:
    """Modules of no declared distribution → the distributions that would bring them."""
    declared = {canonicalize_name(Requirement(line).name) for line in requirements}
    brought_by = {**NAMED_OTHERWISE, **packages_distributions()}
    missing = {}
    for module in set(imported(files)):
        names = brought_by.get(module, [module])
        if not declared & {canonicalize_name(name) for name in names}:
            missing[module] = names
    return missing


def sources(checkout: Path, project_files: list[Path], folders: Iterable[str]) -> list[Path]:
    roots = [checkout / folder for folder in folders]
    return [
        path
        for path in project_files
        if path.suffix == ".py" and any(map(path.is_relative_to, roots))
    ]


def test_every_import_of_the_packages_is_declared(
    checkout: Path, project: dict[str, Any], project_files: list[Path]
) -> None:
    files = sources(checkout, project_files, PACKAGE_FOLDERS)
    inside = {
        name: sources(checkout, project_files, [folder])
        for name, folder in BROUGHT_BY_THE_USER.items()
    }
    for name, own in inside.items():
        assert name in set(imported(own))
        assert name not in set(imported(file for file in files if file not in own))
    missing = undeclared(files, project["dependencies"])
    assert missing.keys() == BROUGHT_BY_THE_USER.keys(), missing


def test_every_import_of_tests_and_benchmarks_is_declared(
    checkout: Path, project: dict[str, Any], project_files: list[Path]
) -> None:
    files = sources(checkout, project_files, ["tests", "benchmarks"])
    extras = project["optional-dependencies"]
    declared = project["dependencies"] + extras["dev"] + extras["clients"]
    local = {path.stem for path in files} | {path.parent.name for path in files}
    missing = undeclared(files, declared)
    assert {name for name in missing if name not in local and not name.startswith(MADE_UP)} == set()


def test_every_dependency_is_imported_or_says_why_not(
    checkout: Path, project: dict[str, Any], project_files: list[Path]
) -> None:
    used = set(imported(sources(checkout, project_files, PACKAGE_FOLDERS)))
    brought_by = packages_distributions()
    imported_names = {
        canonicalize_name(name) for top in used for name in brought_by.get(top, [top])
    }
    declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    assert declared - imported_names == set(NOT_IMPORTED_YET)


def test_dependencies_have_lower_bounds_only(project: dict[str, Any]) -> None:
    bounds = {
        line: [specifier.operator for specifier in Requirement(line).specifier]
        for line in project["dependencies"]
    }
    assert {line for line, operators in bounds.items() if operators != [">="]} == set()


def test_wheel_holds_every_file_of_the_packages_and_no_other(
    checkout: Path, project_files: list[Path], wheel_and_sdist: tuple[Path, Path]
) -> None:
    expected = {
        path.relative_to((checkout / folder).parent).as_posix()
        for folder in PACKAGE_FOLDERS
        for path in project_files
        if path.is_relative_to(checkout / folder)
    }
    with zipfile.ZipFile(wheel_and_sdist[0]) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected


def test_wheel_holds_no_tests(wheel_and_sdist: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(wheel_and_sdist[0]) as wheel:
        names = wheel.namelist()
    assert [name for name in names if re.search(r"(^|/)(tests?/|test_|conftest)", name)] == []


def test_wheel_metadata_says_name_version_licence_and_python(metadata: Any) -> None:
    assert metadata["Name"] == "antkey"
    assert metadata["Version"] == antkey_scanner.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Requires-Python"] == ">=3.11"


def test_wheel_declares_the_command(wheel_and_sdist: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(wheel_and_sdist[0]) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
        assert "antkey = antkey_hooks.cli:main" in wheel.read(name).decode()


def test_sdist_holds_what_the_tests_need(wheel_and_sdist: tuple[Path, Path]) -> None:
    with tarfile.open(wheel_and_sdist[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"LICENSE", "README.md", "Makefile", "pyproject.toml", "tests/conftest.py"} <= names
    assert {"docs/demo.py", "examples/byok/chat.py", "examples/acorn/antkey.toml"} <= names


@pytest.mark.slow
@pytest.mark.network
def test_wheel_works_in_an_empty_environment(
    wheel_and_sdist: tuple[Path, Path], tmp_path: Path
) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    binaries = home / ("Scripts" if sys.platform == "win32" else "bin")
    before = size_of(home)
    install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel_and_sdist[0])]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode and NO_NETWORK.search(done.stderr):
        pytest.skip("pip reached no package index, so the wheel was not installed")
    assert done.returncode == 0, done.stderr
    assert size_of(home) - before < LARGEST_INSTALLATION

    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "clean.txt").write_text("nothing here\n")
    version = run_antkey(binaries, tmp_path / "work", "--version")
    assert antkey_scanner.__version__ in version.stdout
    scan = run_antkey(binaries, tmp_path / "work", "scan", "--format", "json", ".")
    assert scan.returncode == 0, scan.stderr
    assert '"complete": true' in scan.stdout


def run_antkey(binaries: Path, cwd: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(binaries / "antkey"), *argv],
        cwd=cwd,
        env={"PATH": str(binaries), "HOME": str(cwd), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def size_of(folder: Path) -> int:
    """Bytes of all regular files below `folder`."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
