"""Hashes packs and their indexes as wholes and compares with the hash at their end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.git.objects import Problem
from antkey_scanner.git.packs import index_path

if TYPE_CHECKING:
    from threading import Thread

_PIECE = 1 << 20


class Stopped(Exception):
    """Nobody waits for the answer any more."""


def _go_on() -> bool:
    return False


class HeadStart:
    """Checks packs in a thread while the process that plans a walk has something else to do: hashing lets
    other threads run. Used with `with`, at whose end it stops."""

    def __init__(self, paths: Iterable[str], hash_size: int) -> None:
        self._paths = tuple(paths)
        self._hash_size = hash_size
        self._found: dict[str, tuple[Problem, ...]] = {}
        self._is_over = False
        self._thread: Thread | None = None

    def __enter__(self) -> Mapping[str, tuple[Problem, ...]]:
        """For each pack that there was time for, what is wrong with it; complete when `with` ends."""
        from threading import Thread

        if self._paths:
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()
        return self._found

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        if self._thread is not None:
            self._thread.join()  # workers are forked next: no thread may be under way then

    def _run(self) -> None:
        try:
            for path in self._paths:
                self._found[path] = tuple(check(path, self._hash_size, lambda: self._is_over))
        except Stopped:
            pass


def check(
    pack_path: str, hash_size: int, stopped: Callable[[], bool] = _go_on
) -> Iterator[Problem]:
    """What is wrong with the checksums of a pack and its index. stopped: asked now and then; raises
    Stopped when it says so."""
    pack = _check_file(pack_path, hash_size, stopped)
    if isinstance(pack, Problem):
        yield pack
    beside = index_path(pack_path)
    if not os.path.lexists(beside):
        return
    index = _check_file(beside, hash_size, stopped)
    if isinstance(index, Problem):
        yield index
    elif isinstance(pack, bytes) and index[:hash_size] != pack[hash_size:]:
        yield Problem(beside, "is the index of another pack (its checksum of the pack differs)")


def _check_file(path: str, hash_size: int, stopped: Callable[[], bool]) -> bytes | Problem:
    """The last two hashes' worth of bytes of a file whose end is the hash of what is before."""
    try:
        descriptor, status = system.open_file(path)
        try:
            return _hash(descriptor, status.st_size, path, hash_size, stopped)
        finally:
            os.close(descriptor)
    except OSError as error:
        return Problem(path, f"cannot be read: {error.strerror}")


def _hash(
    descriptor: int, size: int, path: str, hash_size: int, stopped: Callable[[], bool]
) -> bytes | Problem:
    kind = hashlib.sha1 if hash_size == 20 else hashlib.sha256
    digest = kind(usedforsecurity=False)
    at, stop = 0, size - hash_size
    if stop < hash_size:
        return Problem(path, "is too short to have a checksum")
    while at < stop:
        if stopped():
            raise Stopped
        piece = system.read_at(descriptor, min(_PIECE, stop - at), at)
        if not piece:
            return Problem(path, "became shorter while it was read")
        digest.update(piece)
        at += len(piece)
    end = system.read_at(descriptor, 2 * hash_size, stop - hash_size)
    if digest.digest() != end[hash_size:]:
        return Problem(path, "has a wrong checksum: it is damaged or cut off")
    return end
