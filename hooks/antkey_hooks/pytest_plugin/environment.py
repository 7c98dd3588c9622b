"""The credential variables during a test, and as they were before it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping

CONFIG_DIR = "ANTHROPIC_CONFIG_DIR"


class Environment:
    """Variables that are lent to one test after the other."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self._before: dict[str, str | None] | None = None
        self._folder: str | None = None

    def lend(self) -> None:
        """Set the variables, among them that of an empty folder for the SDKs' profiles."""
        if self._before is not None:
            return
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="antkey-")
        lent = {**self._variables, CONFIG_DIR: self._folder}
        self._before = {name: os.environ.get(name) for name in lent}
        os.environ.update(lent)

    def restore(self) -> None:
        """Make the variables what they were, whatever the test has done to them."""
        for name, value in (self._before or {}).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = None

    def close(self) -> None:
        """Remove the folder."""
        self.restore()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
