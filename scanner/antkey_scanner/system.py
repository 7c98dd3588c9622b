"""What differs between operating systems: opening without following, deep paths, forking.

The rest of the project asks this module and never `sys.platform`. `POSIX` is False on Windows, and
tests set it so to run the fallbacks on Linux.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Mapping

POSIX = os.name == "posix" and os.open in os.supports_dir_fd

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FILE_FLAGS = (
    os.O_RDONLY
    | _NO_FOLLOW
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_FOLDER_FLAGS = (
    os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
)
_PIECE = 2000

KINDS = {
    stat.S_IFLNK: "symbolic link",
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
    stat.S_IFDIR: "folder",
}


class NotRegular(OSError):
    """The path is no regular file; `strerror` says what it is."""


class Folder:
    """An open folder: files and folders in it are opened relative to it and links never followed."""

    def __init__(self, path: str, descriptor: int | None) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def open(cls, path: str) -> Folder:
        """Open a folder whose path may be longer than the system's limit. Raises OSError."""
        if not POSIX:
            if os.path.islink(path) or not os.path.isdir(path):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            return cls(path, None)
        return cls(path, _open_deep(path))

    def listing(self) -> list[os.DirEntry[str]]:
        """All entries, unsorted. Raises OSError."""
        with os.scandir(self.path if self._descriptor is None else self._descriptor) as entries:
            return list(entries)

    def open_file(self, name: str) -> tuple[int, os.stat_result]:
        """Open a regular file for reading. Raises NotRegular and OSError."""
        if self._descriptor is None:
            return open_file(os.path.join(self.path, name))
        return _checked(os.open(name, _FILE_FLAGS, dir_fd=self._descriptor))

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def open_file(path: str) -> tuple[int, os.stat_result]:
    """Open a regular file without following a link or blocking. Raises NotRegular and OSError."""
    if not POSIX and os.path.islink(path):
        raise NotRegular(errno.ELOOP, KINDS[stat.S_IFLNK])
    return _checked(os.open(path, _FILE_FLAGS))


def _checked(descriptor: int) -> tuple[int, os.stat_result]:
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status
    os.close(descriptor)
    raise NotRegular(errno.EINVAL, KINDS.get(stat.S_IFMT(status.st_mode), "special file"))


def _open_deep(path: str) -> int:
    """Open a folder piece by piece when its path is too long for one call."""
    if len(path) < _PIECE:
        return os.open(path, _FOLDER_FLAGS)
    descriptor: int | None = None
    start = 0
    while start < len(path):
        stop = (
            path.rfind("/", start + 1, start + _PIECE) if len(path) - start > _PIECE else len(path)
        )
        if stop <= start:
            stop = len(path)
        piece = path[start:stop] if start == 0 else path[start:stop].lstrip("/")
        outer, descriptor = descriptor, os.open(piece, _FOLDER_FLAGS, dir_fd=descriptor)
        if outer is not None:
            os.close(outer)
        start = stop
    assert descriptor is not None
    return descriptor


def read_small(descriptor: int, buffer: bytearray) -> int:
    """Read from the start into `buffer`; how many bytes were read. Raises OSError."""
    if hasattr(os, "readv"):
        return os.readv(descriptor, [buffer])
    data = os.read(descriptor, len(buffer))
    buffer[: len(data)] = data
    return len(data)


def read_at(descriptor: int, size: int, offset: int) -> bytes:
    """Up to `size` bytes from `offset`, fewer only before the end of the file. Raises OSError."""
    if not hasattr(os, "pread"):
        os.lseek(descriptor, offset, os.SEEK_SET)
    pieces = []
    while size > 0:
        if hasattr(os, "pread"):
            piece = os.pread(descriptor, size, offset)
        else:
            piece = os.read(descriptor, size)
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def cache_folder(environment: Mapping[str, str]) -> str | None:
    """Where a user's programs keep what they can do without; None when no place is known."""
    name = "antkey"
    if not POSIX:
        local = environment.get("LOCALAPPDATA", "")
        return os.path.join(local, name, "Cache") if os.path.isabs(local) else None
    chosen = environment.get("XDG_CACHE_HOME", "")
    if os.path.isabs(chosen):  # a relative one is to be ignored, says the XDG specification
        return os.path.join(chosen, name)
    home = environment.get("HOME", "")
    if not os.path.isabs(home):
        return None
    parts = ("Library", "Caches") if sys.platform == "darwin" else (".cache",)
    return os.path.join(home, *parts, name)


def can_fork() -> bool:
    """Whether workers can be forked; where not, they are started by `concurrent.futures`."""
    return POSIX and hasattr(os, "fork")


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def show(path: str) -> str:
    """A path as it is printed: `/` between parts, bytes that are no UTF-8 as `\\xNN`."""
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    if path.isascii():
        return path
    return os.fsencode(path).decode("utf-8", "backslashreplace")
