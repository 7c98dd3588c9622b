"""Changes a baseline file: one run at a time, and so that a reader sees the old file or the new one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antkey_hooks.cli.output import replace_file
from antkey_scanner.baseline import Entry
from antkey_scanner.baseline.change import Change
from antkey_scanner.baseline.read import read_baseline, text_of
from antkey_scanner.errors import PolicyError
from antkey_scanner.system import show

_PATIENCE = 30.0
"""Seconds to wait for another run; one holds the lock for milliseconds."""

_PAUSE = 0.02


def update(path: str, change: Callable[[tuple[Entry, ...]], Change]) -> Change:
    """Change what the file holds at this moment, whoever has written it meanwhile.

    A file that would not change is left alone. Raises PolicyError; the old file is then as it was.
    """
    target = os.path.realpath(path)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with _locked(target):
            exists = os.path.lexists(target)
            before = read_baseline(path).entries if exists else ()
            changed = change(before)
            if not exists or changed.entries != before:
                replace_file(target, text_of(changed.entries).encode("ascii"), durable=True)
                _reach_disk(os.path.dirname(target))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise PolicyError(
            f"{show(path)}: the baseline cannot be written ({reason}); it is as it was"
        ) from None
    return changed


@contextmanager
def _locked(target: str) -> Iterator[None]:
    """Keep other runs out. The folder is what is locked, where it can be: the file is replaced."""
    try:
        import fcntl
    except ImportError:
        with _lock_file(target):
            yield
        return
    descriptor = os.open(os.path.dirname(target), os.O_RDONLY)
    try:

        def lock() -> None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

        _wait(lock, target)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _lock_file(target: str) -> Iterator[None]:
    """A file that only one run can make: where there is no lock that ends with its process."""
    lock = f"{target}.lock"

    def make() -> None:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except PermissionError:  # Windows, while another run takes it away
            raise FileExistsError(0, "it is locked") from None

    _wait(make, target)
    try:
        yield
    finally:
        os.unlink(lock)


def _wait(take: Callable[[], None], target: str) -> None:
    start = time.monotonic()
    while True:
        try:
            take()
        except (BlockingIOError, FileExistsError):
            if time.monotonic() - start > _PATIENCE:
                raise PolicyError(
                    f"{show(target)}: another antkey holds it; wait for it, or take away"
                    f" {show(os.path.basename(target))}.lock if it is left over"
                ) from None
            time.sleep(_PAUSE)
        else:
            return


def _reach_disk(folder: str) -> None:
    """Make the new name in the folder last, where a folder can be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # not every file system does that for folders
    finally:
        os.close(descriptor)
