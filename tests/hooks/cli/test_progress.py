"""The progress bar: on a terminal, at most ten times a second, gone at the end."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from antkey_hooks.cli.progress import Bar, progress_line, wants_progress


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


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs pseudo-terminals")
@pytest.mark.parametrize(
    ("options", "extra", "drawn"),
    [
        ([], {"TERM": "xterm"}, True),
        (["--no-progress"], {"TERM": "xterm"}, False),
        (["-q"], {"TERM": "xterm"}, False),
        ([], {"TERM": "dumb"}, False),
    ],
)
def test_a_real_terminal_shows_it_and_is_left_clean(
    tmp_path: Path,
    command: list[str],
    environment: dict[str, str],
    options: list[str],
    extra: dict[str, str],
    drawn: bool,
) -> None:
    with open(tmp_path / "sparse.bin", "wb") as file:
        file.truncate(6 << 30)
    controller, terminal = os.openpty()
    process = subprocess.Popen(
        [*command, "scan", *options, "."],
        cwd=tmp_path,
        env={**environment, **extra},
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b"".join(_read_all(controller))
    out, _ = process.communicate(timeout=60)
    os.close(controller)
    assert process.returncode == 0
    assert b"Scanning" not in out
    if drawn:
        assert b"\r[" in shown or b"\rScanning  " in shown
        assert shown.endswith(b" \r")
    else:
        assert shown == b""


def _read_all(descriptor: int) -> list[bytes]:
    pieces = []
    with contextlib.suppress(OSError):  # the terminal's other end is closed
        while piece := os.read(descriptor, 65536):
            pieces.append(piece)
    return pieces
