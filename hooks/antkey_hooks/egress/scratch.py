"""The folder that a run keeps its files in: gone afterwards, and at the next run if this one is killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PREFIX = "antkey-egress-"
_LOCK = "in-use"
_YOUNG = 60.0
"""Seconds in which a folder may still be without its lock."""


@contextmanager
def scratch_folder(inside: str | None = None) -> Iterator[str]:
    """A fresh folder that only its owner may enter. inside: another place than the system's own."""
    place = inside or tempfile.gettempdir()
    _sweep(place)
    with tempfile.TemporaryDirectory(
        prefix=_PREFIX, dir=place, ignore_cleanup_errors=True
    ) as folder:
        lock = os.open(os.path.join(folder, _LOCK), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(lock)
            yield folder
        finally:
            os.close(lock)


def _sweep(place: str) -> None:
    """Remove what runs that were killed have left. A lock tells who lives, across containers as well."""
    if (
        os.name == "nt"
    ):  # what is in use there cannot be removed, and what is not has no owner to ask for
        return
    try:
        with os.scandir(place) as entries:
            found = [entry for entry in entries if entry.name.startswith(_PREFIX)]
            stale = [entry.path for entry in found if _is_ours(entry) and _is_left(entry.path)]
    except OSError:
        return
    for path in stale:
        shutil.rmtree(path, ignore_errors=True)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    try:
        known = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    is_folder = entry.is_dir(follow_symlinks=False)
    return is_folder and known.st_uid == os.getuid() and known.st_mtime < time.time() - _YOUNG


def _is_left(path: str) -> bool:
    try:
        lock = os.open(os.path.join(path, _LOCK), os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return _lock(lock)
    finally:
        os.close(lock)


def _lock(descriptor: int) -> bool:
    """Take a lock that ends with the process; whether nobody else had it."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
