"""Ends a command when we are killed and cannot do it ourselves. Not on Windows."""

from __future__ import annotations

import os
import subprocess
from types import TracebackType
from typing import Self

_SCRIPT = """
read -r group || exit 0
read -r done && exit 0
kill -s TERM -- "-$group"
sleep 2
kill -s KILL -- "-$group"
"""
"""Waits on a pipe whose other end only we have: it ends when we do."""


class Guard:
    """A shell that waits for our end. In a session of its own: what a terminal sends does not reach it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if os.name != "nt":
            try:
                self._process = subprocess.Popen(
                    ["/bin/sh", "-c", _SCRIPT],
                    env={"PATH": os.defpath},
                    cwd="/",
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    bufsize=0,
                )
            except OSError:
                pass  # the command is guarded by our own care alone
        return self

    def watch(self, group: int) -> None:
        """Name the process group that is to be ended."""
        self._say(b"%d\n" % group)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._say(b"done\n")
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def _say(self, line: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(line)
            except OSError:
                pass  # somebody has ended it
