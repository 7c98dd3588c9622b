"""Reads the small files of a git folder whole: without following links, without blocking, bounded."""

from __future__ import annotations

import errno
import mmap
import os

from antkey_scanner import system

LIMIT = 64 << 20
"""Bytes. Files that may be larger (`packed-refs`, the index, reflogs) say so themselves."""


def read(path: str, limit: int = LIMIT) -> bytes:
    """A regular file's content. Raises OSError, also when it is longer than `limit` bytes."""
    descriptor, status = system.open_file(path)
    try:
        if status.st_size > limit:
            raise OSError(errno.EFBIG, f"larger than {limit} bytes")
        pieces = [system.read_at(descriptor, status.st_size + 1, 0)]
        if len(pieces[0]) > status.st_size:  # it grows, or its file system knows no sizes
            pieces.append(system.read_at(descriptor, limit, len(pieces[0])))
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def read_if_there(path: str, limit: int = LIMIT) -> bytes | None:
    """As `read`; None when there is no such file, so that absence and damage stay apart."""
    try:
        return read(path, limit)
    except (FileNotFoundError, NotADirectoryError):
        return None


def mapped(path: str) -> mmap.mmap | bytes:
    """A regular file as memory that is read when it is looked at. Raises OSError."""
    descriptor, status = system.open_file(path)
    try:
        if not status.st_size:
            return b""
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def reason(error: OSError) -> str:
    """Why a file could not be read, for a `Skip`."""
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]
