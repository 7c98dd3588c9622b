"""Runs a command under `antkey egress run` as a user would, and reads what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_LEFT_OUT = ("NO_COLOR", "CI", "SOURCE_DATE_EPOCH", "TERM", "COLUMNS")
_LIMIT = 300


class Outcome(NamedTuple):
    """code: antkey's exit code; rules: of its findings; requests: how many it saw; output: the
    command's, and antkey's own words."""

    code: int
    rules: set[str]
    requests: int
    output: str


def wrapped(
    command: Sequence[str],
    folder: Path,
    *scenarios: str,
    variables: Mapping[str, str] | None = None,
    isolated: bool = False,
) -> Outcome:
    """Run a command in a folder without a policy, under these scenarios, by default only `ok`."""
    (folder / ".git").mkdir(exist_ok=True)  # so that no policy above it is found
    options = [word for name in scenarios for word in ("--scenario", name)]
    options += ["--isolate"] * isolated
    environment = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    antkey = [sys.executable, "-m", "antkey_hooks.cli", "egress", "run", "-f", "json", *options]
    done = subprocess.run(
        [*antkey, "--", *command],
        cwd=folder,
        env={**environment, **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_LIMIT,
        check=False,
    )
    output = done.stderr.decode(errors="replace")
    document: dict[str, Any] = json.loads(done.stdout or b"{}")
    return Outcome(
        done.returncode,
        {finding["rule"] for finding in document.get("findings", ())},
        document.get("stats", {}).get("requests", 0),
        output,
    )
