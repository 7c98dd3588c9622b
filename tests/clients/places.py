"""Where the clients' environments are, and what is on this machine; what is missing is a skip."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
WISHES = Path(__file__).with_name("environments")
"""A folder for each environment, with its `requirements.txt` or `package.json`."""

MISSING = "missing"
"""The file in an environment that says why it could not be made."""


def folder() -> Path:
    """The folder that `make clients` has filled; ANTKEY_CLIENTS names another one."""
    named = os.environ.get("ANTKEY_CLIENTS")
    return Path(named).resolve() if named else CHECKOUT / ".clients"


def environment(name: str) -> Path:
    """An environment that is whole, such as `anthropic-newest`; a skip where it is not."""
    if not (WISHES / name).is_dir():
        raise LookupError(f"tests/clients/environments has no {name}")
    path = folder() / name
    if (path / MISSING).is_file():
        pytest.skip(f"{name}: {(path / MISSING).read_text(encoding='utf-8').strip()}")
    if not stamp(path).is_file():
        pytest.skip("this client is not installed; `make clients` does it")
    return path


def python_of(name: str) -> str:
    """The interpreter of an environment of Python packages."""
    return str(interpreter(environment(name)))


def interpreter(path: Path) -> Path:
    """Where a virtual environment has its Python."""
    return path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp(path: Path) -> Path:
    """The file that is there when an environment is whole; it holds what it was made from."""
    return path / "made-from"


def program(name: str) -> str:
    """A program of the system's; a skip where there is none."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found
