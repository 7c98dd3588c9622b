"""Hashes packs and their indexes as wholes and compares with the hash at their end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from antkey_scanner import system
from antkey_scanner.git.objects import Problem
from antkey_scanner.git.packs import index_path

_PIECE = 1 << 20


def check(pack_path: str, hash_size: int) -> Iterator[Problem]:
    """What is wrong with the checksums of a pack and its index."""
    pack = _check_file(pack_path, hash_size)
    if isinstance(pack, Problem):
        yield pack
    beside = index_path(pack_path)
    if not os.path.lexists(beside):
        return
    index = _check_file(beside, hash_size)
    if isinstance(index, Problem):
        yield index
    elif isinstance(pack, bytes) and index[:hash_size] != pack[hash_size:]:
        yield Problem(beside, "is the index of another pack (its checksum of the pack differs)")


def _check_file(path: str, hash_size: int) -> bytes | Problem:
    """The last two hashes' worth of bytes of a file whose end is the hash of what is before."""
    try:
        descriptor, status = system.open_file(path)
        try:
            return _hash(descriptor, status.st_size, path, hash_size)
        finally:
            os.close(descriptor)
    except OSError as error:
        return Problem(path, f"cannot be read: {error.strerror}")


def _hash(descriptor: int, size: int, path: str, hash_size: int) -> bytes | Problem:
    kind = hashlib.sha1 if hash_size == 20 else hashlib.sha256
    digest = kind(usedforsecurity=False)
    at, stop = 0, size - hash_size
    if stop < hash_size:
        return Problem(path, "is too short to have a checksum")
    while at < stop:
        piece = system.read_at(descriptor, min(_PIECE, stop - at), at)
        if not piece:
            return Problem(path, "became shorter while it was read")
        digest.update(piece)
        at += len(piece)
    end = system.read_at(descriptor, 2 * hash_size, stop - hash_size)
    if digest.digest() != end[hash_size:]:
        return Problem(path, "has a wrong checksum: it is damaged or cut off")
    return end
