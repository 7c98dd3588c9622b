"""Ctrl-C and SIGTERM end a scan at once, with the right code, no traceback, and no worker left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks for workers in /proc"
)

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.fixture
def reading(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A scan of a standard input that does not end."""
    with _started([*command, "scan", "-v", "-"], tmp_path, environment) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith(b"antkey: workers: "):
            assert process.poll() is None
        yield process
        process.kill()


@pytest.fixture
def working(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A scan of far more than it can read in this test, with its workers running."""
    with open(tmp_path / "sparse.bin", "wb") as file:
        file.truncate(1 << 40)
    with _started([*command, "scan", "-j2", "."], tmp_path, environment) as process:
        while len(_children(process.pid)) < 2:
            assert process.poll() is None
        yield process
        process.kill()


def _started(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _wait_for_all(group: int) -> None:
    """Until the last process of a group is gone; a worker that stays is a test that times out."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
    pytest.fail("a worker is left")


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_scan_that_waits_for_input_ends(
    reading: subprocess.Popen[bytes], number: signal.Signals, code: int
) -> None:
    reading.send_signal(number)
    out, err = reading.communicate(timeout=20)
    assert reading.returncode == code
    assert (out, err) == (b"", b"")


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_no_worker_is_left(
    working: subprocess.Popen[bytes], number: signal.Signals, code: int
) -> None:
    working.send_signal(number)
    out, err = working.communicate(timeout=20)
    assert working.returncode == code
    assert (out, err) == (b"", b"")
    _wait_for_all(working.pid)


def test_ctrl_c_reaches_the_workers_too_and_nobody_complains(
    working: subprocess.Popen[bytes],
) -> None:
    os.killpg(working.pid, signal.SIGINT)
    out, err = working.communicate(timeout=20)
    assert working.returncode == 130
    assert (out, err) == (b"", b"")


def test_an_ignored_sigterm_stays_ignored(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    shell = ["sh", "-c", 'trap "" TERM; exec "$@"', "sh", *command, "scan", "-v", "-"]
    with _started(shell, tmp_path, environment) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith(b"antkey: workers: "):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(b"fine\n", timeout=20)
        assert process.returncode == 0
