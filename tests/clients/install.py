"""`python -m tests.clients.install FOLDER`: installs the clients, each kind in an environment of its own.

What cannot be had is written down beside the others, for the tests that miss it; the rest goes on.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.clients.places import MISSING, WISHES, interpreter, stamp

AT_ONCE = 3
LIMIT = 300.0
"""Seconds for one environment."""

_REASON = 300
_BIG = ("litellm", "langchain")
"""What takes longest starts first."""


class _FailedError(Exception):
    """Why something could not be installed."""


def main(arguments: Sequence[str]) -> int:
    """Make all environments that are not there yet; 1 when one of them could not be made."""
    if len(arguments) != 1:
        sys.exit("usage: python -m tests.clients.install FOLDER")
    target = Path(arguments[0]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    wishes = sorted(path for path in WISHES.iterdir() if path.is_dir())
    wishes.sort(key=lambda path: path.name not in _BIG)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reasons = list(pool.map(lambda wish: made(wish, target / wish.name), wishes))
    return int(any(reasons))


def made(wish: Path, path: Path) -> str | None:
    """Make an environment unless it is there and of the same wish. Why it could not be made."""
    wanted = _wanted(wish, path)
    try:
        if stamp(path).read_text(encoding="utf-8") == wanted:
            return None
    except OSError:
        pass
    began = time.monotonic()
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    try:
        _install(wish, path)
    except _FailedError as error:
        reason = str(error)
    except OSError as error:
        reason = f"{error.filename or error}: {error.strerror}"
    else:
        stamp(path).write_text(wanted, encoding="utf-8")
        _say(f"{path.name} ({time.monotonic() - began:.0f} s)")
        return None
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(exist_ok=True)
    (path / MISSING).write_text(reason + "\n", encoding="utf-8")
    _say(f"no {path.name}: {reason}")
    return reason


def _wanted(wish: Path, path: Path) -> str:
    """What an environment is made from: of another wish, Python or place it is another one."""
    lists = b"".join(file.read_bytes() for file in sorted(wish.iterdir()))
    return f"{hashlib.sha256(lists).hexdigest()}\n{sys.version}\n{path}\n"


def _install(wish: Path, path: Path) -> None:
    if (wish / "package.json").is_file():
        _install_npm(wish, path)
    else:
        _install_pip(wish, path)


def _install_pip(wish: Path, path: Path) -> None:
    # Our own pip installs into it: one of its own would be most of what many of them hold.
    venv.create(path, with_pip=False, symlinks=os.name != "nt")
    requirements = str(wish / "requirements.txt")
    python = ["--python", str(interpreter(path))]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
    _run([sys.executable, "-m", "pip", *python, "install", *quiet, "-r", requirements], path)


def _install_npm(wish: Path, path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError(2, "no such program on this machine", "npm")
    shutil.copy(wish / "package.json", path)
    # No script of a package is run: none of these needs one.
    quiet = ["--no-audit", "--no-fund", "--no-progress", "--ignore-scripts"]
    # By default it would try for minutes where there is no network.
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
    _run([npm, "install", *quiet, *patience], path)


def _run(argv: Sequence[str], folder: Path) -> None:
    """Run an installer. Raises _FailedError, with the last that it says of what went wrong."""
    process = subprocess.Popen(
        argv,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise _FailedError(f"not installed within {LIMIT:.0f} s") from None
    except BaseException:
        _kill(process)
        raise
    if process.returncode:
        raise _FailedError(_reason(output) or f"exit code {process.returncode}")


def _reason(output: str) -> str:
    """The first line in which pip or npm says what is wrong; npm begins with codes."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "npm error", "npm ERR!"))]
    told = next((line for line in errors if ": " in line), (errors or lines or [""])[0])
    return told[:_REASON]


def _kill(process: subprocess.Popen[str]) -> None:
    """With what it has started: pip runs itself once more in the other Python."""
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _say(what: str) -> None:
    sys.stderr.write(f"clients: {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
