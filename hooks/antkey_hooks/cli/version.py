"""Says which versions are at work: the first thing that a bug report needs."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from antkey_scanner import __version__

_ACCELERATORS = ("stringzilla", "hyperscan", "isal")


def version_line() -> str:
    """`antkey 0.1.0 (Python 3.11.7, stringzilla 5.3.2, …, Linux x86_64)`."""
    parts = [f"Python {platform.python_version()}"]
    parts += [f"{name} {_version(name)}" for name in _ACCELERATORS]
    parts.append(f"{platform.system()} {platform.machine()}")
    return f"antkey {__version__} ({', '.join(parts)})"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
