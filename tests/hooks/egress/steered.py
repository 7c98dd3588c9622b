"""Python programs under the preload, without an interceptor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.hooks.egress.wrapped import API, clean_environment

from antkey_hooks.egress.steering import prepare

ADDRESS = r"127\.77\.0\.\d+"
"""What the API's name resolves to."""


class Steered:
    """Runs Python programs under the preload, which leads to a port of the test's."""

    def __init__(self, folder: Path, authority: bytes, port: int = 1) -> None:
        folder.mkdir(mode=0o700)
        self.url = f"http://127.0.0.1:{port}"
        self._steer = lambda own: (
            prepare(
                self.url,
                self.url,
                port,
                authority,
                [API],
                str(folder),
                {**clean_environment(), **own},
            ).environment
        )

    def run(
        self, program: str, *options: str, python: str = sys.executable, **own: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, *options, "-c", program],
            env=self._steer(own),
            capture_output=True,
            text=True,
            check=False,
        )

    def out(self, program: str, *options: str, python: str = sys.executable, **own: str) -> str:
        done = self.run(program, *options, python=python, **own)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.strip()
