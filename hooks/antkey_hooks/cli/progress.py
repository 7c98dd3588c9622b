"""One line on a terminal that says how far a scan is; gone when it ends.

Drawn at most ten times a second, not at all in the first moments: most scans are over by then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol, TextIO

from antkey_hooks.cli.output import is_terminal, width

_PAUSE = 0.1
_FIRST_AFTER = 0.3
_LEAST_FOR_ESTIMATE = 2.0
_BAR = 20


class Amounts(Protocol):
    """How much of a scan is done: what the engine reports. `total_files` is None while it lists."""

    @property
    def files(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def findings(self) -> int: ...
    @property
    def total_files(self) -> int | None: ...


def wants_progress(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether somebody looks: a terminal that can go back in its line, and no CI job's imitation."""
    if environment.get("TERM") == "dumb" or environment.get("CI", "false").lower() not in (
        "false",
        "0",
        "",
    ):
        return False
    return is_terminal(stream)


class Bar:
    """Draws amounts; `erase` takes the line away again. `clock` counts seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._started = clock()
        self._next = self._started + _FIRST_AFTER
        self._drawn = 0

    def __call__(self, amounts: Amounts) -> None:
        now = self._clock()
        if now >= self._next:
            self._next = now + _PAUSE
            self._draw(progress_line(amounts, now - self._started, width(self._stream) or 80))

    def _draw(self, line: str) -> None:
        # Blanks instead of an escape sequence: they work on every console. Remembered before they
        # are written: Ctrl-C may come in between, and the line has to be erased all the same.
        padded = line.ljust(self._drawn)
        self._drawn = len(padded)
        self._write("\r" + padded)
        self._drawn = len(line)

    def erase(self) -> None:
        if self._drawn:
            self._write("\r" + " " * self._drawn + "\r")
            self._drawn = 0

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._next = float("inf")  # the terminal is gone


def progress_line(amounts: Amounts, seconds: float, columns: int) -> str:
    """One line that is shorter than the terminal is wide, or it would wrap and stay."""
    findings = f"{amounts.findings:,} finding{'' if amounts.findings == 1 else 's'}"
    speed = f"{amounts.bytes / 1e6 / max(seconds, 1e-3):,.0f} MB/s"
    total = amounts.total_files
    if total is None:
        parts = [f"{amounts.files:,} files", speed, findings]
    else:
        parts = [f"{amounts.files:,} of {total:,} files", speed, findings, *_left(amounts, seconds)]
    line = "Scanning  " + "  ".join(parts)
    if total:
        done = min(_BAR, amounts.files * _BAR // total)
        longer = f"[{'#' * done}{'.' * (_BAR - done)}]  " + "  ".join(parts)
        line = longer if len(longer) < columns else line
    return line[: columns - 1]


def _left(amounts: Amounts, seconds: float) -> list[str]:
    """The time left, once it can be told."""
    total = amounts.total_files or 0
    if not amounts.files or seconds < _LEAST_FOR_ESTIMATE or amounts.files > total:
        return []
    left = round(seconds / amounts.files * (total - amounts.files))
    minutes, rest = divmod(left, 60)
    hours, minutes = divmod(minutes, 60)
    return [f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left"]
