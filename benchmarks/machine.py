"""Describes the machine and the versions for readers, without a name or a path of the machine."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.corpora import megabytes
from benchmarks.peers import CHECKOUT, Tool


def description(tools: Mapping[str, Tool], scale: float) -> list[str]:
    """Lines of Markdown: when, where, what."""
    now = datetime.datetime.now(datetime.UTC)
    versions = ", ".join(
        f"{name} {tool.version}" if tool.missing is None else f"no {name} ({tool.missing})"
        for name, tool in tools.items()
    )
    lines = [
        f"* Date: {now:%Y-%m-%d %H:%M} UTC; load when it began: {os.getloadavg()[0]:.1f}",
        f"* Machine: {_cores()} cores, {_processor()}, {_memory()}, {platform.system()}",
        f"* antkey: commit {_commit()}",
        f"* Versions: {versions}",
    ]
    if scale != 1:
        lines.append(
            f"* A sample: logs and a generated history have {scale:g} of their size; floors do not count"
        )
    return lines


def _cores() -> int:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _memory() -> str:
    return megabytes(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) + " memory"


def _commit() -> str:
    """The checked-out commit, and whether the packages differ from it."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    packages = ["scanner", "rules", "reports", "hooks", "pyproject.toml"]
    changed = _git("status", "--porcelain", "--", *packages)
    return (commit or "unknown") + (" with uncommitted changes" if changed else "")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(CHECKOUT), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
