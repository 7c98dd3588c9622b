"""Finds the processes that came of a command, also those that left its process group. Linux only;
elsewhere none are found.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

_SET_SUBREAPER, _GET_SUBREAPER = 36, 37  # prctl(2)


class Process(NamedTuple):
    """A process. started: clock ticks since boot: a number used again is another process."""

    pid: int
    started: int


@contextmanager
def adopted() -> Iterator[None]:
    """While open, orphans become children of this process, so that what came of a command is found."""
    before = _subreaper()
    if before is None:
        yield
        return
    _prctl(_SET_SUBREAPER, 1)
    try:
        yield
    finally:
        _prctl(_SET_SUBREAPER, before)


def descendants() -> set[Process]:
    """All living processes that came of this one."""
    if sys.platform != "linux":
        return set()
    children: dict[int, list[Process]] = {}
    for pid in _pids():
        known = _process(pid)
        if known is not None:
            parent, process = known
            children.setdefault(parent, []).append(process)
    found: set[Process] = set()
    waiting = list(children.get(os.getpid(), ()))
    while waiting:
        process = waiting.pop()
        if process not in found:
            found.add(process)
            waiting += children.get(process.pid, ())
    return found


def reap(before: set[Process]) -> None:
    """Let go of the adopted that have ended. Whoever else starts processes meanwhile loses their ends."""
    if sys.platform != "linux":
        return
    known = {process.pid for process in before}
    for pid in _pids():
        found = _process(pid, living=False)
        if found is not None and found[0] == os.getpid() and pid not in known:
            try:
                os.waitpid(pid, os.WNOHANG)
            except OSError:
                pass


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return []


def _process(pid: int, *, living: bool = True) -> tuple[int, Process] | None:
    """Its parent and itself; None when it has ended, or is not what was asked for."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in parentheses may hold anything, parentheses too (proc(5)).
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    if len(fields) < 20 or (fields[0] not in (b"Z", b"X")) is not living:
        return None
    return int(fields[1]), Process(pid, int(fields[19]))


def _subreaper() -> int | None:
    """Whether this process adopts orphans; None where there is no such thing."""
    if sys.platform != "linux":
        return None
    import ctypes

    answer = ctypes.c_int(0)
    return answer.value if _prctl(_GET_SUBREAPER, ctypes.addressof(answer)) == 0 else None


def _prctl(option: int, value: int) -> int:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))
