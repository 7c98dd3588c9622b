"""Ends Python code that takes too long, where the system has a clock for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class TookTooLong(BaseException):
    """The time is up. No `Exception`, so that no library catches it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block when it has used so much processor time, in a regular expression
    too. Without effect on Windows and outside of a process's main thread."""
    try:
        before = signal.signal(signal.SIGVTALRM, _end)
    except (AttributeError, ValueError):
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _end(_: int, __: object) -> None:
    raise TookTooLong
