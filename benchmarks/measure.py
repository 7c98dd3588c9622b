"""Runs one process to its end and says what it cost: wall time, processor time, memory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

_SAMPLING = (0.002, 0.01)
"""Seconds between two looks at the memory of a process tree, in its first half second and later."""
_YOUNG = 0.5

_MAXRSS_UNIT = {"darwin": 1}.get(sys.platform, 1024)
"""Bytes (getrusage(2) of the systems)."""


class Cost(NamedTuple):
    """One run. wall, cpu: seconds (cpu with the children it waited for); code: exit code, negative
    for a signal; timed_out: it was stopped."""

    wall: float
    cpu: float
    code: int
    output: bytes
    errors: bytes
    timed_out: bool


class Started(NamedTuple):
    """A running process in a session of its own, its outputs, and when it began."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    errors: IO[bytes]
    began: float


def run(argv: Sequence[str], folder: Path, environment: Mapping[str, str], limit: float) -> Cost:
    """Time a process; it is stopped after `limit` seconds. Raises OSError when it cannot start."""
    started = _start(argv, folder, environment)
    late = threading.Event()
    timer = threading.Timer(limit, _stop, (started.process.pid, late))
    timer.daemon = True
    timer.start()
    try:
        _, status, usage = os.wait4(started.process.pid, 0)
        wall = time.perf_counter() - started.began
    except BaseException:
        _kill(started.process.pid)
        raise
    finally:
        timer.cancel()
    started.process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall,
        usage.ru_utime + usage.ru_stime,
        started.process.returncode,
        _content(started.output),
        _content(started.errors),
        late.is_set(),
    )


def peak_memory(
    argv: Sequence[str], folder: Path, environment: Mapping[str, str], limit: float
) -> int:
    """The most bytes that a process and its descendants held at once.

    The proportional set sizes of the tree, mapped files included, summed every few milliseconds;
    when a single process had a higher mark of its resident set, that. Looking costs time, so such a
    run is not timed. Without /proc (macOS) only the latter is known.
    """
    started = _start(argv, folder, environment)
    pid = started.process.pid
    most = 0
    try:
        while True:
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                break
            tree = _tree(pid)
            most = max(most, sum(map(_proportional_size, tree)), *map(_high_water, tree))
            age = time.perf_counter() - started.began
            if age > limit:
                _kill(pid)
            time.sleep(_SAMPLING[age > _YOUNG])
    except BaseException:
        _kill(pid)
        raise
    started.process.returncode = os.waitstatus_to_exitcode(status)
    _content(started.output)
    _content(started.errors)
    largest = usage.ru_maxrss * _MAXRSS_UNIT
    # Before its exec a process is a copy of this one and takes over its high-water mark.
    return max(most, largest if largest > _own_peak() else 0)


def _start(argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Started:
    output, errors = _sink("stdout"), _sink("stderr")
    began = time.perf_counter()
    process = subprocess.Popen(
        argv,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
    )
    return Started(process, output, errors, began)


def _sink(name: str) -> IO[bytes]:
    """A file in memory where the system has such: peers print whole keys, and no reader of ours
    takes part in the run."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create(name), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _content(sink: IO[bytes]) -> bytes:
    with sink:
        sink.seek(0)
        return sink.read()


def _stop(pid: int, late: threading.Event) -> None:
    late.set()
    _kill(pid)


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _own_peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT


def _tree(pid: int) -> list[int]:
    """A process and its descendants, as far as /proc shows them."""
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                children = Path(f"/proc/{parent}/task/{thread}/children").read_bytes()
                waiting.extend(map(int, children.split()))
        except OSError:  # it has ended meanwhile
            pass
    return found


def _proportional_size(pid: int) -> int:
    """Bytes; a page that several processes share counts in parts."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", b"\nPss:")


def _high_water(pid: int) -> int:
    """Bytes; the most that the process had resident so far."""
    return _kilobytes(f"/proc/{pid}/status", b"\nVmHWM:")


def _kilobytes(file: str, field: bytes) -> int:
    """A field of a file in /proc, in bytes; 0 when the process has ended."""
    try:
        _, found, rest = Path(file).read_bytes().partition(field)
    except OSError:
        return 0
    return int(rest.split(maxsplit=1)[0]) * 1024 if found else 0
