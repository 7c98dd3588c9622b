"""The progress bar: on a terminal, at most ten times a second, gone at the end."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from antkey_hooks.cli.options import Options
from antkey_hooks.cli.progress import Bar, progress_line, wants_progress
from antkey_hooks.cli.scan import make_bar


class Done(NamedTuple):
    """How far a scan is."""

    files: int
    bytes: int
    findings: int
    total_files: int | None


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


HALF = Done(500, 200_000_000, 1, 1000)


@pytest.mark.parametrize(
    ("amounts", "seconds", "columns", "line"),
    [
        (Done(1234, 0, 0, None), 1.0, 80, "Scanning  1,234 files  0 MB/s  0 findings"),
        (
            HALF,
            4.0,
            80,
            "[##########..........]  500 of 1,000 files  50 MB/s  1 finding  0:04 left",
        ),
        (HALF, 4.0, 60, "Scanning  500 of 1,000 files  50 MB/s  1 finding  0:04 left"),
        (HALF, 4.0, 20, "Scanning  500 of 1,"),
        (HALF, 1.0, 60, "Scanning  500 of 1,000 files  200 MB/s  1 finding"),
        (HALF, 7500.0, 60, "Scanning  500 of 1,000 files  0 MB/s  1 finding  2:05:00 le"),
    ],
)
def test_the_line_says_how_far_it_is(
    amounts: Done, seconds: float, columns: int, line: str
) -> None:
    assert progress_line(amounts, seconds, columns) == line


def test_it_is_drawn_at_most_ten_times_a_second_and_not_at_once() -> None:
    stream, now = Terminal(), [0.0]
    bar = Bar(stream, lambda: now[0])
    for tick in range(1, 1001):
        now[0] = tick / 1000
        bar(HALF)
    assert 1 <= stream.getvalue().count("\r") <= 8


def test_it_is_erased_with_blanks() -> None:
    stream, now = Terminal(), [0.0]
    bar = Bar(stream, lambda: now[0])
    now[0] = 1.0
    bar(HALF)
    drawn = stream.getvalue()
    bar.erase()
    assert stream.getvalue() == f"{drawn}\r{' ' * (len(drawn) - 1)}\r"


def test_a_bar_that_was_never_drawn_writes_nothing() -> None:
    stream = Terminal()
    bar = Bar(stream)
    bar(HALF)
    bar.erase()
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"CI": "true"}, False),
        ({"CI": "false"}, True),
    ],
)
def test_dumb_terminals_and_ci_get_none(environment: dict[str, str], wanted: bool) -> None:
    assert wants_progress(Terminal(), environment) is wanted
    assert not wants_progress(io.StringIO(), environment)
    assert not wants_progress(None, environment)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (Options(), True),
        (Options(format="json"), True),
        (Options(no_progress=True), False),
        (Options(quiet=True), False),
    ],
)
def test_it_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, options: Options, wanted: bool
) -> None:
    for name in ("TERM", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.stderr", Terminal())
    assert (make_bar(options) is not None) is wanted
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert make_bar(options) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs pseudo-terminals")
def test_a_real_terminal_shows_it_and_is_left_clean(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    with open(tmp_path / "sparse.bin", "wb") as file:
        file.truncate(1 << 40)
    controller, terminal = os.openpty()
    process = subprocess.Popen(
        [*command, "scan", "."],
        cwd=tmp_path,
        env={**environment, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    while b"MB/s" not in shown:
        shown += os.read(controller, 65536)
    process.send_signal(signal.SIGINT)
    shown += b"".join(_read_all(controller))
    out, _ = process.communicate(timeout=60)
    os.close(controller)
    assert (process.returncode, out) == (130, b"")
    assert shown.startswith(b"\r")
    assert shown.endswith(b"  \r")


def _read_all(descriptor: int) -> list[bytes]:
    pieces = []
    with contextlib.suppress(OSError):  # the terminal's other end is closed
        while piece := os.read(descriptor, 65536):
            pieces.append(piece)
    return pieces
